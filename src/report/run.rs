//! A run that has ended, as it is handed to the reports.

use crate::outcome::{CaseOutcome, Causes, Coverage, Summary, Verdict};

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
    /// The outcomes of the cases.
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
}
