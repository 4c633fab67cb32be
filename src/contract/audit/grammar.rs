//! The members that the objects of `OpenAPI` have, so that a misspelt promise is not passed over
//! in silence (`OpenAPI` 3.0.3, 3.1.1 and 3.2.0, sections 4.7 and 4.8; 2.0, section "Schema").

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use crate::place::pointer;
use crate::schema::{Cursor, Keyword, Mistake, Takes, mistakes as schema_mistakes};
use crate::spec::{Document, Level, Problem, Version, nearest};

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

/// A member of an object.
#[derive(Debug, Clone, Copy)]
struct Member {
    name: &'static str,
    /// What it holds.
    is: Is,
    /// The version that it came with.
    since: Version,
    /// The last version that needs it.
    needed_until: Option<Version>,
}

/// The objects of `OpenAPI` 3, one a line: each member with what it holds, a list in brackets and
/// a map in braces, and with the version that it came with if it was not always there. A `!` marks
/// what must be there, `!3.0` what must be there until that version.
const OPENAPI: &str = "\
OpenAPI: openapi text, $self text 3.2, info Info !, jsonSchemaDialect text 3.1, servers [Server], \
    paths {Path Item}, webhooks {Path Item} 3.1, components Components, security any, tags [Tag], \
    externalDocs External Documentation
Info: title text !, summary text 3.1, description any, termsOfService text, contact Contact, \
    license License, version text !
Contact: name text, url text, email text
License: name text !, identifier text 3.1, url text
Server: url text !, description text, name text 3.2, variables {Server Variable}
Server Variable: enum texts, default text, description text
Components: schemas {Schema}, responses {Response}, parameters {Parameter}, examples {Example}, \
    requestBodies {Request Body}, headers {Header}, securitySchemes any, links {Link}, \
    callbacks any, pathItems {Path Item} 3.1, mediaTypes {Media Type} 3.2
Path Item: $ref text, summary text, description text, get Operation, put Operation, \
    post Operation, delete Operation, options Operation, head Operation, patch Operation, \
    trace Operation, query Operation 3.2, additionalOperations {Operation} 3.2, servers [Server], \
    parameters [Parameter]
Operation: tags texts, summary text, description text, externalDocs External Documentation, \
    operationId text, parameters [Parameter], requestBody Request Body, responses {Response} !3.0, \
    callbacks any, deprecated flag, security any, servers [Server]
External Documentation: description text, url text !
Parameter: name text, in text, description text, required flag, deprecated flag, \
    allowEmptyValue flag, style text, explode flag, allowReserved flag, schema Schema, \
    example any, examples {Example}, content {Media Type}
Header: description text, required flag, deprecated flag, allowEmptyValue flag, style text, \
    explode flag, allowReserved flag, schema Schema, example any, examples {Example}, \
    content {Media Type}
Request Body: description text, content {Media Type}, required flag
Media Type: schema Schema, itemSchema Schema 3.2, example any, examples {Example}, \
    encoding {Encoding}, prefixEncoding [Encoding] 3.2, itemEncoding Encoding 3.2
Encoding: contentType text, headers {Header}, style text, explode flag, allowReserved flag, \
    encoding {Encoding} 3.2, prefixEncoding [Encoding] 3.2, itemEncoding Encoding 3.2
Response: summary text 3.2, description text !3.1, headers {Header}, content {Media Type}, links {Link}
Example: summary text, description text, value any, externalValue text, dataValue any 3.2, \
    serializedValue text 3.2
Link: operationRef text, operationId text, parameters any, requestBody any, description text, \
    server Server
Tag: name text !, summary text 3.2, description any, externalDocs External Documentation, \
    parent text 3.2, kind text 3.2
Discriminator: propertyName text !, mapping any, defaultMapping text 3.2
XML: name text, namespace text, prefix text, attribute flag, wrapped flag, nodeType text 3.2";

/// The objects of Swagger 2.0.
const SWAGGER: &str = "\
Swagger: swagger text, info Info !, host text, basePath text, schemes texts, consumes texts, \
    produces texts, paths {Path Item}, definitions {Schema}, parameters {Parameter}, \
    responses {Response}, securityDefinitions any, security any, tags [Tag], \
    externalDocs External Documentation
