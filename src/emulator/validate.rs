//! Whether a request is what the contract asks for, decided by the emulator's own few rules.

use serde_json::{Map, Number, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::schema::{Flags, Kind, Schema, Schemas};

/// Deepest nesting of compositions that is followed.
const DEEPEST: usize = 64;

/// One thing that is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where, such as `AssetVersions[0]`; empty for the whole.
    pub(super) place: String,
    /// What is wrong.
    pub(super) message: String,
    /// Name of the promised error.
    pub(super) error: Option<String>,
}

/// All that is wrong with a value.
pub(super) fn validate(schemas: &Schemas, schema: &Schema, value: &Value, at: &str) -> Vec<Fault> {
    let mut judge = Judge {
        schemas,
        faults: Vec::new(),
    };
    judge.check(schema, value, at, 0);
    judge.faults
}

/// Whether a value has the type of a schema.
pub(super) fn has_kind(schema: &Schema, value: &Value) -> bool {
    match (schema.kind, value) {
        (_, Value::Null) => schema.is(Flags::NULLABLE),
        (None, _)
        | (Some(Kind::String), Value::String(_))
        | (Some(Kind::Boolean), Value::Bool(_))
        | (Some(Kind::Number), Value::Number(_))
        | (Some(Kind::Array), Value::Array(_))
        | (Some(Kind::Object), Value::Object(_)) => true,
        (Some(Kind::Integer), Value::Number(number)) => is_integer(number),
        _ => false,
    }
}

fn is_integer(number: &Number) -> bool {
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|n| n.fract() == 0.0)
}

/// The value that a text of a form, a query or a path means; the text itself where it means none.
pub(super) fn coerce(schema: &Schema, text: &str) -> Value {
    let read = match schema.kind {
        Some(Kind::Integer) => text
            .parse::<i64>()
            .map(Value::from)
            .or_else(|_| text.parse::<u64>().map(Value::from))
            .ok(),
        Some(Kind::Number) => text
            .parse::<f64>()
            .ok()
            .and_then(Number::from_f64)
            .map(Value::Number),
        Some(Kind::Boolean) => [("true", true), ("false", false)]
            .iter()
            .find(|(word, _)| text.eq_ignore_ascii_case(word))
            .map(|(_, value)| Value::Bool(*value)),
        Some(Kind::Object | Kind::Array) => serde_json::from_str(text).ok(),
        Some(Kind::String) | None => None,
    };
    read.unwrap_or_else(|| Value::String(text.to_owned()))
}

struct Judge<'a> {
    schemas: &'a Schemas,
    faults: Vec<Fault>,
}

