//! The JSON report. `report.schema.json` beside this file is its schema.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::outcome::{CaseOutcome, Summary};
use crate::wire::Secrets;

/// JSON Schema of the report.
pub const SCHEMA: &str = include_str!("report.schema.json");

#[derive(Serialize)]
struct Report<'a> {
    trueup: &'static str,
    target: &'a str,
    seed: u64,
    summary: &'a Summary,
    cases: &'a [CaseOutcome],
}

/// Writes the report of a run.
///
/// # Errors
/// When it cannot be written.
pub fn write(
    out: &mut dyn Write,
    target: &str,
    seed: u64,
    summary: &Summary,
    cases: &[CaseOutcome],
    secrets: &Secrets,
) -> io::Result<()> {
    let mut report = serde_json::to_value(Report {
        trueup: env!("CARGO_PKG_VERSION"),
        target,
        seed,
        summary,
        cases,
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
