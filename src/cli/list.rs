//! `trueup list`

use std::io::Write;

use super::error::CliError;
use super::exit::Exit;
use super::flags::{Flags, ForCheck};
use super::settle::{say, settle};
use crate::suite::Suite;

pub(super) fn run(flags: &Flags<ForCheck>) -> Result<Exit, CliError> {
    let suite = Suite::load(settle(flags)?)?;
    say(&suite.notes);
    let mut out = std::io::stdout().lock();
    for case in suite.cases() {
        // A reader that has gone away wants no more.
        if writeln!(out, "{}", case.name).is_err() {
            break;
        }
    }
    Ok(if suite.cases().is_empty() {
        Exit::NotJudged
    } else {
        Exit::Kept
    })
}
