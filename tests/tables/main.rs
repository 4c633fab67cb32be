//! Tests that are data: each row is a test with a name of its own, and what cannot run here is
//! ignored with a reason.
//!
//! - `fixtures::` servers with one fault, checked with the shipped fixtures
//! - `planted::` what is found without any fixture
//! - `outside::` documents and services that are not part of the project
//!
//! Each table has a part that is run always. The rest takes long and is ignored unless asked for:
//! `cargo test --test tables -- --ignored`, or `--include-ignored` and a part of a name.
//!
//! `tables serve-faults DOCUMENT` serves one fault after the other to another program.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod faults;
mod fixtures;
mod outside;
mod places;
mod planted;
mod stage;
mod stand;
#[expect(dead_code, reason = "the tests of `it` use the rest")]
#[path = "../it/world/mod.rs"]
mod world;

use std::collections::HashSet;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() == Some("serve-faults") {
        let document = words.next().expect("serve-faults DOCUMENT");
        stand::serve(&document);
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::from_args();
    let planted = planted::Tables::default();
    let mut trials = fixtures::trials();
    trials.extend(planted.trials());
    trials.extend(outside::trials());
    trials.push(names_differ(&trials));
    let conclusion = libtest_mimic::run(&arguments, trials);
    planted.print_shares();
    conclusion.exit_code()
}

/// A name of a test: what stands for nothing in a filter is an underscore.
fn slug(name: &str) -> String {
    let is_kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '/');
    let words = name.split(|c: char| !is_kept(c));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("_")
}

/// A filter must be able to name one row.
fn names_differ(trials: &[Trial]) -> Trial {
    let mut seen = HashSet::new();
    let twice: Vec<String> = trials
        .iter()
        .map(|trial| trial.name().to_owned())
        .filter(|name| !seen.insert(name.clone()))
        .collect();
    Trial::test("names::each_row_has_a_name_of_its_own", move || {
        if twice.is_empty() {
            Ok(())
        } else {
            Err(twice.join("\n").into())
        }
    })
}
