//! A schema with all that it refers to and is composed of, as far as one value is concerned.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use foldhash::HashMap;
use serde_json::{Map, Value};

use super::echo::{Echoes, Returned};
use crate::contract::{Contract, Operation};
use crate::place::pointer;
use crate::schema::{Direction, Sampler, Validators, regex};
use crate::spec::LoadError;

/// Deepest chain of references and compositions that is followed.
const DEEPEST: usize = 24;

/// The limit of a text in bytes.
pub(super) const MAX_BYTES: &str = "x-trueup-max-bytes";
/// Keywords of texts that stand for something else (JSON Schema 2020-12 section 8).
const CONTENT: [&str; 2] = ["contentEncoding", "contentMediaType"];

/// A translated schema, and the place in the document that it was translated from.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    pub(super) schema: &'a Value,
    pub(super) place: Rc<str>,
}

/// What is known of the requests of some operations.
#[derive(Debug)]
pub struct Requests {
    pub(super) validators: Validators,
    echoes: Echoes,
}

impl Requests {
    /// Compiles the schemas of the requests of some operations. Those of an operation that cannot
    /// be used are left out.
    ///
    /// # Errors
    /// When the schemas cannot be compiled and no single one is at fault.
    pub fn compile<'a>(
        contract: &Contract,
        operations: impl IntoIterator<Item = &'a Operation> + Clone,
    ) -> Result<Self, LoadError> {
        let mut schemas = Vec::new();
        for operation in operations.clone() {
            let parameters = operation.parameters.iter().filter_map(|p| p.schema.clone());
            let media = operation.body.iter().flat_map(|body| &body.media);
            let bodies = media.filter_map(|media| media.schema.clone());
            schemas.extend(parameters.chain(bodies).map(|place| (operation, place)));
        }
        Ok(Self {
            validators: contract.compile(&schemas, Direction::Request)?,
            echoes: Echoes::new(contract, operations),
        })
    }
}

/// The schemas of requests. What was found out about one is remembered.
#[derive(Debug)]
pub(super) struct Schemas<'a> {
    pub(super) contract: &'a Contract,
    pub(super) requests: &'a Requests,
    nodes: RefCell<HashMap<String, Option<Node<'a>>>>,
    /// By the schema, and by which of its alternatives count.
    merged: RefCell<HashMap<(*const Value, usize), Rc<Merged<'a>>>>,
    errors: RefCell<HashMap<String, Option<&'a str>>>,
}

/// A limit of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Limit {
    pub(super) value: f64,
    /// Whether the limit itself is out of bounds.
    pub(super) exclusive: bool,
}

