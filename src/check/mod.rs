//! The rules. Each file is one: it looks at an exchange and returns what it finds. Nothing here
//! does I/O, and nothing outside decides what is valid.

mod content_type;
mod echo;
mod enumeration;
mod error;
mod expectation;
mod header;
mod identifier;
mod items;
mod json;
mod no_content;
mod order;
mod paging;
mod required;
mod schema;
mod status;
mod transport;
mod undocumented;
mod url;
mod view;

pub(crate) use expectation::holds;
pub use expectation::{ExpectedBody, Sample};
pub use items::{ExpectedList, judge_list};
pub use view::Call;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use crate::contract::{Contract, Operation, PromisedError, Resource, Shape, Shapes, Validators};
use crate::outcome::{Finding, Level, Place};
use crate::spec::{Direction, LoadError};
use crate::wire::{Exchange, parse_json};
use view::View;

/// One rule.
type Rule = fn(&View<'_>) -> Vec<Finding>;

/// All rules, in the order in which their findings are told.
const RULES: [(&str, Rule); 17] = [
    (transport::ID, transport::judge),
    (status::ID, status::judge),
    (no_content::ID, no_content::judge),
    (content_type::ID, content_type::judge),
    (json::ID, json::judge),
    (required::ID, required::judge),
    (undocumented::ID, undocumented::judge),
    (identifier::ID, identifier::judge),
    (enumeration::ID, enumeration::judge),
    (schema::ID, schema::judge),
    (header::ID, header::judge),
    (error::ID, error::judge),
    (echo::ID, echo::judge),
    (url::ID, url::judge),
    (order::ID, order::judge),
    (paging::ID, paging::judge),
    (expectation::ID, expectation::judge),
];

/// The names of all rules.
pub fn names() -> impl Iterator<Item = &'static str> {
    RULES.into_iter().map(|(name, _)| name).chain([items::ID])
}

/// The rules, compiled for some operations of a contract.
#[derive(Debug)]
pub struct Checker {
    validators: Validators,
    shapes: Shapes,
    /// Patterns of schemas that values of a request may or may not fit, by pattern.
    patterns: BTreeMap<String, regex::Regex>,
    strict: bool,
}

/// What an answer must be, beyond the contract.
#[derive(Debug, Clone, Default)]
pub struct Expectation<'a> {
    /// The status.
    pub status: Status<'a>,
    /// What the body must hold.
    pub body: Vec<ExpectedBody<'a>>,
    /// Where this is written.
    pub place: Option<&'a Place>,
}

/// The expected status.
#[derive(Debug, Clone, Copy, Default)]
pub enum Status<'a> {
    /// Any that is documented.
    #[default]
    Documented,
    /// Any documented success.
    Success,
    /// This one.
    Exact(u16),
    /// Some 4xx.
    Refused,
    /// That of a promised error, with its body.
    Promised(&'a PromisedError),
}

/// What the rules say of one exchange.
#[derive(Debug)]
pub struct Judgement {
    /// Broken promises that are failures.
    pub findings: Vec<Finding>,
    /// Broken promises that are not.
    pub warnings: Vec<Finding>,
    /// The body, if it is JSON.
    pub body: Option<Value>,
    /// A rule that panicked: its name and message. Its verdict is unknown.
    pub broken_rules: Vec<String>,
}

