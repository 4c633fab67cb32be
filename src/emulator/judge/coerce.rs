//! What texts mean by their schemas.

use serde_json::{Number, Value};

use super::number::is_integer;
use super::validator::validate;
use crate::emulator::schema::{Flags, Kind, Schema, Schemas};

/// Whether a value has the type of a schema.
pub(in crate::emulator) fn has_kind(schema: &Schema, value: &Value) -> bool {
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

/// The value that a text of a form, a query or a path means; the text itself where it means none.
pub(in crate::emulator) fn coerce(schemas: &Schemas, schema: &Schema, text: &str) -> Value {
    let boolean = || {
        [("true", true), ("false", false)]
            .iter()
            .find(|(word, _)| text.eq_ignore_ascii_case(word))
            .map(|(_, value)| Value::Bool(*value))
    };
    let integer = || {
        text.parse::<i64>()
            .map(Value::from)
            .or_else(|_| text.parse::<u64>().map(Value::from))
            .ok()
    };
    let number = || {
        let read = text.parse::<f64>().ok().and_then(Number::from_f64);
        read.map(Value::Number)
    };
    let fits = |value: &Value| validate(schemas, schema, value).is_empty();
    let read = match schema.kind {
        Some(Kind::Integer) => integer(),
        Some(Kind::Number) => integer().or_else(number),
        Some(Kind::Boolean) => boolean(),
        Some(Kind::Object | Kind::Array) => serde_json::from_str(text).ok(),
        None if schema.is(Flags::MIXED) => {
            let readings = [
                integer(),
                number(),
                boolean(),
                serde_json::from_str(text).ok(),
            ];
            readings.into_iter().flatten().find(fits)
        }
        Some(Kind::String) | None => None,
    };
    read.unwrap_or_else(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
            assert_eq!(
                coerce(&Schemas::default(), &schema(kind), text),
                value,
                "{text}"
            );
        }
    }
}
