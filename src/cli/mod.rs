//! The command line. clap's types stop here: every command settles its values first.

mod args;
mod check;
mod error;
mod exit;
mod flags;
mod inspect;
mod list;
#[cfg(feature = "emulator")]
mod serve;
#[cfg(feature = "emulator")]
mod serve_args;

pub use exit::Exit;

use std::ffi::OsString;
use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

use clap::{CommandFactory, Parser};

use crate::config::{self, Environment, Layer, Settings};
use crate::generate::Size;
use args::{Args, Command};
use error::CliError;
use flags::Flags;

/// Runs the program with these arguments, the first of which is its name.
pub fn main(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                Exit::NotJudged
            } else {
                Exit::Kept
            };
        }
    };
    let result = match args.command {
        Some(Command::Check(check)) => check::run(check),
        Some(Command::List(flags)) => list::run(&flags),
        Some(Command::Inspect(inspect)) => inspect::run(&inspect),
        #[cfg(feature = "emulator")]
        Some(Command::Serve(serve)) => serve::run(serve),
        None if has_configuration() => check::run(args::Check::default()),
        None => {
            let _ = writeln!(std::io::stderr(), "{}", Args::command().render_help());
            Ok(Exit::NotJudged)
        }
    };
    result.unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "{error}");
        Exit::NotJudged
    })
}

/// Tells the user what standard output has no place for.
fn say(notes: impl IntoIterator<Item = impl Display>) {
    for note in notes {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
}

fn current_folder() -> Result<PathBuf, CliError> {
    std::env::current_dir().map_err(CliError::NoFolder)
}

fn has_configuration() -> bool {
    current_folder().is_ok_and(|folder| config::find(&folder).is_some())
}

/// The settled values of a command.
fn settle<S>(flags: &Flags<S>) -> Result<Settings, CliError> {
    settle_layer(flags.layer()?)
}

/// The settled values of a command whose flags are this layer.
fn settle_layer(flags: Layer) -> Result<Settings, CliError> {
    let environment = Environment::read()?;
    // `cargo test` runs the fixtures alone unless the configuration says otherwise.
    let defaults = Layer::default().generate(Size::Full);
    let settings = config::resolve_over(&current_folder()?, flags, &environment, defaults)?;
    Ok(settings)
}