/// What one schema, its references and compositions say of one value.
#[derive(Debug, Default)]
pub(super) struct Merged<'a> {
    pub(super) types: Option<Vec<&'a str>>,
    /// The values of `enum` and `const`.
    pub(super) choices: Option<Vec<&'a Value>>,
    /// The default.
    pub(super) default: Option<&'a Value>,
    /// Examples that the document gives.
    pub(super) examples: Vec<&'a Value>,
    pub(super) min_length: usize,
    pub(super) max_length: Option<usize>,
    /// Most bytes of a text in UTF-8.
    pub(super) max_bytes: Option<usize>,
    pub(super) patterns: Vec<&'a str>,
    sampler: OnceCell<Option<Sampler>>,
    pub(super) format: Option<&'a str>,
    /// What the text stands for: an encoding of bytes, or their media type.
    pub(super) content: Option<&'a str>,
    pub(super) minimum: Option<Limit>,
    pub(super) maximum: Option<Limit>,
    pub(super) multiple_of: Option<f64>,
    pub(super) min_items: usize,
    pub(super) max_items: Option<usize>,
    pub(super) unique_items: bool,
    pub(super) prefix_items: Vec<Node<'a>>,
    pub(super) items: Option<Node<'a>>,
    pub(super) contains: Option<Node<'a>>,
    pub(super) properties: Vec<(&'a str, Node<'a>)>,
    /// The values of members whose names fit a pattern.
    pub(super) by_pattern: Vec<(&'a str, Node<'a>)>,
    pub(super) required: Vec<&'a str>,
    pub(super) additional: Option<Node<'a>>,
    pub(super) min_properties: usize,
    pub(super) max_properties: Option<usize>,
    /// Whether some part belongs to answers only.
    pub(super) read_only: bool,
    /// How the value comes back.
    pub(super) returned: Option<&'a Returned>,
    /// Whether only what comes back has these choices, not what is sent.
    pub(super) only_returned: bool,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(contract: &'a Contract, requests: &'a Requests) -> Self {
        Self {
            contract,
            requests,
            nodes: RefCell::default(),
            merged: RefCell::default(),
            errors: RefCell::default(),
        }
    }

    /// The schema at a place of the document.
    pub(super) fn at(&self, place: &str) -> Option<Node<'a>> {
        if let Some(known) = self.nodes.borrow().get(place) {
            return known.clone();
        }
        let node = self.find(place);
        self.nodes
            .borrow_mut()
            .insert(place.to_owned(), node.clone());
        node
    }

    fn find(&self, place: &str) -> Option<Node<'a>> {
        let place = self.contract.document.resolve_schema(place).ok()?;
        let validators = &self.requests.validators;
        let schema = validators.schema(&place, Direction::Request)?;
        let place = place.into();
        Some(Node { schema, place })
    }

    /// The nearest `x-trueup-error` around a place of the document.
    pub(super) fn error_around(&self, place: &str) -> Option<&'a str> {
        if let Some(known) = self.errors.borrow().get(place) {
            return *known;
        }
        let schema = self.contract.document.get(place);
        let own = schema.and_then(|schema| schema.get("x-trueup-error")?.as_str());
        let error = own.or_else(|| self.error_around(&place[..place.rfind('/')?]));
        self.errors.borrow_mut().insert(place.to_owned(), error);
        error
    }

    /// A schema inside another one.
    fn inside(node: &Node<'a>, keyword: &str, name: Option<&str>) -> Option<Node<'a>> {
        let mut schema = node.schema.get(keyword)?;
        let mut place = pointer::join(&node.place, keyword);
        if let Some(name) = name {
            schema = match schema {
                Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
                other => other.get(name)?,
            };
            pointer::push(&mut place, name);
        }
        let place = place.into();
        Some(Node { schema, place })
    }

    /// The schemas inside another one that stand under names of the author's.
    fn named(node: &Node<'a>, keyword: &str) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let names = node.schema.get(keyword).and_then(Value::as_object);
        let names = names.into_iter().flat_map(Map::keys);
        names.filter_map(move |name| {
            let schema = Self::inside(node, keyword, Some(name))?;
            Some((name.as_str(), schema))
        })
    }

    /// All that is said of one value. Where there are alternatives, `choice` decides which one
    /// counts.
    pub(super) fn merge(&self, node: &Node<'a>, choice: usize) -> Rc<Merged<'a>> {
        let key = (std::ptr::from_ref(node.schema), choice);
        if let Some(known) = self.merged.borrow().get(&key) {
            return Rc::clone(known);
        }
        let merged = Rc::new(self.gather(node, choice));
        self.merged.borrow_mut().insert(key, Rc::clone(&merged));
        merged
    }

    fn gather(&self, node: &Node<'a>, choice: usize) -> Merged<'a> {
        let mut merged = Merged::default();
        self.add(&mut merged, node, choice, 0);
        if let Some(returned) = merged
            .returned
            .filter(|returned| !returned.choices.is_empty())
        {
            // A request may hold more than what comes back, and servers retire old values first.
            if merged.choices.is_none() {
                merged.choices = Some(returned.choices.iter().rev().collect());
                merged.only_returned = true;
            }
        }
        merged
    }

    fn add(&self, merged: &mut Merged<'a>, node: &Node<'a>, choice: usize, depth: usize) {
        let Value::Object(schema) = node.schema else {
            if node.schema == &Value::Bool(false) {
                merged.choices = Some(Vec::new());
            }
            return;
        };
        if depth > DEEPEST {
            return;
        }
        if let Some(Value::String(reference)) = schema.get("$ref")
            && let Some((schema, place)) = self.requests.validators.referred(reference)
        {
            let place = place.into();
            self.add(merged, &Node { schema, place }, choice, depth + 1);
        }
        self.own(merged, node, schema);
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let count = schema
                .get(keyword)
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            let chosen = match (keyword, count) {
                (_, 0) => 0..0,
                ("allOf", count) => 0..count,
                (_, count) => choice % count..choice % count + 1,
            };
            for i in chosen {
                if let Some(branch) = Self::inside(node, keyword, Some(&i.to_string())) {
                    self.add(merged, &branch, choice, depth + 1);
                }
            }
        }
        let branches: &[&str] = if choice.is_multiple_of(2) {
            &["if", "then"]
        } else {
            &["else"]
        };
        for keyword in branches.iter().filter(|_| schema.contains_key("if")) {
            if let Some(branch) = Self::inside(node, keyword, None) {
                self.add(merged, &branch, choice, depth + 1);
            }
        }
    }

    /// What a schema says itself, and what the document says beside it.
    fn own(&self, merged: &mut Merged<'a>, node: &Node<'a>, schema: &'a Map<String, Value>) {
        let size = |name: &str| {
            let number = schema.get(name).and_then(Value::as_u64)?;
            usize::try_from(number).ok()
        };
        let fewest = |a: Option<usize>, b: Option<usize>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if let Some(kind) = schema.get("type") {
            let kinds: Vec<&str> = match kind {
                Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
                other => other.as_str().into_iter().collect(),
            };
            merged.types = Some(match merged.types.take() {
                None => kinds,
                Some(known) => both(&known, &kinds),
            });
        }
        let choices = match (schema.get("const"), schema.get("enum")) {
            (Some(only), _) => Some(vec![only]),
            (None, Some(Value::Array(values))) => Some(values.iter().collect()),
            _ => None,
        };
        if let Some(choices) = choices {
            merged.choices = Some(match merged.choices.take() {
                None => choices,
                Some(known) => known.into_iter().filter(|c| choices.contains(c)).collect(),
            });
        }
        merged.min_length = merged.min_length.max(size("minLength").unwrap_or(0));
        merged.max_length = fewest(merged.max_length, size("maxLength"));
        merged.max_bytes = fewest(merged.max_bytes, size(MAX_BYTES));
        merged.min_items = merged.min_items.max(size("minItems").unwrap_or(0));
        merged.max_items = fewest(merged.max_items, size("maxItems"));
        merged.min_properties = merged
            .min_properties
            .max(size("minProperties").unwrap_or(0));
        merged.max_properties = fewest(merged.max_properties, size("maxProperties"));
        merged
            .patterns
            .extend(schema.get("pattern").and_then(Value::as_str));
        let format = schema.get("format").and_then(Value::as_str);
        merged.format = merged.format.or(format);
        let mut content = CONTENT
            .iter()
            .filter_map(|name| schema.get(*name)?.as_str());
        merged.content = merged.content.or_else(|| content.next());
        merged.unique_items |= schema.get("uniqueItems") == Some(&Value::Bool(true));
        Self::bounds(merged, schema);
        merged.items = merged
            .items
            .take()
            .or_else(|| Self::inside(node, "items", None));
        merged.contains = merged
            .contains
            .take()
            .or_else(|| Self::inside(node, "contains", None));
        let prefix = schema.get("prefixItems").and_then(Value::as_array);
        if merged.prefix_items.is_empty() {
            merged.prefix_items = (0..prefix.map_or(0, Vec::len))
                .filter_map(|i| Self::inside(node, "prefixItems", Some(&i.to_string())))
                .collect();
        }
        merged.properties.extend(Self::named(node, "properties"));
        merged
            .by_pattern
            .extend(Self::named(node, "patternProperties"));
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !merged.required.contains(&name) {
                merged.required.push(name);
            }
        }
        merged.additional = merged
            .additional
            .take()
            .or_else(|| Self::inside(node, "additionalProperties", None));
        self.annotations(merged, &node.place);
    }

    fn bounds(merged: &mut Merged<'a>, schema: &'a Map<String, Value>) {
        let number = |name: &str| schema.get(name).and_then(Value::as_f64);
        for (name, exclusive) in [("minimum", false), ("exclusiveMinimum", true)] {
            let Some(value) = number(name) else { continue };
            if merged.minimum.is_none_or(|known| known.value <= value) {
                merged.minimum = Some(Limit { value, exclusive });
            }
        }
        for (name, exclusive) in [("maximum", false), ("exclusiveMaximum", true)] {
            let Some(value) = number(name) else { continue };
            if merged.maximum.is_none_or(|known| known.value >= value) {
                merged.maximum = Some(Limit { value, exclusive });
            }
        }
        merged.multiple_of = merged.multiple_of.or(number("multipleOf"));
    }

    /// What constrains nothing and is not translated.
    fn annotations(&self, merged: &mut Merged<'a>, place: &str) {
        let Some(Value::Object(written)) = self.contract.document.get(place) else {
            return;
        };
        merged.default = merged.default.or(written.get("default"));
        merged.examples.extend(written.get("example"));
        if let Some(Value::Array(examples)) = written.get("examples") {
            merged.examples.extend(examples);
        }
        merged.read_only |= written.get("readOnly") == Some(&Value::Bool(true));
        merged.returned = merged.returned.or_else(|| self.requests.echoes.get(place));
    }
}

