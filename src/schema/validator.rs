//! Compiled schemas, and how values break them.

use std::collections::HashMap;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as K};
use serde_json::{Map, Value, json};

use super::compile::{self, place_of};
use super::cursor::{Cursor, Space};
use super::cycles;
use super::definitions::{Store, decoded, name, original, target};
use super::translate::{Direction, Reached};
use crate::keyword::Version;
use crate::spec::{Document, Level, LoadError, Problem};

/// Most violations that are told of one value.
const MOST_VIOLATIONS: usize = 1000;

/// The schemas that stand at some places of a document, compiled together: a schema that many of
/// them reach is compiled once.
#[derive(Debug)]
pub struct Validators {
    compiled: jsonschema::Validator,
    /// The names of the schemas in the root, by their places.
    requests: Slots,
    responses: Slots,
    /// The keywords that places come from which the document does not have.
    moved: HashMap<String, String>,
    circles: Vec<String>,
    /// The translated schemas by name.
    definitions: Map<String, Value>,
    /// What is wrong with the schemas, by the places that reach it.
    faults: HashMap<(String, Direction), Vec<Problem>>,
    /// All that is wrong with them.
    broken: Vec<Problem>,
    notes: Vec<Problem>,
}

/// Looked up for every value that is judged.
type Slots = foldhash::HashMap<String, String>;

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
    /// When a schema is malformed: a pattern that is no regular expression, an unknown type. All
    /// mistakes are named.
    pub fn compile(
        document: &Document,
        places: impl IntoIterator<Item = (String, Direction)>,
    ) -> Result<Self, LoadError> {
        let validators = Self::salvage(document, places)?;
        let mut problems = document.faults();
        for problem in &validators.broken {
            if !problems.contains(problem) {
                problems.push(problem.clone());
            }
        }
        if problems.is_empty() {
            return Ok(validators);
        }
        Err(LoadError { problems })
    }

    /// Like [`Validators::compile`], but a malformed schema spoils only those that reach it:
    /// [`Validators::faults`] tells which they are.
    ///
    /// # Errors
    /// When the schemas cannot be compiled and no single one is at fault.
    pub fn salvage(
        document: &Document,
        places: impl IntoIterator<Item = (String, Direction)>,
    ) -> Result<Self, LoadError> {
        let mut store = Store::new(document);
        let (mut requests, mut responses) = (Slots::default(), Slots::default());
        let mut references = Vec::new();
        for (place, direction) in places {
            let slots = match direction {
                Direction::Request => &mut requests,
                Direction::Response => &mut responses,
            };
            if !slots.contains_key(&place) {
                slots.insert(place.clone(), references.len().to_string());
                let reference = store.link(&place, direction, Reached::Whole);
                references.push(((place, direction), reference));
            }
        }
        store.translate();
        let opened = cycles::open(&mut store.definitions, target);
        if let Some(first) = opened.endless.first() {
            let problem = document.problem(
                Level::Error,
                &first[1..],
                "by this schema no value is judged in sensible time: too many schemas reach each \
                 other through allOf and the like",
                "join the schemas that say the same",
            );
            for name in opened.endless {
                store.faults.insert(name, vec![problem.clone()]);
            }
        }
        let circles = opened.circles.into_iter();
        let circles = circles
            .map(|(name, at)| original(format!("{}{at}", &name[1..]), &store.moved))
            .collect();
        let texts = references.iter().map(|(_, reference)| reference.as_str());
        let compiled = compile::compile(&mut store, texts)?;
        let mut faults = HashMap::new();
        if !store.faults.is_empty() {
            for (key, reference) in references {
                let found = compiled.faults_behind(&reference, &store.faults);
                if !found.is_empty() {
                    faults.insert(key, found);
                }
            }
        }
        Ok(Self {
            compiled: compiled.validator,
            requests,
            responses,
            moved: store.moved,
            circles,
            definitions: store.definitions,
            faults,
            broken: store.faults.into_values().flatten().collect(),
            notes: compiled.notes,
        })
    }

    /// What is wrong with the schema at a place and with those that it reaches. It judges nothing
    /// then.
    pub fn faults(&self, place: &str, direction: Direction) -> &[Problem] {
        let key = (place.to_owned(), direction);
        self.faults.get(&key).map_or(&[], Vec::as_slice)
    }

    /// All that is wrong with schemas.
    pub fn broken(&self) -> &[Problem] {
        &self.broken
    }

    /// What is to be known of schemas that can be used all the same.
    pub fn notes(&self) -> &[Problem] {
        &self.notes
    }

    /// The schema at a place as it was compiled: JSON Schema 2020-12.
    pub fn schema(&self, place: &str, direction: Direction) -> Option<Cursor<'_>> {
        let key = (place.to_owned(), direction, Reached::Whole);
        let schema = self.definitions.get(&name(&key))?;
        Some(Cursor::new(self, place.into(), schema))
    }

    /// Places of references that lead a schema back to itself, at the same value. They are taken
    /// as if they were not there.
    pub fn circles(&self) -> &[String] {
        &self.circles
    }

    /// Whether the schema at this place was compiled.
    pub fn knows(&self, place: &str, direction: Direction) -> bool {
        self.slot(place, direction).is_some()
    }

    fn slot(&self, place: &str, direction: Direction) -> Option<&String> {
        match direction {
            Direction::Request => self.requests.get(place),
            Direction::Response => self.responses.get(place),
        }
    }

    /// All ways in which a value breaks the schema at a place; none if that schema was not
    /// compiled. The value comes back unchanged.
    pub fn violations(
        &self,
        place: &str,
        direction: Direction,
        value: &mut Value,
    ) -> Vec<Violation> {
        let Some(slot) = self.slot(place, direction) else {
            return Vec::new();
        };
        let mut members = Map::with_capacity(1);
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
        if let Some(unchanged) = wrapped.get_mut(slot) {
            *value = unchanged.take();
        }
        violations
    }

    /// Whether a value keeps the schema at a place.
    pub fn is_valid(&self, place: &str, direction: Direction, value: &Value) -> bool {
        let Some(slot) = self.slot(place, direction) else {
            return true;
        };
        let wrapped = json!({ slot.as_str(): value });
        self.compiled.is_valid(&wrapped)
            || self
                .compiled
                .iter_errors(&wrapped)
                .all(|error| self.violation(&error, "").is_empty())
    }
}

