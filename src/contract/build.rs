//! From a document to a contract. Everything that cannot be used is a problem with its place.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Contract;
use super::census;
use super::extension;
use super::format;
use super::operation::Operation;
use super::parameter::{Location, Parameter};
use super::path::PathTemplate;
use super::resource;
use super::security::Scheme;
use crate::spec::{Document, Level, LoadError, Problem};
use crate::wire::pointer;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Builds the contract of a document.
///
/// # Errors
/// When the document is malformed; all mistakes are named.
pub fn build(document: Document) -> Result<Contract, LoadError> {
    let mut problems = document.broken_references();
    problems.extend(extension::mistakes(&document));
    let mut reader = Reader {
        document: &document,
        problems,
        schemes: Vec::new(),
    };
    reader.version();
    let servers = reader.servers("");
    reader.schemes = reader.schemes();
    let operations = reader.operations(&servers);
    let mut by_id = HashMap::new();
    for (index, operation) in operations.iter().enumerate() {
        if by_id.insert(operation.id.clone(), index).is_some() {
            reader.error(
                &pointer::join(&operation.pointer, "operationId"),
                format!("the operationId '{}' stands twice", operation.id),
                "give every operation a name of its own",
            );
        }
    }
    let schemes = std::mem::take(&mut reader.schemes);
    let mut problems = reader.problems;
    if problems.iter().all(|p| p.level != Level::Error) {
        problems.extend(census::compare(&document, &operations));
        problems.extend(format::report(&document));
    }
    if problems.iter().any(|p| p.level == Level::Error) {
        problems.retain(|p| p.level == Level::Error);
        return Err(LoadError { problems });
    }
    problems.extend(document.notes.iter().cloned());
    let text = |place: &str| {
        document
            .get(place)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Ok(Contract {
        title: text("/info/title"),
        version: text("/info/version"),
        servers,
        resources: resource::recognize(&operations, &document),
        operations,
        schemes,
        problems,
        by_id,
        document,
    })
}

pub(super) struct Reader<'a> {
    pub(super) document: &'a Document,
    problems: Vec<Problem>,
    pub(super) schemes: Vec<Scheme>,
}

impl<'a> Reader<'a> {
    pub(super) fn error(&mut self, place: &str, message: impl Into<String>, remedy: &str) {
        let problem = self.document.problem(Level::Error, place, message, remedy);
        self.problems.push(problem);
    }

    pub(super) fn warn(&mut self, place: &str, message: impl Into<String>, remedy: &str) {
        let problem = self
            .document
            .problem(Level::Warning, place, message, remedy);
        self.problems.push(problem);
    }

