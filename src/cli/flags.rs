//! The options of the configuration as flags of clap.

use std::fmt;
use std::marker::PhantomData;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{ANY, Arity, ConfigError, Layer, OPTIONS, OptionSpec, Scope};

/// The flags that a command has, as the user typed them.
pub(super) struct Flags<S> {
    texts: Vec<(&'static OptionSpec, Vec<String>)>,
    scope: PhantomData<S>,
}

/// The command that the flags are for.
pub(super) trait Scoped {
    const SCOPE: Scope;
}

/// `check` and `list`.
#[derive(Debug, Clone, Copy)]
pub(super) enum ForCheck {}
/// `inspect`.
#[derive(Debug, Clone, Copy)]
pub(super) enum ForInspect {}

impl Scoped for ForCheck {
    const SCOPE: Scope = Scope::Check;
}

impl Scoped for ForInspect {
    const SCOPE: Scope = Scope::Inspect;
}

impl<S> Flags<S> {
    /// The layer of the values.
    ///
    /// # Errors
    /// When values are wrong: all of them are named.
    pub(super) fn layer(&self) -> Result<Layer, ConfigError> {
        let mut layer = Layer::default();
        let mut mistakes = Vec::new();
        for (option, texts) in &self.texts {
            mistakes.extend(layer.set_flag(option, texts).err());
        }
        ConfigError::check(mistakes)?;
        Ok(layer)
    }
}

impl<S> Default for Flags<S> {
    fn default() -> Self {
        Self {
            texts: Vec::new(),
            scope: PhantomData,
        }
    }
}

impl<S> Clone for Flags<S> {
    fn clone(&self) -> Self {
        Self {
            texts: self.texts.clone(),
            scope: PhantomData,
        }
    }
}

/// The texts may be secrets, so only the names are shown.
impl<S> fmt::Debug for Flags<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.texts.iter().map(|(option, _)| option.id());
        f.debug_set().entries(names).finish()
    }
}

impl<S: Scoped> Args for Flags<S> {
    fn augment_args(command: Command) -> Command {
        command.args(options::<S>().filter_map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<S: Scoped> FromArgMatches for Flags<S> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for option in options::<S>() {
            let texts: Vec<String> = match option.arity {
                Arity::Switch if matches.get_flag(option.id()) => Vec::new(),
                Arity::Switch => continue,
                _ => match matches.get_many::<String>(option.id()) {
                    Some(texts) => texts.cloned().collect(),
                    None => continue,
                },
            };
            self.texts.push((option, texts));
        }
        Ok(())
    }
}

/// The options that the command has flags for.
fn options<S: Scoped>() -> impl Iterator<Item = &'static OptionSpec> {
    let options = OPTIONS.iter().filter(|option| option.flag().is_some());
    options.filter(|option| option.scope >= S::SCOPE)
}

fn argument(option: &OptionSpec) -> Option<Arg> {
    let argument = Arg::new(option.id())
        .long(option.flag()?)
        .help(option.help());
    let value = |argument: Arg| {
        argument
            .value_name(option.value)
            .value_parser(clap::value_parser!(String))
    };
    Some(match option.arity {
        Arity::Switch => argument.action(ArgAction::SetTrue),
        Arity::One => value(argument).action(ArgAction::Set),
        Arity::Many => value(argument).action(ArgAction::Append),
        Arity::Optional => value(argument)
            .action(ArgAction::Append)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value(ANY),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<S: Scoped>(arguments: &[&str]) -> Result<Flags<S>, clap::Error> {
        let command = Flags::<S>::augment_args(Command::new("test").no_binary_name(true));
        let matches = command.try_get_matches_from(arguments)?;
        Flags::from_arg_matches(&matches)
    }

    #[test]
    fn a_command_has_the_flags_of_its_scope() {
        assert!(parse::<ForCheck>(&["--jobs", "2", "--strict", "--lenient"]).is_ok());
        assert!(parse::<ForInspect>(&["--overlay", "a", "--overlay", "b"]).is_ok());
        assert!(parse::<ForInspect>(&["--user", "a:b"]).is_err());
    }

    #[test]
    fn all_wrong_values_are_reported() {
        let flags = parse::<ForCheck>(&["--jobs", "0", "--user", "hunter2"]).unwrap();
        let message = flags.layer().unwrap_err().report();
        let lines: Vec<&str> = message.lines().collect();
        assert!(lines[0].starts_with("error: --user: "), "{message}");
        assert!(lines[1].starts_with("error: --jobs: "), "{message}");
        let shown = format!("{flags:?}");
        assert!(shown.contains("user") && !(message + &shown).contains("hunter2"));
    }
}
