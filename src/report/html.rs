//! The report that a person reads in a browser: one file that needs no other.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape::escape;
use super::model::{CaseText, CauseText, FindingText, Report};
use crate::outcome::{Axis, Verdict};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:70em;\
padding:0 1em;color:#222}table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em 1em .2em 0;\
text-align:left;vertical-align:top;border-bottom:1px solid #ddd}pre{white-space:pre-wrap;\
overflow-wrap:anywhere;background:#f5f5f5;padding:.7em}summary{cursor:pointer}\
.failed,.errored{color:#b00020}.passed{color:#1b6e32}.skipped,.known{color:#666}";

/// Writes the report of a run.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let summary = report.summary;
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>trueup</title>\n\
         <style>{STYLE}</style>\n<h1>trueup</h1>\n<p>{}, seed {}</p>\n\
         <p>{} passed, {} failed, {} known deviations, {} errored, {} skipped; {} requests in \
         {:.2} s</p>",
        escape(&report.target),
        report.seed,
        summary.passed,
        summary.failed,
        summary.known_deviations,
        summary.errored,
        summary.skipped,
        summary.requests,
        summary.seconds
    )?;
    let lists = [
        ("Broken promises", &report.causes),
        ("Warnings", &report.warnings),
    ];
    for (heading, causes) in lists {
        if !causes.is_empty() {
            let text: String = causes.iter().map(cause).collect();
            writeln!(out, "<h2>{heading}</h2>\n{text}")?;
        }
    }
    writeln!(out, "<h2>Coverage</h2>\n{}", coverage(report))?;
    writeln!(out, "<h2>Cases</h2>\n<table>")?;
    for case in &report.cases {
        writeln!(out, "{}", row(case))?;
    }
    writeln!(out, "</table>\n</html>")
}

fn cause(cause: &CauseText) -> String {
    let finding = &cause.finding;
    format!(
        "<details><summary>{} at {}: {} ({} cases)</summary><pre>{}\n\nin {}</pre></details>\n",
        finding.check,
        escape(&cause.place),
        escape(&finding.message),
        cause.cases.len(),
        escape(&finding.in_full()),
        escape(&cause.cases.join("\n   "))
    )
}

fn coverage(report: &Report<'_>) -> String {
    let mut table = String::from("<table>\n");
    for axis in Axis::ALL {
        let share = report.coverage.share(axis);
        if share.total > 0 {
            let _ = writeln!(
                table,
                "<tr><th>{axis}<td>{} of {}<td>{:.0} %",
                share.exercised,
                share.total,
                share.percent().floor()
            );
        }
    }
    table + "</table>"
}

fn row(case: &CaseText) -> String {
    let class = match case.verdict {
        Verdict::KnownDeviation => "known".to_owned(),
        verdict => verdict.to_string(),
    };
    let mut text: Vec<String> = case.findings.iter().map(FindingText::in_full).collect();
    text.extend(case.reasons.iter().cloned());
    text.extend(
        case.leftovers
            .iter()
            .map(|l| format!("left on the target: {l}")),
    );
    let details = if text.is_empty() {
        String::new()
    } else {
        let text = escape(&text.join("\n\n"));
        format!("<details><summary>details</summary><pre>{text}</pre></details>")
    };
    format!(
        "<tr><td class=\"{class}\">{}<td>{}<br><small>{}</small>{details}",
        case.verdict,
        escape(&case.name),
        escape(&case.origin)
    )
}
