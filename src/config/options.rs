//! The options of trueup, each in one row of a table. From the table follow the flags, the
//! environment variables, the keys of `trueup.toml`, and the fields of a [`Layer`].

use super::credentials::Credentials;
use super::error::{ConfigError, ValueError};
use super::origin::{Given, Origin};
use super::value::{
    Account, Arity, Command, Count, FileValue, Generate, HeaderLines, LenientOperations,
    OptionType, PositiveSeconds, Resources, SchemeCredentials, Seconds, Seed, Shard, Switch,
    Target, Text, Texts, UrlPath,
};

/// The commands that have a flag for an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// `check` and `list`.
    Check,
    /// `serve` too.
    Serve,
    /// `inspect` too.
    Inspect,
}

/// An option: its names, its help, and where it can be set.
#[derive(Debug, Clone, Copy)]
pub struct OptionSpec {
    /// Name in snake case.
    name: &'static str,
    help: &'static [&'static str],
    /// How the value is shown in the help.
    pub value: &'static str,
    /// How often the flag may be given, and whether it has a value.
    pub arity: Arity,
    /// The commands that have the flag.
    pub scope: Scope,
    is_flag: bool,
    is_variable: bool,
    file_key: FileKey,
}

/// The key of an option in the configuration file.
#[derive(Debug, Clone, Copy)]
enum FileKey {
    /// The name of the flag.
    SameAsFlag,
    /// Another key, dotted if it is in a table.
    Named(&'static str),
    /// The option cannot be set in the file.
    Missing,
}

impl OptionSpec {
    const fn new(name: &'static str, help: &'static [&'static str], arity: Arity) -> Self {
        Self {
            name,
            help,
            value: "",
            arity,
            scope: Scope::Check,
            is_flag: true,
            is_variable: true,
            file_key: FileKey::SameAsFlag,
        }
    }

    /// Name that identifies the option in the program, in snake case.
    pub fn id(&self) -> &'static str {
        self.name
    }

    /// The text of the help.
    pub fn help(&self) -> String {
        let lines: Vec<&str> = self.help.iter().map(|line| line.trim()).collect();
        lines.join(" ")
    }

    /// Name of the flag without its dashes.
    pub fn flag(&self) -> Option<String> {
        self.is_flag.then(|| self.name.replace('_', "-"))
    }

    /// Name of the environment variable.
    pub fn variable(&self) -> Option<String> {
        let name = || format!("{VARIABLE_PREFIX}{}", self.name.to_ascii_uppercase());
        self.is_variable.then(name)
    }

