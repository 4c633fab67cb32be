//! Compiled schemas. This is the only file that knows the jsonschema crate.

use std::collections::{HashMap, HashSet};

use jsonschema::error::{TypeKind, ValidationErrorKind as K};
use jsonschema::{Draft, PatternOptions, ValidationError};
use serde_json::{Map, Value, json};

use super::max_bytes::{self, MaxBytes};
use super::{circle, format};
use crate::spec::{Direction, Document, LoadError, Problem, Reached, translate};
use crate::wire::pointer;

/// How far a regular expression may go back before it counts as runaway.
const BACKTRACK_LIMIT: usize = 100_000;

/// Most violations that are told of one value.
const MOST_VIOLATIONS: usize = 1000;

/// The schemas that stand at some places of a document, compiled together: a schema that many of
/// them reach is compiled once.
#[derive(Debug)]
pub struct Validators {
    compiled: jsonschema::Validator,
    slots: HashMap<(String, Direction), usize>,
    /// The keywords that places come from which the document does not have.
    moved: HashMap<String, String>,
    circles: Vec<String>,
    /// The translated schemas by name.
    definitions: Map<String, Value>,
}

/// One way in which a value breaks a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The JSON Schema keyword.
    pub keyword: String,
    /// JSON pointer in the value.
    pub instance: String,
    /// JSON pointer of the keyword in the document.
    pub schema: String,
    /// What was promised.
    pub expected: String,
    /// The property that is missing or too much, for `required` and `additionalProperties`.
    pub property: Option<String>,
}

impl Validators {
    /// Compiles the schemas at these places. References are followed as far as they lead.
    ///
    /// # Errors
    /// When a schema is malformed: a pattern that is no regular expression, an unknown type.
    pub fn compile(
        document: &Document,
        places: impl IntoIterator<Item = (String, Direction)>,
    ) -> Result<Self, LoadError> {
        let mut store = Store::new(document);
        let mut slots = HashMap::new();
        let mut properties = Map::new();
        for key in places {
            let next = slots.len();
            let slot = *slots.entry(key.clone()).or_insert(next);
            if slot == next {
                let reference = store.link(&key.0, key.1, Reached::Whole);
                properties.insert(slot.to_string(), json!({ "$ref": reference }));
            }
        }
        store.translate();
        let mut problems = document.faults();
        problems.extend(store.problems);
        if !problems.is_empty() {
            return Err(LoadError { problems });
        }
        let opened = circle::open(&mut store.definitions, target);
        if let Some(name) = opened.endless.first() {
            return Err(LoadError::new(
                document.place(&name[1..]),
                "by this schema no value is judged in sensible time: too many schemas reach each \
                 other through allOf and the like",
                "join the schemas that say the same",
            ));
        }
        let circles = opened.circles.into_iter();
        let circles = circles
            .map(|(name, at)| original(format!("{}{at}", &name[1..]), &store.moved))
            .collect();
        let mut root = json!({ "properties": properties, "$defs": store.definitions });
        let moved = store.moved;
        let compiled = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_base_uri(BASE)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .with_keyword(max_bytes::KEYWORD, |_, limit, _| {
                Ok(Box::new(MaxBytes::new(limit)))
            })
            .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT));
        let compiled = format::CHECKED
            .iter()
            .fold(compiled, |options, (name, check)| {
                options.with_format(*name, *check)
            })
            .build(&root)
            .map_err(|e| {
                let place = place_of(&e, &moved)
                    .unwrap_or_else(|| source(&e.instance_path().to_string(), &moved));
                LoadError::new(
                    document.place(&place),
                    format!("the schema cannot be used: {e}"),
                    "correct the schema (JSON Schema 2020-12, or the dialect of the document's \
                     version)",
                )
            })?;
        Ok(Self {
            compiled,
            slots,
            moved,
            circles,
            definitions: match root["$defs"].take() {
                Value::Object(definitions) => definitions,
                _ => Map::new(),
            },
        })
    }

    /// The schema at a place as it was compiled: JSON Schema 2020-12.
    pub fn schema(&self, place: &str, direction: Direction) -> Option<&Value> {
        let key = (place.to_owned(), direction, Reached::Whole);
        self.definitions.get(&name(&key))
    }

    /// The schema that a `$ref` of a compiled schema leads to, and its place in the document.
    pub fn referred(&self, reference: &str) -> Option<(&Value, String)> {
        let name = target(reference)?;
        let schema = self.definitions.get(&name)?;
        let (uri, fragment) = reference.split_once('#')?;
        let below = if uri.is_empty() {
            String::new()
        } else {
            decoded(fragment)
        };
        Some((schema.pointer(&below)?, format!("{}{below}", &name[1..])))
    }

    /// Places of references that lead a schema back to itself, at the same value. They are taken
    /// as if they were not there.
    pub fn circles(&self) -> &[String] {
        &self.circles
    }

    /// Whether the schema at this place was compiled.
    pub fn knows(&self, place: &str, direction: Direction) -> bool {
        self.slots.contains_key(&(place.to_owned(), direction))
    }

    /// All ways in which a value breaks the schema at a place; none if that schema was not
    /// compiled. The value comes back unchanged.
    pub fn violations(
        &self,
        place: &str,
        direction: Direction,
        value: &mut Value,
    ) -> Vec<Violation> {
        let Some(slot) = self.slots.get(&(place.to_owned(), direction)) else {
            return Vec::new();
        };
        let slot = slot.to_string();
        let mut members = Map::new();
        members.insert(slot.clone(), value.take());
        let mut wrapped = Value::Object(members);
        let violations = if self.compiled.is_valid(&wrapped) {
            Vec::new()
        } else {
            let prefix = format!("/{slot}");
            self.compiled
                .iter_errors(&wrapped)
                .flat_map(|error| self.violation(&error, &prefix))
                .take(MOST_VIOLATIONS)
                .collect()
        };
        if let Some(unchanged) = wrapped.get_mut(&slot) {
            *value = unchanged.take();
        }
        violations
    }

    /// Whether a value keeps the schema at a place.
    pub fn is_valid(&self, place: &str, direction: Direction, value: &Value) -> bool {
        let Some(slot) = self.slots.get(&(place.to_owned(), direction)) else {
            return true;
        };
        let slot = slot.to_string();
        let wrapped = json!({ slot.as_str(): value });
        self.compiled.is_valid(&wrapped)
            || self
                .compiled
                .iter_errors(&wrapped)
                .all(|error| self.violation(&error, "").is_empty())
    }
}

