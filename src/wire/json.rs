//! Strict reading of JSON bytes: what RFC 8259 forbids or calls unpredictable is a fault.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

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
        pointer: &mut String::new(),
        duplicate: &mut duplicate,
    }
    .deserialize(&mut deserializer)
    .and_then(|value| deserializer.end().map(|()| value))
    .map_err(|e| JsonFault::Syntax(e.to_string()))?;
    match duplicate {
        Some(pointer) => Err(JsonFault::DuplicateName(pointer)),
        None => Ok(value),
    }
}

struct Strict<'a> {
    pointer: &'a mut String,
    duplicate: &'a mut Option<String>,
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

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        let length = self.pointer.len();
        loop {
            super::pointer::push(self.pointer, &array.len().to_string());
            let item = items.next_element_seed(Strict {
                pointer: self.pointer,
                duplicate: self.duplicate,
            })?;
            self.pointer.truncate(length);
            match item {
                Some(item) => array.push(item),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let length = self.pointer.len();
        while let Some(name) = members.next_key::<String>()? {
            super::pointer::push(self.pointer, &name);
            let value = members.next_value_seed(Strict {
                pointer: self.pointer,
                duplicate: self.duplicate,
            })?;
            if object.insert(name, value).is_some() && self.duplicate.is_none() {
                *self.duplicate = Some(self.pointer.clone());
            }
            self.pointer.truncate(length);
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
