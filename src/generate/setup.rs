//! What a scenario creates before the requests that it is about.

use serde_json::Value;

use super::cases::fingerprint;
use crate::contract::{Contract, Operation, PathTemplate, StatusRange};
use crate::scenario::Step;

/// Statuses of requests that are refused for what they are, or for what there is already.
const REFUSALS: [u16; 3] = [400, 409, 422];

/// Items that a scenario creates first.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The requests that create them, parents first.
    pub steps: Vec<Step>,
    /// What was captured: index of the resource, name of the capture.
    pub(super) captured: Vec<(usize, String)>,
    /// Values of path parameters that name no item, with the paths up to them.
    pub(super) segments: Vec<(PathTemplate, Value)>,
    /// Resources that are being created.
    pub(super) open: Vec<usize>,
    /// Resources whose item was waited for.
    pub(super) ready: Vec<usize>,
    /// Whether the steps stand in place of another one.
    pub(super) is_instead: bool,
    /// What other cases create in the same way.
    common: Option<Common>,
    /// How many of the first steps create just that, and what it needs.
    pub(super) shared: usize,
}

/// Items that many cases need and none changes: each creates them by equal requests, so that one can
/// do so for all.
#[derive(Debug, Clone)]
struct Common {
    /// Indices of the resources.
    parents: Vec<usize>,
    /// What decides what is drawn by chance.
    seed: u64,
}

impl Setup {
    /// What is there for steps in place of a request that is refused; none if such a refusal is not
    /// documented, or if these steps are such themselves.
    pub(super) fn instead(&self, operation: &Operation) -> Option<Self> {
        let is_wanted = !self.is_instead && may_be_refused(operation);
        is_wanted.then(|| Self {
            steps: Vec::new(),
            is_instead: true,
            ..self.clone()
        })
    }

    /// A setup for requests of an operation that must be refused. They leave what stands in its path
    /// above the item that it is about as it was; one that only reads leaves the item too.
    pub(super) fn of_refused(contract: &Contract, operation: &Operation, seed: u64) -> Self {
        let mut parents = Vec::new();
        let mut path = None;
        for name in operation.path.parameters() {
            let Some(item) = operation.path.up_to(name) else {
                continue;
            };
            if operation.method == "GET" || !item.same_shape(&operation.path) {
                parents.extend(contract.resource_index_of(operation, name));
                path = Some(item);
            }
        }
        let common = path.map(|path| Common {
            parents,
            seed: seed ^ fingerprint(&path.to_string()),
        });
        Self {
            common,
            ..Self::default()
        }
    }

    /// Where the chance comes from for an item that other cases create in the same way.
    pub(super) fn chance(&self, index: usize) -> Option<fastrand::Rng> {
        let common = self.common.as_ref()?;
        let seed = common.seed.wrapping_add(index as u64);
        let is_parent = common.parents.contains(&index);
        is_parent.then(|| fastrand::Rng::with_seed(seed))
    }
}

/// Whether the contract says that requests of an operation may be refused for what they are.
fn may_be_refused(operation: &Operation) -> bool {
    let is_exact = |status| matches!(status, StatusRange::Exact(it) if REFUSALS.contains(&it));
    let mut responses = operation.responses.iter();
    responses.any(|response| is_exact(response.status))
}
