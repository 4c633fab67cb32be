//! Server-sent events as objects (HTML, section 9.2.6; `OpenAPI` 3.2.0, Special Considerations for
//! Server-Sent Events).

use serde_json::{Map, Value};

use crate::codec::body::{Reading, Stray, beginning};
use crate::place::pointer;

/// Reads a stream as the array of its events. What has no data is no event, and what HTML says to
/// pass over is no fault.
pub(super) fn read<'a>(bytes: &[u8]) -> Reading<'a> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(e) => {
            return Reading {
                fault: Some(format!("not UTF-8 from byte {} on", e.valid_up_to())),
                ..Reading::default()
            };
        }
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
    let unfinished = event.into_value().map(|event| Stray {
        place: pointer::join("", &events.len().to_string()),
        message: "no empty line ends the last event, so that no client sees it".to_owned(),
        expected: "an empty line behind each event".to_owned(),
        actual: beginning(event.to_string().as_bytes()),
        promise: None,
    });
    Reading {
        value: Some(Value::Array(events)),
        strays: unfinished.into_iter().collect(),
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
        assert!(reading.strays.is_empty(), "{:?}", reading.strays);
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
    fn what_breaks_off_is_told() {
        let reading = read(b"data: 1\n\ndata: 2\n");
        assert_eq!(reading.value, Some(json!([{"data": "1"}])));
        assert_eq!(reading.strays[0].place, "/1");
        assert!(
            read(b"data: \xe4\n\n")
                .fault
                .is_some_and(|f| f.contains("byte 6"))
        );
    }
}
