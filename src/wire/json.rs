//! Strict reading of JSON bytes: what RFC 8259 forbids or calls unpredictable is a fault.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::place::pointer;

/// What is wrong with a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonFault {
    /// The bytes are not UTF-8 (RFC 8259 section 8.1), from this offset on.
    NotUtf8(usize),
    /// The grammar is broken; the message names line and column.
    Syntax(String),
    /// An object names a member twice (RFC 8259 section 4): JSON pointer of the second.
    DuplicateName(String),
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8(offset) => write!(f, "not UTF-8 from byte {offset} on"),
            Self::Syntax(message) => f.write_str(message),
            Self::DuplicateName(pointer) => write!(f, "the name at {pointer} stands twice"),
        }
    }
}

/// Reads one JSON value that fills the whole input.
///
/// # Errors
/// The first fault in the text.
pub fn parse_json(bytes: &[u8]) -> Result<Value, JsonFault> {
    let text = std::str::from_utf8(bytes).map_err(|e| JsonFault::NotUtf8(e.valid_up_to()))?;
    let mut duplicate = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict {
        duplicate: &mut duplicate,
    }
    .deserialize(&mut deserializer)
    .and_then(|value| deserializer.end().map(|()| value))
    .map_err(|e| JsonFault::Syntax(e.to_string()))?;
    match duplicate {
        Some(tokens) => {
            let mut pointer = String::new();
            for token in tokens.iter().rev() {
                pointer::push(&mut pointer, token);
            }
            Err(JsonFault::DuplicateName(pointer))
        }
        None => Ok(value),
    }
}

struct Strict<'a> {
    /// The way to the first name that stands twice, from its object outwards.
    duplicate: &'a mut Option<Vec<String>>,
}

impl Strict<'_> {
    fn inner(&mut self) -> Strict<'_> {
        Strict {
            duplicate: self.duplicate,
        }
    }

    /// Adds a step to the way if it was found in the value that was just read.
    fn pass(&mut self, found_before: bool, step: impl FnOnce() -> String) {
        if !found_before && let Some(tokens) = self.duplicate {
            tokens.push(step());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        loop {
            let found_before = self.duplicate.is_some();
            let Some(item) = items.next_element_seed(self.inner())? else {
                return Ok(Value::Array(array));
            };
            self.pass(found_before, || array.len().to_string());
            array.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let found_before = self.duplicate.is_some();
            let value = members.next_value_seed(self.inner())?;
            self.pass(found_before, || name.clone());
            match object.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(place) => {
                    self.duplicate
                        .get_or_insert_with(|| vec![place.key().clone()]);
                }
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_serde_json_reads() {
        let text = br#"{"a": [1, -2, 3.5, "x", null, true], "b": {"c": 18446744073709551615}}"#;
        assert_eq!(
            parse_json(text).unwrap(),
            serde_json::from_slice::<Value>(text).unwrap()
        );
    }

    #[test]
    fn names_each_fault() {
        assert_eq!(
            parse_json(br#"{"a": [{"b~/": 1, "b~/": 2}]}"#),
            Err(JsonFault::DuplicateName("/a/0/b~0~1".into()))
        );
        assert_eq!(parse_json(b"\"\xff\""), Err(JsonFault::NotUtf8(1)));
        assert!(matches!(parse_json(b"{} x"), Err(JsonFault::Syntax(m)) if m.contains("trailing")));
        assert!(matches!(parse_json(b""), Err(JsonFault::Syntax(m)) if m.contains("EOF")));
        assert_eq!(parse_json(b"{\"a\":1}\n"), Ok(json!({"a": 1})));
    }
}
