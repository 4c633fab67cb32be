//! Values made after a schema, and URLs written into them.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::schema::{Flags, Kind, Schema, Schemas};
use crate::contract::snake_case;
use crate::place::pointer;
use crate::schema::Sampler;

/// Deepest nesting of values that are made.
const DEEPEST: usize = 8;
/// How often a pattern is sampled for a text of the right length.
const DRAWS: usize = 32;

/// Makes a value of which some parts are known.
pub(super) struct Maker<'a> {
    pub(super) schemas: &'a Schemas,
    /// The time that dates get.
    pub(super) now: &'a str,
    /// What is known, by JSON pointer.
    pub(super) known: HashMap<String, Value>,
    /// Pointers of optional properties that are left out.
    pub(super) omitted: HashSet<String>,
    /// Whether optional properties that are not known are left out.
    pub(super) sparse: bool,
}

impl<'a> Maker<'a> {
    /// One that knows these parts.
    pub(super) fn new(schemas: &'a Schemas, now: &'a str, known: HashMap<String, Value>) -> Self {
        Self {
            schemas,
            now,
            known,
            omitted: HashSet::new(),
            sparse: false,
        }
    }

    /// The value of a schema; null where the schema describes a URL only.
    pub(super) fn make(&self, schema: &Schema) -> Value {
        self.value(schema, "", 0).unwrap_or_default()
    }

    /// The value at a pointer; none for what is written later or belongs to requests only.
    fn value(&self, schema: &Schema, at: &str, depth: usize) -> Option<Value> {
        if let Some(value) = self.known.get(at) {
            return Some(value.clone());
        }
        if schema.url.is_some() || schema.is(Flags::WRITE_ONLY) {
            return None;
        }
        if schema.properties.is_empty() {
            return Some(self.leaf(schema, at, depth));
        }
        let wanted = self.has_url(schema, 0) || self.knows_below(at);
        if depth > DEEPEST || (schema.is(Flags::NULLABLE) && !wanted) {
            let nullable = schema.is(Flags::NULLABLE);
            return Some(if nullable { Value::Null } else { json!({}) });
        }
        let mut members = Map::new();
        for (name, id) in &schema.properties {
            let child = self.schemas.get(*id);
            let place = pointer::join(at, name);
            let needed = schema.requires(name)
                || self.known.contains_key(&place)
                || self.knows_below(&place);
            let nested = depth > 0 && !child.properties.is_empty() && !self.has_url(child, 0);
            if !needed && (self.sparse || nested || self.omitted.contains(&place)) {
                continue;
            }
            if let Some(value) = self.value(child, &place, depth + 1) {
                members.insert(name.clone(), value);
            }
        }
        Some(Value::Object(members))
    }

    fn knows_below(&self, at: &str) -> bool {
        self.known.keys().any(|place| {
            place
                .strip_prefix(at)
                .is_some_and(|rest| rest.starts_with('/'))
        })
    }

    fn has_url(&self, schema: &Schema, depth: usize) -> bool {
        schema.url.is_some()
            || (depth < DEEPEST
                && schema
                    .properties
                    .iter()
                    .any(|(_, id)| self.has_url(self.schemas.get(*id), depth + 1)))
    }

    fn leaf(&self, schema: &Schema, at: &str, depth: usize) -> Value {
        if schema.format.as_deref() == Some("date-time")
            && (tells_now(at) || !schema.is(Flags::NULLABLE))
        {
            return Value::String(self.now.to_owned());
        }
        let written = schema.default.as_ref().or(schema.example.as_ref());
        if let Some(value) = written.or(schema.choices.first()) {
            return value.clone();
        }
        if schema.is(Flags::NULLABLE) {
            return Value::Null;
        }
        match schema.kind {
            Some(Kind::String) => Value::String(self.text(schema)),
            Some(Kind::Integer) => json!(whole_number(schema)),
            Some(Kind::Number) => json!(number(schema, None)),
            Some(Kind::Boolean) => Value::Bool(false),
            Some(Kind::Array) => Value::Array(self.items(schema, at, depth)),
            Some(Kind::Object) => json!({}),
            None => {
                let branch = schema.any_of.first().or(schema.one_of.first());
                branch
                    .filter(|_| depth <= DEEPEST)
                    .and_then(|id| self.value(self.schemas.get(*id), at, depth + 1))
                    .unwrap_or_default()
            }
        }
    }

