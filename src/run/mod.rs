//! From scenarios to outcomes: requests are sent, answers checked, snapshots compared, and what
//! was created is removed again.

mod case;
mod cleanup;
mod crowd;
mod encode;
mod fetch;
mod fill;
mod health;
mod http;
mod identity;
mod lane;
mod pages;
mod poll;
mod refusal;
mod repeat;
mod schedule;
mod send;
mod shared;
mod slot;
mod snapshot;
mod stop;

use std::sync::Arc;
use std::time::Duration;

pub use fetch::fetch;
use http::Client;
pub use lane::Lane;
pub use schedule::{Order, run};
pub use stop::{Stop, StopHandle};

use shared::Shared;
use slot::Slot;

use crate::check::Checker;
use crate::contract::Contract;
use crate::coverage::Coverage;
use crate::outcome::{CaseOutcome, Deviations, Lenience};
use crate::scenario::Scenario;
use crate::snapshot::Store;
use crate::wire::{Headers, Secrets};

/// The checks that the runner itself makes.
pub const CHECKS: [&str; 3] = [poll::UNTIL, snapshot::SNAPSHOT, refusal::ACCEPTANCE];

/// Where requests go, and in whose name.
#[derive(Clone)]
pub struct Target {
    /// Base URL without a slash at the end.
    pub base: String,
    /// User name and secret.
    pub user: Option<(String, String)>,
    /// Credentials by the name of the security scheme: a token, a key, or `NAME:SECRET`.
    pub credentials: Vec<(String, String)>,
    /// Headers sent with every request.
    pub headers: Headers,
}

/// Limits of one request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest time for a complete answer.
    pub timeout: Duration,
    /// Longest body in bytes.
    pub max_body: usize,
    /// Longest time to wait for a target that answers 429.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            max_body: 16 * 1024 * 1024,
            patience: Duration::from_secs(60),
        }
    }
}

/// Everything that cases share.
#[derive(Debug, Clone)]
pub struct Runner<'a> {
    contract: &'a Contract,
    checker: &'a Checker,
    target: &'a Target,
    snapshots: Option<&'a Store>,
    client: &'a Client,
    deviations: Option<&'a Deviations>,
    lenience: Lenience,
    coverage: Option<&'a Coverage>,
    secrets: Secrets,
    cut: Arc<repeat::Cut>,
    shared: Option<&'a Shared<'a>>,
    seed: u64,
}

impl<'a> Runner<'a> {
    /// A runner. The seed decides everything that is drawn by chance.
    pub fn new(
        contract: &'a Contract,
        checker: &'a Checker,
        target: &'a Target,
        snapshots: Option<&'a Store>,
        lane: &'a Lane,
        seed: u64,
    ) -> Self {
        Self {
            contract,
            checker,
            target,
            snapshots,
            client: &lane.client,
            deviations: None,
            lenience: Lenience::Nothing,
            coverage: None,
            secrets: target.secrets(),
            cut: Arc::default(),
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
        let health = self.client.health();
        let closed = steps.find_map(|step| health.closed(&step.operation));
        let skip = closed.or_else(|| stop.is_set().then(|| case::INTERRUPTED.to_owned()));
        let (mut outcome, taken) = case::run(self, scenario, skip, stop, slot).await;
        if let Some(taken) = taken {
            repeat::cut(self, &taken, stop, &mut outcome).await;
        }
        match self.deviations {
            Some(deviations) => deviations.apply(outcome),
            None => outcome,
        }
    }
}
