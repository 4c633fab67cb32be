//! YAML 1.2 (core schema) to JSON values, with limits where YAML allows bombs.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 128;
/// Most nodes that aliases may add to a document.
const MAX_ALIASED_NODES: usize = 1_000_000;

/// What is wrong with a YAML text.
#[derive(Debug)]
pub(super) struct YamlFault {
    /// Line, counted from 1.
    pub(super) line: usize,
    pub(super) message: String,
    pub(super) remedy: &'static str,
}

/// Reads the one document of a YAML text.
pub(super) fn parse(text: &str) -> Result<Value, YamlFault> {
    let mut builder = Builder::default();
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| YamlFault {
            line: e.marker().line(),
            message: format!("not valid YAML: {}", e.info()),
            remedy: "correct the indentation, quotes or brackets near this line",
        })?;
        builder.line = span.start.line();
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(builder.fault(
                        "a second YAML document begins here",
                        "keep one document in the file",
                    ));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(text, style, tag.as_deref());
                builder.value(value, anchor, 1)?;
            }
            Event::SequenceStart(anchor, _) => builder.open(Value::Array(Vec::new()), anchor)?,
            Event::MappingStart(anchor, _) => builder.open(Value::Object(Map::new()), anchor)?,
            Event::SequenceEnd | Event::MappingEnd => builder.close()?,
            Event::Alias(anchor) => builder.alias(anchor)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    Ok(builder.root.unwrap_or(Value::Null))
}

#[derive(Default)]
struct Builder {
    root: Option<Value>,
    open: Vec<Open>,
    anchors: HashMap<usize, (Value, usize)>,
    aliased: usize,
    line: usize,
}

/// A collection that is not closed yet.
struct Open {
    value: Value,
    key: Option<String>,
    anchor: usize,
    nodes: usize,
}

impl Builder {
    fn fault(&self, message: impl Into<String>, remedy: &'static str) -> YamlFault {
        YamlFault {
            line: self.line,
            message: message.into(),
            remedy,
        }
    }

    fn open(&mut self, value: Value, anchor: usize) -> Result<(), YamlFault> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.fault(
                format!("nested deeper than {MAX_DEPTH} levels"),
                "no API description needs this depth: look for a mistake in the generator",
            ));
        }
        self.open.push(Open {
            value,
            key: None,
            anchor,
            nodes: 1,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), YamlFault> {
        match self.open.pop() {
            Some(open) => self.value(open.value, open.anchor, open.nodes),
            None => Ok(()),
        }
    }

    fn alias(&mut self, anchor: usize) -> Result<(), YamlFault> {
        let Some((value, nodes)) = self.anchors.get(&anchor) else {
            return Err(self.fault(
                "an alias inside the node that it names",
                "describe a recursive schema with $ref",
            ));
        };
        let (value, nodes) = (value.clone(), *nodes);
        self.aliased += nodes;
        if self.aliased > MAX_ALIASED_NODES {
            return Err(self.fault(
                format!("aliases expand to more than {MAX_ALIASED_NODES} nodes"),
                "use $ref instead of nested aliases",
            ));
        }
        self.value(value, 0, nodes)
    }

    /// Puts a finished value where it belongs. `nodes` is its size.
    fn value(&mut self, value: Value, anchor: usize, nodes: usize) -> Result<(), YamlFault> {
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), nodes));
        }
        let line = self.line;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        open.nodes += nodes;
        match (&mut open.value, open.key.take()) {
            (Value::Array(items), _) => items.push(value),
            (Value::Object(members), Some(key)) => {
                if members.insert(key.clone(), value).is_some() {
                    return Err(YamlFault {
                        line,
                        message: format!("the key `{key}` occurs twice in one mapping"),
                        remedy: "remove one of the two",
                    });
                }
            }
            (_, _) => match key_text(value) {
                Some(key) => open.key = Some(key),
                None => {
                    return Err(self.fault(
                        "a key that is not a plain value",
                        "JSON knows only texts as keys",
                    ));
                }
            },
        }
        Ok(())
    }
}

fn key_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(_) | Value::Object(_) => None,
        other => Some(other.to_string()),
    }
}

/// Resolves a scalar by the core schema (YAML 1.2.2 section 10.3).
fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let named = tag
        .filter(|tag| tag.is_yaml_core_schema())
        .map(|tag| tag.suffix.as_str());
    if style != ScalarStyle::Plain || named == Some("str") {
        return Value::String(text.into_owned());
    }
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    number(&text).map_or_else(|| Value::String(text.into_owned()), Value::Number)
}

fn number(text: &str) -> Option<Number> {
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(Number::from);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u64::from_str_radix(digits, 8).ok().map(Number::from);
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || !unsigned.contains(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    if unsigned.bytes().all(|b| b.is_ascii_digit()) {
        if sign > 0 {
            if let Ok(value) = unsigned.parse::<u64>() {
                return Some(value.into());
            }
        } else if let Ok(value) = text.parse::<i64>() {
            return Some(value.into());
        }
    }
    if unsigned
        .bytes()
        .all(|b| b.is_ascii_digit() || b".eE+-".contains(&b))
    {
        return text.parse::<f64>().ok().and_then(Number::from_f64);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn core_schema() {
        let text = "a: 1\nb: -2\nc: 1.5e3\nd: '1'\ne: yes\nf: ~\ng: true\nh: 2020-01-01\ni: 0x1F\n\
                    j: 1.2.3\nk: .5\nl: !!str 12\n200: x\nn: 1e400\n";
        assert_eq!(
            parse(text).unwrap(),
            json!({"a": 1, "b": -2, "c": 1500.0, "d": "1", "e": "yes", "f": null, "g": true,
                   "h": "2020-01-01", "i": 31, "j": "1.2.3", "k": 0.5, "l": "12", "200": "x",
                   "n": "1e400"})
        );
    }

    #[test]
    fn aliases_are_copies_with_a_limit() {
        assert_eq!(
            parse("a: &x {k: 1}\nb: *x\n").unwrap(),
            json!({"a": {"k": 1}, "b": {"k": 1}})
        );
        let mut bomb = String::from("a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n");
        for i in 1..9 {
            let alias = format!("*a{}", i - 1);
            bomb.push_str(&format!(
                "a{i}: &a{i} [{}]\n",
                [alias.as_str(); 10].join(",")
            ));
        }
        assert!(parse(&bomb).unwrap_err().message.contains("expand"));
        assert!(parse("a: &x [*x]\n").is_err());
    }

    #[test]
    fn limits() {
        assert!(parse(&"[".repeat(10_000)).is_err());
        let deep = format!("{}1", "- ".repeat(200));
        assert!(parse(&deep).unwrap_err().message.contains("deeper"));
        assert!(
            parse("a: 1\n---\nb: 2\n")
                .unwrap_err()
                .message
                .contains("second")
        );
        assert!(parse("? [a]\n: 1\n").is_err());
    }
}
