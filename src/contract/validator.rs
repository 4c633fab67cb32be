//! Compiled schemas. This is the only file that knows the jsonschema crate.

use std::collections::HashMap;

use jsonschema::error::{TypeKind, ValidationErrorKind as K};
use jsonschema::{Draft, PatternOptions, ValidationError};
use serde_json::{Map, Value, json};

use super::format::is_base64;
use super::max_bytes::{self, MaxBytes};
use crate::spec::{Direction, Document, LoadError, normalize};
use crate::wire::pointer;

/// How far a regular expression may go back before it counts as runaway.
const BACKTRACK_LIMIT: usize = 100_000;

/// The schemas that stand at some places of a document, compiled together: a schema that many of
/// them reach is compiled once.
#[derive(Debug)]
pub struct Validators {
    compiled: jsonschema::Validator,
    slots: HashMap<(String, Direction), usize>,
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
        let mut store = Store::default();
        let mut slots = HashMap::new();
        let mut properties = Map::new();
        for key in places {
            let next = slots.len();
            let slot = *slots.entry(key.clone()).or_insert(next);
            if slot == next {
                let name = store.add(&key.0, key.1);
                properties.insert(slot.to_string(), json!({ "$ref": reference(&name) }));
            }
        }
        while let Some((place, direction)) = store.waiting.pop() {
            let Some(schema) = document.get(&place) else {
                continue;
            };
            let normalized = normalize(schema, direction, &mut |text| {
                let target = percent_encoding::percent_decode_str(text.trim_start_matches('#'))
                    .decode_utf8_lossy()
                    .into_owned();
                reference(&store.add(&target, direction))
            });
            store
                .definitions
                .insert(definition(&place, direction), normalized);
        }
        let root = json!({ "properties": properties, "$defs": store.definitions });
        let compiled = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_base_uri(BASE)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .with_format("byte", is_base64)
            .with_keyword(max_bytes::KEYWORD, |_, limit, _| {
                Ok(Box::new(MaxBytes::new(limit)))
            })
            .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT))
            .build(&root)
            .map_err(|e| {
                let place = place_of(&e).unwrap_or_else(|| source(&e.instance_path().to_string()));
                LoadError::new(
                    document.place(&place),
                    format!("the schema cannot be used: {e}"),
                    "correct the schema (JSON Schema 2020-12; OpenAPI 3.0.3, Schema Object)",
                )
            })?;
        Ok(Self { compiled, slots })
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
                .flat_map(|error| violation(&error, &prefix))
                .collect()
        };
        if let Some(unchanged) = wrapped.get_mut(&slot) {
            *value = unchanged.take();
        }
        violations
    }

    /// Whether a value keeps the schema at a place.
    pub fn is_valid(&self, place: &str, direction: Direction, value: &Value) -> bool {
        self.violations(place, direction, &mut value.clone())
            .is_empty()
    }
}

/// Base URI of the compiled schemas; errors name their places below it.
const BASE: &str = "trueup:///contract";

#[derive(Default)]
struct Store {
    definitions: Map<String, Value>,
    waiting: Vec<(String, Direction)>,
    known: std::collections::HashSet<(String, Direction)>,
}

impl Store {
    /// The name of the definition of a place, which is translated later.
    fn add(&mut self, place: &str, direction: Direction) -> String {
        if self.known.insert((place.to_owned(), direction)) {
            self.waiting.push((place.to_owned(), direction));
        }
        definition(place, direction)
    }
}

fn definition(place: &str, direction: Direction) -> String {
    match direction {
        Direction::Request => format!(">{place}"),
        Direction::Response => format!("<{place}"),
    }
}

fn reference(definition: &str) -> String {
    let pointer = pointer::join("/$defs", definition);
    let encoded: String =
        percent_encoding::utf8_percent_encode(&pointer, percent_encoding::NON_ALPHANUMERIC)
            .to_string()
            .replace("%2F", "/");
    format!("#{encoded}")
}

/// The place in the document that a place in the compiled root stands for.
fn source(in_root: &str) -> String {
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
    place
}

fn place_of(error: &ValidationError<'_>) -> Option<String> {
    let uri = error.absolute_keyword_location()?.to_string();
    let (_, fragment) = uri.split_once('#')?;
    let decoded = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
    Some(source(&decoded))
}

fn violation(error: &ValidationError<'_>, prefix: &str) -> Vec<Violation> {
    let instance = error.instance_path().to_string();
    let instance = instance
        .strip_prefix(prefix)
        .unwrap_or(&instance)
        .to_owned();
    let schema = place_of(error).unwrap_or_default();
    let keyword = error.kind().keyword().to_owned();
    let one = |expected: String, property: Option<String>| Violation {
        keyword: keyword.clone(),
        instance: instance.clone(),
        schema: schema.clone(),
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
}
