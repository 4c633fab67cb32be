//! From a document to a contract. Everything that cannot be used is a problem with its place.

use std::collections::HashMap;

use openapiv3::Parameter as P;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Contract;
use super::body::{MediaType, Property, RequestBody};
use super::census;
use super::extension;
use super::format;
use super::operation::Operation;
use super::parameter::{Location, Parameter};
use super::path::PathTemplate;
use super::resource;
use super::response::{HeaderPromise, Response, StatusRange};
use super::security::Scheme;
use crate::spec::{Document, Level, LoadError, Problem};
use crate::wire::{media_type_essence, pointer};

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

    fn warn(&mut self, place: &str, message: impl Into<String>, remedy: &str) {
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

    fn parameters(&mut self, at: &str) -> Vec<Parameter> {
        let list = pointer::join(at, "parameters");
        let count = match self.get(&list) {
            None => 0,
            Some(Value::Array(items)) => items.len(),
            Some(_) => {
                self.error(&list, "'parameters' must be a list", "");
                0
            }
        };
        (0..count)
            .filter_map(|i| {
                let place = self.resolved(&pointer::join(&list, &i.to_string()))?;
                self.parameter(place)
            })
            .collect()
    }

    fn parameter(&mut self, place: String) -> Option<Parameter> {
        let members = self.object(&place, "a parameter")?;
        let (structure, schema) = self.without_schema(&place, members);
        let parameter = self.typed::<P>(&place, structure)?;
        let (location, data, common_style) = match parameter {
            P::Path {
                parameter_data,
                style,
            } => (
                Location::Path,
                parameter_data,
                style == openapiv3::PathStyle::Simple,
            ),
            P::Query {
                parameter_data,
                style,
                ..
            } => (
                Location::Query,
                parameter_data,
                style == openapiv3::QueryStyle::Form,
            ),
            P::Header { parameter_data, .. } => (Location::Header, parameter_data, true),
            P::Cookie { parameter_data, .. } => (Location::Cookie, parameter_data, true),
        };
        if !common_style {
            self.warn(
                &pointer::join(&place, "style"),
                format!("the style of the parameter '{}' cannot be sent", data.name),
                "only `simple` in paths and `form` in queries are",
            );
        }
        if members.contains_key("content") {
            self.warn(
                &pointer::join(&place, "content"),
                format!(
                    "the parameter '{}' is described by a media type, which cannot be sent",
                    data.name
                ),
                "describe it by a schema",
            );
        }
        Some(Parameter {
            name: data.name,
            location,
            required: data.required || location == Location::Path,
            explode: data
                .explode
                .unwrap_or(matches!(location, Location::Query | Location::Cookie)),
            schema,
            pointer: place,
        })
    }

    /// A part without its schema, which the `openapiv3` types would read too narrowly, and the
    /// place of that schema.
    fn without_schema(&self, place: &str, members: &Map<String, Value>) -> (Value, Option<String>) {
        let mut structure = members.clone();
        let schema = structure
            .contains_key("schema")
            .then(|| self.resolved(&pointer::join(place, "schema")))
            .flatten();
        structure.insert("schema".to_owned(), Value::Object(Map::new()));
        structure.shift_remove("content");
        structure.shift_remove("example");
        structure.shift_remove("examples");
        (Value::Object(structure), schema)
    }

    fn body(&mut self, at: &str) -> Option<RequestBody> {
        let place = self.resolved(&pointer::join(at, "requestBody"))?;
        let members = self.object(&place, "a request body")?;
        let media = self.media(&place);
        if media.is_empty() {
            self.error(
                &place,
                "a request body needs 'content'",
                "name its media types",
            );
        }
        let properties = media
            .iter()
            .find_map(|media| media.schema.clone())
            .map(|schema| self.properties(&schema))
            .unwrap_or_default();
        Some(RequestBody {
            required: members.get("required") == Some(&Value::Bool(true)),
            media,
            properties,
            pointer: place,
        })
    }

    /// The properties of an object schema, those of `allOf` included.
    fn properties(&mut self, schema: &str) -> Vec<Property> {
        let mut found = Vec::new();
        self.collect_properties(schema, 0, &mut found);
        found
    }

    fn collect_properties(&mut self, schema: &str, depth: usize, found: &mut Vec<Property>) {
        if depth > 16 {
            return;
        }
        let Some(Value::Object(members)) = self.get(schema) else {
            return;
        };
        let required = |name: &str| {
            members
                .get("required")
                .and_then(Value::as_array)
                .is_some_and(|names| names.iter().any(|n| n == name))
        };
        for name in members
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
        {
            let place = pointer::join(&pointer::join(schema, "properties"), name);
            let Some(target) = self.resolved(&place) else {
                continue;
            };
            found.push(Property {
                name: name.clone(),
                required: required(name),
                echo: self.echo(&target),
                schema: target,
            });
        }
        let branches = members
            .get("allOf")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        for i in 0..branches {
            let place = pointer::join(&pointer::join(schema, "allOf"), &i.to_string());
            if let Some(target) = self.resolved(&place) {
                self.collect_properties(&target, depth + 1, found);
            }
        }
    }

    fn media(&mut self, at: &str) -> Vec<MediaType> {
        let content = pointer::join(at, "content");
        let Some(members) = self.object(&content, "content") else {
            return Vec::new();
        };
        members
            .iter()
            .map(|(name, media)| {
                let place = pointer::join(&content, name);
                let schema = media
                    .get("schema")
                    .and_then(|_| self.resolved(&pointer::join(&place, "schema")));
                let example = media.get("example").cloned().or_else(|| {
                    let examples = media.get("examples")?.as_object()?;
                    examples.values().next()?.get("value").cloned()
                });
                MediaType {
                    name: media_type_essence(name),
                    schema,
                    example,
                    pointer: place,
                }
            })
            .collect()
    }

    fn responses(&mut self, at: &str) -> Vec<Response> {
        let place = pointer::join(at, "responses");
        let members = match self.object(&place, "'responses'") {
            Some(members) if !members.is_empty() => members,
            _ => {
                self.error(
                    at,
                    "the operation describes no response",
                    "add `responses` with at least one status",
                );
                return Vec::new();
            }
        };
        let mut responses = Vec::new();
        for key in members.keys() {
            if key.starts_with("x-") {
                continue;
            }
            let key_place = pointer::join(&place, key);
            let Some(status) = StatusRange::parse(key) else {
                self.error(
                    &key_place,
                    format!("'{key}' is no status"),
                    "a status is a number such as '200', a range such as '4XX', or 'default'",
                );
                continue;
            };
            let Some(target) = self.resolved(&key_place) else {
                continue;
            };
            if self.object(&target, "a response").is_none() {
                continue;
            }
            responses.push(Response {
                status,
                media: self.media(&target),
                headers: self.headers(&target),
                pointer: target,
            });
        }
        responses
    }

    fn headers(&mut self, at: &str) -> Vec<HeaderPromise> {
        let place = pointer::join(at, "headers");
        let Some(members) = self.object(&place, "headers") else {
            return Vec::new();
        };
        let mut headers = Vec::new();
        for name in members.keys() {
            // Described by `content` instead (OpenAPI 3.0.3, Response Object).
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let Some(target) = self.resolved(&pointer::join(&place, name)) else {
                continue;
            };
            let Some(members) = self.object(&target, "a header") else {
                continue;
            };
            let (structure, schema) = self.without_schema(&target, members);
            if let Some(header) = self.typed::<openapiv3::Header>(&target, structure) {
                headers.push(HeaderPromise {
                    name: name.clone(),
                    required: header.required,
                    advisory: self.is_advisory(&target),
                    schema,
                    pointer: target,
                });
            }
        }
        headers
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
