//! What a case has found out so far.

use std::time::Instant;

use crate::contract::Contract;
use crate::outcome::{CaseOutcome, Finding, Repeat, Verdict};
use crate::scenario::Scenario;

/// What a case has found out so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    findings: Vec<Finding>,
    warnings: Vec<Finding>,
    reasons: Vec<String>,
    /// Why the rest was not run although nothing is wrong.
    skipped: Option<String>,
    leftovers: Vec<String>,
    requests: usize,
}

impl Ledger {
    /// An empty ledger, of a case that does not run if there is a reason for that.
    pub(super) fn new(skipped: Option<String>) -> Self {
        Self {
            skipped,
            ..Self::default()
        }
    }

    /// Whether the case is skipped from here on.
    pub(super) fn is_skipped(&self) -> bool {
        self.skipped.is_some()
    }

    /// Whether the target has broken a promise.
    pub(super) fn has_findings(&self) -> bool {
        !self.findings.is_empty()
    }

    /// Records broken promises.
    pub(super) fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
    }

    /// Records a warning; each cause once.
    pub(super) fn warn(&mut self, warning: Finding) {
        if !self.warnings.iter().any(|known| known.same_cause(&warning)) {
            self.warnings.push(warning);
        }
    }

    /// Records why the case cannot be judged. After a finding it is a consequence of that, and not
    /// worth a word.
    pub(super) fn cannot_judge(&mut self, reason: String) {
        if self.findings.is_empty() {
            self.reasons.push(reason);
        }
    }

    /// Records checks that failed themselves.
    pub(super) fn add_broken_checks(&mut self, reasons: Vec<String>) {
        self.reasons.extend(reasons);
    }

    /// Skips the rest of the case.
    pub(super) fn skip(&mut self, why: String) {
        self.skipped = Some(why);
    }

    /// Records an item that could not be removed.
    pub(super) fn leave(&mut self, item: String) {
        self.leftovers.push(item);
    }

    /// Counts requests.
    pub(super) fn count(&mut self, requests: usize) {
        self.requests += requests;
    }

    fn verdict(&self) -> Verdict {
        if !self.findings.is_empty() {
            Verdict::Failed
        } else if !self.reasons.is_empty() {
            Verdict::Errored
        } else if self.skipped.is_some() {
            Verdict::Skipped
        } else {
            Verdict::Passed
        }
    }

    /// The outcome of the case.
    pub(super) fn close(
        mut self,
        contract: &Contract,
        scenario: &Scenario,
        repeat: Option<Repeat>,
        started: Instant,
    ) -> CaseOutcome {
        let verdict = self.verdict();
        if verdict == Verdict::Skipped {
            self.reasons.extend(self.skipped.take());
        }
        for place in self.findings.iter_mut().filter_map(|f| f.promise.as_mut()) {
            // A generated step has a pointer into the document; file and line were not needed
            // before.
            if place.file.is_empty() {
                *place = contract.document.place(&place.pointer);
            }
        }
        CaseOutcome {
            repeat,
            name: scenario.name.clone(),
            operation: scenario.operation.clone(),
            origin: scenario.origin.clone(),
            verdict,
            findings: self.findings,
            warnings: self.warnings,
            reasons: self.reasons,
            leftovers: self.leftovers,
            requests: self.requests,
            seconds: started.elapsed().as_secs_f64(),
        }
    }
}
