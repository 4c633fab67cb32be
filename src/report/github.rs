//! Annotations of a pull request: the commands that GitHub reads from the output of a workflow.

use std::io::{self, Write};

use super::model::{CauseText, Report};
use crate::outcome::Verdict;

/// Writes the report of a run: one command for each cause.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    for cause in &report.causes {
        writeln!(out, "{}", command("error", cause))?;
    }
    for cause in &report.warnings {
        writeln!(out, "{}", command("warning", cause))?;
    }
    let errored = |verdict| verdict == Verdict::Errored;
    for case in report.cases.iter().filter(|case| errored(case.verdict)) {
        let title = property(&case.name);
        writeln!(
            out,
            "::error title={title}::{}",
            data(&case.reasons.join("\n"))
        )?;
    }
    let summary = report.summary;
    writeln!(
        out,
        "::notice title=trueup::{} passed, {} failed, {} errored, {} skipped",
        summary.passed, summary.failed, summary.errored, summary.skipped
    )
}

fn command(level: &str, cause: &CauseText) -> String {
    let finding = &cause.finding;
    let mut properties = Vec::new();
    if let Some(place) = &finding.promise {
        properties.push(format!("file={}", property(&place.file)));
        properties.extend(place.line.map(|line| format!("line={line}")));
    }
    properties.push(format!("title={}", property(&finding.in_short())));
    let text = format!(
        "{}\nin {} of {}",
        finding.in_full(),
        match cause.cases.len() {
            1 => "1 case".to_owned(),
            count => format!("{count} cases"),
        },
        cause.operations.join(", ")
    );
    format!("::{level} {}::{}", properties.join(","), data(&text))
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_a_command() {
        assert_eq!(data("a%\nb\r::c"), "a%25%0Ab%0D::c");
        assert_eq!(property("a: b,c"), "a%3A b%2Cc");
    }
}
