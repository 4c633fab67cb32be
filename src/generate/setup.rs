//! What a scenario creates before the requests that it is about.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::Value;

use crate::contract::{Contract, Operation, PathTemplate};
use crate::scenario::{Step, fingerprint};
use crate::wire::StatusRange;

/// Statuses of requests that are refused for what they are, or for what there is already.
const REFUSALS: [u16; 3] = [400, 409, 422];

/// Items that a scenario creates first.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The requests that create them, parents first.
    pub steps: Vec<Step>,
    /// What is there by then.
    pub(super) present: Present,
    /// What other cases create in the same way.
    common: Option<Common>,
    /// How many of the first steps create just that, and what it needs.
    pub(super) shared: usize,
}

/// What is there once some steps were taken: this decides what else an item needs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Present {
    /// What was captured: index of the resource, name of the capture.
    pub(super) captured: Vec<(usize, String)>,
    /// Values of path parameters that name no item, with the paths up to them.
    pub(super) segments: Vec<(PathTemplate, Value)>,
    /// Resources that are being created.
    pub(super) open: Vec<usize>,
    /// Resources whose item was waited for.
    pub(super) ready: Vec<usize>,
    /// Whether the steps stand in place of another one.
    is_instead: bool,
}

/// Items that many cases need and none changes: each creates them by equal requests, so that one can
/// do so for all.
#[derive(Debug, Clone)]
struct Common {
    /// Indices of the resources.
    parents: Vec<usize>,
    /// What decides what is drawn by chance.
    seed: u64,
    /// What was created so far, in any of the cases.
    made: Rc<RefCell<Vec<Made>>>,
}

/// How an item was created.
#[derive(Debug)]
struct Made {
    index: usize,
    before: Present,
    steps: Vec<Step>,
    after: Present,
    /// Template of its id.
    template: String,
}

impl Setup {
    /// What is there for steps in place of a request that is refused; none if such a refusal is not
    /// documented, or if these steps are such themselves.
    pub(super) fn instead(&self, operation: &Operation) -> Option<Self> {
        let is_wanted = !self.present.is_instead && may_be_refused(operation);
        is_wanted.then(|| Self {
            steps: Vec::new(),
            present: Present {
                is_instead: true,
                ..self.present.clone()
            },
            common: self.common.clone(),
            shared: self.shared,
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
            made: Rc::default(),
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

    /// Creates an item as another case did when the same was there; gives the template of its id.
    pub(super) fn repeat(&mut self, index: usize) -> Option<String> {
        let known = self.common.as_ref()?.made.borrow();
        let mut known = known.iter();
        let made = known.find(|made| made.index == index && made.before == self.present)?;
        self.steps.extend_from_slice(&made.steps);
        self.present = made.after.clone();
        self.shared = self.steps.len();
        Some(made.template.clone())
    }

    /// Keeps how an item was created that other cases create in the same way: what was there before
    /// and how many steps, and the template of its id.
    pub(super) fn keep(&mut self, index: usize, before: (Present, usize), template: &str) {
        self.shared = self.steps.len();
        if let Some(common) = &self.common {
            common.made.borrow_mut().push(Made {
                index,
                before: before.0,
                steps: self.steps[before.1..].to_vec(),
                after: self.present.clone(),
                template: template.to_owned(),
            });
        }
    }
}

/// Whether the contract says that requests of an operation may be refused for what they are.
fn may_be_refused(operation: &Operation) -> bool {
    let is_exact = |status| matches!(status, StatusRange::Exact(it) if REFUSALS.contains(&it.0));
    let mut responses = operation.responses.iter();
    responses.any(|response| is_exact(response.status))
}
