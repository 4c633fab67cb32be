//! What the rules need to know, compiled once for some operations of a contract.

use std::sync::{Arc, LazyLock, OnceLock};

use foldhash::HashMap;
use serde_json::Value;

use crate::contract::{
    Contract, Kind, MediaType, Operation, Resource, Shape, Shapes, content_schemas,
};
use crate::schema::{Direction, Validators, Violation, regex};
use crate::spec::LoadError;
use crate::wire::Status;

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

    /// Whether undocumented properties are findings even where the document allows them.
    pub(super) fn is_strict(&self) -> bool {
        self.strict
    }

    /// The compiled schemas.
    pub(super) fn validators(&self) -> &Validators {
        &self.validators
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
    pub(super) fn fits(&self, shape: &Shape, text: &str) -> bool {
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
    pub(super) fn violations(
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
