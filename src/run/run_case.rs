//! One case: whether it runs at all, its attempt, its shortest sequence, and known deviations.

use super::attempt::{INTERRUPTED, attempt};
use super::minimize::minimize;
use super::runner::Runner;
use super::slot::Slot;
use crate::outcome::CaseOutcome;
use crate::scenario::Scenario;
use crate::target::Stop;

impl Runner<'_> {
    /// Runs one case to its end, clean-up included.
    pub async fn run_case(&self, scenario: &Scenario, stop: &Stop) -> CaseOutcome {
        self.run_in(Slot::free(), scenario, stop).await
    }

    /// Runs one case in a slot of the schedule, unless it cannot get to its end.
    pub(super) async fn run_in(&self, slot: Slot, scenario: &Scenario, stop: &Stop) -> CaseOutcome {
        if let Some(reporter) = &self.reporter {
            reporter.started(scenario);
        }
        let mut steps = scenario.setup.iter().chain(&scenario.steps);
        let opened = steps.find_map(|step| self.client.opened(&step.operation));
        let skip = opened.or_else(|| stop.is_set().then(|| INTERRUPTED.to_owned()));
        let (mut outcome, taken) = attempt(self, scenario, skip, stop, slot).await;
        if let Some(taken) = taken {
            minimize(self, &taken, stop, &mut outcome).await;
        }
        match self.deviations {
            Some(deviations) => deviations.apply(outcome),
            None => outcome,
        }
    }
}
