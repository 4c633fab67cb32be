//! The report that build servers read: `JUnit` XML.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::model::{CaseText, FindingText, Report};
use crate::outcome::Verdict;

/// Writes the report of a run: one suite, one test for each case.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let time = seconds(report.summary.seconds);
    let mut suite = TestSuite::new(&report.target);
    suite.set_time(time);
    suite.add_test_cases(report.cases.iter().map(test_case));
    let mut document = quick_junit::Report::new("trueup");
    document.set_time(time).add_test_suite(suite);
    document.serialize(out).map_err(io::Error::other)
}

fn test_case(case: &CaseText) -> TestCase {
    let name = case.name.split_once("::").map_or("", |(_, name)| name);
    let name = if name.is_empty() { &case.name } else { name };
    let mut test = TestCase::new(name, status(case));
    test.set_classname(&case.operation);
    test.set_time(seconds(case.seconds));
    let mut notes: Vec<String> = case.warnings.iter().map(FindingText::in_full).collect();
    let leftovers = case.leftovers.iter();
    notes.extend(leftovers.map(|leftover| format!("left on the target: {leftover}")));
    if !notes.is_empty() {
        test.set_system_out(notes.join("\n\n"));
    }
    test
}

fn status(case: &CaseText) -> TestCaseStatus {
    let reasons = case.reasons.join("\n");
    match (case.verdict, case.findings.first()) {
        (Verdict::Passed, _) => TestCaseStatus::success(),
        (Verdict::Failed, Some(first)) => {
            let all: Vec<String> = case.findings.iter().map(FindingText::in_full).collect();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status
                .set_type(first.check.as_str())
                .set_message(first.in_short())
                .set_description(format!("{}\n\n{}", case.origin, all.join("\n\n")));
            status
        }
        (Verdict::Failed | Verdict::Errored, _) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("errored").set_message(reasons);
            status
        }
        (Verdict::Skipped | Verdict::KnownDeviation, _) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {reasons}", case.verdict));
            status
        }
    }
}

/// A number of seconds as a duration; none for what is not a length of time.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
