//! Counting, so that no part of a document is lost in silence.

use serde_json::Value;

use super::operation::Operation;
use crate::spec::{Document, Level, Problem};
use crate::wire::pointer;

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
    pub fn of_operations(operations: &[Operation]) -> Self {
        let mut census = Self::default();
        for operation in operations {
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
        let root = document.root();
        let items = root.get("paths").and_then(Value::as_object);
        for (path, item) in items.into_iter().flatten() {
            if path.starts_with("x-") {
                continue;
            }
            let Some(item) = follow(root, item) else {
                continue;
            };
            let names = |node: &Value| -> Vec<(String, String)> {
                let list = node.get("parameters").and_then(Value::as_array);
                list.into_iter()
                    .flatten()
                    .filter_map(|node| follow(root, node))
                    .map(|p| (p["in"].to_string(), p["name"].to_string()))
                    .collect()
            };
            for (method, operation) in item.as_object().into_iter().flatten() {
                let methods = "get put post delete options head patch trace";
                if !methods.split(' ').any(|m| m == method) {
                    continue;
                }
                census.operations += 1;
                let mut parameters = names(item);
                parameters.extend(names(operation));
                parameters.sort();
                parameters.dedup();
                census.parameters += parameters.len();
                let responses = operation.get("responses").and_then(Value::as_object);
                for (status, response) in responses.into_iter().flatten() {
                    if status.starts_with("x-") {
                        continue;
                    }
                    census.responses += 1;
                    let headers = follow(root, response)
                        .and_then(|response| response.get("headers")?.as_object());
                    census.headers += headers.map_or(0, |headers| {
                        headers
                            .keys()
                            .filter(|name| !name.eq_ignore_ascii_case("content-type"))
                            .count()
                    });
                }
            }
        }
        census
    }
}

/// The node that a node stands for. A chain longer than the document is deep leads nowhere.
fn follow<'a>(root: &'a Value, node: &'a Value) -> Option<&'a Value> {
    let mut node = node;
    for _ in 0..64 {
        let Some(target) = node.get("$ref").and_then(Value::as_str) else {
            return Some(node);
        };
        node = root.pointer(target.strip_prefix('#')?)?;
    }
    None
}

/// Differences between the document and the operations made from it.
pub(super) fn compare(document: &Document, operations: &[Operation]) -> Vec<Problem> {
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
            format!("the document has {there} {what}, the contract {found}"),
            "please report this document: trueup loses a part of it",
        )
    })
    .collect()
}
