//! The JSON report. `report.schema.json` beside this file is its schema.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::run::Run;
use crate::outcome::{Axis, CaseOutcome, Cause, OperationCoverage, Share, Summary};
use crate::place::Place;
use crate::wire::Secrets;

/// JSON Schema of the report.
pub const SCHEMA: &str = include_str!("report.schema.json");

#[derive(Serialize)]
struct Report<'a> {
    trueup: &'static str,
    target: &'a str,
    seed: u64,
    summary: &'a Summary,
    coverage: CoverageEntry<'a>,
    causes: Vec<CauseEntry<'a>>,
    cases: &'a [CaseOutcome],
}

/// A broken promise with all its cases.
#[derive(Serialize)]
struct CauseEntry<'a> {
    check: &'static str,
    operations: &'a [String],
    place: String,
    promise: Option<&'a Place>,
    message: &'a str,
    count: usize,
    cases: &'a [String],
}

impl<'a> From<&'a Cause> for CauseEntry<'a> {
    fn from(cause: &'a Cause) -> Self {
        let Cause {
            finding,
            operations,
            cases,
        } = cause;
        Self {
            check: finding.check,
            operations,
            place: finding.place_of_all(),
            promise: finding.promise.as_ref(),
            message: &finding.message,
            count: cases.len(),
            cases,
        }
    }
}

/// How much was exercised: over all operations by axis, and of each operation.
#[derive(Serialize)]
struct CoverageEntry<'a> {
    axes: BTreeMap<Axis, Share>,
    operations: &'a [OperationCoverage],
}

/// Writes the report of a run.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(out: &mut dyn Write, run: &Run<'_>, secrets: &Secrets) -> io::Result<()> {
    let found = run.causes();
    let share = |axis| (axis, run.coverage.share(axis));
    let mut report = serde_json::to_value(Report {
        trueup: env!("CARGO_PKG_VERSION"),
        target: run.target,
        seed: run.seed,
        summary: run.summary,
        coverage: CoverageEntry {
            axes: Axis::ALL.into_iter().map(share).collect(),
            operations: &run.coverage.operations,
        },
        causes: found
            .by_frequency()
            .into_iter()
            .map(CauseEntry::from)
            .collect(),
        cases: run.cases,
    })?;
    mask(&mut report, secrets);
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

/// Masks every text: escaping would hide a secret from a later search.
fn mask(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => {
            if let std::borrow::Cow::Owned(masked) = secrets.mask(text) {
                *text = masked;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, secrets)),
        Value::Object(members) => members.values_mut().for_each(|m| mask(m, secrets)),
        _ => {}
    }
}
