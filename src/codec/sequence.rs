//! Sequences of items: JSON lines (JSON Lines; NDJSON section 3), JSON texts (RFC 7464) and
//! server-sent events (HTML section 9.2); `OpenAPI` 3.2.0, Sequential Media Types.

use serde_json::Value;

use super::defect::BodyDefect;
use super::entity::Reading;
use super::error::{WriteError, WriteErrorKind};
use super::text::excerpt;
use super::{event_stream, json};
use crate::contract::{Framing, RECORD_SEPARATOR};
use crate::outcome::{DefectKind, ItemDefect};
use crate::place::pointer;

/// Writes an array, item by item.
///
/// # Errors
/// If the value is not an array, or an item cannot be written.
pub(crate) fn write(framing: Framing, value: &Value) -> Result<String, WriteError> {
    let Value::Array(items) = value else {
        return Err(WriteErrorKind::NotAnArray("a sequence").into());
    };
    let items = items.iter().enumerate().map(|(i, item)| match framing {
        Framing::Lines => Ok(format!("{item}\n")),
        Framing::Records => Ok(format!("\u{1e}{item}\n")),
        Framing::Events => event_stream::write(item).map_err(|e| e.below(&i.to_string())),
    });
    items.collect()
}

/// Reads a body as the array of its items.
pub(crate) fn read<'a>(framing: Framing, bytes: &[u8]) -> Reading<'a> {
    match framing {
        Framing::Lines => lines(bytes),
        Framing::Records => records(bytes),
        Framing::Events => event_stream::read(bytes),
    }
}

/// Lines without a value are ignored (NDJSON section 3.2).
fn lines<'a>(bytes: &[u8]) -> Reading<'a> {
    let mut items = Items::default();
    for (i, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if !line.trim_ascii().is_empty() {
            items.add(line, |error| ItemDefect::Line(i + 1, error));
        }
    }
    items.into_reading()
}

/// Separators without a value between them are ignored (RFC 7464 section 2.1).
fn records<'a>(bytes: &[u8]) -> Reading<'a> {
    let mut items = Items::default();
    for (i, record) in bytes.split(|byte| *byte == RECORD_SEPARATOR).enumerate() {
        if record.trim_ascii().is_empty() {
            continue;
        }
        let number = items.values.len() + 1;
        if i == 0 {
            items.fail(record, ItemDefect::NoSeparator(number));
        } else if items.add(record, |error| ItemDefect::Record(number, error))
            && !record.ends_with(b"\n")
        {
            let place = pointer::join("", &(number - 1).to_string());
            items.note(place, record, ItemDefect::NoLineFeed(number));
        }
    }
    items.into_reading()
}

/// The items that were read so far.
#[derive(Default)]
struct Items {
    values: Vec<Value>,
    unread: Vec<String>,
    /// The first item that is malformed: its place, how it begins, and what is wrong.
    first: Option<(String, String, ItemDefect)>,
    /// How many more are.
    more: usize,
}

impl Items {
    /// Adds the item that a text is; returns whether it could be read. `defect` is what is wrong if
    /// not.
    fn add(&mut self, text: &[u8], defect: impl FnOnce(String) -> ItemDefect) -> bool {
        match json::read(text) {
            Ok(value) => {
                self.values.push(value);
                true
            }
            Err(error) => {
                self.fail(text, defect(error.to_string()));
                false
            }
        }
    }

    /// Adds an item that cannot be read.
    fn fail(&mut self, text: &[u8], defect: ItemDefect) {
        let place = pointer::join("", &self.values.len().to_string());
        self.unread.push(place.clone());
        self.values.push(Value::Null);
        self.note(place, text, defect);
    }

    /// Notes what is wrong. An item that is cut off may break all that follow it, so only the first
    /// one is reported.
    fn note(&mut self, place: String, text: &[u8], defect: ItemDefect) {
        if self.first.is_none() {
            self.first = Some((place, excerpt(text), defect));
        } else {
            self.more += 1;
        }
    }

