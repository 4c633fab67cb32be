//! The JSON report. `report.schema.json` beside this file is its schema.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::model::{self, CaseText, CauseText};
use crate::outcome::{Axis, CheckId, OperationCoverage, Share, Summary};
use crate::place::Place;

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
    cases: &'a [CaseText],
}

/// A broken promise with all its cases.
#[derive(Serialize)]
struct CauseEntry<'a> {
    check: CheckId,
    operations: &'a [String],
    place: &'a str,
    promise: Option<&'a Place>,
    message: &'a str,
    count: usize,
    cases: &'a [String],
}

impl<'a> From<&'a CauseText> for CauseEntry<'a> {
    fn from(cause: &'a CauseText) -> Self {
        let CauseText {
            finding,
            place,
            operations,
            cases,
        } = cause;
        Self {
            check: finding.check,
            operations,
            place,
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
pub(super) fn write(out: &mut dyn Write, report: &model::Report<'_>) -> io::Result<()> {
    let share = |axis| (axis, report.coverage.share(axis));
    let report = Report {
        trueup: env!("CARGO_PKG_VERSION"),
        target: &report.target,
        seed: report.seed,
        summary: report.summary,
        coverage: CoverageEntry {
            axes: Axis::ALL.into_iter().map(share).collect(),
            operations: &report.coverage.operations,
        },
        causes: report.causes.iter().map(CauseEntry::from).collect(),
        cases: &report.cases,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}
