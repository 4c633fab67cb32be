//! What the contract says about a value beyond whether it is valid: which property is an
//! identifier, a time, a URL, and in what correct servers differ.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::Contract;
use super::path::PathTemplate;
use super::resource::{camel_case, snake_case};
use crate::wire::pointer;

/// Index of a shape among the [`Shapes`].
pub type ShapeId = usize;

/// In what correct servers differ (`x-trueup-varies`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Varies {
    /// The value itself.
    Value,
    /// Whether there is one.
    Null,
    /// The order of the items.
    Order,
    /// Upper and lower case.
    Case,
}

/// A value that names an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// What it names, such as `Build`; the same value may be known by a better name already.
    pub kind: String,
}

/// What is known of the values at one place.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// JSON pointer of the schema.
    pub pointer: String,
    /// `type`.
    pub kind: Option<String>,
    /// `format`.
    pub format: Option<String>,
    /// `pattern`.
    pub pattern: Option<String>,
    /// Properties of an object.
    pub properties: HashMap<String, ShapeId>,
    /// Names of the properties that are required.
    pub required: Vec<String>,
    /// Items of an array.
    pub items: Option<ShapeId>,
    /// Values of an object used as a map.
    pub additional: Option<ShapeId>,
    /// `x-trueup-url`.
    pub url: Option<PathTemplate>,
    /// `x-trueup-varies`.
    pub varies: Vec<Varies>,
    /// `x-trueup-creation-time`.
    pub creation_time: bool,
    /// `x-trueup-not-before`.
    pub not_before: Option<String>,
    /// `x-trueup-newest-first`.
    pub newest_first: Option<String>,
    /// `x-trueup-http-status`.
    pub http_status: bool,
    /// `x-trueup-ends-with`.
    pub ends_with: Option<String>,
    /// Whether the value names an item.
    pub identifier: Option<Identifier>,
}

/// The shapes that some schemas reach, each built once.
#[derive(Debug, Default)]
pub struct Shapes {
    shapes: Vec<Shape>,
    by_place: HashMap<String, ShapeId>,
}

impl Shapes {
    /// Builds the shapes of the schemas at these places and of all that they reach.
    pub fn compile<'a>(contract: &Contract, places: impl IntoIterator<Item = &'a str>) -> Self {
        let mut shapes = Self::default();
        let parameters: Vec<(String, String)> = contract
            .resources
            .iter()
            .flat_map(|resource| {
                let own = format!("{}_{}", resource.snake_name(), snake_case(&resource.id));
                [(own, resource.name.clone())]
            })
            .chain(contract.operations.iter().flat_map(|operation| {
                operation.path.parameters().filter_map(|parameter| {
                    let resource = contract.resource_of(operation, parameter)?;
                    // `{Sid}` says nothing of what it names; `{ServiceSid}` does.
                    (snake_case(parameter) != snake_case(&resource.id))
                        .then(|| (snake_case(parameter), resource.name.clone()))
                })
            }))
            .collect();
        let parameters: HashMap<String, String> = parameters.into_iter().collect();
        for place in places {
            shapes.add(contract, &parameters, place);
        }
        shapes
    }

    /// The shape of the schema at a place, references followed.
    pub fn at(&self, place: &str) -> Option<&Shape> {
        self.by_place.get(place).map(|id| &self.shapes[*id])
    }

    /// The shape with this index.
    pub fn get(&self, id: ShapeId) -> &Shape {
        &self.shapes[id]
    }

    /// The shape of a member of an object.
    pub fn member(&self, shape: &Shape, name: &str) -> Option<&Shape> {
        shape
            .properties
            .get(name)
            .copied()
            .or(shape.additional)
            .map(|id| self.get(id))
    }

    /// The shape of the items of an array.
    pub fn items(&self, shape: &Shape) -> Option<&Shape> {
        shape.items.map(|id| self.get(id))
    }

    /// The shape at a JSON pointer below another shape.
    pub fn below<'a>(&'a self, shape: &'a Shape, place: &str) -> Option<&'a Shape> {
        let mut shape = shape;
        for token in pointer::tokens(place) {
            shape = match shape.items {
                Some(items) if token.parse::<usize>().is_ok() => self.get(items),
                _ => self.member(shape, &token)?,
            };
        }
        Some(shape)
    }

    /// All patterns, repeated ones too.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.shapes
            .iter()
            .filter_map(|shape| shape.pattern.as_deref())
    }

    fn add(
        &mut self,
        contract: &Contract,
        parameters: &HashMap<String, String>,
        place: &str,
    ) -> Option<ShapeId> {
        let place = contract.document.resolve(place).ok()?;
        if let Some(id) = self.by_place.get(&place) {
            return Some(*id);
        }
        let schema = contract.document.get(&place)?.as_object()?;
        let id = self.shapes.len();
        self.by_place.insert(place.clone(), id);
        self.shapes.push(Shape::default());
        let mut shape = own(schema, &place);
        let resource = contract.resources.iter().find(|r| r.schema == place);
        for name in members(schema, "properties") {
            let at = pointer::join(&pointer::join(&place, "properties"), name);
            let Some(child) = self.add(contract, parameters, &at) else {
                continue;
            };
            shape.properties.insert(name.to_owned(), child);
            let kind = match resource {
                Some(resource) if resource.id == name => Some(resource.name.clone()),
                _ => parameters.get(&snake_case(name)).cloned(),
            };
            let shared = self.shapes[child].pointer != at;
            if !shared && self.shapes[child].kind.as_deref() == Some("string") {
                let child = &mut self.shapes[child];
                let fixed = child.identifier.is_some();
                child.identifier = match kind {
                    Some(kind) => Some(Identifier { kind }),
                    None if fixed => Some(Identifier {
                        kind: identifier_kind(name),
                    }),
                    None => None,
                };
            }
        }
        if schema.get("items").is_some_and(Value::is_object) {
            shape.items = self.add(contract, parameters, &pointer::join(&place, "items"));
        }
        if schema
            .get("additionalProperties")
            .is_some_and(Value::is_object)
        {
            let at = pointer::join(&place, "additionalProperties");
            shape.additional = self.add(contract, parameters, &at);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let count = schema
                .get(keyword)
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            for i in 0..count {
                let at = pointer::join(&pointer::join(&place, keyword), &i.to_string());
                if let Some(branch) = self.add(contract, parameters, &at) {
                    let branch = self.shapes[branch].clone();
                    absorb(&mut shape, branch);
                }
            }
        }
        self.shapes[id] = shape;
        Some(id)
    }
}

