//! The command line. clap's types stop here: every command settles its values first.

mod args;
mod check;
mod exit;
mod inspect;
mod list;
mod serve;

pub use exit::Exit;

use std::ffi::OsString;
use std::fmt::Display;
use std::io::Write;

use clap::{CommandFactory, Parser};

use crate::config::{Environment, FILE_NAME, Settings, resolve};
use args::{Args, Command, Selection};

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
        Some(Command::List(selection)) => list::run(selection),
        Some(Command::Inspect(inspect)) => inspect::run(&inspect),
        Some(Command::Serve(serve)) => serve::run(serve),
        None if std::path::Path::new(FILE_NAME).exists() => check::run(args::Check::default()),
        None => {
            let _ = writeln!(std::io::stderr(), "{}", Args::command().render_help());
            Ok(Exit::NotJudged)
        }
    };
    result.unwrap_or_else(|message| {
        let _ = writeln!(std::io::stderr(), "{message}");
        Exit::NotJudged
    })
}

/// Tells the user what standard output has no place for.
fn say(notes: impl IntoIterator<Item = impl Display>) {
    for note in notes {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
}

/// The settled values of a command.
fn settle(selection: Selection) -> Result<Settings, String> {
    let folder = std::env::current_dir().map_err(|e| format!("error: no current folder: {e}"))?;
    resolve(&folder, selection.into(), &Environment::read()).map_err(|e| format!("error: {e}"))
}