Info: title text !, description any, termsOfService text, contact Contact, license License, \
    version text !
Contact: name text, url text, email text
License: name text !, url text
Path Item: $ref text, get Operation, put Operation, post Operation, delete Operation, \
    options Operation, head Operation, patch Operation, parameters [Parameter]
Operation: tags texts, summary text, description text, externalDocs External Documentation, \
    operationId text, consumes texts, produces texts, parameters [Parameter], \
    responses {Response} !, schemes texts, deprecated flag, security any
External Documentation: description text, url text !
Parameter: name text, in text, description text, required flag, schema Schema, \
    allowEmptyValue flag, type text, format text, items Items, collectionFormat text, default any, maximum any, \
    exclusiveMaximum flag, minimum any, exclusiveMinimum flag, maxLength any, minLength any, \
    pattern text, maxItems any, minItems any, uniqueItems flag, enum any, multipleOf any
Response: description text !, schema Schema, headers {Header}, examples any
Header: description text, type text, format text, items Items, collectionFormat text, default any, maximum any, \
    exclusiveMaximum flag, minimum any, exclusiveMinimum flag, maxLength any, minLength any, \
    pattern text, maxItems any, minItems any, uniqueItems flag, enum any, multipleOf any
Items: type text, format text, items Items, collectionFormat text, default any, maximum any, \
    exclusiveMaximum flag, minimum any, exclusiveMinimum flag, maxLength any, minLength any, \
    pattern text, maxItems any, minItems any, uniqueItems flag, enum any, multipleOf any
Tag: name text !, description any, externalDocs External Documentation
XML: name text, namespace text, prefix text, attribute flag, wrapped flag";

/// Members that no version knows, and members that hold something else than they should, in the
/// document and in the files that it refers to.
pub(in crate::contract) fn mistakes(document: &Document) -> Vec<Problem> {
    let Some(version) = document.version() else {
        return Vec::new();
    };
    let (objects, root, at) = match version {
        Version::V2_0 => (SWAGGER, "Swagger", "0#"),
        _ => (OPENAPI, "OpenAPI", ""),
    };
    let mut grammar = Grammar {
        document,
        version,
        objects: objects.lines().filter_map(object).collect(),
        at: String::new(),
        root: at,
        waiting: vec![(root, at.to_owned())],
        led_to: HashSet::new(),
        level: Level::Error,
        common: BTreeMap::new(),
        problems: Vec::new(),
    };
    while let Some((kind, place)) = grammar.waiting.pop() {
        if let Some(Value::Object(members)) = document.get(&place) {
            grammar.at = place;
            grammar.object(kind, members);
        }
    }
    grammar.report_common();
    grammar.problems
}

/// A line of the table.
fn object(line: &'static str) -> Option<(&'static str, Vec<Member>)> {
    let (name, members) = line.split_once(": ")?;
    Some((name, members.split(", ").filter_map(member).collect()))
}

fn member(text: &'static str) -> Option<Member> {
    let version = |text: &str| match text {
        "3.0" => Some(Version::V3_0),
        "3.1" => Some(Version::V3_1),
        "" | "3.2" => Some(Version::V3_2),
        _ => None,
    };
    let (text, needed_until) = match text.split_once(" !") {
        Some((text, until)) => (text, version(until)),
        None => (text, None),
    };
    let (name, held) = text.split_once(' ')?;
    let (held, since) = match held.rsplit_once(' ') {
        Some((held, number)) if version(number).is_some() => (held, version(number)?),
        _ => (held, Version::V2_0),
    };
    let within = |open, close| held.strip_prefix(open)?.strip_suffix(close);
    let is = match (held, within('[', ']'), within('{', '}')) {
        ("text", ..) => Text,
        ("flag", ..) => Flag,
        ("texts", ..) => Texts,
        ("any", ..) => Any,
        (_, Some(kind), _) => List(kind),
        (_, _, Some(kind)) => Named(kind),
        _ => One(held),
    };
    Some(Member {
        name,
        is,
        since,
        needed_until,
    })
}

