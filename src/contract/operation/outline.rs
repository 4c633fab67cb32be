//! The outlines of operations, which are known before the operations are read.

use std::collections::HashSet;

use serde_json::Value;

use super::path::PathTemplate;
use super::security::Scheme;
use crate::contract::reader::Reader;
use crate::place::pointer;
use crate::spec::Version;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];
/// The method that `OpenAPI` 3.2 adds.
const QUERY: &str = "query";

/// The definitions of the document that apply to all operations.
#[derive(Debug)]
pub(in crate::contract) struct Common {
    pub(in crate::contract) servers: Vec<String>,
    pub(in crate::contract) security: Vec<Vec<usize>>,
}

/// The outline of an operation, which is known before the operation is read.
#[derive(Debug)]
pub struct Outline {
    /// `operationId`, or `METHOD /path` where the document has none.
    pub id: String,
    /// Method in upper case.
    pub method: String,
    /// Path below the server's URL.
    pub path: PathTemplate,
    /// Alternatives of security schemes, if the operation defines its own.
    pub(in crate::contract) security: Option<Vec<Vec<usize>>>,
    /// JSON pointer of the path item, references followed.
    pub(in crate::contract) item: String,
    /// JSON pointer in the document.
    pub pointer: String,
}

impl Reader<'_> {
    /// All operations, as far as they need not be read.
    pub(in crate::contract) fn outlines(&mut self, schemes: &mut Vec<Scheme>) -> Vec<Outline> {
        let mut outlines = Vec::new();
        let mut ids = HashSet::new();
        for path in self.document.names("/paths").unwrap_or_default() {
            let place = pointer::join("/paths", path);
            if path.starts_with("x-") {
                continue;
            }
            if !path.starts_with('/') {
                self.error(
                    &place,
                    format!("the path `{path}` does not begin with a slash"),
                    "write a path that is relative to the server's URL",
                );
                continue;
            }
            for outline in self.path_item(&place, path, schemes) {
                if !ids.insert(outline.id.clone()) {
                    self.error(
                        &pointer::join(&outline.pointer, "operationId"),
                        format!("the operationId `{}` is used twice", outline.id),
                        "give every operation a unique operationId",
                    );
                }
                outlines.push(outline);
            }
        }
        outlines
    }

    fn path_item(&mut self, place: &str, path: &str, schemes: &mut Vec<Scheme>) -> Vec<Outline> {
        let Some(item) = self.resolved(place) else {
            return Vec::new();
        };
        let Some(names) = self.names(&item, "a path item") else {
            return Vec::new();
        };
        let template = PathTemplate::parse(path);
        let newest = self.document.version() >= Some(Version::V3_2);
        let mut methods: Vec<(String, String)> = METHODS
            .into_iter()
            .chain(newest.then_some(QUERY))
            .filter(|method| names.contains(method))
            .map(|method| (method.to_uppercase(), pointer::join(&item, method)))
            .collect();
        if newest {
            let more = pointer::join(&item, "additionalOperations");
            let others = self.names(&more, "additionalOperations");
            let others = others.into_iter().flatten();
            methods.extend(others.map(|method| (method.to_owned(), pointer::join(&more, method))));
        }
        let mut outlines = Vec::new();
        for (method, at) in methods {
            let Some(at) = self.resolved(&at) else {
                continue;
            };
            if self.names(&at, "an operation").is_none() {
                continue;
            }
            let id = self
                .get(&pointer::join(&at, "operationId"))
                .and_then(Value::as_str)
                .map_or_else(|| format!("{method} {path}"), str::to_owned);
            outlines.push(Outline {
                id,
                method,
                path: template.clone(),
                security: self.security(&at, schemes),
                item: item.clone(),
                pointer: at,
            });
        }
        outlines
    }
}