    /// Key in the configuration file.
    pub fn file_key(&self) -> Option<String> {
        match self.file_key {
            FileKey::SameAsFlag => Some(self.name.replace('_', "-")),
            FileKey::Named(key) => Some(key.to_owned()),
            FileKey::Missing => None,
        }
    }
}

/// How all variables begin.
pub(super) const VARIABLE_PREFIX: &str = "TRUEUP_";
/// How the variables begin that hold the credential of a security scheme.
pub(super) const CREDENTIAL_PREFIX: &str = "TRUEUP_CREDENTIAL_";

/// A value as one of the sources has it.
pub(super) enum Raw<'r> {
    /// All texts of a flag.
    Flags(&'r [String]),
    /// The text of a variable.
    Variable(&'r str),
    /// A value of the file.
    File(&'r FileValue<'r>),
}

fn read<T: OptionType>(raw: &Raw<'_>) -> Result<T::Value, ValueError> {
    match raw {
        Raw::Flags(texts) => T::parse_all(texts),
        Raw::Variable(text) => T::parse(text),
        Raw::File(value) => T::from_file(value),
    }
}

fn fold<T: OptionType>(
    upper: Option<Given<T::Value>>,
    lower: Option<Given<T::Value>>,
) -> Option<Given<T::Value>> {
    match (upper, lower) {
        (Some(upper), Some(lower)) => Some(Given {
            value: T::over(upper.value, lower.value),
            origin: upper.origin,
        }),
        (upper, lower) => upper.or(lower),
    }
}

macro_rules! options {
    ($($(#[doc = $help:literal])+ $name:ident: $type:ty { $($field:ident: $value:expr),* $(,)? },)*) => {
        /// All options, in the order of the help.
        pub const OPTIONS: &[OptionSpec] = &[
            $(OptionSpec {
                $($field: $value,)*
                ..OptionSpec::new(stringify!($name), &[$($help),+], <$type as OptionType>::ARITY)
            },)*
        ];

        /// The values that one source sets: the flags, the environment, the file, or a program.
        /// A method sets the value of its option.
        #[derive(Debug, Clone, Default)]
        pub struct Layer {
            $(pub(super) $name: Option<Given<<$type as OptionType>::Value>>,)*
        }

        impl Layer {
            $(
                $(#[doc = $help])+
                #[must_use]
                pub fn $name(mut self, value: impl Into<<$type as OptionType>::Value>) -> Self {
                    let origin = Origin::Program;
                    self.$name = Some(Given { value: value.into(), origin });
                    self
                }
            )*

            /// Sets an option to the value of a source.
            fn set(&mut self, id: &str, raw: &Raw<'_>, origin: Origin) -> Result<(), ValueError> {
                match id {
                    $(stringify!($name) => {
                        self.$name = Some(Given { value: read::<$type>(raw)?, origin });
                    })*
                    _ => {}
                }
                Ok(())
            }

            /// The values of this layer, and those of the lower one where this layer has none.
            #[must_use]
            pub fn over(self, mut lower: Self) -> Self {
                // A target and a command are two ways to say one thing.
                if self.target.is_some() || self.target_command.is_some() {
                    lower.target = None;
                    lower.target_command = None;
                }
                Self { $($name: fold::<$type>(self.$name, lower.$name),)* }
            }
        }
    };
}

options! {
    /// Configuration file
    /// [default: trueup.toml in this folder or the nearest above it, or the shipped contract]
    config: Text { value: "FILE", scope: Scope::Inspect, file_key: FileKey::Missing },
    /// `OpenAPI` document, JSON or YAML
    spec: Text { value: "FILE|URL", scope: Scope::Serve },
    /// `OpenAPI` Overlay to apply to the document; may be given several times
    overlay: Texts {
        value: "FILE|URL", scope: Scope::Inspect, file_key: FileKey::Named("overlays"),
    },
    /// Folder of fixtures
    fixtures: Text { value: "DIR" },
    /// Folder of snapshots
    snapshots: Text { value: "DIR" },
    /// File of known deviations: failures that are accepted for now
    deviations: Text { value: "FILE" },
    /// Base URL of the server to test, or `emulator` [default: emulator]
    target: Target { value: "URL|emulator" },
    /// Command that serves the API: it is started on a free port, which it gets in place of
    /// `{port}` and in the variable `PORT`, and stopped after the run
    target_command: Command { value: "COMMAND" },
    /// Path to request until the command responds [default: /]
    ready_path: UrlPath { value: "PATH" },
    /// Longest time until the command responds, in seconds [default: 30]
    ready_seconds: PositiveSeconds { value: "SECONDS" },
    /// Account for HTTP Basic; `TRUEUP_USER` keeps it out of the list of processes
    user: Account { value: "NAME:SECRET", scope: Scope::Serve },
    /// Token, key or `NAME:SECRET` for a security scheme; may be given several times.
    /// `TRUEUP_CREDENTIAL_SCHEME` keeps it out of the list of processes
    credential: SchemeCredentials {
        value: "SCHEME=VALUE", scope: Scope::Serve, is_variable: false,
        file_key: FileKey::Named("credentials"),
    },
    /// Header to send with every request; may be given several times
    header: HeaderLines { value: "'K: V'", file_key: FileKey::Named("headers") },
    /// Which cases to generate from the document: off, examples, boundary (both sides of every
    /// bound), or full (every promise about a request broken once) [default: full]
    generate: Generate { value: "SIZE" },
    /// Seed of everything that is random
    seed: Seed { value: "N" },
    /// Only cases whose name, as `trueup list` prints it, contains this text
    filter: Text { value: "TEXT", file_key: FileKey::Missing },
    /// Number of cases that run at the same time [default: 8]
    jobs: Count { value: "N" },
    /// Only this part of the cases
    shard: Shard { value: "I/N", file_key: FileKey::Missing },
    /// Report undocumented properties even where the document allows them
    strict: Switch {},
    /// Report accepted invalid requests as warnings instead of failures: of all operations, or of
    /// this one; may be given several times
    lenient: LenientOperations { value: "OPERATION" },
    /// Longest time for one response, in seconds [default: 30]
    timeout: PositiveSeconds { value: "SECONDS" },
    /// Longest body of one response, in bytes [default: 16777216]
    max_body: Count { value: "BYTES" },
    /// Longest time to wait for a target that responds with 429, in seconds [default: 60]
    patience: Seconds { value: "SECONDS" },
    /// Duration of a build of the embedded emulator, in seconds [default: 1]
    build_seconds: Seconds { value: "SECONDS", scope: Scope::Serve },
    /// Create, change and delete resources on a target that is not on this machine
    allow_changes: Switch { file_key: FileKey::Missing },
    /// Allow references to files outside the folder of the document
    allow_outside_refs: Switch { scope: Scope::Inspect },
    /// Allow references to other machines, and fetch those files
    allow_remote_refs: Switch { scope: Scope::Inspect },
    /// What the resources of the API are where the guess is wrong, by the path of an item
    resources: Resources { is_flag: false, is_variable: false },
}

impl Layer {
    /// Sets an option by its flag, with all its texts.
    ///
    /// # Errors
    /// When the value is wrong.
    pub fn set_flag(&mut self, option: &OptionSpec, texts: &[String]) -> Result<(), ConfigError> {
        let origin = Origin::Flag(option.flag().unwrap_or_default());
        self.set_raw(option, &Raw::Flags(texts), origin)
    }

    /// The layer of flags by their names, without dashes. One name may occur several times.
    ///
    /// # Errors
    /// When a name is not that of a flag, or a value is wrong: all mistakes are named.
    ///
    /// ```
    /// use trueup::config::Layer;
    ///
    /// let layer = Layer::of_flags([("seed", "1"), ("header", "A: 1"), ("header", "B: 2")])?;
    /// # let _ = layer;
    /// # Ok::<(), trueup::config::ConfigError>(())
    /// ```
    pub fn of_flags<'f>(
        flags: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Self, ConfigError> {
        let mut named: Vec<(&str, Vec<String>)> = Vec::new();
        for (name, text) in flags {
            match named.iter_mut().find(|(known, _)| *known == name) {
                Some((_, texts)) => texts.push(text.to_owned()),
                None => named.push((name, vec![text.to_owned()])),
            }
        }
        let mut layer = Self::default();
        let mut mistakes = Vec::new();
        for (name, texts) in named {
            let is_meant = |option: &&OptionSpec| option.flag().is_some_and(|flag| flag == name);
            mistakes.extend(match OPTIONS.iter().find(is_meant) {
                Some(option) => layer.set_flag(option, &texts).err(),
                None => Some(ConfigError::UnknownFlag(name.to_owned())),
            });
        }
        ConfigError::check(mistakes)?;
        Ok(layer)
    }

    pub(super) fn set_raw(
        &mut self,
        option: &OptionSpec,
        raw: &Raw<'_>,
        origin: Origin,
    ) -> Result<(), ConfigError> {
        self.set(option.name, raw, origin.clone())
            .map_err(|reason| ConfigError::Value { origin, reason })
    }

    /// Adds the credential of a variable.
    pub(super) fn add_credential(&mut self, variable: &str, end: &str, value: &str) {
        let known = self.credential.take().map(|given| given.value);
        let more = Credentials::from_variable(end, value);
        self.credential = Some(Given {
            value: more.over(known.unwrap_or_default()),
            origin: Origin::Variable(variable.to_owned()),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_a_help_and_a_source() {
        for option in OPTIONS {
            assert!(!option.help().is_empty(), "{}", option.id());
            let sources = [option.flag(), option.variable(), option.file_key()];
            assert!(sources.iter().any(Option::is_some), "{}", option.id());
            let has_value = option.arity != Arity::Switch && option.is_flag;
            assert_eq!(!option.value.is_empty(), has_value, "{}", option.id());
        }
    }

    #[test]
    fn an_option_without_a_value_leaves_that_of_the_lower_layer() {
        let upper = Layer::default().jobs(2_usize);
        let lower = Layer::default().jobs(3_usize).strict(true);
        let both = upper.over(lower);
        assert_eq!(both.jobs.unwrap().value, 2);
        assert!(both.strict.unwrap().value);
        assert!(both.seed.is_none());
    }
}
