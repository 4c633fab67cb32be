//! The steps that a case has taken.

use std::borrow::Cow;
use std::ptr;
use std::sync::Arc;

use crate::outcome::Repeat;
use crate::scenario::{Scenario, Step};
use crate::wire::{Request, curl};

/// Which part of a scenario a step belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It prepares the others.
    Setup,
    /// The scenario is about it.
    Body,
}

/// A step that was taken.
#[derive(Debug, Clone)]
pub(super) struct SentStep<'a> {
    step: Cow<'a, Step>,
    part: Part,
    request: Arc<Request>,
}

/// The steps that a case has taken, except those for which a fallback was taken.
#[derive(Debug, Default)]
pub(super) struct Trail<'a> {
    steps: Vec<SentStep<'a>>,
    /// How many steps there were at the first finding.
    failed_after: Option<usize>,
}

impl<'a> Trail<'a> {
    /// Records a step whose request is sent now.
    pub(super) fn add(&mut self, step: &'a Step, part: Part, request: &Arc<Request>) {
        self.steps.push(SentStep {
            step: Cow::Borrowed(step),
            part,
            request: Arc::clone(request),
        });
    }

    /// Records steps that another case has taken for this one.
    pub(super) fn inherit(&mut self, steps: &[SentStep<'static>]) {
        self.steps.extend(steps.iter().cloned());
    }

    /// The steps so far, for other cases.
    pub(super) fn shared(&self) -> Vec<SentStep<'static>> {
        let steps = self.steps.iter();
        steps
            .map(|sent| SentStep {
                step: Cow::Owned(sent.step.clone().into_owned()),
                part: Part::Setup,
                request: Arc::clone(&sent.request),
            })
            .collect()
    }

    /// Forgets a step for which a fallback is taken.
    pub(super) fn forget(&mut self, step: &Step) {
        self.steps.retain(|sent| !ptr::eq(sent.step.as_ref(), step));
    }

    /// Records that there is a finding.
    pub(super) fn fail(&mut self) {
        self.failed_after.get_or_insert(self.steps.len());
    }

    /// The steps that were taken, if there is a finding.
    pub(super) fn failed(&self, scenario: &Scenario) -> Option<Scenario> {
        self.failed_after?;
        let of = |part: Part| {
            let sent = self.steps.iter().filter(|sent| sent.part == part);
            sent.map(|sent| sent.step.clone().into_owned()).collect()
        };
        Some(Scenario {
            name: scenario.name.clone(),
            operation: scenario.operation.clone(),
            origin: scenario.origin.clone(),
            setup: of(Part::Setup),
            steps: of(Part::Body),
            shared: 0,
            alone: scenario.alone,
            skip: None,
        })
    }

    /// The requests up to the first finding, and how a fixture says them. `taken` is the scenario
    /// that [`Self::failed`] returns.
    pub(super) fn repeat(&self, taken: &Scenario) -> Option<Repeat> {
        let count = self.failed_after?;
        let sent = self.steps.iter().take(count);
        Some(Repeat {
            curl: sent.map(|sent| curl(&sent.request)).collect(),
            fixture: taken.fixture(count),
        })
    }
}
