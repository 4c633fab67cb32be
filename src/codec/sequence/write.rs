//! Items that follow each other (`OpenAPI` 3.2.0, Sequential Media Types).

use std::fmt::Write as _;

use serde_json::Value;

use crate::codec::style::plain;
use crate::contract::Framing;

/// Writes an array, item by item.
///
/// # Errors
/// When the value is no array, or an item cannot be written.
pub(crate) fn sequence(framing: Framing, value: &Value) -> Result<String, String> {
    let Value::Array(items) = value else {
        return Err("a sequence is made of an array".to_owned());
    };
    let items = items.iter().map(|item| match framing {
        Framing::Lines => Ok(format!("{item}\n")),
        Framing::Records => Ok(format!("\u{1e}{item}\n")),
        Framing::Events => event(item),
    });
    items.collect()
}

/// A server-sent event (HTML, section 9.2.5).
fn event(item: &Value) -> Result<String, String> {
    let Value::Object(fields) = item else {
        return Err("an event is made of an object".to_owned());
    };
    let mut text = String::new();
    for (name, value) in fields {
        let value = plain(value);
        let is_known = matches!(name.as_str(), "event" | "id" | "retry");
        if name == "data" {
            for line in value.split('\n') {
                let _ = writeln!(text, "data: {line}");
            }
        } else if !is_known {
            return Err(format!("an event has no field '{name}'"));
        } else if value.contains(['\r', '\n']) {
            return Err(format!("the field '{name}' of an event has a line break"));
        } else {
            let _ = writeln!(text, "{name}: {value}");
        }
    }
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_framing() {
        let items = json!([{"a": 1}, "x\ny"]);
        let written = |framing| sequence(framing, &items).unwrap();
        assert_eq!(written(Framing::Lines), "{\"a\":1}\n\"x\\ny\"\n");
        assert_eq!(
            written(Framing::Records),
            "\u{1e}{\"a\":1}\n\u{1e}\"x\\ny\"\n"
        );
        let events = json!([
            {"event": "a", "data": "x\ny", "retry": 5}, {"data": {"n": 1}, "id": "i"},
        ]);
        assert_eq!(
            sequence(Framing::Events, &events).unwrap(),
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
        ] {
            assert!(sequence(Framing::Events, &value).is_err(), "{value}");
        }
    }
}
