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
mod settle;

pub use exit::Exit;

use std::ffi::OsString;
use std::io::Write;

use clap::{CommandFactory, Parser};

use args::{Args, Command};
use settle::has_configuration;

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