impl Space for Validators {
    fn version(&self) -> Version {
        Version::V3_2
    }

    fn referred(&self, _: &str, reference: &str) -> Option<(String, &Value)> {
        let name = target(reference)?;
        let schema = self.definitions.get(&name)?;
        let (uri, fragment) = reference.split_once('#')?;
        let below = if uri.is_empty() {
            String::new()
        } else {
            decoded(fragment)
        };
        Some((format!("{}{below}", &name[1..]), schema.pointer(&below)?))
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

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let files = Files::Bundle(&[(
            "a.yaml",
            "one: {pattern: '(', properties: {a: {type: texts}, b: {patternProperties: {'[': {}}}}}\n\
             two: {items: {minLength: '1'}}\nthree: {$ref: '#/four'}\nfive: {items: {$ref: '#/two'}}\n\
             six: {type: string}\nopenapi: 3.1.0\n",
        )]);
        let document = load(&files, "a.yaml", &[]).unwrap();
        let places = ["/one", "/three", "/five", "/six"].map(response);
        let error = Validators::compile(&document, places.clone()).unwrap_err();
        let mut found: Vec<_> = error
            .problems
            .into_iter()
            .map(|p| p.place.pointer)
            .collect();
        found.sort_unstable();
        let expected = [
            "/one/pattern",
            "/one/properties/a/type",
            "/one/properties/b/patternProperties/[",
            "/three/$ref",
            "/two/items/minLength",
        ];
        assert_eq!(found, expected);
        let validators = Validators::salvage(&document, places).unwrap();
        let faults = |place| validators.faults(place, Direction::Response).len();
        assert_eq!(
            ["/one", "/three", "/five", "/six"].map(faults),
            [3, 1, 1, 0]
        );
        assert!(!validators.is_valid("/six", Direction::Response, &json!(1)));
    }

    #[test]
    fn a_misspelt_type_is_reported_with_the_right_one() {
        let files = Files::Bundle(&[(
            "a.yaml",
            "a: {properties: {type: {type: strng}, b: {type: ['null', flota]}}}\nopenapi: 3.1.0\n",
        )]);
        let document = load(&files, "a.yaml", &[]).unwrap();
        let error = Validators::compile(&document, [response("/a")]).unwrap_err();
        let told: Vec<_> = error
            .problems
            .iter()
            .map(|p| (p.message.as_str(), p.remedy.as_str()))
            .collect();
        let none = |kind: &str| format!("the schema cannot be used: there is no type '{kind}'");
        assert_eq!(
            told,
            [
                (&*none("strng"), "did you mean 'string'?"),
                (
                    &*none("flota"),
                    "use one of string, number, integer, boolean, array, object, null"
                ),
            ]
        );
    }

    #[test]
    fn patterns_without_the_flag_u_are_read_with_a_note() {
        let files = Files::Bundle(&[(
            "a.yaml",
            "a: {pattern: '^[\\w-.]+\\_$', properties: {pattern: {pattern: '^\\-?{$'}}}\n\
             openapi: 3.1.0\n",
        )]);
        let document = load(&files, "a.yaml", &[]).unwrap();
        let validators = Validators::compile(&document, [response("/a")]).unwrap();
        let valid = |value: Value| validators.is_valid("/a", Direction::Response, &value);
        assert!(valid(json!("a-._")) && !valid(json!("a/_")));
        assert!(valid(json!({"pattern": "-{"})) && !valid(json!({"pattern": "--{"})));
        assert_eq!(validators.notes().len(), 2);
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
