//! Links: how another operation uses values of a response (`OpenAPI` 3.1.1, Link Object).

use serde_json::{Map, Value};

use super::parameter::Location;
use crate::contract::reader::Reader;
use crate::place::pointer;

/// A link of a response.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// The operation that it refers to.
    pub target: LinkTarget,
    /// Values of the operation's parameters: constants, or runtime expressions such as
    /// `$response.body#/id`.
    pub parameters: Vec<LinkParameter>,
    /// The request body: a constant or a runtime expression.
    pub body: Option<Value>,
    /// JSON pointer of the link, references followed.
    pub pointer: String,
}

/// The operation of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// By its `operationId`.
    Id(String),
    /// By its JSON pointer in the document.
    Pointer(String),
    /// By a reference to another document.
    Elsewhere(String),
}

/// The value of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkParameter {
    /// Its location, if the link names it: `path.id`.
    pub location: Option<Location>,
    /// Its name.
    pub name: String,
    /// The value.
    pub value: Value,
}

impl Reader<'_> {
    /// The links of a response.
    pub(in crate::contract) fn links(&mut self, at: &str) -> Vec<Link> {
        let place = pointer::join(at, "links");
        let Some(members) = self.object(&place, "links") else {
            return Vec::new();
        };
        let mut links = Vec::new();
        for name in members.keys() {
            let Some(target) = self.resolved(&pointer::join(&place, name)) else {
                continue;
            };
            if let Some(members) = self.object(&target, "a link") {
                links.extend(self.link(name, members, target));
            }
        }
        links
    }

    fn link(&mut self, name: &str, members: &Map<String, Value>, place: String) -> Option<Link> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let target = match (text("operationId"), text("operationRef")) {
            (Some(id), None) => LinkTarget::Id(id.to_owned()),
            (None, Some(reference)) => match reference.strip_prefix('#') {
                Some(fragment) => {
                    let target = percent_encoding::percent_decode_str(fragment);
                    let target = target.decode_utf8_lossy().into_owned();
                    // The path item may be defined elsewhere.
                    let item = pointer::split_last(&target).and_then(|(item, method)| {
                        let item = self.document.resolve(item).ok()?;
                        Some(pointer::join(&item, &method))
                    });
                    LinkTarget::Pointer(item.unwrap_or(target))
                }
                None => LinkTarget::Elsewhere(reference.to_owned()),
            },
            _ => {
                self.warn(
                    &place,
                    format!("the link `{name}` does not refer to an operation"),
                    "give it either an operationId or an operationRef",
                );
                return None;
            }
        };
        let parameters = members.get("parameters").and_then(Value::as_object);
        let parameters = parameters.into_iter().flatten().map(|(name, value)| {
            let qualified = name
                .split_once('.')
                .and_then(|(location, name)| Some((Location::parse(location)?, name)));
            LinkParameter {
                location: qualified.map(|(location, _)| location),
                name: qualified.map_or(name.as_str(), |(_, name)| name).to_owned(),
                value: value.clone(),
            }
        });
        Some(Link {
            name: name.to_owned(),
            target,
            parameters: parameters.collect(),
            body: members.get("requestBody").cloned(),
            pointer: place,
        })
    }
}
