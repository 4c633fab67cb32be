//! The members that the objects of `OpenAPI` have, so that a misspelt promise is not passed over
//! in silence (`OpenAPI` 3.0.3, 3.1.1 and 3.2.0, sections 4.7 and 4.8).

use serde_json::{Map, Value};

use crate::spec::{Document, Level, Problem, Version, nearest};
use crate::wire::pointer;

/// What a member holds.
#[derive(Debug, Clone, Copy)]
enum Is {
    /// A text.
    Text,
    /// True or false.
    Flag,
    /// Texts.
    Texts,
    /// Whatever: data, or what is read with more care elsewhere.
    Any,
    /// An object of this kind.
    One(&'static str),
    /// Objects of this kind, in a list.
    List(&'static str),
    /// Objects of this kind, by names of the author's.
    Map(&'static str),
}

use Is::{Any, Flag, List, Map as Named, One, Text, Texts};

/// A member of an object, what it holds, and the version that it came with.
type Member = (&'static str, Is, Version);

const OLD: Version = Version::V3_0;
const NEW: Version = Version::V3_1;
const NEWEST: Version = Version::V3_2;

const OBJECTS: &[(&str, &[Member])] = &[
    (
        "OpenAPI",
        &[
            ("openapi", Text, OLD),
            ("$self", Text, NEWEST),
            ("info", One("Info"), OLD),
            ("jsonSchemaDialect", Text, NEW),
            ("servers", List("Server"), OLD),
            ("paths", Named("Path Item"), OLD),
            ("webhooks", Named("Path Item"), NEW),
            ("components", One("Components"), OLD),
            ("security", Any, OLD),
            ("tags", List("Tag"), OLD),
            ("externalDocs", One("External Documentation"), OLD),
        ],
    ),
    (
        "Info",
        &[
            ("title", Text, OLD),
            ("summary", Text, NEW),
            ("description", Any, OLD),
            ("termsOfService", Text, OLD),
            ("contact", One("Contact"), OLD),
            ("license", One("License"), OLD),
            ("version", Text, OLD),
        ],
    ),
    (
        "Contact",
        &[
            ("name", Text, OLD),
            ("url", Text, OLD),
            ("email", Text, OLD),
        ],
    ),
    (
        "License",
        &[
            ("name", Text, OLD),
            ("identifier", Text, NEW),
            ("url", Text, OLD),
        ],
    ),
    (
        "Server",
        &[
            ("url", Text, OLD),
            ("description", Text, OLD),
            ("name", Text, NEWEST),
            ("variables", Named("Server Variable"), OLD),
        ],
    ),
    (
        "Server Variable",
        &[
            ("enum", Texts, OLD),
            ("default", Text, OLD),
            ("description", Text, OLD),
        ],
    ),
    (
        "Components",
        &[
            ("schemas", Named("Schema"), OLD),
            ("responses", Named("Response"), OLD),
            ("parameters", Named("Parameter"), OLD),
            ("examples", Named("Example"), OLD),
            ("requestBodies", Named("Request Body"), OLD),
            ("headers", Named("Header"), OLD),
            ("securitySchemes", Any, OLD),
            ("links", Named("Link"), OLD),
            ("callbacks", Any, OLD),
            ("pathItems", Named("Path Item"), NEW),
            ("mediaTypes", Named("Media Type"), NEWEST),
        ],
    ),
    (
        "Path Item",
        &[
            ("$ref", Text, OLD),
            ("summary", Text, OLD),
            ("description", Text, OLD),
            ("get", One("Operation"), OLD),
            ("put", One("Operation"), OLD),
            ("post", One("Operation"), OLD),
            ("delete", One("Operation"), OLD),
            ("options", One("Operation"), OLD),
            ("head", One("Operation"), OLD),
            ("patch", One("Operation"), OLD),
            ("trace", One("Operation"), OLD),
            ("query", One("Operation"), NEWEST),
            ("additionalOperations", Named("Operation"), NEWEST),
            ("servers", List("Server"), OLD),
            ("parameters", List("Parameter"), OLD),
        ],
    ),
    (
        "Operation",
        &[
            ("tags", Texts, OLD),
            ("summary", Text, OLD),
            ("description", Text, OLD),
            ("externalDocs", One("External Documentation"), OLD),
            ("operationId", Text, OLD),
            ("parameters", List("Parameter"), OLD),
            ("requestBody", One("Request Body"), OLD),
            ("responses", Named("Response"), OLD),
            ("callbacks", Any, OLD),
            ("deprecated", Flag, OLD),
            ("security", Any, OLD),
            ("servers", List("Server"), OLD),
        ],
    ),
    (
        "External Documentation",
        &[("description", Text, OLD), ("url", Text, OLD)],
    ),
    (
        "Parameter",
        &[
            ("name", Text, OLD),
            ("in", Text, OLD),
            ("description", Text, OLD),
            ("required", Flag, OLD),
            ("deprecated", Flag, OLD),
            ("allowEmptyValue", Flag, OLD),
            ("style", Text, OLD),
            ("explode", Flag, OLD),
            ("allowReserved", Flag, OLD),
            ("schema", One("Schema"), OLD),
            ("example", Any, OLD),
            ("examples", Named("Example"), OLD),
            ("content", Named("Media Type"), OLD),
        ],
    ),
    (
        "Header",
        &[
            ("description", Text, OLD),
            ("required", Flag, OLD),
            ("deprecated", Flag, OLD),
            ("allowEmptyValue", Flag, OLD),
            ("style", Text, OLD),
            ("explode", Flag, OLD),
            ("allowReserved", Flag, OLD),
            ("schema", One("Schema"), OLD),
            ("example", Any, OLD),
            ("examples", Named("Example"), OLD),
            ("content", Named("Media Type"), OLD),
        ],
    ),
    (
        "Request Body",
        &[
            ("description", Text, OLD),
            ("content", Named("Media Type"), OLD),
            ("required", Flag, OLD),
        ],
    ),
    (
        "Media Type",
        &[
            ("schema", One("Schema"), OLD),
            ("itemSchema", One("Schema"), NEWEST),
            ("example", Any, OLD),
            ("examples", Named("Example"), OLD),
            ("encoding", Named("Encoding"), OLD),
            ("prefixEncoding", List("Encoding"), NEWEST),
            ("itemEncoding", One("Encoding"), NEWEST),
        ],
    ),
    (
        "Encoding",
        &[
            ("contentType", Text, OLD),
            ("headers", Named("Header"), OLD),
            ("style", Text, OLD),
            ("explode", Flag, OLD),
            ("allowReserved", Flag, OLD),
            ("encoding", Named("Encoding"), NEWEST),
            ("prefixEncoding", List("Encoding"), NEWEST),
            ("itemEncoding", One("Encoding"), NEWEST),
        ],
    ),
    (
        "Response",
        &[
            ("summary", Text, NEWEST),
            ("description", Text, OLD),
            ("headers", Named("Header"), OLD),
            ("content", Named("Media Type"), OLD),
            ("links", Named("Link"), OLD),
        ],
    ),
    (
        "Example",
        &[
            ("summary", Text, OLD),
            ("description", Text, OLD),
            ("value", Any, OLD),
            ("externalValue", Text, OLD),
            ("dataValue", Any, NEWEST),
            ("serializedValue", Text, NEWEST),
        ],
    ),
    (
        "Link",
        &[
            ("operationRef", Text, OLD),
            ("operationId", Text, OLD),
            ("parameters", Any, OLD),
            ("requestBody", Any, OLD),
            ("description", Text, OLD),
            ("server", One("Server"), OLD),
        ],
    ),
    (
        "Tag",
        &[
            ("name", Text, OLD),
            ("summary", Text, NEWEST),
            ("description", Any, OLD),
            ("externalDocs", One("External Documentation"), OLD),
            ("parent", Text, NEWEST),
            ("kind", Text, NEWEST),
        ],
    ),
];

/// Members of a schema that are true or false in every version.
const SCHEMA_FLAGS: [&str; 5] = [
    "nullable",
    "readOnly",
    "writeOnly",
    "deprecated",
    "uniqueItems",
];

/// Members that no version knows, and members that hold something else than they should. A
/// Swagger 2.0 document is read by its own rules, which tell of its mistakes.
pub(super) fn mistakes(document: &Document) -> Vec<Problem> {
    let Some(version) = document.version().filter(|version| *version >= OLD) else {
        return Vec::new();
    };
    let mut grammar = Grammar {
        document,
        version,
        at: String::new(),
        problems: Vec::new(),
    };
    if let Value::Object(root) = document.root() {
        grammar.object("OpenAPI", root);
    }
    grammar.problems
}

struct Grammar<'a> {
    document: &'a Document,
    version: Version,
    at: String,
    problems: Vec<Problem>,
}

impl Grammar<'_> {
    fn tell(&mut self, level: Level, message: String, remedy: String) {
        let problem = self.document.problem(level, &self.at, message, remedy);
        self.problems.push(problem);
    }

    /// Does something at a place one step below.
    fn below(&mut self, token: &str, act: impl FnOnce(&mut Self)) {
        let length = self.at.len();
        pointer::push(&mut self.at, token);
        act(self);
        self.at.truncate(length);
    }

    fn object(&mut self, kind: &'static str, members: &Map<String, Value>) {
        if kind == "Schema" {
            return self.schema(members);
        }
        if members.contains_key("$ref") && kind != "Path Item" {
            return;
        }
        let Some((_, known)) = OBJECTS.iter().find(|(name, _)| *name == kind) else {
            return;
        };
        for (name, value) in members.iter().filter(|(name, _)| !name.starts_with("x-")) {
            let member = known
                .iter()
                .find(|(known, _, since)| known == name && *since <= self.version);
            self.below(name, |this| match member {
                Some((_, is, _)) => this.value(*is, value),
                None => this.unknown(kind, name, known),
            });
        }
    }

    fn unknown(&mut self, kind: &str, name: &str, known: &[Member]) {
        let later = known.iter().any(|(known, _, _)| *known == name);
        let names = || {
            let now = known.iter().filter(|(_, _, since)| *since <= self.version);
            now.map(|(name, _, _)| *name)
        };
        let near = nearest(name, names()).or_else(|| nearest(&name.to_lowercase(), names()));
        let remedy = match near {
            _ if later => "it came with a later version: raise that of the document".to_owned(),
            Some(question) => question,
            None => "remove it, or let its name begin with x-".to_owned(),
        };
        self.tell(
            Level::Warning,
            format!("'{name}' is no member of the {kind} Object of this version"),
            remedy,
        );
    }

    fn value(&mut self, is: Is, value: &Value) {
        match (is, value) {
            (Any, _) | (Text, Value::String(_)) | (Flag, Value::Bool(_)) => {}
            (Texts, Value::Array(items)) if items.iter().all(Value::is_string) => {}
            (One(kind), Value::Object(members)) => self.object(kind, members),
            (One("Schema"), Value::Bool(_)) if self.version.has_json_schema() => {}
            (List(kind), Value::Array(items)) => {
                for (i, item) in items.iter().enumerate() {
                    self.below(&i.to_string(), |this| this.value(One(kind), item));
                }
            }
            (Named(kind), Value::Object(members)) => {
                for (name, value) in members.iter().filter(|(name, _)| !name.starts_with("x-")) {
                    self.below(name, |this| this.value(One(kind), value));
                }
            }
            (is, _) => {
                let expected = match is {
                    Text => "a text",
                    Flag => "true or false",
                    Texts => "a list of texts",
                    List(_) => "a list of objects",
                    Any | One(_) | Named(_) => "an object",
                };
                self.tell(
                    Level::Error,
                    format!("this must be {expected}"),
                    "correct the value; mind the quotes".to_owned(),
                );
            }
        }
    }

    /// A schema is judged where it is compiled; here only what compiling passes over.
    fn schema(&mut self, members: &Map<String, Value>) {
        if members.contains_key("$ref") && !self.version.has_json_schema() {
            return;
        }
        for flag in SCHEMA_FLAGS {
            if let Some(value) = members.get(flag) {
                self.below(flag, |this| this.value(Flag, value));
            }
        }
        if let Some(Value::Array(names)) = members.get("required") {
            let twice = |(i, name): (usize, &Value)| names[..i].contains(name);
            if names.iter().enumerate().any(twice) {
                self.below("required", |this| {
                    this.tell(
                        Level::Error,
                        "a name stands twice in 'required'".to_owned(),
                        "remove one of the two".to_owned(),
                    );
                });
            }
        }
        for (keyword, value) in members {
            match keyword.as_str() {
                "properties" | "patternProperties" | "$defs" | "dependentSchemas" => {
                    self.below(keyword, |this| this.value(Named("Schema"), value));
                }
                "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                    self.below(keyword, |this| this.value(List("Schema"), value));
                }
                "items" | "not" | "if" | "then" | "else" | "contains" => {
                    self.below(keyword, |this| this.value(One("Schema"), value));
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Files, load};

    const TEXT: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1', summary: s}\npaths:\n  /a:\n    \
         GET: {}\n    get:\n      deprecated: 'true'\n      responses:\n        '200':\n          \
         description: d\n          contents: {}\n          x-any: 1\ncomponents:\n  schemas:\n    a:\n      \
         required: [b, b]\n      properties:\n        b: {nullable: 1}\n";

    #[test]
    fn what_no_version_knows_is_told() {
        let files: &'static [(&str, &str)] = Box::leak(Box::new([("a.yaml", TEXT)]));
        let document = load(&Files::Bundle(files), "a.yaml", &[]).unwrap();
        let problems = mistakes(&document);
        let lines: Vec<_> = problems.iter().map(|p| (p.place.line, p.level)).collect();
        assert_eq!(
            lines,
            [
                (Some(2), Level::Warning),
                (Some(5), Level::Warning),
                (Some(7), Level::Error),
                (Some(11), Level::Warning),
                (Some(16), Level::Error),
                (Some(18), Level::Error),
            ]
        );
        assert!(problems[1].remedy.contains("'get'"), "{}", problems[1]);
        assert!(problems[3].remedy.contains("'content'"), "{}", problems[3]);
    }
}