impl Judge<'_> {
    fn fault(&mut self, at: &str, message: impl Into<String>) {
        self.faults.push(Fault {
            place: at.to_owned(),
            message: message.into(),
            error: None,
        });
    }

    fn check(&mut self, schema: &Schema, value: &Value, at: &str, depth: usize) {
        if depth > DEEPEST || (value.is_null() && schema.is(Flags::NULLABLE)) {
            return;
        }
        let first = self.faults.len();
        if has_kind(schema, value) {
            if !schema.choices.is_empty() && !schema.choices.contains(value) {
                let words: Vec<String> = schema.choices.iter().map(Value::to_string).collect();
                self.fault(at, format!("must be one of {}", words.join(", ")));
            }
            match value {
                Value::String(text) => self.text(schema, text, at),
                Value::Number(number) => self.number(schema, number, at),
                Value::Array(items) => self.array(schema, items, at, depth),
                Value::Object(_) => self.object(schema, value, at, depth),
                Value::Null | Value::Bool(_) => {}
            }
        } else {
            self.fault(at, format!("must be {}", kind_word(schema.kind)));
        }
        self.compositions(schema, value, at, depth);
        if let Some(name) = &schema.error
            && self.faults.len() > first
        {
            for fault in &mut self.faults[first..] {
                fault.error.get_or_insert_with(|| name.clone());
            }
        }
    }

    fn text(&mut self, schema: &Schema, text: &str, at: &str) {
        if schema.is_binary() {
            return;
        }
        let length = text.chars().count() as u64;
        if let Some(least) = schema.min_length.filter(|least| length < *least) {
            self.fault(at, format!("must have at least {least} characters"));
        }
        if let Some(most) = schema.max_length.filter(|most| length > *most) {
            self.fault(at, format!("must have at most {most} characters"));
        }
        if let Some(most) = schema.max_bytes.filter(|most| text.len() as u64 > *most) {
            self.fault(at, format!("must have at most {most} bytes"));
        }
        if let Some(pattern) = &schema.pattern
            && !pattern.is_match(text)
        {
            self.fault(at, format!("must match {pattern}"));
        }
        if let Some(format) = schema.format.as_deref()
            && !has_format(format, text)
        {
            self.fault(at, format!("must be a {format}"));
        }
    }

    fn number(&mut self, schema: &Schema, number: &Number, at: &str) {
        let Some(number) = number.as_f64() else {
            return;
        };
        if let Some(least) = schema.minimum {
            let above = schema.is(Flags::ABOVE_MINIMUM);
            if number < least || (above && number <= least) {
                let words = if above { "more than" } else { "at least" };
                self.fault(at, format!("must be {words} {least}"));
            }
        }
        if let Some(most) = schema.maximum {
            let below = schema.is(Flags::BELOW_MAXIMUM);
            if number > most || (below && number >= most) {
                let words = if below { "less than" } else { "at most" };
                self.fault(at, format!("must be {words} {most}"));
            }
        }
        if let Some(of) = schema.multiple_of
            && (number / of - (number / of).round()).abs() > 1e-9
        {
            self.fault(at, format!("must be a multiple of {of}"));
        }
        if schema.format.as_deref() == Some("int32")
            && (number < f64::from(i32::MIN) || number > f64::from(i32::MAX))
        {
            self.fault(at, "must have 32 bits");
        }
    }

    fn array(&mut self, schema: &Schema, items: &[Value], at: &str, depth: usize) {
        let length = items.len() as u64;
        if let Some(least) = schema.min_items.filter(|least| length < *least) {
            self.fault(at, format!("must have at least {least} items"));
        }
        if let Some(most) = schema.max_items.filter(|most| length > *most) {
            self.fault(at, format!("must have at most {most} items"));
        }
        let repeated = |(i, item): (usize, &Value)| items[..i].contains(item);
        if schema.is(Flags::UNIQUE) && items.iter().enumerate().any(repeated) {
            self.fault(at, "must not have an item twice");
        }
        if let Some(id) = schema.items {
            for (i, item) in items.iter().enumerate() {
                self.check(self.schemas.get(id), item, &format!("{at}[{i}]"), depth + 1);
            }
        }
    }

    fn object(&mut self, schema: &Schema, value: &Value, at: &str, depth: usize) {
        let join = |name: &str| {
            if at.is_empty() {
                name.to_owned()
            } else {
                format!("{at}.{name}")
            }
        };
        let count = value.as_object().map_or(0, Map::len) as u64;
        if let Some(least) = schema.min_properties.filter(|least| count < *least) {
            self.fault(at, format!("must have at least {least} members"));
        }
        if let Some(most) = schema.max_properties.filter(|most| count > *most) {
            self.fault(at, format!("must have at most {most} members"));
        }
        for name in &schema.required {
            let property = schema.property(name).map(|id| self.schemas.get(id));
            let from_server = property.is_some_and(|property| property.is(Flags::READ_ONLY));
            if !from_server && value.get(name).is_none() {
                self.fault(&join(name), "is required");
            }
        }
        if let Some(only) = &schema.only {
            let names = value.as_object().into_iter().flat_map(Map::keys);
            for name in names.filter(|name| !only.allows(name)) {
                self.fault(&join(name), "is not known here");
            }
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            let matching = schema
                .patterned
                .iter()
                .filter(|(pattern, _)| pattern.is_match(name));
            let mut ids: Vec<usize> = matching.map(|(_, id)| *id).collect();
            if ids.is_empty() && schema.property(name).is_none() {
                ids.extend(schema.additional);
            }
            for id in ids {
                self.check(self.schemas.get(id), value, &join(name), depth + 1);
            }
        }
        for (name, id) in &schema.properties {
            if let Some(value) = value.get(name) {
                self.check(self.schemas.get(*id), value, &join(name), depth + 1);
            }
        }
    }

    fn compositions(&mut self, schema: &Schema, value: &Value, at: &str, depth: usize) {
        for id in &schema.all_of {
            self.check(self.schemas.get(*id), value, at, depth + 1);
        }
        let fitting = |branches: &[usize]| {
            let fits = |id: &&usize| {
                let mut judge = Judge {
                    schemas: self.schemas,
                    faults: Vec::new(),
                };
                judge.check(self.schemas.get(**id), value, at, depth + 1);
                judge.faults.is_empty()
            };
            branches.iter().filter(fits).count()
        };
        let any = schema.any_of.is_empty() || fitting(&schema.any_of) > 0;
        let one = schema.one_of.is_empty() || fitting(&schema.one_of) == 1;
        if !any {
            self.fault(at, "is none of the things it may be");
        }
        if !one {
            self.fault(at, "must be exactly one of the things it may be");
        }
    }
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "date-time" => OffsetDateTime::parse(text, &Rfc3339).is_ok(),
        "date" => OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339).is_ok(),
        "uuid" => {
            text.len() == 36
                && text.char_indices().all(|(i, c)| match i {
                    8 | 13 | 18 | 23 => c == '-',
                    _ => c.is_ascii_hexdigit(),
                })
        }
        _ => true,
    }
}