/// Base URI of the compiled schemas; errors name their places below it.
const BASE: &str = "trueup:///contract";

/// The schemas that are compiled together, each under a name that tells its place.
struct Store<'a> {
    document: &'a Document,
    definitions: Map<String, Value>,
    waiting: Vec<Key>,
    known: HashSet<Key>,
    moved: HashMap<String, String>,
    problems: Vec<Problem>,
}

/// What is translated by itself.
type Key = (String, Direction, Reached);

impl<'a> Store<'a> {
    fn new(document: &'a Document) -> Self {
        Self {
            document,
            definitions: Map::new(),
            waiting: Vec::new(),
            known: HashSet::new(),
            moved: HashMap::new(),
            problems: Vec::new(),
        }
    }

    /// The reference to the schema at a place, which is translated later.
    fn link(&mut self, place: &str, direction: Direction, reached: Reached) -> String {
        // Anchors mean something within their schema resource only, so that stays in one piece.
        let (definition, below) = match self.document.schema_resource(place) {
            Some(resource) => (resource.clone(), place[resource.len()..].to_owned()),
            None => (place.to_owned(), String::new()),
        };
        let has_discriminator = || {
            let schema = self.document.get(&definition);
            schema.is_some_and(|schema| schema.get("discriminator").is_some())
        };
        let reached = match reached {
            Reached::AsBase if below.is_empty() && has_discriminator() => Reached::AsBase,
            _ => Reached::Whole,
        };
        let key = (definition, direction, reached);
        let name = name(&key);
        if !self.known.contains(&key) {
            self.known.insert(key.clone());
            self.waiting.push(key.clone());
        }
        if self.is_resource(&key.0) {
            format!("{}#{}", uri(&name), encoded(&below))
        } else {
            format!("#{}", encoded(&pointer::join("/$defs", &name)))
        }
    }

