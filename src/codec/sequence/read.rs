//! Reader of sequences (`OpenAPI` 3.2.0, Sequential Media Types).

use serde_json::Value;

use super::events;
use crate::codec::body::{Reading, Stray, beginning};
use crate::contract::{Framing, RECORD_SEPARATOR};
use crate::place::pointer;
use crate::wire::parse_json;

/// Reads a body as the array of its items.
pub(crate) fn read<'a>(framing: Framing, bytes: &[u8]) -> Reading<'a> {
    match framing {
        Framing::Lines => lines(bytes),
        Framing::Records => records(bytes),
        Framing::Events => events::read(bytes),
    }
}

/// Lines without a value stand for nothing (NDJSON, section 3.2).
fn lines<'a>(bytes: &[u8]) -> Reading<'a> {
    let mut items = Items::default();
    for (i, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if !line.trim_ascii().is_empty() {
            items.add(line, &format!("line {}", i + 1));
        }
    }
    items.into_reading("one JSON value in each line")
}

/// Separators without a value between them stand for nothing (RFC 7464 section 2.1).
fn records<'a>(bytes: &[u8]) -> Reading<'a> {
    let mut items = Items::default();
    for (i, record) in bytes.split(|byte| *byte == RECORD_SEPARATOR).enumerate() {
        if record.trim_ascii().is_empty() {
            continue;
        }
        let name = format!("text {}", items.values.len() + 1);
        if i == 0 {
            items.fail(
                record,
                format!("{name} does not begin with a record separator (0x1E)"),
            );
        } else if items.add(record, &name) && !record.ends_with(b"\n") {
            let place = pointer::join("", &(items.values.len() - 1).to_string());
            items.note(
                place,
                record,
                format!("{name} does not end with a line feed"),
            );
        }
    }
    items.into_reading("each JSON value between a record separator (0x1E) and a line feed")
}

/// The items that were read so far.
#[derive(Default)]
struct Items {
    values: Vec<Value>,
    unread: Vec<String>,
    /// What is wrong with the first item that is malformed: its place, what it begins with, why.
    first: Option<(String, String, String)>,
    /// How many more are.
    more: usize,
}

impl Items {
    /// Adds the item that a text stands for; whether there is one.
    fn add(&mut self, text: &[u8], name: &str) -> bool {
        match parse_json(text) {
            Ok(value) => {
                self.values.push(value);
                true
            }
            Err(fault) => {
                let mut fault = fault.to_string();
                // Of a text within a line, the line has been named.
                if !text.contains(&b'\n') {
                    fault = fault.replace(" at line 1 column ", " at column ");
                }
                self.fail(text, format!("{name} is not one JSON value: {fault}"));
                false
            }
        }
    }

    /// Adds an item that cannot be read.
    fn fail(&mut self, text: &[u8], message: String) {
        let place = pointer::join("", &self.values.len().to_string());
        self.unread.push(place.clone());
        self.values.push(Value::Null);
        self.note(place, text, message);
    }

    /// Notes what is wrong. One item that breaks off may break all that follow it, so that only the
    /// first is told of.
    fn note(&mut self, place: String, text: &[u8], message: String) {
        if self.first.is_none() {
            self.first = Some((place, beginning(text), message));
        } else {
            self.more += 1;
        }
    }

    fn into_reading<'a>(self, expected: &str) -> Reading<'a> {
        let more = match self.more {
            0 => String::new(),
            1 => "; one more is malformed".to_owned(),
            more => format!("; {more} more are malformed"),
        };
        let stray = self.first.map(|(place, actual, message)| Stray {
            place,
            message: message + &more,
            expected: expected.to_owned(),
            actual,
            promise: None,
        });
        Reading {
            value: Some(Value::Array(self.values)),
            strays: stray.into_iter().collect(),
            unread: self.unread,
            ..Reading::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The items of a body, and what is told of it.
    fn read(framing: Framing, text: &str) -> (Value, Vec<String>) {
        let reading = super::read(framing, text.as_bytes());
        let strays = reading.strays.iter();
        let told = strays.map(|stray| format!("{} {}", stray.place, stray.message));
        (reading.value.unwrap_or_default(), told.collect())
    }

    #[test]
    fn lines_are_items() {
        for text in ["{\"a\": 1}\n[2]\nnull\n", "{\"a\": 1}\r\n\r\n[2]\nnull"] {
            assert_eq!(
                read(Framing::Lines, text),
                (json!([{"a": 1}, [2], null]), vec![])
            );
        }
        assert_eq!(read(Framing::Lines, ""), (json!([]), vec![]));
        let (value, told) = read(Framing::Lines, "1\n{\"a\":\n2}\n\n4\n");
        assert_eq!(value, json!([1, null, null, 4]));
        assert_eq!(told.len(), 1);
        assert!(
            told[0].starts_with("/1 line 2 is not one JSON value: EOF")
                && told[0].contains("at column 5"),
            "{told:?}"
        );
        assert!(told[0].ends_with("; one more is malformed"), "{told:?}");
    }

    #[test]
    fn records_stand_between_separators_and_line_feeds() {
        let text = "\u{1e}{\"a\":\n1}\n\u{1e}\u{1e}2\n";
        assert_eq!(read(Framing::Records, text), (json!([{"a": 1}, 2]), vec![]));
        for (text, told) in [
            (
                "{}\n",
                "/0 text 1 does not begin with a record separator (0x1E)",
            ),
            (
                "\u{1e}{}\n\u{1e}12",
                "/1 text 2 does not end with a line feed",
            ),
            ("\u{1e}{}{}\n", "/0 text 1 is not one JSON value: trailing"),
        ] {
            let (_, found) = read(Framing::Records, text);
            assert!(found.len() == 1 && found[0].starts_with(told), "{found:?}");
        }
    }
}
