//! Counting, so that no part of a document is lost in silence.

use serde_json::{Map, Value};

use crate::contract::operation::Operations;
use crate::place::pointer;
use crate::spec::{Document, Level, Problem, Version};

/// Numbers of parts, counted one way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Census {
    /// Operations.
    pub operations: usize,
    /// Parameters as operations use them, those of the path item included.
    pub parameters: usize,
    /// Responses.
    pub responses: usize,
    /// Headers of responses.
    pub headers: usize,
}

impl Census {
    /// Counts in the contract.
    pub fn of_operations(operations: &Operations) -> Self {
        let mut census = Self::default();
        for operation in operations.iter() {
            census.operations += 1;
            census.parameters += operation.parameters.len();
            census.responses += operation.responses.len();
            census.headers += operation
                .responses
                .iter()
                .map(|r| r.headers.len())
                .sum::<usize>();
        }
        census
    }

    /// Counts in the JSON of the document, by no code that the contract is built with.
    pub fn of_document(document: &Document) -> Self {
        let mut census = Self::default();
        for path in document.names("/paths").unwrap_or_default() {
            if path.starts_with("x-") {
                continue;
            }
            let Some((place, item)) = follow(document, &pointer::join("/paths", path)) else {
                continue;
            };
            let shared = parameters(document, &place, item);
            let more = item.get("additionalOperations").and_then(Value::as_object);
            let named = more.into_iter().flatten().map(|(method, _)| {
                let place = pointer::join(&place, "additionalOperations");
                pointer::join(&place, method)
            });
            let newest = more.is_some() || document.version() >= Some(Version::V3_2);
            let methods = "get put post delete options head patch trace query";
            let usual = item
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .filter(|method| methods.split(' ').any(|m| m == *method))
                .filter(|method| *method != "query" || newest)
                .map(|method| pointer::join(&place, method));
            for at in usual.chain(named.filter(|_| newest)) {
                if let Some((at, operation)) = follow(document, &at) {
                    census.add(document, &at, operation, &shared);
                }
            }
        }
        census
    }

    fn add(
        &mut self,
        document: &Document,
        at: &str,
        operation: &Value,
        shared: &[(String, String)],
    ) {
        self.operations += 1;
        let mut all = parameters(document, at, operation);
        all.extend_from_slice(shared);
        all.sort();
        all.dedup();
        self.parameters += all.len();
        let responses = operation.get("responses").and_then(Value::as_object);
        for status in responses.into_iter().flat_map(Map::keys) {
            if status.starts_with("x-") {
                continue;
            }
            self.responses += 1;
            let place = pointer::join(&pointer::join(at, "responses"), status);
            let headers = follow(document, &place)
                .and_then(|(_, response)| response.get("headers")?.as_object());
            self.headers += headers.map_or(0, |headers| {
                headers
                    .keys()
                    .filter(|name| !name.eq_ignore_ascii_case("content-type"))
                    .count()
            });
        }
    }
}

/// Locations and names of the parameters of a path item or an operation.
fn parameters(document: &Document, at: &str, node: &Value) -> Vec<(String, String)> {
    let count = node
        .get("parameters")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let list = pointer::join(at, "parameters");
    (0..count)
        .filter_map(|i| follow(document, &pointer::join(&list, &i.to_string())))
        .map(|(_, p)| (p["in"].to_string(), p["name"].to_string()))
        .collect()
}

/// The node that a place refers to, and its own place.
fn follow<'a>(document: &'a Document, place: &str) -> Option<(String, &'a Value)> {
    let place = document.resolve(place).ok()?;
    let node = document.get(&place)?;
    Some((place, node))
}

/// Differences between the document and the operations made from it.
pub(in crate::contract) fn compare(document: &Document, operations: &Operations) -> Vec<Problem> {
    let found = Census::of_operations(operations);
    let there = Census::of_document(document);
    [
        ("operations", there.operations, found.operations),
        ("parameters", there.parameters, found.parameters),
        ("responses", there.responses, found.responses),
        ("response headers", there.headers, found.headers),
    ]
    .into_iter()
    .filter(|(_, there, found)| there != found)
    .map(|(what, there, found)| {
        document.problem(
            Level::Warning,
            &pointer::join("", "paths"),
            format!("the document has {there} {what}, and the contract has {found}"),
            "report this document to the maintainers: trueup loses a part of it",
        )
    })
    .collect()
}