/// What a schema says itself.
fn own(schema: &Map<String, Value>, place: &str) -> Shape {
    let text = |name: &str| schema.get(name).and_then(Value::as_str).map(str::to_owned);
    let length = |name: &str| schema.get(name).and_then(Value::as_u64);
    let pattern = text("pattern");
    let format = text("format");
    // A text of one fixed length with a pattern, or a UUID, is made to name something.
    let fixed = pattern.is_some()
        && length("minLength").is_some_and(|min| min >= 8 && length("maxLength") == Some(min));
    let identifier = (fixed || format.as_deref() == Some("uuid")).then(|| Identifier {
        kind: "Id".to_owned(),
    });
    let varies = match schema.get("x-trueup-varies") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    Shape {
        pointer: place.to_owned(),
        kind: text("type"),
        format,
        pattern,
        required: schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        url: text("x-trueup-url").map(|template| PathTemplate::parse(&template)),
        varies: varies
            .into_iter()
            .filter_map(|name| match name {
                "value" => Some(Varies::Value),
                "order" => Some(Varies::Order),
                "case" => Some(Varies::Case),
                "null" => Some(Varies::Null),
                _ => None,
            })
            .collect(),
        creation_time: schema.get("x-trueup-creation-time") == Some(&Value::Bool(true)),
        not_before: text("x-trueup-not-before"),
        newest_first: text("x-trueup-newest-first"),
        http_status: schema.get("x-trueup-http-status") == Some(&Value::Bool(true)),
        ends_with: text("x-trueup-ends-with"),
        identifier,
        ..Shape::default()
    }
}

/// Adds what a branch of a composition says, where the schema says nothing itself.
fn absorb(shape: &mut Shape, branch: Shape) {
    for (name, id) in branch.properties {
        shape.properties.entry(name).or_insert(id);
    }
    shape.kind = shape.kind.take().or(branch.kind);
    shape.format = shape.format.take().or(branch.format);
    shape.pattern = shape.pattern.take().or(branch.pattern);
    shape.items = shape.items.or(branch.items);
    shape.additional = shape.additional.or(branch.additional);
    shape.url = shape.url.take().or(branch.url);
    shape.varies.extend(branch.varies);
    shape.creation_time |= branch.creation_time;
    shape.not_before = shape.not_before.take().or(branch.not_before);
    shape.newest_first = shape.newest_first.take().or(branch.newest_first);
    shape.http_status |= branch.http_status;
    shape.ends_with = shape.ends_with.take().or(branch.ends_with);
    shape.identifier = shape.identifier.take().or(branch.identifier);
}

fn members<'a>(schema: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a str> {
    schema
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|members| members.keys().map(String::as_str))
}

/// `account_sid` names an `Account`.
fn identifier_kind(property: &str) -> String {
    let words = snake_case(property);
    let stem = ["_sid", "_id", "_uuid"]
        .iter()
        .find_map(|suffix| words.strip_suffix(suffix))
        .unwrap_or(&words);
    camel_case(stem)
}
