//! Server-sent events as objects (HTML section 9.2.5 for the format, section 9.2.6 for its meaning;
//! `OpenAPI` 3.2.0, Special Considerations for Server-Sent Events).
//!
//! The data of an event is text, and an event without data is none, so that data of another type
//! comes back as the text of its JSON, and an event without data not at all.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::defect::BodyDefect;
use super::entity::Reading;
use super::error::{ReadError, WriteError, WriteErrorKind};
use super::text::{excerpt, plain};
use crate::outcome::DefectKind;
use crate::place::pointer;

/// Writes an event.
///
/// # Errors
/// If the value is not an object, has an unknown field, or a field cannot hold its value: only data
/// can have line feeds, nothing can have carriage returns, and a client ignores an id with a NUL.
pub(crate) fn write(item: &Value) -> Result<String, WriteError> {
    let Value::Object(fields) = item else {
        return Err(WriteErrorKind::NotAnObject("an event").into());
    };
    let mut text = String::new();
    for (name, value) in fields {
        let value = plain(value);
        let forbidden: &[char] = match name.as_str() {
            "data" => &['\r'],
            "id" => &['\r', '\n', '\0'],
            "event" | "retry" => &['\r', '\n'],
            _ => return Err(WriteErrorKind::EventField(name.clone()).into()),
        };
        if let Some(character) = value.chars().find(|c| forbidden.contains(c)) {
            let field = name.clone();
            return Err(WriteErrorKind::EventCharacter { field, character }.into());
        }
        for line in value.split('\n') {
            let _ = writeln!(text, "{name}: {line}");
        }
    }
    text.push('\n');
    Ok(text)
}

/// Reads a stream as the array of its events. What HTML tells clients to ignore is not a defect.
pub(crate) fn read<'a>(bytes: &[u8]) -> Reading<'a> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(e) => return Reading::failed(ReadError::NotUtf8(e.valid_up_to())),
    };
    let mut events = Vec::new();
    let mut event = Event::default();
    for line in lines(text) {
        if line.is_empty() {
            events.extend(std::mem::take(&mut event).into_value());
        } else {
            event.line(line);
        }
    }
    let unfinished = event.into_value().map(|event| BodyDefect {
        place: pointer::join("", &events.len().to_string()),
        kind: DefectKind::UnfinishedEvent {
            excerpt: excerpt(event.to_string().as_bytes()),
        },
        promise: None,
    });
    Reading {
        value: Some(Value::Array(events)),
        defects: unfinished.into_iter().collect(),
        ..Reading::default()
    }
}

/// The lines of a text, which end with CR LF, LF or CR.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(end) = rest.find(['\r', '\n']) else {
            return Some(std::mem::take(&mut rest));
        };
        let line = &rest[..end];
        rest = &rest[end..];
        rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
        Some(line)
    })
}

/// An event, as far as its fields were read.
#[derive(Default)]
struct Event {
    fields: Map<String, Value>,
    data: Option<String>,
}

impl Event {
    fn line(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => match &mut self.data {
                None => self.data = Some(value.to_owned()),
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
            },
            // An event of no type is one without this field.
            "event" if value.is_empty() => {
                self.fields.remove(name);
            }
            "id" if value.contains('\0') => {}
            "event" | "id" => {
                self.fields.insert(name.to_owned(), Value::from(value));
            }
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                if let Ok(milliseconds) = value.parse::<u64>() {
                    self.fields
                        .insert(name.to_owned(), Value::from(milliseconds));
                }
            }
            _ => {}
        }
    }

    fn into_value(mut self) -> Option<Value> {
        self.fields
            .insert("data".to_owned(), Value::from(self.data?));
        Some(Value::Object(self.fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(text: &str) -> Value {
        let reading = read(text.as_bytes());
        assert!(reading.defects.is_empty(), "{:?}", reading.defects);
        reading.value.unwrap_or_default()
    }

    #[test]
    fn fields_make_events() {
        let text = "\u{feff}event: add\ndata: one\ndata:  two\nretry: 5\nid: a b\n\n\
                    : comment\nunknown: x\ndata:3.5\r\n\r\nid: only\n\nretry: x\ndata\revent\r\r";
        let expected = json!([
            {"event": "add", "data": "one\n two", "retry": 5, "id": "a b"},
            {"data": "3.5"},
            {"data": ""},
        ]);
        assert_eq!(value(text), expected);
        assert_eq!(value(""), json!([]));
        assert_eq!(value("retry: 10\n"), json!([]));
    }

    #[test]
    fn an_event_without_an_end_is_a_defect() {
        let reading = read(b"data: 1\n\ndata: 2\n");
        assert_eq!(reading.value, Some(json!([{"data": "1"}])));
        assert_eq!(reading.defects[0].place, "/1");
        assert!(
            read(b"data: \xe4\n\n")
                .fault
                .is_some_and(|fault| fault == ReadError::NotUtf8(6))
        );
    }
}
