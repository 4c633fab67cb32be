//! The rules. Each file is one: it looks at an exchange and returns what it finds. Nothing here
//! does I/O, and nothing outside decides what is valid.

mod bytes;
mod clock;
mod content;
mod content_type;
mod defect;
mod echo;
mod enumeration;
mod error;
mod expectation;
mod header;
mod identifier;
mod items;
mod json;
mod multipart;
mod no_content;
mod node;
mod order;
mod paging;
mod required;
mod schema;
mod sequence;
mod state;
mod status;
mod text;
mod transport;
mod undocumented;
mod url;
mod view;
mod xml;

pub(crate) use expectation::holds;
pub use expectation::{ExpectedBody, Sample};
pub use items::{ExpectedList, judge_list};
pub use state::{States, final_state, judge_states};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, OnceLock};

use foldhash::HashMap;
use serde_json::Value;

use crate::codec::{Call, Description, Entity, Reading, body};
use crate::contract::{
    Contract, ExpectedStatus, Kind, MediaType, Operation, Resource, Shape, Shapes, content_schemas,
    media_for,
};
use crate::outcome::{Finding, Level};
use crate::place::Place;
use crate::schema::{Direction, Layout, Validators, Violation, regex};
use crate::spec::LoadError;
use crate::wire::{Exchange, Response, Status};
use node::Nodes;
use view::View;

/// One rule.
type Rule = fn(&View<'_>) -> Vec<Finding>;

/// All rules, in the order in which their findings are told.
const RULES: [(&str, Rule); 24] = [
    (transport::ID, transport::judge),
    (status::ID, status::judge),
    (no_content::ID, no_content::judge),
    (content_type::ID, content_type::judge),
    (json::ID, json::judge),
    (xml::ID, xml::judge),
    (text::ID, text::judge),
    (sequence::ID, sequence::judge),
    (multipart::ID, multipart::judge),
    (bytes::ID, bytes::judge),
    (required::ID, required::judge),
    (undocumented::ID, undocumented::judge),
    (identifier::ID, identifier::judge),
    (enumeration::ID, enumeration::judge),
    (schema::ID, schema::judge),
    (content::ID, content::judge),
    (header::ID, header::judge),
    (error::ID, error::judge),
    (echo::ID, echo::judge),
    (url::ID, url::judge),
    (order::ID, order::judge),
    (clock::ID, clock::judge),
    (paging::ID, paging::judge),
    (expectation::ID, expectation::judge),
];

/// The names of all rules.
pub fn names() -> impl Iterator<Item = &'static str> {
    let rules = RULES.into_iter().map(|(name, _)| name);
    rules.chain([items::ID, state::ID])
}

/// The rules, compiled for some operations of a contract.
#[derive(Debug)]
pub struct Checker {
    validators: Validators,
    forms: Forms,
    strict: bool,
}

/// Read when the first answer is judged: they name resources, and those lead to all operations.
type Forms = LazyLock<Known, Box<dyn FnOnce() -> Known + Send>>;

/// What is known of the values in the bodies that are judged.
#[derive(Debug)]
struct Known {
    shapes: Shapes,
    /// Patterns of schemas that values of a request may or may not fit, each compiled when it is
    /// asked for; none where it cannot be.
    patterns: HashMap<String, OnceLock<Option<regex::Regex>>>,
}

/// What an answer must be, beyond the contract.
#[derive(Debug, Clone)]
pub struct Expectation<'a> {
    /// The status.
    pub status: &'a ExpectedStatus,
    /// What the body must hold.
    pub body: Vec<ExpectedBody<'a>>,
    /// Where this is written.
    pub place: Option<&'a Place>,
}

impl Default for Expectation<'_> {
    fn default() -> Self {
        Self {
            status: &ExpectedStatus::Documented,
            body: Vec::new(),
            place: None,
        }
    }
}