struct Grammar<'a> {
    document: &'a Document,
    version: Version,
    objects: HashMap<&'static str, Vec<Member>>,
    at: String,
    /// What the places of the document's own file begin with.
    root: &'static str,
    /// The objects that are still to be checked, each with its kind and place.
    waiting: Vec<(&'static str, String)>,
    /// Places in other files that are targets of references.
    led_to: HashSet<String>,
    /// How bad a value of the wrong kind is where the grammar is now.
    level: Level,
    /// Mistakes that are made in many places, by message and remedy: the first place, and how many
    /// there are.
    common: BTreeMap<(String, String), (String, usize)>,
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
        self.follow(kind, members);
        if kind == "Schema" {
            return self.schema(members);
        }
        if members.contains_key(Keyword::Ref.name()) && kind != "Path Item" {
            return;
        }
        let Some(known) = self.objects.get(kind).cloned() else {
            return;
        };
        for (name, value) in members.iter().filter(|(name, _)| !name.starts_with("x-")) {
            let member = known
                .iter()
                .find(|known| known.name == name && known.since <= self.version);
            self.below(name, |this| match member {
                Some(member) => this.value(member.is, value),
                None => this.unknown(kind, name, &known),
            });
        }
        let version = self.version;
        let missing = known.iter().filter(|member| {
            let is_needed = member.needed_until.is_some_and(|last| version <= last);
            is_needed && member.since <= version && !members.contains_key(member.name)
        });
        for member in missing {
            self.tell(
                Level::Warning,
                format!("the {kind} Object needs `{}`", member.name),
                "add it: the specification requires it".to_owned(),
            );
        }
        let is_in_path = kind == "Parameter" && members.get("in").is_some_and(|at| at == "path");
        let is_required = members.get("required") == Some(&Value::Bool(true));
        if is_in_path && !is_required {
            self.tell(
                Level::Warning,
                "a parameter in the path needs `required: true`".to_owned(),
                "add it: the path is not complete without a value".to_owned(),
            );
        }
    }

    /// Reports each mistake that is made in many places once.
    fn report_common(&mut self) {
        for ((message, remedy), (place, count)) in std::mem::take(&mut self.common) {
            let message = match count {
                1 => message,
                count => format!("{message} ({count} times)"),
            };
            let problem = self
                .document
                .problem(Level::Warning, &place, message, remedy);
            self.problems.push(problem);
        }
    }

    /// Records the target of a reference in another file.
    fn follow(&mut self, kind: &'static str, members: &Map<String, Value>) {
        let reference = members.get(Keyword::Ref.name()).and_then(Value::as_str);
        let place = reference.map(|reference| self.document.reference(&self.at, reference));
        let Some(Ok(place)) = place else { return };
        let at = place.strip_prefix(self.root);
        let is_own = at.is_some_and(|at| at.is_empty() || at.starts_with('/'));
        if !is_own && self.led_to.insert(place.clone()) {
            self.waiting.push((kind, place));
        }
    }

    fn unknown(&mut self, kind: &str, name: &str, known: &[Member]) {
        let later = known.iter().any(|known| known.name == name);
        let names = || {
            let now = known.iter().filter(|known| known.since <= self.version);
            now.map(|known| known.name)
        };
        let near = nearest(name, names()).or_else(|| nearest(&name.to_lowercase(), names()));
        let remedy = match near {
            _ if later => {
                "a later version of OpenAPI added it: raise the version of the document".to_owned()
            }
            Some(question) => question,
            None => "remove it, or begin its name with `x-`".to_owned(),
        };
        self.tell(
            Level::Warning,
            format!("`{name}` is not a member of the {kind} Object in this version"),
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
                    Text => "a string",
                    Flag => "true or false",
                    Texts => "a list of strings",
                    List(_) => "a list of objects",
                    Any | One(_) | Named(_) => "an object",
                };
                self.tell(
                    self.level,
                    format!("this must be {expected}"),
                    "correct the value; check its quotes".to_owned(),
                );
            }
        }
    }

    /// A schema is judged where it is compiled; here only what compiling passes over.
    fn schema(&mut self, members: &Map<String, Value>) {
        let document = self.document;
        if let Some(schema) = Cursor::at(document, &self.at) {
            for mistake in schema_mistakes(&schema) {
                self.mistake(mistake);
            }
        }
        if members.contains_key(Keyword::Ref.name()) && !self.version.has_json_schema() {
            return;
        }
        if let Some(Value::Array(names)) = members.get(Keyword::Required.name()) {
            let twice = |(i, name): (usize, &Value)| names[..i].contains(name);
            if names.iter().enumerate().any(twice) {
                self.below(Keyword::Required.name(), |this| {
                    this.tell(
                        Level::Error,
                        "a name occurs twice in `required`".to_owned(),
                        "remove one of the two".to_owned(),
                    );
                });
            }
        }
        for (name, value) in members {
            let known = Keyword::of(name);
            let Some(keyword) = known.filter(|known| known.editions().have(self.version)) else {
                continue;
            };
            let object = match keyword {
                Keyword::Xml => Some("XML"),
                Keyword::ExternalDocs => Some("External Documentation"),
                Keyword::Discriminator => Some("Discriminator"),
                _ => None,
            };
            self.below(name, |this| match (keyword.takes(), value) {
                (Takes::Flag, value) => this.value(Flag, value),
                (Takes::SchemaMap, value) => this.value(Named("Schema"), value),
                (Takes::Schemas, value) => this.value(List("Schema"), value),
                (Takes::SchemaOrFlag, Value::Bool(_)) => {}
                (Takes::Schema | Takes::SchemaOrFlag, value) => this.value(One("Schema"), value),
                (_, Value::Object(members)) => {
                    if let Some(kind) = object {
                        let level = std::mem::replace(&mut this.level, Level::Warning);
                        this.object(kind, members);
                        this.level = level;
                    }
                }
                _ => {}
            });
        }
    }

    fn mistake(&mut self, mistake: Mistake) {
        let place = match &mistake.keyword {
            Some(keyword) => pointer::join(&self.at, keyword),
            None => self.at.clone(),
        };
        if mistake.is_common {
            let key = (mistake.message, mistake.remedy);
            self.common.entry(key).or_insert((place, 0)).1 += 1;
        } else {
            let (message, remedy) = (mistake.message, mistake.remedy);
            let problem = self
                .document
                .problem(Level::Warning, &place, message, remedy);
            self.problems.push(problem);
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
    fn unknown_members_are_reported() {
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

    fn told(files: &'static [(&str, &str)]) -> Vec<String> {
        let document = load(&Files::Bundle(files), "a.yaml", &[]).unwrap();
        let problems = mistakes(&document).into_iter();
        let line = |p: &Problem| format!("{}:{}", p.place.file, p.place.line.unwrap_or_default());
        problems.map(|p| line(&p)).collect()
    }

    /// The mistakes in a schema that is a property, in a document of some version.
    fn of_schema(version: &str, schema: &str) -> Vec<String> {
        let text = format!(
            "openapi: {version}\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    \
             base: {{type: object, properties: {{a: {{type: string}}}}, additionalProperties: false}}\n    \
             it: {{type: object, properties: {{p: {schema}}}}}\n"
        );
        let text: &'static str = Box::leak(text.into_boxed_str());
        let files: &'static [(&str, &str)] = Box::leak(Box::new([("a.yaml", text)]));
        let document = load(&Files::Bundle(files), "a.yaml", &[]).unwrap();
        let problems = mistakes(&document).into_iter();
        problems
            .inspect(|problem| {
                assert_eq!(problem.level, Level::Warning, "{problem}");
                assert!(!problem.remedy.is_empty(), "{problem}");
                let place = &problem.place.pointer;
                assert!(
                    place.starts_with("/components/schemas/it/properties/p"),
                    "{place}"
                );
            })
            .map(|problem| format!("{}; {}", problem.message, problem.remedy))
            .collect()
    }

    /// Versions, schemas, and a part of what is reported of each.
    const IN_VAIN: &[(&str, &str, &str)] = &[
        (
            "3.0.3",
            "{type: number, exclusiveMinimum: 1}",
            "write `minimum: 1` and `exclusiveMinimum: true`",
        ),
        (
            "3.0.3",
            "{type: string, const: x}",
            "`const` is not a keyword of schemas in OpenAPI 3.0; it is ignored; write `enum: [\"x\"]`",
        ),
        (
            "3.0.3",
            "{type: object, patternProperties: {}}",
            "OpenAPI 3.1 added it",
        ),
        (
            "3.0.3",
            "{type: [string, 'null']}",
            "one type before OpenAPI 3.1",
        ),
        ("3.0.3", "{type: string, examples: [a]}", "write `example`"),
        (
            "3.0.3",
            "{type: string, required: true}",
            "the `required` of the schema around it",
        ),
        (
            "3.0.3",
            "{type: string, maxlength: 2}",
            "did you mean 'maxLength'?",
        ),
        (
            "3.1.0",
            "{type: string, maxlength: 2}",
            "did you mean 'maxLength'?",
        ),
        (
            "3.1.0",
            "{type: object, propertes: {}}",
            "did you mean 'properties'?",
        ),
        (
            "3.1.0",
            "{type: string, nullable: true}",
            "write a list of types",
        ),
        (
            "3.1.0",
            "{$ref: '#/components/schemas/base', definitions: {}}",
            "write `$defs`",
        ),
        (
            "3.0.3",
            "{$ref: '#/components/schemas/base', nullable: true}",
            "`nullable` beside `$ref` is ignored",
        ),
        (
            "3.0.3",
            "{oneOf: [{type: string}], discriminator: {propertyName: k, mappings: {}}}",
            "did you mean 'mapping'?",
        ),
        (
            "3.0.3",
            "{oneOf: [{type: string}], discriminator: {mapping: {}}}",
            "the Discriminator Object needs `propertyName`",
        ),
        (
            "3.0.3",
            "{oneOf: [{type: string}], discriminator: k}",
            "`discriminator` is an object since OpenAPI 3.0",
        ),
        (
            "3.0.3",
            "{type: string, xml: {nam: a}}",
            "did you mean 'name'?",
        ),
        (
            "3.0.3",
            "{type: string, format: 3}",
            "`format` must be a string",
        ),
        ("3.0.3", "{type: array}", "an array needs `items`"),
        (
            "3.0.3",
            "{type: string, minLength: 3, maxLength: 2}",
            "`minLength` is 3 and `maxLength` is 2",
        ),
        (
            "3.0.3",
            "{type: integer, minimum: 3, maximum: 3, exclusiveMaximum: true}",
            "so no value is valid",
        ),
        (
            "3.0.3",
            "{allOf: [{type: string, minLength: 3}, {maxLength: 2}]}",
            "`minLength` is 3 and `maxLength` is 2",
        ),
        (
            "3.0.3",
            "{type: integer, enum: [1, a]}",
            "\"a\" in `enum` is not of type integer",
        ),
        (
            "3.0.3",
            "{allOf: [{type: string}, {type: integer}]}",
            "the types that `allOf` joins exclude each other",
        ),
        (
            "3.0.3",
            "{allOf: [{$ref: '#/components/schemas/base'}, {required: [b]}]}",
            "the property `b` is required",
        ),
    ];

    #[test]
    fn what_a_schema_says_in_vain_is_reported() {
        for (version, schema, parts) in IN_VAIN {
            let found = of_schema(version, schema);
            assert_eq!(found.len(), 1, "{version} {schema}: {found:?}");
            assert!(found[0].contains(parts), "{version} {schema}: {found:?}");
        }
    }

    #[test]
    fn schemas_without_a_mistake_are_silent() {
        for (version, schema) in [
            (
                "3.0.3",
                "{type: number, minimum: 1, exclusiveMinimum: true, x-any: 1}",
            ),
            (
                "3.0.3",
                "{$ref: '#/components/schemas/base', description: d}",
            ),
            ("3.0.3", "{type: string, nullable: true, enum: [a, null]}"),
            (
                "3.0.3",
                "{type: array, items: {}, minItems: 2, maxItems: 2}",
            ),
            (
                "3.0.3",
                "{allOf: [{$ref: '#/components/schemas/base'}, {required: [a]}]}",
            ),
            (
                "3.0.3",
                "{type: object, properties: {maxlength: {type: string}}}",
            ),
            (
                "3.0.3",
                "{type: object, example: {const: 1}, default: {maxlength: 1}}",
            ),
            (
                "3.1.0",
                "{type: [string, 'null'], const: a, examples: [a], rank: 1, custom: {}}",
            ),
            (
                "3.1.0",
                "{type: number, exclusiveMinimum: 1, maximum: 1.5, enum: [1.2]}",
            ),
            (
                "3.1.0",
                "{type: array, if: {minItems: 1}, then: {contains: {type: string}}}",
            ),
            (
                "3.1.0",
                "{oneOf: [{maxLength: 2}, {minLength: 3}], type: string}",
            ),
        ] {
            assert_eq!(
                of_schema(version, schema),
                Vec::<String>::new(),
                "{version} {schema}"
            );
        }
    }

    #[test]
    fn what_many_schemas_do_is_reported_once() {
        let found = of_schema("3.0.3", "{properties: {a: {const: 1}, b: {const: 1}}}");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("(2 times)"), "{found:?}");
    }

    #[test]
    fn members_that_the_specification_demands_are_missed() {
        let text = "openapi: 3.0.3\ninfo: {license: {}}\ntags: [{}]\npaths:\n  /a/{b}:\n    get:\n      \
                    parameters: [{name: b, in: path, schema: {type: string}}]\n      \
                    responses: {'200': {}}\n";
        let files: &'static [(&str, &str)] = Box::leak(Box::new([("a.yaml", text)]));
        let document = load(&Files::Bundle(files), "a.yaml", &[]).unwrap();
        let mut told: Vec<String> = mistakes(&document).into_iter().map(|p| p.message).collect();
        told.sort();
        assert_eq!(
            told,
            [
                "a parameter in the path needs `required: true`",
                "the Info Object needs `title`",
                "the Info Object needs `version`",
                "the License Object needs `name`",
                "the Response Object needs `description`",
                "the Tag Object needs `name`",
            ]
        );
    }

    #[test]
    fn other_files_are_read_as_what_leads_there() {
        let root = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /a: {$ref: 'b.yaml#/item'}\n  /b: {$ref: 'b.yaml#/item'}\n";
        let other = "item:\n  gett: {}\n  post: {responses: {'200': {$ref: 'c.yaml'}}}\n\
                     unused: {gett: 1}\n";
        let last = "description: d\ndescriptions: d\ncontent: {a/b: {schema: {$ref: '#/deep'}}}\n\
                    deep: {properties: {a: {readOnly: 'yes'}}}\n";
        let files = [("a.yaml", root), ("b.yaml", other), ("c.yaml", last)];
        assert_eq!(
            told(Box::leak(Box::new(files))),
            ["b.yaml:2", "c.yaml:2", "c.yaml:4", "c.yaml:4"]
        );
    }

    #[test]
    fn swagger_has_members_of_its_own() {
        let text = "swagger: '2.0'\ninfo: {title: t, version: 1}\nservers: []\npaths:\n  /a:\n    \
                    get:\n      parameters:\n      - {name: a, in: query, typo: x, items: {style: form}}\n      \
                    responses: {'200': {description: d, headers: {A: {type: [string]}}}}\n";
        assert_eq!(
            told(Box::leak(Box::new([("a.yaml", text)]))),
            ["a.yaml:2", "a.yaml:3", "a.yaml:8", "a.yaml:8", "a.yaml:9"]
        );
    }

    #[test]
    fn every_kind_of_the_tables_is_described() {
        for table in [OPENAPI, SWAGGER] {
            let objects: HashMap<_, _> = table.lines().filter_map(object).collect();
            for member in objects.values().flatten() {
                if let One(kind) | List(kind) | Named(kind) = &member.is {
                    assert!(*kind == "Schema" || objects.contains_key(kind), "{kind}");
                }
            }
        }
    }
}
