//! Scenarios: ordered requests with values captured from responses. Fixtures make scenarios, and
//! whoever else makes some meets the same runner.

mod compiled;
mod sequence;
mod template;

pub use compiled::{StepTemplates, Templates};
pub use sequence::captures;
pub use template::{
    Expression, Segment, Template, TemplateError, has_template, is_template, template_of,
};

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::contract::{Begin, Contract, ExpectedStatus, Location, Operation};
use crate::outcome::Origin;
use crate::place::Place;

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
    /// How many of the first requests that prepare it create what other cases may use as well.
    pub shared: usize,
    /// Whether no other case may run at the same time.
    pub alone: bool,
    /// Why it cannot be run, if so; it is reported all the same.
    pub skip: Option<String>,
}

/// One request with its expectations. Texts in values may be templates.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Name, unique in the scenario; the snapshot is named after it.
    pub name: String,
    /// `operationId`.
    pub operation: String,
    /// Values of parameters and body properties, by name.
    pub with: Map<String, Value>,
    /// Values of parameters by their locations, for names that two locations share,
    /// and for values beside a whole body.
    pub parameters: Vec<Argument>,
    /// The whole body, in place of one that is built from `with`.
    pub body: Option<Body>,
    /// A method in place of the operation's own.
    pub method: Option<String>,
    /// A URL from an earlier response, which replaces path and query.
    pub follow: Option<String>,
    /// Credentials to send.
    pub credentials: Credentials,
    /// What must come back.
    pub expect: Expect,
    /// Name under which the body of the response is saved.
    pub save: Option<String>,
    /// Ask again until this holds.
    pub until: Option<Until>,
    /// How the pages that follow are found, if they are fetched too.
    pub walk: Option<Walk>,
    /// Whether it is sent together with the step before, without waiting for its response.
    pub along: bool,
    /// Shortest time between the previous response and this request.
    pub after: Option<Duration>,
    /// The simplest request of the operation, sent if this one is rejected for its form: if that
    /// one is rejected too, its rejection proves nothing about this one.
    pub control: Option<Box<Step>>,
    /// Steps that run in its place if the server rejects it without breaking a promise.
    pub instead: Vec<Step>,
    /// Whether the request breaks the contract. A target may accept it all the same if the user
    /// allows that.
    pub violates: bool,
    /// Where the step is written, or the promise that it tries.
    pub place: Place,
    /// Its templates, as [`Scenario::compile`] has read them.
    pub templates: StepTemplates,
}

impl Step {
    /// A request without values, of which any documented success is expected.
    pub fn new(operation: impl Into<String>, place: Place) -> Self {
        let operation = operation.into();
        Self {
            name: operation.clone(),
            operation,
            with: Map::new(),
            parameters: Vec::new(),
            body: None,
            method: None,
            follow: None,
            credentials: Credentials::Right,
            expect: Expect::default(),
            save: None,
            until: None,
            walk: None,
            along: false,
            after: None,
            control: None,
            instead: Vec::new(),
            violates: false,
            place,
            templates: StepTemplates::default(),
        }
    }
}

impl Step {
    /// Whether any target that keeps its contract refuses the request.
    pub fn must_be_refused(&self) -> bool {
        self.expect.status.is_rejection()
    }
}

/// How a fixture creates one item of a resource: values of parameters and body properties
/// by name, by the resource's name in snake case.
#[derive(Debug, Clone, Default)]
pub struct Recipes(pub BTreeMap<String, Map<String, Value>>);

/// The value of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// Where it travels.
    pub location: Location,
    /// Its name.
    pub name: String,
    /// Its value. Texts may be templates.
    pub value: Value,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// No body and no content type.
    Absent,
    /// A value, written in this media type. Texts may be templates.
    Value {
        /// The media type.
        media: String,
        /// The value.
        value: Value,
    },
    /// A text as it is.
    Raw {
        /// The content type.
        media: String,
        /// The text.
        text: String,
    },
}

/// Credentials to send with a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Those of the run.
    #[default]
    Right,
    /// A wrong secret.
    Wrong,
    /// The secret without its last character.
    Short,
    /// The secret with one more character.
    Long,
    /// The secret with small letters for capitals and the other way round.
    Case,
    /// No secret, but the name.
    Empty,
    /// The right ones under the name of another authentication scheme.
    Scheme,
    /// Another user's name with the right secret.
    Other,
    /// None at all.
    None,
}

impl Credentials {
    /// All but the right ones, by the names that fixtures give them.
    pub const SPOILT: [(&'static str, Self); 8] = [
        ("wrong", Self::Wrong),
        ("short", Self::Short),
        ("long", Self::Long),
        ("case", Self::Case),
        ("empty", Self::Empty),
        ("scheme", Self::Scheme),
        ("other", Self::Other),
        ("none", Self::None),
    ];
}

/// What must come back.
#[derive(Debug, Clone, Default, PartialEq)]
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

/// A captured body that the response must agree with, in all members that both have.
#[derive(Debug, Clone, PartialEq)]
pub struct SameAs {
    /// Template of the captured body.
    pub body: Value,
    /// Names of members that may differ.
    pub except: Vec<String>,
}

/// Items that a list must or must not have. A text is an id, an object is compared with the item
/// of the same id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExpectedItems {
    /// All the items, in any order.
    pub exactly: Option<Vec<Value>>,
    /// Items that must be there, each once.
    pub include: Vec<Value>,
    /// Items that must not be there.
    pub exclude: Vec<Value>,
    /// The largest number of items.
    pub most: Option<u64>,
    /// Members that may differ.
    pub except: Vec<String>,
}

/// How the pages of a list follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Walk {
    /// Each page has the URL of the next.
    Links,
    /// The request states where a page begins.
    Counted(Begin),
}

impl Walk {
    /// How the pages of a list follow each other, if the contract defines it.
    pub fn of(contract: &Contract, list: &Operation) -> Option<Self> {
        let has_links = list
            .paging
            .as_ref()
            .is_some_and(|paging| paging.next.is_some());
        let counted = || {
            contract
                .counted_pages(list)
                .map(|pages| Self::Counted(pages.begin))
        };
        has_links.then_some(Self::Links).or_else(counted)
    }
}

/// Asking again until something holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Until {
    /// Parts of the body, one of which must come.
    pub bodies: Vec<Value>,
    /// Time between two requests.
    pub every: Duration,
    /// Longest time altogether.
    pub within: Duration,
    /// Whether none of them within that time is a broken promise; otherwise the rest is skipped.
    pub due: bool,
}

/// How often an item is fetched until others can refer to it.
pub const READY_INTERVAL: Duration = Duration::from_secs(1);
/// The longest time until other items can refer to a new item.
pub const READY_TIMEOUT: Duration = Duration::from_secs(300);

impl Until {
    /// Waits until an item shows this body, which is when others can refer to it.
    pub fn ready(body: Value) -> Self {
        Self {
            bodies: vec![body],
            every: READY_INTERVAL,
            within: READY_TIMEOUT,
            due: true,
        }
    }
}
/// A number that depends on a name alone (FNV-1a): with a seed, it decides what is drawn for a case.
pub(crate) fn fingerprint(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