impl Checker {
    /// Compiles the rules for some operations. With `strict`, properties that the document does
    /// not name are findings even where its schemas allow them.
    ///
    /// # Errors
    /// When a schema cannot be compiled.
    pub fn compile<'a>(
        contract: &Contract,
        operations: impl IntoIterator<Item = &'a Operation>,
        strict: bool,
    ) -> Result<Self, LoadError> {
        let mut bodies = Vec::new();
        let mut headers = Vec::new();
        for operation in operations {
            for response in &operation.responses {
                let media = response.media.iter().filter(|media| media.is_json());
                bodies.extend(media.filter_map(|media| media.schema.clone()));
                headers.extend(response.headers.iter().filter_map(|h| h.schema.clone()));
            }
        }
        let shapes = Shapes::compile(contract, bodies.iter().map(String::as_str));
        let validators = Validators::compile(
            &contract.document,
            bodies
                .into_iter()
                .chain(headers)
                .map(|place| (place, Direction::Response)),
        )?;
        let patterns = shapes
            .patterns()
            .filter_map(|pattern| Some((pattern.to_owned(), regex::Regex::new(pattern).ok()?)))
            .collect();
        Ok(Self {
            validators,
            shapes,
            patterns,
            strict,
        })
    }

    /// The shapes of the bodies that were compiled.
    pub fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// Whether a value may be the id of an item, so that a request for that item asks for no
    /// other thing.
    pub fn is_id(&self, resource: &Resource, value: &Value) -> bool {
        let shape = self
            .shapes
            .at(&resource.schema)
            .and_then(|shape| self.shapes.member(shape, &resource.id));
        match value {
            Value::Number(_) => true,
            Value::String(text) => !text.is_empty() && shape.is_none_or(|s| self.fits(s, text)),
            _ => false,
        }
    }

    /// Whether a text fits the pattern of a shape, if it has one.
    fn fits(&self, shape: &Shape, text: &str) -> bool {
        shape
            .pattern
            .as_ref()
            .and_then(|pattern| self.patterns.get(pattern))
            .is_none_or(|regex| regex.is_match(text))
    }

    /// The shape of a JSON body of an operation's answer with this status.
    pub fn body_shape(&self, operation: &Operation, status: u16) -> Option<&Shape> {
        let media = &operation.response(status)?.media;
        let schema = media
            .iter()
            .find(|media| media.is_json())?
            .schema
            .as_ref()?;
        self.shapes.at(schema)
    }

    /// Judges one exchange by all rules.
    pub fn judge(
        &self,
        contract: &Contract,
        call: &Call<'_>,
        exchange: &Exchange,
        expectation: &Expectation<'_>,
    ) -> Judgement {
        let response = exchange.answer.as_ref().ok();
        let promise = response.and_then(|r| call.operation.response(r.status));
        let media = promise.and_then(|promise| {
            let essence = response.and_then(crate::wire::Response::media_type)?;
            promise.media.iter().find(|media| media.covers(&essence))
        });
        // A body is read as JSON if it should be JSON: a wrong content type hides nothing.
        let media = media.or_else(|| promise?.media.iter().find(|media| media.is_json()));
        let is_json = media.is_some_and(crate::contract::MediaType::is_json);
        let parsed = response
            .filter(|response| is_json && !response.body.is_empty())
            .map(|response| parse_json(&response.body));
        let (mut body, json_fault) = match parsed {
            Some(Ok(body)) => (Some(body), None),
            Some(Err(fault)) => (None, Some(fault)),
            None => (None, None),
        };
        let schema = media.and_then(|media| media.schema.as_deref());
        let violations = match (&mut body, schema) {
            (Some(body), Some(schema)) => {
                self.validators
                    .violations(schema, Direction::Response, body)
            }
            _ => Vec::new(),
        };
        let view = View {
            checker: self,
            contract,
            call,
            exchange,
            response,
            promise,
            media,
            shape: schema.and_then(|schema| self.shapes.at(schema)),
            body: body.as_ref(),
            json_fault,
            violations,
            expectation,
        };
        let mut findings: Vec<Finding> = Vec::new();
        let mut broken_rules = Vec::new();
        // An answer of another kind than expected breaks one promise, whatever its body is like.
        let rules = if view.is_of_another_kind() {
            &RULES[..2]
        } else {
            &RULES[..]
        };
        for (name, rule) in rules {
            match catch_unwind(AssertUnwindSafe(|| rule(&view))) {
                Ok(found) => findings.extend(found),
                Err(panic) => {
                    let message = panic
                        .downcast_ref::<&str>()
                        .map(|m| (*m).to_owned())
                        .or_else(|| panic.downcast_ref::<String>().cloned())
                        .unwrap_or_default();
                    broken_rules.push(format!("the check '{name}' panicked: {message}"));
                }
            }
        }
        drop(view);
        let (findings, warnings) = findings
            .into_iter()
            .partition(|finding| finding.level == Level::Failure);
        Judgement {
            findings,
            warnings,
            body,
            broken_rules,
        }
    }
}
