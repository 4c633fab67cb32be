//! From a document to a contract. Everything that cannot be used is a problem with its place.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Contract;
use super::correction::{self, Written};
use super::extension;
use super::operation::Operation;
use super::operations::{Operations, Outline};
use super::parameter::{Location, Parameter};
use super::path::PathTemplate;
use super::resource::Resources;
use super::security::Scheme;
use crate::place::pointer;
use crate::spec::{Document, Level, LoadError, Problem, Version};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];
/// The method that `OpenAPI` 3.2 adds.
const QUERY: &str = "query";

/// Builds the contract of a document.
///
/// # Errors
/// When the document is malformed; all mistakes are named.
pub fn build(document: Document) -> Result<Contract, LoadError> {
    let contract = outlined(document, &[]);
    contract.read()?;
    Ok(contract)
}

/// Begins the contract of a document: its operations are read when somebody asks for them, and
/// [`Contract::usable`] tells what is wrong with them then. The corrections say which resources are
/// not what they seem.
///
/// # Errors
/// When the document is malformed where it speaks of all operations, or a correction is wrong.
pub fn outline(document: Document, corrections: &[Written]) -> Result<Contract, LoadError> {
    let contract = outlined(document, corrections);
    contract.usable()?;
    if !corrections.is_empty() {
        contract.resources.verify()?;
    }
    Ok(contract)
}

fn outlined(document: Document, corrections: &[Written]) -> Contract {
    let document = Arc::new(document);
    let mut reader = Reader::new(&document);
    reader.problems = extension::mistakes(&document);
    reader.version();
    let servers = reader.servers("");
    let mut schemes = reader.schemes();
    let common = Common {
        servers: servers.clone(),
        security: reader.security("", &mut schemes).unwrap_or_default(),
    };
    let outlines = reader.outlines(&mut schemes);
    let text = |place: &str| {
        let text = document.get(place).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (title, version) = (text("/info/title"), text("/info/version"));
    let mut problems = reader.problems;
    problems.extend(document.notes.iter().cloned());
    let operations = Arc::new(Operations::new(Arc::clone(&document), common, outlines));
    let corrections = correction::read(corrections, &operations, &mut problems);
    let ground = (Arc::clone(&operations), Arc::clone(&document));
    Contract {
        title,
        version,
        servers,
        resources: Resources::found_in(ground, corrections),
        operations,
        schemes,
        problems,
        document,
    }
}

/// What the whole document says for all operations.
#[derive(Debug)]
pub(super) struct Common {
    servers: Vec<String>,
    security: Vec<Vec<usize>>,
}

pub(super) struct Reader<'a> {
    pub(super) document: &'a Document,
    pub(super) problems: Vec<Problem>,
    /// Places of references that were told to lead nowhere.
    broken: HashSet<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self {
            document,
            problems: Vec::new(),
            broken: HashSet::new(),
        }
    }

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

    pub(super) fn note(&mut self, place: &str, message: impl Into<String>, remedy: &str) {
        let problem = self.document.problem(Level::Note, place, message, remedy);
        self.problems.push(problem);
    }

    pub(super) fn get(&self, place: &str) -> Option<&'a Value> {
        self.document.get(place)
    }

    /// The place after following references; broken ones are problems.
    pub(super) fn resolved(&mut self, place: &str) -> Option<String> {
        let resolved = self.document.resolve(place);
        self.told(place, resolved)
    }

    /// The place of a schema after following references that have nothing beside them.
    pub(super) fn resolved_schema(&mut self, place: &str) -> Option<String> {
        let resolved = self.document.resolve_schema(place);
        self.told(place, resolved)
    }

    fn told(&mut self, place: &str, resolved: Result<String, LoadError>) -> Option<String> {
        match resolved {
            Ok(place) => Some(place),
            Err(error) => {
                if self.broken.insert(place.to_owned()) {
                    self.problems.extend(error.problems);
                }
                None
            }
        }
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

    /// The names of the members of an object, which is not read for that; anything else there is a
    /// mistake.
    fn names(&mut self, place: &str, what: &str) -> Option<Vec<&'a str>> {
        let names = self.document.names(place);
        if names.is_none() {
            self.object(place, what);
        }
        names
    }

    /// All operations, as far as they need not be read.
    fn outlines(&mut self, schemes: &mut Vec<Scheme>) -> Vec<Outline> {
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
                    format!("the path '{path}' does not begin with a slash"),
                    "write it as a path below the server's URL",
                );
                continue;
            }
            for outline in self.path_item(&place, path, schemes) {
                if !ids.insert(outline.id.clone()) {
                    self.error(
                        &pointer::join(&outline.pointer, "operationId"),
                        format!("the operationId '{}' stands twice", outline.id),
                        "give every operation a name of its own",
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

    /// Reads an operation.
    pub(super) fn operation(&mut self, outline: &Outline, common: &Common) -> Operation {
        let at = &outline.pointer;
        let mut servers = self.servers(at);
        if servers.is_empty() {
            servers = self.servers(&outline.item);
        }
        if servers == common.servers {
            servers.clear();
        }
        let shared = self.parameters(&outline.item);
        let parameters = self.merged_parameters(at, &shared, &outline.path);
        Operation {
            id: outline.id.clone(),
            method: outline.method.clone(),
            path: outline.path.clone(),
            servers,
            body: self.body(at),
            responses: self.responses(at),
            security: outline
                .security
                .as_ref()
                .unwrap_or(&common.security)
                .clone(),
            errors: self.promised_errors(at),
            paging: self.paging(at, &parameters),
            parameters,
            pointer: at.clone(),
        }
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
        let same = |a: &Parameter, b: &Parameter| a.name == b.name && a.location == b.location;
        for (i, parameter) in parameters.iter().enumerate() {
            if parameters[..i].iter().any(|other| same(other, parameter)) {
                self.error(
                    &parameter.pointer,
                    format!(
                        "the {} parameter '{}' stands twice",
                        parameter.location, parameter.name
                    ),
                    "remove one of the two",
                );
            }
        }
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
    fn an_operation_without_success_is_told() {
        let text = |responses: &str| {
            format!(
                "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      \
                 responses: {responses}\n"
            )
        };
        for (responses, told) in [
            ("{'404': {description: d}, 5XX: {description: d}}", 1),
            ("{default: {description: d}}", 0),
            ("{'302': {description: d}}", 0),
        ] {
            let files = [("a.yaml", &*Box::leak(text(responses).into_boxed_str()))];
            let files = Files::Bundle(Box::leak(Box::new(files)));
            let contract = build(load(&files, "a.yaml", &[]).unwrap()).unwrap();
            let problems = contract.problems();
            let told_of = |problem: &&Problem| problem.message.contains("describes no success");
            assert_eq!(problems.iter().filter(told_of).count(), told, "{responses}");
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
        assert!(errors("swagger: '1.2'\npaths: {}\n").contains("1.2"));
        assert!(errors("openapi: 4.0.0\npaths: {}\n").contains("4.0.0"));
        assert!(errors("a: 1\n").contains("'openapi'"));
        assert!(errors("[]\n").contains("not an object"));
    }
}
