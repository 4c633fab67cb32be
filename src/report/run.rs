//! A run that has ended, as the reports see it.

use crate::outcome::{CaseOutcome, Causes, Coverage, Finding, Summary, Verdict};
use crate::place::Place;
use crate::wire::Secrets;

/// A run that has ended.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// Base URL of the target.
    pub target: &'a str,
    /// Seed of everything that was drawn by chance.
    pub seed: u64,
    /// Totals.
    pub summary: &'a Summary,
    /// What of the contract was exercised.
    pub coverage: &'a Coverage,
    /// What became of the cases.
    pub cases: &'a [CaseOutcome],
}

impl Run<'_> {
    /// The causes of all failures.
    pub(super) fn causes(&self) -> Causes {
        let mut causes = Causes::default();
        for case in self.cases.iter().filter(|c| c.verdict == Verdict::Failed) {
            for finding in &case.findings {
                causes.add(&case.name, finding);
            }
        }
        causes
    }

    /// The causes of all warnings.
    pub(super) fn warnings(&self) -> Causes {
        let mut causes = Causes::default();
        for case in self.cases {
            for warning in &case.warnings {
                causes.add(&case.name, warning);
            }
        }
        causes
    }

    /// The cases with every secret masked. That must be done before anything is escaped.
    pub(super) fn masked_cases(&self, secrets: &Secrets) -> Vec<CaseOutcome> {
        let mask = |text: &str| secrets.mask(text).into_owned();
        let finding = |finding: &Finding| Finding {
            level: finding.level,
            check: finding.check,
            operation: mask(&finding.operation),
            place: mask(&finding.place),
            promise: finding.promise.as_ref().map(|place| Place {
                file: mask(&place.file),
                line: place.line,
                pointer: mask(&place.pointer),
            }),
            message: mask(&finding.message),
            expected: mask(&finding.expected),
            actual: mask(&finding.actual),
            curl: mask(&finding.curl),
        };
        let cases = self.cases.iter().map(|case| CaseOutcome {
            name: mask(&case.name),
            operation: mask(&case.operation),
            findings: case.findings.iter().map(finding).collect(),
            warnings: case.warnings.iter().map(finding).collect(),
            reasons: case.reasons.iter().map(|text| mask(text)).collect(),
            leftovers: case.leftovers.iter().map(|text| mask(text)).collect(),
            ..case.clone()
        });
        cases.collect()
    }
}

/// A finding in several lines.
pub(super) fn in_full(finding: &Finding) -> String {
    let mut lines = vec![
        in_short(finding),
        format!("promised: {}", finding.expected),
        format!("seen: {}", finding.actual),
    ];
    lines.extend(
        finding
            .promise
            .as_ref()
            .map(|place| format!("where: {place}")),
    );
    if !finding.curl.is_empty() {
        lines.push(format!("again: {}", finding.curl));
    }
    lines.join("\n")
}

/// A finding in one line.
pub(super) fn in_short(finding: &Finding) -> String {
    format!(
        "{}: {} at {}: {}",
        finding.operation, finding.check, finding.place, finding.message
    )
}