/// What the rules say of one exchange.
#[derive(Debug)]
pub struct Judgement {
    /// Broken promises that are failures.
    pub findings: Vec<Finding>,
    /// Broken promises that are not.
    pub warnings: Vec<Finding>,
    /// The body as a value, if it is more than text or bytes.
    pub body: Option<Value>,
    /// A rule that panicked: its name and message. Its verdict is unknown.
    pub broken_rules: Vec<String>,
}

impl Known {
    fn of(contract: &Contract, bodies: &[MediaType]) -> Self {
        let shapes = Shapes::of_bodies(contract, bodies);
        let patterns = shapes
            .patterns()
            .map(|pattern| (pattern.to_owned(), OnceLock::new()))
            .collect();
        Self { shapes, patterns }
    }
}

impl Checker {
    /// Compiles the rules for some operations. With `strict`, properties that the document does
    /// not name are findings even where its schemas allow them.
    ///
    /// # Errors
    /// When the schemas cannot be compiled and no single one is at fault.
    pub fn compile<'a>(
        contract: &Arc<Contract>,
        operations: impl IntoIterator<Item = &'a Operation>,
        strict: bool,
    ) -> Result<Self, LoadError> {
        let mut bodies = Vec::new();
        let mut schemas = Vec::new();
        for operation in operations {
            for response in &operation.responses {
                let media = response.media.iter().filter(|media| is_readable(media));
                for media in media {
                    bodies.push(media.clone());
                    let contents = content_schemas(&contract.document, media);
                    let all = media.schemas().chain(contents);
                    schemas.extend(all.map(|place| (operation, place)));
                }
                let headers = response.headers.iter().filter_map(|h| h.schema.clone());
                schemas.extend(headers.map(|place| (operation, place)));
            }
        }
        let validators = contract.compile(&schemas, Direction::Response)?;
        let contract = Arc::clone(contract);
        Ok(Self {
            validators,
            forms: Forms::new(Box::new(move || Known::of(&contract, &bodies))),
            strict,
        })
    }

    /// The shapes of the bodies that were compiled.
    pub fn shapes(&self) -> &Shapes {
        &self.forms.shapes
    }

    /// Whether a value may be the id of an item, so that a request for that item asks for no
    /// other thing.
    pub fn is_id(&self, resource: &Resource, value: &Value) -> bool {
        let shape = self
            .shapes()
            .at(&resource.schema)
            .and_then(|shape| self.shapes().member(shape, &resource.id));
        match value {
            Value::Number(_) => true,
            Value::String(text) => !text.is_empty() && shape.is_none_or(|s| self.fits(s, text)),
            _ => false,
        }
    }

    /// Whether a text fits the pattern of a shape, if it has one.
    fn fits(&self, shape: &Shape, text: &str) -> bool {
        let Some(pattern) = &shape.pattern else {
            return true;
        };
        let compiled = self.forms.patterns.get(pattern);
        compiled
            .and_then(|compiled| compiled.get_or_init(|| regex(pattern)).as_ref())
            .is_none_or(|regex| regex.is_match(text))
    }

    /// The shape of the body of an operation's answer with this status.
    pub fn body_shape(&self, operation: &Operation, status: Status) -> Option<&Shape> {
        let media = &operation.response(status)?.media;
        let media = media
            .iter()
            .find(|media| media.is_json())
            .or(media.first())?;
        self.shapes().of_body(media)
    }

    /// How a body breaks the schema of the whole, and each item that of the items.
    fn violations(
        &self,
        media: &MediaType,
        kind: Option<Kind>,
        body: &mut Value,
        unread: &[String],
    ) -> Vec<Violation> {
        const MOST: usize = 1000;
        let judge = |schema: &str, value: &mut Value| {
            self.validators
                .violations(schema, Direction::Response, value)
        };
        let schema = media.schema.as_deref();
        let mut violations = schema.map_or_else(Vec::new, |schema| judge(schema, body));
        let of_whole = violations.len();
        let is_sequence = matches!(kind, Some(Kind::Sequence(_) | Kind::Multipart));
        let item_schema = media.item_schema.as_ref().filter(|_| is_sequence);
        if let (Some(schema), Value::Array(items)) = (item_schema, body) {
            for (i, item) in items.iter_mut().enumerate() {
                if violations.len() >= MOST {
                    break;
                }
                let found = judge(schema, item).into_iter().map(|violation| Violation {
                    instance: format!("/{i}{}", violation.instance),
                    ..violation
                });
                let of_item: Vec<Violation> = found
                    .filter(|one| !violations[..of_whole].contains(one))
                    .collect();
                violations.extend(of_item);
            }
        }
        violations.retain(|violation| !unread.iter().any(|place| is_about(violation, place)));
        violations
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
            let essence = response.and_then(Response::media_type)?;
            media_for(&promise.media, &essence)
        });
        // A body is read as JSON if it should be JSON: a wrong content type hides nothing.
        let media = media.or_else(|| promise?.media.iter().find(|media| media.is_json()));
        let kind = media
            .zip(response)
            .map(|(media, response)| kind(media, response));
        let mut reading = match (media, kind, response) {
            (Some(media), Some(kind), Some(response)) if may_have_body(exchange, response) => {
                // JSON says itself what it is.
                let layout = |schema: &Option<String>| {
                    let schema = schema.as_deref().filter(|_| kind != Kind::Json)?;
                    Layout::at(&contract.document, schema)
                };
                let described = Description {
                    layout: layout(&media.schema),
                    items: layout(&media.item_schema),
                    is_sequence: media.is_sequence,
                    encodings: &media.encodings,
                };
                let entity = Entity {
                    content_type: response.headers.text("content-type"),
                    bytes: &response.body,
                    depth: 0,
                };
                body::read(kind, &described, &entity)
            }
            _ => Reading::default(),
        };
        let mut body = reading.value.take();
        let violations = match (&mut body, media) {
            (Some(body), Some(media)) => self.violations(media, kind, body, &reading.unread),
            _ => Vec::new(),
        };
        let shape = media.and_then(|media| self.shapes().of_body(media));
        let view = View {
            checker: self,
            contract,
            call,
            exchange,
            response,
            promise,
            media,
            shape,
            kind,
            body: body.as_ref(),
            nodes: Nodes::of(self.shapes(), body.as_ref().zip(shape)),
            reading: &reading,
            violations,
            expectation,
        };
        let mut findings: Vec<Finding> = Vec::new();
        let mut broken_rules = Vec::new();
        // An answer of another kind than expected breaks one promise, whatever its body is like.
        let rules = if view.is_of_another_kind() || view.is_foreign() {
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
        // A text stays what it is.
        let body = body.filter(|_| kind != Some(Kind::Text));
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

/// What the body is read as: what its media type says, and for a range what the response says.
fn kind(media: &MediaType, response: &Response) -> Kind {
    match response.media_type() {
        Some(essence) if media.is_range() => media.kind_of(&essence),
        _ => media.kind(),
    }
}

/// Whether bodies of this media type are read as values.
fn is_readable(media: &MediaType) -> bool {
    media.is_range() || media.kind() != Kind::Bytes
}

/// Whether a violation may come from what stands for a value that could not be read: it is about
/// that, or about the values of what is around it.
fn is_about(violation: &Violation, unread: &str) -> bool {
    let is_below = |place: &str, other: &str| {
        let rest = place.strip_prefix(other);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let counts = [
        "type",
        "required",
        "additionalProperties",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
    ];
    is_below(&violation.instance, unread)
        || is_below(unread, &violation.instance) && !counts.contains(&violation.keyword.as_str())
}

/// Whether a body can belong to this answer at all (RFC 9110 section 6.4.1).
fn may_have_body(exchange: &Exchange, response: &Response) -> bool {
    exchange.request.method != "HEAD" && !matches!(response.status, Status(204 | 304))
}
