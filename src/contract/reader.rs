//! Reads the parts of a document. Everything that cannot be used is a problem with its place.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::spec::{Document, Level, LoadError, Problem};

/// A document that is being read, and what was noticed in it.
pub(super) struct Reader<'a> {
    pub(super) document: &'a Document,
    pub(super) problems: Vec<Problem>,
    /// Places of references whose missing targets have been reported.
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

    /// The place of a schema after following references without other members beside them.
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
    pub(super) fn names(&mut self, place: &str, what: &str) -> Option<Vec<&'a str>> {
        let names = self.document.names(place);
        if names.is_none() {
            self.object(place, what);
        }
        names
    }
}
