//! The shortest sequence of requests in which a case fails.

use super::attempt::attempt;
use super::runner::Runner;
use super::slot::Slot;
use crate::outcome::{CaseOutcome, Verdict};
use crate::scenario::Scenario;
use crate::target::Stop;

/// Repeats a failed case without the steps that its failing one does not refer to, and keeps the
/// shorter sequence if that fails in the same way.
pub(super) async fn minimize(
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
    if !is_shorter || stop.is_set() || !runner.minimizer.is_new(first) {
        return;
    }
    let (again, _) = attempt(runner, &shorter, None, stop, Slot::free()).await;
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