    fn into_reading<'a>(self) -> Reading<'a> {
        let more = self.more;
        let defect = self.first.map(|(place, excerpt, item)| BodyDefect {
            place,
            kind: DefectKind::MalformedItem {
                item,
                excerpt,
                more,
            },
            promise: None,
        });
        Reading {
            value: Some(Value::Array(self.values)),
            defects: defect.into_iter().collect(),
            unread: self.unread,
            ..Reading::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The items of a body, the place of its defect, what is wrong, and how many more are malformed.
    fn read(framing: Framing, text: &str) -> (Value, Option<(String, ItemDefect, usize)>) {
        let mut reading = super::read(framing, text.as_bytes());
        assert!(reading.defects.len() < 2, "{:?}", reading.defects);
        let defect = reading.defects.pop().map(|defect| match defect.kind {
            DefectKind::MalformedItem { item, more, .. } => (defect.place, item, more),
            other => panic!("{other:?}"),
        });
        (reading.value.unwrap_or_default(), defect)
    }

    #[test]
    fn lines_are_items() {
        for text in ["{\"a\": 1}\n[2]\nnull\n", "{\"a\": 1}\r\n\r\n[2]\nnull"] {
            assert_eq!(
                read(Framing::Lines, text),
                (json!([{"a": 1}, [2], null]), None)
            );
        }
        assert_eq!(read(Framing::Lines, ""), (json!([]), None));
        let (value, defect) = read(Framing::Lines, "1\n{\"a\":\n2}\n\n4\n");
        assert_eq!(value, json!([1, null, null, 4]));
        assert!(
            matches!(&defect, Some((place, ItemDefect::Line(2, error), 1))
                if place == "/1" && error.starts_with("EOF")),
            "{defect:?}"
        );
    }

    #[test]
    fn records_are_between_separators_and_line_feeds() {
        let text = "\u{1e}{\"a\":\n1}\n\u{1e}\u{1e}2\n";
        assert_eq!(read(Framing::Records, text), (json!([{"a": 1}, 2]), None));
        for (text, place, expected) in [
            ("{}\n", "/0", ItemDefect::NoSeparator(1)),
            ("\u{1e}{}\n\u{1e}12", "/1", ItemDefect::NoLineFeed(2)),
        ] {
            let (_, defect) = read(Framing::Records, text);
            assert_eq!(defect, Some((place.to_owned(), expected, 0)), "{text:?}");
        }
        let (_, defect) = read(Framing::Records, "\u{1e}{}{}\n");
        assert!(
            matches!(&defect, Some((place, ItemDefect::Record(1, error), 0))
                if place == "/0" && error.starts_with("trailing")),
            "{defect:?}"
        );
    }

    #[test]
    fn each_framing() {
        let items = json!([{"a": 1}, "x\ny"]);
        let written = |framing| write(framing, &items).unwrap();
        assert_eq!(written(Framing::Lines), "{\"a\":1}\n\"x\\ny\"\n");
        assert_eq!(
            written(Framing::Records),
            "\u{1e}{\"a\":1}\n\u{1e}\"x\\ny\"\n"
        );
        let events = json!([
            {"event": "a", "data": "x\ny", "retry": 5}, {"data": {"n": 1}, "id": "i"},
        ]);
        assert_eq!(
            write(Framing::Events, &events).unwrap(),
            "event: a\ndata: x\ndata: y\nretry: 5\n\ndata: {\"n\":1}\nid: i\n\n"
        );
    }

    #[test]
    fn what_cannot_be_written() {
        for value in [
            json!({}),
            json!(["x"]),
            json!([{"x": 1}]),
            json!([{"id": "a\nb"}]),
            json!([{"id": "a\u{0}b"}]),
            json!([{"data": "a\rb"}]),
        ] {
            assert!(write(Framing::Events, &value).is_err(), "{value}");
        }
    }
}
