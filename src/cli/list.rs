//! `trueup list`

use std::io::Write;

use super::args::Selection;
use super::{Exit, say, settle};
use crate::suite::Suite;

pub(super) fn run(selection: Selection) -> Result<Exit, String> {
    let suite = Suite::load(settle(selection)?).map_err(|e| e.report())?;
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
