//! The values of `format` that are asserted, and those that nobody knows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::spec::{Document, Level, Problem};
use crate::wire::pointer;

/// Formats that are asserted or that constrain nothing in JSON: JSON Schema 2020-12 section 7.3,
/// the formats of `OpenAPI` 3.0.3 (Data Types), and `uri-map`, an object of URIs.
const KNOWN: [&str; 27] = [
    "binary",
    "byte",
    "date",
    "date-time",
    "double",
    "duration",
    "email",
    "float",
    "hostname",
    "idn-email",
    "idn-hostname",
    "int32",
    "int64",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "password",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-map",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// Whether a text is base64 (RFC 4648 section 4), which `byte` demands.
pub(super) fn is_base64(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .is_ok()
}

/// Formats that nobody knows, with the first place of each and how often it stands.
pub fn unknown_formats(document: &Document) -> BTreeMap<String, (String, usize)> {
    let mut found = BTreeMap::new();
    walk(document.root(), &mut String::new(), &mut found);
    found
}

/// A warning for each unknown format.
pub(super) fn report(document: &Document) -> Vec<Problem> {
    unknown_formats(document)
        .into_iter()
        .map(|(name, (place, count))| {
            document.problem(
                Level::Warning,
                &place,
                format!("the format '{name}' is unknown and not checked ({count} times)"),
                "add a `pattern` that says what it means",
            )
        })
        .collect()
}

fn walk(node: &Value, at: &mut String, found: &mut BTreeMap<String, (String, usize)>) {
    let length = at.len();
    match node {
        Value::Object(members) => {
            if let Some(Value::String(name)) = members.get("format")
                && members.contains_key("type")
                && !KNOWN.contains(&name.as_str())
            {
                let entry = found
                    .entry(name.clone())
                    .or_insert_with(|| (pointer::join(at, "format"), 0));
                entry.1 += 1;
            }
            for (name, value) in members {
                if matches!(name.as_str(), "example" | "examples" | "default" | "enum") {
                    continue;
                }
                pointer::push(at, name);
                walk(value, at, found);
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                pointer::push(at, &i.to_string());
                walk(item, at, found);
                at.truncate(length);
            }
        }
        _ => {}
    }
}
