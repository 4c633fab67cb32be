//! Links: how values of an answer lead to another operation (`OpenAPI` 3.1.1, Link Object).

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::build::Reader;
use super::operation::Operation;
use super::operations::Operations;
use super::parameter::Location;
use crate::place::pointer;
use crate::spec::{Document, Level, Problem};

/// A link of a response.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// The operation that it leads to.
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
    /// By a reference that leads out of the document.
    Elsewhere(String),
}

/// The value of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkParameter {
    /// Where it travels, if the link says so: `path.id`.
    pub location: Option<Location>,
    /// Its name.
    pub name: String,
    /// The value.
    pub value: Value,
}

impl Link {
    /// The operation among all of a contract.
    pub fn operation<'a>(&self, operations: &'a Operations) -> Option<&'a Operation> {
        match &self.target {
            LinkTarget::Id(id) => operations.get(id),
            LinkTarget::Pointer(place) => {
                let mut outlines = operations.outlines();
                let index = outlines.position(|outline| outline.pointer == *place)?;
                Some(&operations[index])
            }
            LinkTarget::Elsewhere(_) => None,
        }
    }
}

impl Reader<'_> {
    /// The links of a response.
    pub(super) fn links(&mut self, at: &str) -> Vec<Link> {
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
                    // The path item may stand elsewhere.
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
                    format!("the link '{name}' leads to no operation"),
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

/// Links that lead to operations or name parameters that there are not.
pub(super) fn mistakes(document: &Document, operations: &Operations) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut warn = |place: &str, message: String, remedy: &str| {
        problems.push(document.problem(Level::Warning, place, message, remedy));
    };
    let responses = operations.iter().flat_map(|operation| &operation.responses);
    // A response may be shared.
    let mut told = HashSet::new();
    for link in responses.flat_map(|response| &response.links) {
        if !told.insert(link.pointer.as_str()) {
            continue;
        }
        let Some(operation) = link.operation(operations) else {
            if let LinkTarget::Id(to) | LinkTarget::Pointer(to) = &link.target {
                warn(
                    &link.pointer,
                    format!(
                        "the link '{}' leads to '{to}', which is no operation",
                        link.name
                    ),
                    "correct its operationId or operationRef",
                );
            }
            continue;
        };
        for parameter in &link.parameters {
            let is_known = operation.parameters.iter().any(|known| {
                known.name == parameter.name
                    && parameter.location.is_none_or(|at| at == known.location)
            });
            if !is_known {
                warn(
                    &pointer::join(&link.pointer, "parameters"),
                    format!(
                        "the link '{}' names the parameter '{}', which '{}' does not have",
                        link.name, parameter.name, operation.id
                    ),
                    "correct its name",
                );
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;

    #[test]
    fn links_lead_to_operations() {
        let contract = sample(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      \
             responses:\n        '201':\n          description: d\n          links:\n            \
             id: {operationId: get, parameters: {path.id: '$response.body#/id', q.x: 1}}\n            \
             ref: {operationRef: '#/paths/~1a~1%7Bid%7D/get', requestBody: $request.body}\n            \
             far: {operationRef: 'https://example.com/b.yaml#/paths/~1b/get'}\n            \
             lost: {operationId: lost}\n            none: {}\n            \
             shared: {$ref: '#/components/links/shared'}\n  /a/{id}:\n    get:\n      \
             operationId: get\n      parameters:\n      - {name: id, in: path, required: true, \
             schema: {}}\n      responses: {'200': {description: d}}\ncomponents:\n  links:\n    \
             shared: {operationId: get}\n",
        );
        let links = &contract.operations[0].responses[0].links;
        let found: Vec<(&str, Option<&str>)> = links
            .iter()
            .map(|link| {
                let operation = link.operation(&contract.operations);
                (link.name.as_str(), operation.map(|o| o.id.as_str()))
            })
            .collect();
        let get = Some("get");
        assert_eq!(
            found,
            [
                ("id", get),
                ("ref", get),
                ("far", None),
                ("lost", None),
                ("shared", get)
            ]
        );
        let parameter = &links[0].parameters[0];
        assert_eq!(
            (parameter.location, parameter.name.as_str()),
            (Some(Location::Path), "id")
        );
        let problems: Vec<String> = contract
            .problems()
            .iter()
            .map(ToString::to_string)
            .collect();
        for part in ["'q.x'", "'lost', which", "'none' leads to no"] {
            let told = problems.iter().filter(|p| p.contains(part)).count();
            assert_eq!(told, 1, "{part} in {problems:?}");
        }
    }
}
