//! The report that build servers read: `JUnit` XML.

use std::io::{self, Write};

use super::model::{CaseText, FindingText, Report};
use super::xml::escape;
use crate::outcome::Verdict;

/// Writes the report of a run.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let summary = report.summary;
    let totals = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3}\"",
        summary.cases(),
        summary.failed,
        summary.errored,
        summary.skipped + summary.known_deviations,
        summary.seconds
    );
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"trueup\" {totals}>")?;
    let target = escape(&report.target);
    writeln!(out, "  <testsuite name=\"{target}\" {totals}>")?;
    for case in &report.cases {
        write_case(out, case)?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn write_case(out: &mut dyn Write, case: &CaseText) -> io::Result<()> {
    let name = case.name.split_once("::").map_or("", |(_, name)| name);
    writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\">",
        escape(&case.operation),
        escape(if name.is_empty() { &case.name } else { name }),
        case.seconds
    )?;
    let reasons = case.reasons.join("\n");
    match (case.verdict, case.findings.first()) {
        (Verdict::Passed, _) => {}
        (Verdict::Failed, Some(first)) => {
            let all: Vec<String> = case.findings.iter().map(FindingText::in_full).collect();
            writeln!(
                out,
                "      <failure type=\"{}\" message=\"{}\">{}\n\n{}</failure>",
                first.check,
                escape(&first.in_short()),
                escape(&case.origin),
                escape(&all.join("\n\n"))
            )?;
        }
        (Verdict::Failed | Verdict::Errored, _) => {
            let reasons = escape(&reasons);
            writeln!(out, "      <error type=\"errored\" message=\"{reasons}\"/>")?;
        }
        (Verdict::Skipped | Verdict::KnownDeviation, _) => {
            let message = escape(&format!("{}: {reasons}", case.verdict));
            writeln!(out, "      <skipped message=\"{message}\"/>")?;
        }
    }
    let mut notes: Vec<String> = case.warnings.iter().map(FindingText::in_full).collect();
    notes.extend(
        case.leftovers
            .iter()
            .map(|l| format!("left on the target: {l}")),
    );
    if !notes.is_empty() {
        let notes = escape(&notes.join("\n\n"));
        writeln!(out, "      <system-out>{notes}</system-out>")?;
    }
    writeln!(out, "    </testcase>")
}
