//! What all cases of a run share.

use std::sync::Arc;

use super::events::Reporter;
use super::minimizer::Minimizer;
use super::shared::SharedSetups;
use super::worker::Worker;
use crate::check::Checker;
use crate::contract::Contract;
use crate::coverage::Coverage;
use crate::deviation::Deviations;
use crate::outcome::Lenience;
use crate::snapshot::Store;
use crate::target::{Access, Client};
use crate::wire::Secrets;

/// Everything that cases share.
#[derive(Debug, Clone)]
pub struct Runner<'a> {
    pub(super) contract: &'a Contract,
    pub(super) checker: &'a Checker,
    pub(super) target: &'a Access,
    pub(super) snapshots: Option<&'a Store>,
    pub(super) client: &'a Client,
    pub(super) deviations: Option<&'a Deviations>,
    pub(super) lenience: Lenience,
    pub(super) coverage: Option<&'a Coverage>,
    pub(super) secrets: Secrets,
    pub(super) minimizer: Arc<Minimizer>,
    pub(super) shared: Option<&'a SharedSetups<'a>>,
    pub(super) reporter: Option<Reporter>,
    pub(super) seed: u64,
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
            reporter: None,
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

    /// The same runner on another worker, for cases that share setups and report what they do.
    pub(super) fn on<'b>(
        &self,
        worker: &'b Worker,
        shared: &'b SharedSetups<'b>,
        reporter: Reporter,
    ) -> Runner<'b>
    where
        'a: 'b,
    {
        Runner {
            client: &worker.client,
            shared: Some(shared),
            reporter: Some(reporter),
            ..self.clone()
        }
    }
}
