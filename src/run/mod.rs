//! From scenarios to outcomes: requests are sent, answers checked, snapshots compared, and what
//! was created is removed again.

mod case;
mod cleanup;
mod concurrent;
mod encode;
mod fill;
mod identity;
mod minimize;
mod pages;
mod poll;
mod refusal;
mod schedule;
mod send;
mod shared;
mod slot;
mod snapshot;
mod worker;

use std::sync::Arc;

pub use schedule::{Concurrency, run};
pub use worker::Worker;

use shared::Shared;
use slot::Slot;

use crate::check::Checker;
use crate::contract::Contract;
use crate::coverage::Coverage;
use crate::deviation::Deviations;
use crate::outcome::{CaseOutcome, Lenience};
use crate::scenario::Scenario;
use crate::snapshot::Store;
use crate::target::{Access, Client, Stop};
use crate::wire::Secrets;

/// Everything that cases share.
#[derive(Debug, Clone)]
pub struct Runner<'a> {
    contract: &'a Contract,
    checker: &'a Checker,
    target: &'a Access,
    snapshots: Option<&'a Store>,
    client: &'a Client,
    deviations: Option<&'a Deviations>,
    lenience: Lenience,
    coverage: Option<&'a Coverage>,
    secrets: Secrets,
    minimizer: Arc<minimize::Minimizer>,
    shared: Option<&'a Shared<'a>>,
    seed: u64,
}

impl<'a> Runner<'a> {
    /// A runner. The seed decides everything that is drawn by chance.
    pub fn new(
        contract: &'a Contract,
        checker: &'a Checker,
        target: &'a Access,
        snapshots: Option<&'a Store>,
        worker: &'a Worker,
        seed: u64,
    ) -> Self {
        Self {
            contract,
            checker,
            target,
            snapshots,
            client: &worker.client,
            deviations: None,
            lenience: Lenience::Nothing,
            coverage: None,
            secrets: target.secrets(),
            minimizer: Arc::default(),
            shared: None,
            seed,
        }
    }

    /// The same runner, which knows of deviations.
    #[must_use]
    pub fn knowing(mut self, deviations: &'a Deviations) -> Self {
        self.deviations = Some(deviations);
        self
    }

    /// The same runner, for which a target that takes what it should refuse there is only worth a
    /// warning.
    #[must_use]
    pub fn lenient(mut self, lenience: &Lenience) -> Self {
        self.lenience = lenience.clone();
        self
    }

    /// The same runner, which marks what it exercises.
    #[must_use]
    pub fn measuring(mut self, coverage: &'a Coverage) -> Self {
        self.coverage = Some(coverage);
        self
    }

    /// The same runner, whose requests go another way, for cases that share this.
    fn on<'b>(&self, client: &'b Client, shared: &'b Shared<'b>) -> Runner<'b>
    where
        'a: 'b,
    {
        Runner {
            client,
            shared: Some(shared),
            ..self.clone()
        }
    }

    /// Runs one case to its end, clean-up included.
    pub async fn run_case(&self, scenario: &Scenario, stop: &Stop) -> CaseOutcome {
        self.run_in(Slot::free(), scenario, stop).await
    }

    /// Runs one case in a place of the schedule, unless it cannot get to its end.
    async fn run_in(&self, slot: Slot, scenario: &Scenario, stop: &Stop) -> CaseOutcome {
        let mut steps = scenario.setup.iter().chain(&scenario.steps);
        let opened = steps.find_map(|step| self.client.opened(&step.operation));
        let skip = opened.or_else(|| stop.is_set().then(|| case::INTERRUPTED.to_owned()));
        let (mut outcome, taken) = case::run(self, scenario, skip, stop, slot).await;
        if let Some(taken) = taken {
            minimize::minimize(self, &taken, stop, &mut outcome).await;
        }
        match self.deviations {
            Some(deviations) => deviations.apply(outcome),
            None => outcome,
        }
    }
}
