//! The steps that a case took, and the shortest sequence of requests in which it fails.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use super::case::{self, Case, Part};
use super::encode::Encoded;
use super::{Runner, Slot};
use crate::outcome::{CaseOutcome, Finding, Repeat, Verdict};
use crate::scenario::{Scenario, Step};
use crate::target::Stop;
use crate::wire::{Request, curl};

/// Causes whose sequence was cut down already: once is enough.
#[derive(Debug, Default)]
pub(super) struct Minimizer(Mutex<Vec<Finding>>);

impl Minimizer {
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

/// A step that was taken.
pub(super) struct Sent<'a> {
    pub(super) step: Cow<'a, Step>,
    pub(super) part: Part,
    pub(super) request: Arc<Request>,
}

impl<'a> Case<'a> {
    /// Notes a step that is taken.
    pub(super) fn note(&mut self, step: &'a Step, part: Part, encoded: &Encoded<'_>) {
        self.trail.push(Sent {
            step: Cow::Borrowed(step),
            part,
            request: Arc::clone(&encoded.request),
        });
    }

    /// Takes findings. How many steps there were until the first of them is noted.
    pub(super) fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
        if self.failed_after.is_none() && !self.findings.is_empty() {
            self.failed_after = Some(self.trail.len());
        }
    }

    /// The steps that were taken, with their requests.
    pub(super) fn sent(&self) -> impl Iterator<Item = (Step, Arc<Request>)> {
        let sent = self.trail.iter();
        sent.map(|sent| (sent.step.clone().into_owned(), sent.request.clone()))
    }

    /// The steps that were taken.
    pub(super) fn taken(&self) -> Scenario {
        let of = |part: Part| {
            let sent = self.trail.iter().filter(|sent| sent.part == part);
            sent.map(|sent| sent.step.clone().into_owned()).collect()
        };
        Scenario {
            name: self.scenario.name.clone(),
            operation: self.scenario.operation.clone(),
            origin: self.scenario.origin.clone(),
            setup: of(Part::Setup),
            steps: of(Part::Body),
            shared: 0,
            alone: self.scenario.alone,
            skip: None,
        }
    }

    /// The requests up to the first finding, if there is one.
    pub(super) fn repeat(&self, taken: &Scenario) -> Option<Repeat> {
        let count = self.failed_after?;
        let sent = self.trail.iter().take(count);
        Some(Repeat {
            curl: sent.map(|sent| curl(&sent.request)).collect(),
            fixture: taken.fixture(count),
        })
    }
}

/// Tries the steps of a failed case again without the steps that its failing one does not refer to, and keeps
/// the shorter sequence if that fails in the same way.
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
    let (again, _) = case::run(runner, &shorter, None, stop, Slot::free()).await;
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
