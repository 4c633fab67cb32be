//! What reports say: findings in words, with every secret masked. Each format writes this model and
//! sees nothing else, so that masking happens in one place and before anything is escaped.

use serde::Serialize;

use super::run::Run;
use super::sentence::describe;
use crate::outcome::{
    CaseOutcome, Cause, Causes, CheckId, Coverage, Covered, Finding, OperationCoverage, Repeat,
    Summary, Verdict,
};
use crate::place::Place;
use crate::wire::Secrets;

/// A run in words.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) target: String,
    pub(super) seed: u64,
    pub(super) summary: &'a Summary,
    pub(super) coverage: Coverage,
    /// The causes of failures, the most frequent first.
    pub(super) causes: Vec<CauseText>,
    /// The causes of warnings, the most frequent first.
    pub(super) warnings: Vec<CauseText>,
    pub(super) cases: Vec<CaseText>,
}

/// A broken promise in words, with the cases in which it was seen.
#[derive(Debug)]
pub(super) struct CauseText {
    /// The first finding.
    pub(super) finding: FindingText,
    /// Its place, with `*` in place of the index of each item.
    pub(super) place: String,
    pub(super) operations: Vec<String>,
    pub(super) cases: Vec<String>,
}

/// One case in words.
#[derive(Debug, Serialize)]
pub(super) struct CaseText {
    pub(super) name: String,
    pub(super) operation: String,
    pub(super) origin: String,
    pub(super) verdict: Verdict,
    pub(super) findings: Vec<FindingText>,
    pub(super) warnings: Vec<FindingText>,
    pub(super) reasons: Vec<String>,
    pub(super) leftovers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) repeat: Option<Repeat>,
    pub(super) requests: usize,
    pub(super) seconds: f64,
}

/// A finding in words.
#[derive(Debug, Serialize)]
pub(super) struct FindingText {
    pub(super) check: CheckId,
    pub(super) operation: String,
    pub(super) place: String,
    pub(super) promise: Option<Place>,
    pub(super) message: String,
    pub(super) expected: String,
    pub(super) actual: String,
    pub(super) curl: String,
}

impl<'a> Report<'a> {
    /// A run in words, without the secrets.
    pub(super) fn new(run: &Run<'a>, secrets: &Secrets) -> Self {
        let masked = Masked(secrets);
        Self {
            target: masked.text(run.target),
            seed: run.seed,
            summary: run.summary,
            coverage: masked.coverage(run.coverage),
            causes: masked.causes(&run.causes()),
            warnings: masked.causes(&run.warnings()),
            cases: run.cases.iter().map(|case| masked.case(case)).collect(),
        }
    }
}

impl FindingText {
    /// The finding in one line.
    pub(super) fn in_short(&self) -> String {
        format!(
            "{}: {} at {}: {}",
            self.operation, self.check, self.place, self.message
        )
    }

    /// The finding in several lines.
    pub(super) fn in_full(&self) -> String {
        let mut lines = vec![self.in_short()];
        lines.extend(
            self.fields()
                .map(|(label, text)| format!("{label}: {text}")),
        );
        lines.join("\n")
    }

    /// What follows the first line, with labels.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        let place = self.promise.as_ref().map(ToString::to_string);
        [
            ("expected", Some(self.expected.clone())),
            ("actual", Some(self.actual.clone())),
            ("defined at", place),
            (
                "reproduce with",
                Some(self.curl.clone()).filter(|curl| !curl.is_empty()),
            ),
        ]
        .into_iter()
        .filter_map(|(label, text)| Some((label, text?)))
    }
}

/// Writes texts without secrets.
pub(super) struct Masked<'s>(pub(super) &'s Secrets);

impl Masked<'_> {
    pub(super) fn text(&self, text: &str) -> String {
        self.0.mask(text).into_owned()
    }

    fn texts(&self, texts: &[String]) -> Vec<String> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    pub(super) fn finding(&self, finding: &Finding) -> FindingText {
        let words = describe(&finding.kind);
        FindingText {
            check: finding.check,
            operation: self.text(&finding.operation),
            place: self.text(&finding.place.to_string()),
            promise: finding.promise.as_ref().map(|place| Place {
                file: self.text(&place.file),
                line: place.line,
                pointer: self.text(&place.pointer),
            }),
            message: self.text(&words.message),
            expected: self.text(&words.expected),
            actual: self.text(&words.actual),
            curl: self.text(&finding.curl),
        }
    }

    pub(super) fn case(&self, case: &CaseOutcome) -> CaseText {
        let findings = |all: &[Finding]| all.iter().map(|one| self.finding(one)).collect();
        CaseText {
            name: self.text(&case.name),
            operation: self.text(&case.operation),
            origin: self.text(&case.origin.to_string()),
            verdict: case.verdict,
            findings: findings(&case.findings),
            warnings: findings(&case.warnings),
            reasons: self.texts(&case.reasons),
            leftovers: self.texts(&case.leftovers),
            repeat: case.repeat.as_ref().map(|repeat| Repeat {
                curl: self.texts(&repeat.curl),
                fixture: repeat.fixture.as_deref().map(|text| self.text(text)),
            }),
            requests: case.requests,
            seconds: case.seconds,
        }
    }

    pub(super) fn causes(&self, causes: &Causes) -> Vec<CauseText> {
        let causes = causes.by_frequency().into_iter();
        causes.map(|cause| self.cause(cause)).collect()
    }

    fn cause(&self, cause: &Cause) -> CauseText {
        let Cause {
            finding,
            operations,
            cases,
        } = cause;
        CauseText {
            finding: self.finding(finding),
            place: self.text(&finding.place.of_all_items()),
            operations: self.texts(operations),
            cases: self.texts(cases),
        }
    }

    fn coverage(&self, coverage: &Coverage) -> Coverage {
        let covered = |covered: &Covered| Covered {
            name: self.text(&covered.name),
            exercised: covered.exercised,
            why: covered.why.as_deref().map(|why| self.text(why)),
        };
        let operations = coverage.operations.iter().map(|operation| {
            let axes = operation.axes.iter();
            OperationCoverage {
                operation: self.text(&operation.operation),
                answers: operation.answers,
                axes: axes
                    .map(|(axis, all)| (*axis, all.iter().map(covered).collect()))
                    .collect(),
            }
        });
        Coverage {
            operations: operations.collect(),
        }
    }
}