    fn items(&self, schema: &Schema, at: &str, depth: usize) -> Vec<Value> {
        let (Some(id), Some(least)) = (schema.items, schema.min_items) else {
            return Vec::new();
        };
        if depth > DEEPEST {
            return Vec::new();
        }
        (0..least.min(100))
            .filter_map(|i| {
                let place = pointer::join(at, &i.to_string());
                self.value(self.schemas.get(id), &place, depth + 1)
            })
            .collect()
    }

    fn text(&self, schema: &Schema) -> String {
        if let Some(pattern) = &schema.pattern
            && let Some(text) = draw(pattern.as_str(), schema)
        {
            return text;
        }
        match schema.format.as_deref() {
            Some("date") => self.now.get(..10).unwrap_or_default().to_owned(),
            Some("uuid") => uuid(),
            Some("uri" | "iri" | "uri-reference") => "http://localhost/".to_owned(),
            Some("email") => "nobody@localhost.localdomain".to_owned(),
            Some("hostname") => "localhost".to_owned(),
            Some("ipv4") => "127.0.0.1".to_owned(),
            Some("ipv6") => "::1".to_owned(),
            _ => {
                let least = schema.min_length.unwrap_or_default().min(10_000);
                "a".repeat(usize::try_from(least).unwrap_or_default())
            }
        }
    }
}

/// Whether a time at this place is that of the creation or of the last change.
fn tells_now(at: &str) -> bool {
    let words = pointer::split_last(at).map_or_else(String::new, |(_, name)| snake_case(&name));
    words.contains("creat") || tells_change(&words)
}

/// Whether a time by this name is that of the last change.
pub(super) fn tells_change(name: &str) -> bool {
    let words = snake_case(name);
    ["update", "modif", "change"]
        .iter()
        .any(|stem| words.contains(stem))
}

/// A number within the bounds of a schema, and one of its multiples.
fn number(schema: &Schema, step: Option<f64>) -> f64 {
    let fits = |number: &f64| {
        let least = schema.minimum.unwrap_or(f64::NEG_INFINITY);
        let most = schema.maximum.unwrap_or(f64::INFINITY);
        let (above, below) = (Flags::ABOVE_MINIMUM, Flags::BELOW_MAXIMUM);
        (*number > least || *number >= least && !schema.is(above))
            && (*number < most || *number <= most && !schema.is(below))
    };
    let least = schema.minimum.or(schema.maximum).unwrap_or_default();
    let most = schema.maximum.or(schema.minimum).unwrap_or_default();
    let step = schema.multiple_of.or(step);
    let tries = match step {
        Some(step) => {
            let (low, high) = ((least / step).ceil(), (most / step).floor());
            [low, low + 1.0, high, high - 1.0].map(|count| count * step)
        }
        None => [least, f64::midpoint(least, most), least + 1.0, most - 1.0],
    };
    let mut tries = [0.0].into_iter().chain(tries);
    tries.find(fits).unwrap_or_default()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "multiples of a whole number are whole"
)]
fn whole_number(schema: &Schema) -> i64 {
    number(schema, Some(1.0)) as i64
}

/// A text that has a pattern and the lengths of a schema; none if none is found.
pub(super) fn draw(pattern: &str, schema: &Schema) -> Option<String> {
    let sampler = Sampler::new(pattern)?;
    let mut random = fastrand::Rng::new();
    let fits = |text: &String| {
        let length = text.chars().count() as u64;
        schema.min_length.is_none_or(|least| length >= least)
            && schema.max_length.is_none_or(|most| length <= most)
    };
    (0..DRAWS).map(|_| sampler.draw(&mut random)).find(fits)
}

