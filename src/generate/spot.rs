//! The places of a request that can be given other values.

use std::rc::Rc;

use serde_json::Value;

use super::request::{Draft, DraftBody};
use super::schema::{Merged, Schemas};
use crate::contract::{Encoding, Location, Parameter, Style, snake_case};
use crate::place::pointer;
use crate::scenario::is_template;
use crate::schema::Cursor;

/// Depth to which the members of a body are varied.
const DEEPEST: usize = 4;

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum At {
    /// JSON pointer in the body.
    Body(String),
    /// A parameter.
    Argument(Location, String),
    /// A member of a parameter that is an object whose members are sent one by one.
    Member(Location, String, String),
}

/// A place of a request, and what is said of the value there.
#[derive(Debug, Clone)]
pub(super) struct Spot<'a> {
    pub(super) at: At,
    /// How it is called in what is told: `FriendlyName`, `tags item`.
    pub(super) name: String,
    pub(super) node: Cursor<'a>,
    pub(super) merged: Rc<Merged<'a>>,
    /// Whether what holds it must have it.
    pub(super) required: bool,
}

impl Spot<'_> {
    /// The name as a part of the name of a case.
    pub(super) fn slug(&self) -> String {
        match &self.at {
            At::Body(place) if place.is_empty() => "body".to_owned(),
            At::Body(_) | At::Argument(..) | At::Member(..) => snake_case(&self.name),
        }
    }

    /// The member of the body that holds the value.
    pub(super) fn field(&self) -> Option<String> {
        match &self.at {
            At::Body(place) => pointer::tokens(place).next(),
            At::Argument(..) | At::Member(..) => None,
        }
    }

    /// Whether the value is an item of a list.
    pub(super) fn is_item(&self) -> bool {
        match &self.at {
            At::Body(place) => pointer::split_last(place)
                .is_some_and(|(_, last)| last.bytes().all(|b| b.is_ascii_digit())),
            At::Argument(..) | At::Member(..) => false,
        }
    }
}

/// The parameters of an operation, but for ids in its path, and the members of objects among them.
pub(super) fn of_arguments<'a>(schemas: &Schemas<'a>, draft: &Draft<'_>) -> Vec<Spot<'a>> {
    let mut spots = Vec::new();
    let parameters = draft.operation.parameters.iter();
    for parameter in parameters.filter(|parameter| !parameter.is_described_elsewhere()) {
        let is_id = parameter.location == Location::Path
            && draft
                .argument(parameter.location, &parameter.name)
                .and_then(Value::as_str)
                .is_some_and(is_template);
        let node = parameter.schema.as_deref().and_then(|s| schemas.at(s));
        let Some(node) = node.filter(|_| !is_id) else {
            continue;
        };
        let merged = schemas.merge(&node, 0);
        let members = merged.properties.iter().map(|(member, node)| Spot {
            at: At::Member(
                parameter.location,
                parameter.name.clone(),
                (*member).to_owned(),
            ),
            name: joined(&parameter.name, member),
            merged: schemas.merge(node, 0),
            required: merged.required.contains(member),
            node: node.clone(),
        });
        let members: Vec<Spot<'_>> = if has_named_members(parameter) {
            members.collect()
        } else {
            Vec::new()
        };
        spots.push(Spot {
            at: At::Argument(parameter.location, parameter.name.clone()),
            name: parameter.name.clone(),
            merged,
            required: parameter.required,
            node,
        });
        spots.extend(members);
    }
    spots
}

/// Whether the members of an object are sent one by one, each with the name of the parameter.
pub(super) fn has_named_members(parameter: &Parameter) -> bool {
    matches!(&parameter.encoding, Encoding::Style(how) if how.style == Style::DeepObject)
}

/// The places of a body that its sample has, the body itself first.
pub(super) fn of_body<'a>(schemas: &Schemas<'a>, body: &DraftBody<'_>) -> Vec<Spot<'a>> {
    let mut spots = Vec::new();
    if let Some(node) = body.media.schema.as_deref().and_then(|s| schemas.at(s)) {
        let root = Spot {
            at: At::Body(String::new()),
            name: String::new(),
            merged: schemas.merge(&node, 0),
            required: true,
            node,
        };
        collect(schemas, root, &body.value, 0, &mut spots);
    }
    spots
}

fn collect<'a>(
    schemas: &Schemas<'a>,
    spot: Spot<'a>,
    value: &Value,
    depth: usize,
    spots: &mut Vec<Spot<'a>>,
) {
    let At::Body(at) = spot.at.clone() else {
        return;
    };
    let merged = Rc::clone(&spot.merged);
    let around = spot.name.clone();
    spots.push(spot);
    if depth >= DEEPEST {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let Some(node) = merged.property(name).cloned() else {
                    continue;
                };
                let inner = Spot {
                    at: At::Body(pointer::join(&at, name)),
                    name: joined(&around, name),
                    merged: schemas.merge(&node, 0),
                    required: merged.required.contains(&name.as_str()),
                    node,
                };
                collect(schemas, inner, member, depth + 1, spots);
            }
        }
        Value::Array(items) => {
            let Some((node, item)) = merged.items.clone().zip(items.first()) else {
                return;
            };
            let inner = Spot {
                at: At::Body(pointer::join(&at, "0")),
                name: joined(&around, "item"),
                merged: schemas.merge(&node, 0),
                required: false,
                node,
            };
            collect(schemas, inner, item, depth + 1, spots);
        }
        _ => {}
    }
}

fn joined(around: &str, name: &str) -> String {
    if around.is_empty() {
        name.to_owned()
    } else {
        format!("{around} {name}")
    }
}