    pub(super) fn get(&self, place: &str) -> Option<&'a Value> {
        self.document.get(place)
    }

    /// The place after following references; broken ones are reported already.
    pub(super) fn resolved(&self, place: &str) -> Option<String> {
        self.document.resolve(place).ok()
    }

    /// The object at a place; anything else there is a mistake.
    pub(super) fn object(&mut self, place: &str, what: &str) -> Option<&'a Map<String, Value>> {
        match self.get(place) {
            Some(Value::Object(members)) => Some(members),
            Some(_) => {
                self.error(place, format!("{what} must be an object"), "");
                None
            }
            None => None,
        }
    }

    fn version(&mut self) {
        let Value::Object(root) = self.document.root() else {
            self.error(
                "",
                "the document is not an object",
                "an OpenAPI document begins with `openapi: 3.0.3`",
            );
            return;
        };
        match root.get("openapi") {
            Some(Value::String(version)) if version.starts_with("3.0.") => {}
            Some(version) => self.error(
                "/openapi",
                format!("OpenAPI version {version} is not understood"),
                "trueup reads OpenAPI 3.0",
            ),
            None if root.contains_key("swagger") => self.error(
                "/swagger",
                "this is a Swagger 2.0 document",
                "convert it to OpenAPI 3.0",
            ),
            None => self.error(
                "",
                "the member 'openapi' with the version is missing",
                "an OpenAPI document begins with `openapi: 3.0.3`",
            ),
        }
        if !root.get("paths").is_some_and(Value::is_object) {
            self.error(
                "",
                "the document has no 'paths'",
                "describe at least one path",
            );
        }
    }

    /// Server URLs of the document, a path item or an operation, variables replaced by their
    /// defaults.
    fn servers(&mut self, at: &str) -> Vec<String> {
        let place = pointer::join(at, "servers");
        let Some(Value::Array(items)) = self.get(&place) else {
            return Vec::new();
        };
        let mut urls = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let place = pointer::join(&place, &i.to_string());
            if let Some(server) = self.typed::<openapiv3::Server>(&place, item.clone()) {
                let mut url = server.url;
                for (name, variable) in server.variables.unwrap_or_default() {
                    url = url.replace(&format!("{{{name}}}"), &variable.default);
                }
                urls.push(url.trim_end_matches('/').to_owned());
            }
        }
        urls
    }

    /// Reads a part with the types of the `openapiv3` crate.
    pub(super) fn typed<T: DeserializeOwned>(&mut self, place: &str, value: Value) -> Option<T> {
        match serde_json::from_value(value) {
            Ok(value) => Some(value),
            Err(e) => {
                self.error(place, format!("malformed: {e}"), "see OpenAPI 3.0.3");
                None
            }
        }
    }

    fn operations(&mut self, document_servers: &[String]) -> Vec<Operation> {
        let Some(paths) = self.object("/paths", "paths") else {
            return Vec::new();
        };
        let common_security = self.security("").unwrap_or_default();
        let mut operations = Vec::new();
        for path in paths.keys() {
            let place = pointer::join("/paths", path);
            if path.starts_with("x-") {
                continue;
            }
            if !path.starts_with('/') {
                self.error(
                    &place,
                    format!("the path '{path}' does not begin with a slash"),
                    "write it as a path below the server's URL",
                );
                continue;
            }
            let Some(place) = self.resolved(&place) else {
                continue;
            };
            let Some(item) = self.object(&place, "a path item") else {
                continue;
            };
            let item_servers = self.servers(&place);
            let common = self.parameters(&place);
            for method in METHODS {
                if !item.contains_key(method) {
                    continue;
                }
                let at = pointer::join(&place, method);
                let Some(members) = self.object(&at, "an operation") else {
                    continue;
                };
                let template = PathTemplate::parse(path);
                let parameters = self.merged_parameters(&at, &common, &template);
                let mut servers = self.servers(&at);
                if servers.is_empty() {
                    servers.clone_from(&item_servers);
                }
                if servers == document_servers {
                    servers.clear();
                }
                let id = members
                    .get("operationId")
                    .and_then(Value::as_str)
                    .map_or_else(
                        || format!("{} {path}", method.to_uppercase()),
                        str::to_owned,
                    );
                let paging = self.paging(&at, &parameters);
                operations.push(Operation {
                    id,
                    method: method.to_uppercase(),
                    path: template,
                    servers,
                    body: self.body(&at),
                    responses: self.responses(&at),
                    security: self
                        .security(&at)
                        .unwrap_or_else(|| common_security.clone()),
                    errors: self.promised_errors(&at),
                    paging,
                    parameters,
                    pointer: at,
                });
            }
        }
        operations
    }

    /// The parameters of an operation: its own, then those of the path item that it does not
    /// replace.
    fn merged_parameters(
        &mut self,
        at: &str,
        common: &[Parameter],
        path: &PathTemplate,
    ) -> Vec<Parameter> {
        let mut parameters = self.parameters(at);
        for parameter in common {
            if !parameters
                .iter()
                .any(|p| p.name == parameter.name && p.location == parameter.location)
            {
                parameters.push(parameter.clone());
            }
        }
        for name in path.parameters() {
            if !parameters
                .iter()
                .any(|p| p.location == Location::Path && p.name == name)
            {
                self.error(
                    at,
                    format!("the path parameter '{name}' is not described"),
                    "add a parameter with `in: path` and `required: true`",
                );
            }
        }
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Files, load};

    fn errors(text: &'static str) -> String {
        let files: &'static [(&str, &str)] = Box::leak(Box::new([("a.yaml", text)]));
        build(load(&Files::Bundle(files), "a.yaml", &[]).unwrap())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn every_mistake_has_its_line() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a/{b}:\n    get:\n\
                    \x20     responses:\n        '20': {description: d}\n  c:\n    get: {}\n  /d:\n\
                    \x20   get:\n      parameters:\n      - {name: q, in: qurey}\n      responses: {}\n";
        let error = errors(text);
        for part in [
            "'20' is no status",
            "a.yaml:7",
            "'b' is not described",
            "a.yaml:5",
            "does not begin with a slash",
            "a.yaml:8",
            "qurey",
            "a.yaml:13",
            "describes no response",
        ] {
            assert!(error.contains(part), "{part} is not in\n{error}");
        }
    }

    #[test]
    fn no_extension_is_passed_over_in_silence() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  \
                    schemas:\n    a:\n      x-trueup-vary: value\n    b:\n      \
                    x-trueup-varies: vlaue\n    c:\n      $ref: '#/components/schemas/a'\n      \
                    x-trueup-url: /a\n  headers:\n    d:\n      x-trueup-level: wraning\n    e:\n      \
                    schema:\n        x-trueup-level: warning\n";
        let error = errors(text);
        for line in [
            "a.yaml:7",
            "a.yaml:9",
            "a.yaml:12",
            "a.yaml:15",
            "a.yaml:18",
        ] {
            assert!(error.contains(line), "{line} is not in\n{error}");
        }
    }

    #[test]
    fn other_versions_are_named() {
        assert!(errors("swagger: '2.0'\npaths: {}\n").contains("Swagger 2.0"));
        assert!(errors("openapi: 3.1.0\npaths: {}\n").contains("3.1.0"));
        assert!(errors("a: 1\n").contains("'openapi'"));
        assert!(errors("[]\n").contains("not an object"));
    }
}