    fn is_resource(&self, place: &str) -> bool {
        self.document.schema_resource(place).as_deref() == Some(place)
    }

    /// Translates all that is linked, and all that this links.
    fn translate(&mut self) {
        let document = self.document;
        while let Some(key) = self.waiting.pop() {
            let (place, direction, reached) = &key;
            let is_inside = self.is_resource(place);
            let translation = translate(document, place, *direction, *reached, &mut |to, how| {
                let reference = self.link(to, *direction, how);
                // A fragment alone would mean a place within that resource.
                match reference.strip_prefix('#') {
                    Some(fragment) if is_inside => format!("{BASE}#{fragment}"),
                    _ => reference,
                }
            });
            let name = name(&key);
            let mut schema = translation.schema;
            if let Value::Object(members) = &mut schema
                && is_inside
            {
                members.insert("$id".to_owned(), Value::from(uri(&name)));
            }
            self.moved.extend(translation.moved);
            self.problems.extend(translation.problems);
            self.definitions.insert(name, schema);
        }
    }
}

/// The name of a definition: one sign for how it is used, then its place.
fn name((place, direction, reached): &Key) -> String {
    let sign = match (direction, reached) {
        (Direction::Request, Reached::Whole) => '>',
        (Direction::Request, Reached::AsBase) => '}',
        (Direction::Response, Reached::Whole) => '<',
        (Direction::Response, Reached::AsBase) => '{',
    };
    format!("{sign}{place}")
}

/// The URI of a definition that is a schema resource.
fn uri(name: &str) -> String {
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("{BASE}/{name}")
}