/// A random UUID (RFC 9562 section 5.4).
pub(super) fn uuid() -> String {
    let bits = fastrand::u128(..);
    let bits = bits & !(0xf << 76) | (0x4 << 76);
    let bits = bits & !(0x3 << 62) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// Writes the URLs of a value. The variables of a template are properties of the object that
/// holds the URL, or of one around it.
pub(super) fn with_urls(
    schemas: &Schemas,
    schema: &Schema,
    value: &Value,
    around: &[&Map<String, Value>],
    origin: &str,
) -> Value {
    match value {
        Value::Object(members) if !schema.properties.is_empty() => {
            let mut scopes = vec![members];
            scopes.extend(around);
            let mut written = Map::new();
            for (name, id) in &schema.properties {
                let child = schemas.get(*id);
                if let Some(template) = &child.url {
                    let path = template.expand(|name| {
                        let found = scopes.iter().find_map(|scope| scope.get(name));
                        found.map(|value| plain_text(value).into())
                    });
                    if let Ok(path) = path {
                        written.insert(name.clone(), json!(format!("{origin}{path}")));
                    }
                } else if let Some(value) = members.get(name) {
                    let value = with_urls(schemas, child, value, &scopes, origin);
                    written.insert(name.clone(), value);
                }
            }
            for (name, value) in members {
                if !written.contains_key(name) {
                    written.insert(name.clone(), value.clone());
                }
            }
            Value::Object(written)
        }
        Value::Array(items) => match schema.items {
            Some(id) => items
                .iter()
                .map(|item| with_urls(schemas, schemas.get(id), item, around, origin))
                .collect(),
            None => value.clone(),
        },
        _ => value.clone(),
    }
}

/// A value as it stands in a path or a query.
pub(super) fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Puts a value at a JSON pointer, making the objects on the way.
pub(super) fn put(members: &mut Map<String, Value>, place: &str, value: Value) {
    let Some((parent, name)) = pointer::split_last(place) else {
        return;
    };
    let mut members = members;
    for token in pointer::tokens(parent) {
        let child = members.entry(token).or_insert_with(|| json!({}));
        if !child.is_object() {
            *child = json!({});
        }
        let Value::Object(inner) = child else {
            return;
        };
        members = inner;
    }
    members.insert(name, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_of_version_four() {
        let id = uuid();
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert!("89ab".contains(&id[19..20]));
        assert_ne!(id, uuid());
    }

    #[test]
    fn numbers_keep_their_bounds() {
        let schema = |minimum, maximum, flags, multiple_of| Schema {
            minimum,
            maximum,
            multiple_of,
            flags,
            ..Schema::default()
        };
        let (none, above, below) = (Flags::default(), Flags::ABOVE_MINIMUM, Flags::BELOW_MAXIMUM);
        for (schema, whole, other) in [
            (schema(None, None, none, None), 0, 0.0),
            (schema(Some(3.0), None, none, None), 3, 3.0),
            (schema(Some(3.0), Some(4.0), above, None), 4, 3.5),
            (schema(None, Some(-3.0), below, None), -4, -4.0),
            (schema(Some(3.0), Some(9.0), none, Some(4.0)), 4, 4.0),
        ] {
            assert_eq!(
                (whole_number(&schema), number(&schema, None)),
                (whole, other)
            );
        }
    }

    #[test]
    fn values_are_put_anywhere() {
        let mut members = Map::new();
        members.insert("a".into(), json!(1));
        put(&mut members, "/a/b", json!(2));
        put(&mut members, "/c~1d", json!(3));
        put(&mut members, "", json!(4));
        assert_eq!(Value::Object(members), json!({"a": {"b": 2}, "c/d": 3}));
    }
}
