//! The shortest sequence of requests in which a case fails.

use std::sync::{Mutex, PoisonError};

use super::case::{self, Case};
use super::{Runner, Slot, Stop};
use crate::outcome::{CaseOutcome, Finding, Repeat, Verdict};
use crate::scenario::Scenario;
use crate::wire::curl;

/// Causes whose sequence was cut down already: once is enough.
#[derive(Debug, Default)]
pub(super) struct Cut(Mutex<Vec<Finding>>);

impl Cut {
    /// Whether a cause is new here.
    fn is_new(&self, finding: &Finding) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !known.iter().any(|other| other.same_cause(finding));
        if is_new {
            known.push(finding.clone());
        }
        is_new
    }
}

impl Case<'_> {
    /// The requests up to the first finding, if there is one.
    pub(super) fn repeat(&self) -> Option<Repeat> {
        let count = self.failed_after?;
        let sent = self.trail.iter().take(count);
        Some(Repeat {
            curl: sent.map(curl).collect(),
            fixture: self.scenario.fixture(count),
        })
    }
}

/// Tries a failed case again without the steps that its failing one does not refer to, and keeps
/// the shorter sequence if that fails in the same way.
pub(super) async fn cut(
    runner: &Runner<'_>,
    scenario: &Scenario,
    stop: &Stop,
    outcome: &mut CaseOutcome,
) {
    let (Verdict::Failed, Some(repeat), Some(first)) =
        (outcome.verdict, &outcome.repeat, outcome.findings.first())
    else {
        return;
    };
    let count = repeat.curl.len();
    let shorter = scenario.needed(count);
    let is_shorter = shorter.setup.len() + shorter.steps.len() < count;
    if !is_shorter || stop.is_set() || !runner.cut.is_new(first) {
        return;
    }
    let again = case::run(runner, &shorter, stop, Slot::free()).await;
    outcome.requests += again.requests;
    outcome.leftovers.extend(again.leftovers);
    if again
        .findings
        .iter()
        .any(|finding| finding.same_cause(first))
    {
        outcome.repeat = again.repeat;
    }
}
