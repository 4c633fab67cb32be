//! What is run: ordered requests with values captured from answers. Fixtures make scenarios, and
//! whoever else makes some meets the same runner.

mod template;

pub use template::{Expression, Segment, Template};

use std::time::Duration;

use serde_json::{Map, Value};

use crate::outcome::{Origin, Place};

/// An ordered list of requests under one stable name.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Stable name of the case: `CreateBuild::a_build_completes`.
    pub name: String,
    /// The operation that it is about.
    pub operation: String,
    /// Why it exists.
    pub origin: Origin,
    /// Requests that prepare it; they are checked, but have no snapshots.
    pub setup: Vec<Step>,
    /// The requests that it is about.
    pub steps: Vec<Step>,
    /// Whether nothing else may run meanwhile.
    pub alone: bool,
}

/// One request with its expectations. Texts in values may be templates.
#[derive(Debug, Clone)]
pub struct Step {
    /// Name, unique in the scenario; the snapshot is named after it.
    pub name: String,
    /// `operationId`.
    pub operation: String,
    /// Values of parameters and body properties, by name.
    pub with: Map<String, Value>,
    /// A URL from an earlier answer, which stands in for path and query.
    pub follow: Option<String>,
    /// Credentials to send.
    pub credentials: Credentials,
    /// What must come back.
    pub expect: Expect,
    /// Name under which the body of the answer is kept.
    pub save: Option<String>,
    /// Ask again until this holds.
    pub until: Option<Until>,
    /// Whether the pages that follow are fetched too.
    pub walk: bool,
    /// Shortest time between the answer before and this request.
    pub after: Option<Duration>,
    /// Where the step is written.
    pub place: Place,
}

/// Credentials to send with a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Those of the run.
    #[default]
    Right,
    /// A wrong secret.
    Wrong,
    /// Another user's name with the right secret.
    Other,
    /// None at all.
    None,
}

/// What must come back.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    /// The status.
    pub status: ExpectedStatus,
    /// Part of the body: members of objects that must be there, arrays item by item.
    pub body: Option<Value>,
    /// A captured body that this one must agree with.
    pub same_as: Option<SameAs>,
    /// Items of a list.
    pub items: Option<ExpectedItems>,
}

/// The expected status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ExpectedStatus {
    /// Any documented success.
    #[default]
    Success,
    /// This one.
    Exact(u16),
    /// That of a promised error, with its body.
    Error(String),
    /// Some 4xx: which one is not promised.
    Refused,
}

/// A captured body that the answer must agree with, in all members that both have.
#[derive(Debug, Clone)]
pub struct SameAs {
    /// Template of the captured body.
    pub body: Value,
    /// Names of members that may differ.
    pub except: Vec<String>,
}

/// Items that a list must or must not have. A text is an id, an object is compared with the item
/// of the same id.
#[derive(Debug, Clone, Default)]
pub struct ExpectedItems {
    /// All the items, in any order.
    pub exactly: Option<Vec<Value>>,
    /// Items that must be there, each once.
    pub include: Vec<Value>,
    /// Items that must not be there.
    pub exclude: Vec<Value>,
    /// Members that may differ.
    pub except: Vec<String>,
}

/// Asking again until something holds.
#[derive(Debug, Clone)]
pub struct Until {
    /// Part of the body that must come.
    pub body: Value,
    /// Time between two requests.
    pub every: Duration,
    /// Longest time altogether.
    pub within: Duration,
}