fn encoded(pointer: &str) -> String {
    percent_encoding::utf8_percent_encode(pointer, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2F", "/")
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// The name of the definition that a reference leads to.
fn target(reference: &str) -> Option<String> {
    let (uri, fragment) = reference.split_once('#')?;
    match uri.strip_prefix(BASE) {
        Some(name) if !name.is_empty() => Some(decoded(name.strip_prefix('/')?)),
        _ => pointer::tokens(&decoded(fragment)).nth(1),
    }
}

/// The place in the document that a place in the compiled root stands for.
fn source(in_root: &str, moved: &HashMap<String, String>) -> String {
    let mut tokens = pointer::tokens(in_root);
    let (Some(defs), Some(name)) = (tokens.next(), tokens.next()) else {
        return String::new();
    };
    if defs != "$defs" {
        return String::new();
    }
    let mut place = name[1..].to_owned();
    for token in tokens {
        pointer::push(&mut place, &token);
    }
    original(place, moved)
}

/// The keyword that a place comes from which the document does not have.
fn original(place: String, moved: &HashMap<String, String>) -> String {
    if moved.is_empty() {
        return place;
    }
    let mut around = place.as_str();
    loop {
        if let Some(keyword) = moved.get(around) {
            return keyword.clone();
        }
        match around.rfind('/') {
            Some(end) => around = &around[..end],
            None => return place,
        }
    }
}

fn place_of(error: &ValidationError<'_>, moved: &HashMap<String, String>) -> Option<String> {
    let uri = error.absolute_keyword_location()?.to_string();
    let (uri, fragment) = uri.split_once('#')?;
    let fragment = decoded(fragment);
    match uri.strip_prefix(BASE)?.strip_prefix('/') {
        Some(name) => {
            let name = decoded(name);
            Some(original(format!("{}{fragment}", &name[1..]), moved))
        }
        None => Some(source(&fragment, moved)),
    }
}

impl Validators {
    fn violation(&self, error: &ValidationError<'_>, prefix: &str) -> Vec<Violation> {
        let place = place_of(error, &self.moved).unwrap_or_default();
        violation(error, prefix, &place)
    }
}

fn violation(error: &ValidationError<'_>, prefix: &str, schema: &str) -> Vec<Violation> {
    let instance = error.instance_path().to_string();
    let instance = instance
        .strip_prefix(prefix)
        .unwrap_or(&instance)
        .to_owned();
    let keyword = error.kind().keyword().to_owned();
    let one = |expected: String, property: Option<String>| Violation {
        keyword: keyword.clone(),
        instance: instance.clone(),
        schema: schema.to_owned(),
        expected,
        property,
    };
    match error.kind() {
        K::Required { property } => {
            let name = property.as_str().unwrap_or_default().to_owned();
            vec![one(format!("a property '{name}'"), Some(name))]
        }
        K::AdditionalProperties { unexpected } | K::UnevaluatedProperties { unexpected } => {
            unexpected
                .iter()
                .map(|name| one("no such property".to_owned(), Some(name.clone())))
                .collect()
        }
        K::Enum { options } => {
            let options: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .map(Value::to_string)
                .collect();
            vec![one(format!("one of {}", options.join(", ")), None)]
        }
        K::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => kinds
                    .iter()
                    .map(|kind| kind.to_string())
                    .collect::<Vec<_>>()
                    .join(" or "),
            };
            vec![one(expected, None)]
        }
        K::Pattern { pattern } => vec![one(format!("text that matches {pattern}"), None)],
        K::Format { format } => vec![one(format!("text of the format {format}"), None)],
        K::MinLength { limit } => vec![one(format!("at least {limit} characters"), None)],
        K::MaxLength { limit } => vec![one(format!("at most {limit} characters"), None)],
        K::MinItems { limit } => vec![one(format!("at least {limit} items"), None)],
        K::MaxItems { limit } => vec![one(format!("at most {limit} items"), None)],
        K::MinProperties { limit } => vec![one(format!("at least {limit} properties"), None)],
        K::MaxProperties { limit } => vec![one(format!("at most {limit} properties"), None)],
        K::Custom { message, .. } => vec![one(message.clone(), None)],
        K::Minimum { limit } => vec![one(format!("at least {limit}"), None)],
        K::Maximum { limit } => vec![one(format!("at most {limit}"), None)],
        K::ExclusiveMinimum { limit } => vec![one(format!("more than {limit}"), None)],
        K::ExclusiveMaximum { limit } => vec![one(format!("less than {limit}"), None)],
        K::MultipleOf { multiple_of } => vec![one(format!("a multiple of {multiple_of}"), None)],
        // A pattern that ran away proves nothing.
        K::BacktrackLimitExceeded { .. } => Vec::new(),
        K::UniqueItems => vec![one("items that all differ".to_owned(), None)],
        K::AnyOf { .. } => vec![one("one of several shapes (anyOf)".to_owned(), None)],
        K::OneOfNotValid { .. } => vec![one("one of several shapes (oneOf)".to_owned(), None)],
        K::OneOfMultipleValid { .. } => {
            vec![one("only one of the shapes of oneOf".to_owned(), None)]
        }
        K::Not { .. } => vec![one("not the shape under 'not'".to_owned(), None)],
        _ => vec![one(error.to_string(), None)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Files, load};

    const FILES: Files = Files::Bundle(&[(
        "a.yaml",
        "components:\n  schemas:\n    a/b:\n      type: object\n      required: [s, t]\n      \
         properties:\n        s: {type: string, pattern: '^x'}\n        t: {$ref: '#/components/schemas/t'}\n    \
         \x20 additionalProperties: false\n    t: {type: integer, nullable: true, minimum: 3}\n\
         bad: {type: string, pattern: '('}\n",
    )]);

    fn response(place: &str) -> (String, Direction) {
        (place.to_owned(), Direction::Response)
    }

    #[test]
    fn violations_know_both_places() {
        let document = load(&FILES, "a.yaml", &[]).unwrap();
        let place = "/components/schemas/a~1b";
        let validators = Validators::compile(&document, [response(place)]).unwrap();
        let mut value = json!({"s": "y", "t": 1, "u": 0});
        let found: Vec<_> = validators
            .violations(place, Direction::Response, &mut value)
            .into_iter()
            .map(|v| (v.keyword, v.instance, v.schema))
            .collect();
        let expected = [
            (
                "pattern",
                "/s",
                "/components/schemas/a~1b/properties/s/pattern",
            ),
            ("minimum", "/t", "/components/schemas/t/minimum"),
            (
                "additionalProperties",
                "",
                "/components/schemas/a~1b/additionalProperties",
            ),
        ];
        for (keyword, instance, schema) in expected {
            assert!(
                found.contains(&(keyword.into(), instance.into(), schema.into())),
                "{keyword} in {found:?}"
            );
        }
        assert_eq!(value, json!({"s": "y", "t": 1, "u": 0}));
        assert!(validators.is_valid(place, Direction::Response, &json!({"s": "x", "t": null})));
    }

    #[test]
    fn a_bad_pattern_names_its_place() {
        let document = load(&FILES, "a.yaml", &[]).unwrap();
        let error = Validators::compile(&document, [response("/bad")]).unwrap_err();
        assert!(error.to_string().contains("a.yaml:11"), "{error}");
    }

    /// The verdicts on some values by the first schema among the components.
    fn verdicts(components: &str, values: &[Value]) -> Vec<bool> {
        let text = format!("openapi: 3.1.0\ncomponents:\n  schemas:\n{components}");
        let text: &'static str = Box::leak(text.into_boxed_str());
        let files: &'static [(&str, &str)] = Box::leak(Box::new([("a.yaml", text)]));
        let document = load(&Files::Bundle(files), "a.yaml", &[]).unwrap();
        let names = document.names("/components/schemas").unwrap();
        let place = format!("/components/schemas/{}", names[0]);
        let validators = Validators::compile(&document, [response(&place)]).unwrap();
        let judge = |value| validators.is_valid(&place, Direction::Response, value);
        values.iter().map(judge).collect()
    }

    #[test]
    fn a_discriminator_chooses_what_judges() {
        let components = "    answer: {properties: {pet: {$ref: '#/components/schemas/pet'}}}\n    \
             pet:\n      required: [kind]\n      discriminator: {propertyName: kind}\n    \
             cat:\n      allOf:\n      - {$ref: '#/components/schemas/pet'}\n      \
             - {required: [claws], properties: {claws: {type: integer}}}\n";
        let values = [
            json!({"pet": {"kind": "cat", "claws": 4}}),
            json!({"pet": {"kind": "cat"}}),
            json!({"pet": {"kind": "dog"}}),
            json!({"pet": {}}),
        ];
        assert_eq!(verdicts(components, &values), [true, false, true, false]);
    }

    #[test]
    fn the_scope_decides_what_a_dynamic_reference_names() {
        let components = "    numbers:\n      $id: numbers\n      $ref: list\n      \
             $defs: {number: {$dynamicAnchor: item, type: number}}\n    \
             list:\n      $id: list\n      type: array\n      items: {$dynamicRef: '#item'}\n      \
             $defs: {any: {$dynamicAnchor: item}}\n";
        let values = [json!([1, 2]), json!(["a"]), json!(1)];
        assert_eq!(verdicts(components, &values), [true, false, false]);
    }

    #[test]
    fn a_schema_with_an_id_leads_into_the_document() {
        let components = "    pet:\n      $id: pet\n      \
             properties: {friend: {$ref: '#/components/schemas/leaf'}, self: {$ref: '#'}}\n    \
             leaf: {type: string}\n";
        let values = [
            json!({"friend": "x"}),
            json!({"friend": 1}),
            json!({"self": {"friend": 1}}),
        ];
        assert_eq!(verdicts(components, &values), [true, false, false]);
    }

    #[test]
    fn schemas_in_a_circle_judge_as_without_it() {
        let components = "    a: {oneOf: [{$ref: '#/components/schemas/b'}, {type: 'null'}]}\n    \
             b: {allOf: [{$ref: '#/components/schemas/a'}, {type: string}]}\n";
        let values = [json!("x"), json!(null), json!(1)];
        assert_eq!(verdicts(components, &values), [true, true, false]);
    }

    #[test]
    fn patterns_that_run_away_prove_nothing() {
        let components = "    a: {pattern: '^(x+x+)+\\1?y$'}\n";
        let values = [json!(format!("{}z", "x".repeat(40))), json!("z")];
        assert_eq!(verdicts(components, &values), [true, false]);
    }
}