/// The types that both lists name; an integer is a number.
fn both<'a>(known: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    let mut common: Vec<&str> = known
        .iter()
        .filter(|kind| more.contains(kind))
        .copied()
        .collect();
    for (a, b) in [(known, more), (more, known)] {
        if a.contains(&"integer") && b.contains(&"number") && !common.contains(&"integer") {
            common.push("integer");
        }
    }
    common
}

impl<'a> Merged<'a> {
    /// The type of values to make; none if any will do.
    pub(super) fn kind(&self) -> Option<&'a str> {
        if let Some(types) = &self.types {
            let mut types = types.iter().copied();
            return types
                .clone()
                .find(|kind| *kind != "null")
                .or_else(|| types.next());
        }
        let has_members = !self.properties.is_empty() || !self.by_pattern.is_empty();
        if has_members || !self.required.is_empty() || self.additional.is_some() {
            return Some("object");
        }
        if self.items.is_some() || self.min_items > 0 || !self.prefix_items.is_empty() {
            return Some("array");
        }
        if self.minimum.is_some() || self.maximum.is_some() || self.multiple_of.is_some() {
            return Some("number");
        }
        let is_text = !self.patterns.is_empty()
            || self.format.is_some()
            || self.max_length.is_some()
            || self.min_length > 0;
        is_text.then_some("string")
    }

    /// What draws texts that match the pattern; none if nothing can.
    pub(super) fn sampler(&self) -> Option<&Sampler> {
        let read = || Sampler::new(self.patterns.first()?);
        self.sampler.get_or_init(read).as_ref()
    }

    /// The schema of a property.
    pub(super) fn property(&self, name: &str) -> Option<&Node<'a>> {
        let named = self.properties.iter().find(|(other, _)| *other == name);
        let fits = |pattern: &str| regex(pattern).is_some_and(|regex| regex.is_match(name));
        let mut by_pattern = self.by_pattern.iter();
        let (_, node) = named.or_else(|| by_pattern.find(|(pattern, _)| fits(pattern)))?;
        Some(node)
    }
}