fn kind_word(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::String) => "a text",
        Some(Kind::Integer) => "an integer",
        Some(Kind::Number) => "a number",
        Some(Kind::Boolean) => "true or false",
        Some(Kind::Array) => "a list",
        Some(Kind::Object) => "an object",
        None => "a value other than null",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::build;
    use crate::spec::{Files, load};
    use serde_json::json;

    /// The faults of a value, as `place: message`, under one schema in YAML.
    fn faults(schema: &str, value: &Value) -> Vec<String> {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    post:\n      \
             requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}\n      \
             responses: {{'204': {{description: d}}}}\n"
        );
        let files: &'static [(&str, &str)] =
            Box::leak(Box::new([("a.yaml", &*Box::leak(text.into_boxed_str()))]));
        let contract = build(load(&Files::Bundle(files), "a.yaml", &[]).unwrap()).unwrap();
        let schemas = Schemas::compile(&contract);
        let body = contract.operations[0].body.as_ref().unwrap();
        let schema = schemas.at(body.media[0].schema.as_ref().unwrap()).unwrap();
        validate(&schemas, schema, value, "")
            .into_iter()
            .map(|fault| match fault.error {
                Some(error) => format!("{}: {} ({error})", fault.place, fault.message),
                None => format!("{}: {}", fault.place, fault.message),
            })
            .collect()
    }

    /// What the rules say of values: a schema in YAML, one that fits, one that does not, and a part
    /// of what is said of that.
    type Row = (&'static str, Value, Value, &'static str);

    fn hold(rows: impl IntoIterator<Item = Row>) {
        for (schema, good, bad, message) in rows {
            assert_eq!(faults(schema, &good), Vec::<String>::new(), "{schema}");
            let found = faults(schema, &bad);
            assert_eq!(found.len(), 1, "{schema}: {found:?}");
            assert!(found[0].contains(message), "{schema}: {found:?}");
        }
    }

    #[test]
    fn every_rule_refuses_and_accepts() {
        hold([
            ("{type: string}", json!("a"), json!(1), "a text"),
            ("{type: integer}", json!(-3), json!(1.5), "an integer"),
            ("{type: number}", json!(1.5), json!("1"), "a number"),
            ("{type: boolean}", json!(true), json!("yes"), "true or"),
            (
                "{type: string, enum: [a, b]}",
                json!("b"),
                json!("c"),
                "one of \"a\", \"b\"",
            ),
            (
                "{type: string, minLength: 2}",
                json!("äö"),
                json!("ä"),
                "at least 2",
            ),
            (
                "{type: string, maxLength: 2}",
                json!("äö"),
                json!("äöü"),
                "at most 2",
            ),
        ]);
    }

    #[test]
    fn rules_of_many_values_refuse_and_accept() {
        hold([
            (
                "{type: string, pattern: '^a+$'}",
                json!("aa"),
                json!("ab"),
                "match ^a+$",
            ),
            (
                "{type: integer, minimum: 1}",
                json!(1),
                json!(0),
                "at least 1",
            ),
            (
                "{type: number, maximum: 2, exclusiveMaximum: true}",
                json!(1.9),
                json!(2),
                "less than 2",
            ),
            (
                "{type: array, minItems: 1}",
                json!([1]),
                json!([]),
                "at least 1",
            ),
            (
                "{type: array, items: {type: string}}",
                json!(["a"]),
                json!(["a", 2]),
                "[1]: must be",
            ),
            (
                "{type: array, uniqueItems: true}",
                json!([1, 2]),
                json!([1, 1]),
                "twice",
            ),
            (
                "{required: [a]}",
                json!({"a": 1}),
                json!({"b": 1}),
                "a: is required",
            ),
            (
                "{properties: {a: {properties: {b: {type: string}}}}}",
                json!({"a": {"b": "", "c": 1}}),
                json!({"a": {"b": 1}}),
                "a.b: must be",
            ),
            (
                "{additionalProperties: false, properties: {a: {}}}",
                json!({"a": 1}),
                json!({"a": 1, "b": 1}),
                "b: is not known",
            ),
            (
                "{type: string, nullable: true}",
                Value::Null,
                json!(false),
                "a text",
            ),
            (
                "{type: [string, 'null']}",
                Value::Null,
                json!(false),
                "a text",
            ),
            ("{type: string}", json!("x"), Value::Null, "a text"),
            (
                "{type: string, format: date-time}",
                json!("2018-11-10T20:00:00Z"),
                json!("x"),
                "date",
            ),
            (
                "{oneOf: [{type: string}, {maxLength: 1}]}",
                json!("ab"),
                json!("a"),
                "exactly one",
            ),
        ]);
    }

    #[test]
    fn rules_of_3_1_refuse_and_accept() {
        hold([
            (
                "{type: integer, exclusiveMinimum: 1}",
                json!(2),
                json!(1),
                "more than 1",
            ),
            (
                "{type: integer, maximum: 9, exclusiveMaximum: 3}",
                json!(2),
                json!(3),
                "less than 3",
            ),
            (
                "{type: number, multipleOf: 0.1}",
                json!(0.3),
                json!(0.35),
                "multiple of 0.1",
            ),
            ("{const: a}", json!("a"), json!("b"), "one of \"a\""),
            (
                "{patternProperties: {'^x': {type: integer}}}",
                json!({"x": 1, "y": "a"}),
                json!({"xx": "a"}),
                "xx: must be",
            ),
            (
                "{additionalProperties: false, patternProperties: {'^x': {}}, properties: {a: {}}}",
                json!({"x": 1, "a": 1}),
                json!({"y": 1}),
                "y: is not known",
            ),
            (
                "{additionalProperties: {type: integer}, properties: {a: {}}}",
                json!({"a": "x", "b": 1}),
                json!({"b": "x"}),
                "b: must be",
            ),
            (
                "{allOf: [{properties: {a: {}}}], anyOf: [{properties: {b: {}}}], \
                 unevaluatedProperties: false}",
                json!({"a": 1, "b": 1}),
                json!({"a": 1, "c": 1}),
                "c: is not known",
            ),
        ]);
        let open = "{allOf: [{additionalProperties: true}], unevaluatedProperties: false}";
        assert!(faults(open, &json!({"a": 1})).is_empty());
    }

    #[test]
    fn members_are_counted() {
        let schema = "{type: object, minProperties: 1, maxProperties: 2}";
        assert!(faults(schema, &json!({"a": 1})).is_empty());
        assert!(faults(schema, &json!({}))[0].contains("at least 1"));
        let three = json!({"a": 1, "b": 1, "c": 1});
        assert!(faults(schema, &three)[0].contains("at most 2"));
    }

    #[test]
    fn a_constraint_names_its_error() {
        let schema = "{allOf: [{x-trueup-error: '7', anyOf: [{required: [a], properties: {a: \
                      {minItems: 1}}}, {required: [b]}]}], properties: {a: {type: array}}}";
        assert!(faults(schema, &json!({"a": [1]})).is_empty());
        assert!(faults(schema, &json!({"b": 1})).is_empty());
        for wrong in [json!({}), json!({"a": []})] {
            let found = faults(schema, &wrong);
            assert!(found.len() == 1 && found[0].ends_with("(7)"), "{found:?}");
        }
    }

    #[test]
    fn texts_become_what_they_mean() {
        let schema = |kind| Schema {
            kind: Some(kind),
            ..Schema::default()
        };
        for (kind, text, value) in [
            (Kind::Boolean, "True", json!(true)),
            (Kind::Boolean, "false", json!(false)),
            (Kind::Boolean, "1", json!("1")),
            (Kind::Integer, "-12", json!(-12)),
            (Kind::Integer, "18446744073709551615", json!(u64::MAX)),
            (Kind::Integer, "1.0", json!("1.0")),
            (Kind::Number, "1.5", json!(1.5)),
            (Kind::Number, "NaN", json!("NaN")),
            (Kind::String, "12", json!("12")),
            (Kind::Object, "{\"a\": 1}", json!({"a": 1})),
        ] {
            assert_eq!(coerce(&schema(kind), text), value, "{text}");
        }
    }
}
