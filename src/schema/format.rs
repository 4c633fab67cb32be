//! The values of `format` that are asserted, and those that are unknown.

use std::collections::BTreeMap;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use crate::place::pointer;
use crate::spec::{Document, Level, Problem, each_object};

/// Formats that are asserted or that constrain nothing in JSON: JSON Schema 2020-12 section 7.3,
/// the `OpenAPI` Format Registry, and `uri-map`, an object of URIs.
const KNOWN: [&str; 50] = [
    "base64url",
    "binary",
    "byte",
    "char",
    "commonmark",
    "date",
    "date-time",
    "date-time-local",
    "decimal",
    "decimal128",
    "double",
    "double-int",
    "duration",
    "email",
    "float",
    "hostname",
    "html",
    "http-date",
    "idn-email",
    "idn-hostname",
    "int16",
    "int32",
    "int64",
    "int8",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "media-range",
    "password",
    "regex",
    "relative-json-pointer",
    "sf-binary",
    "sf-boolean",
    "sf-decimal",
    "sf-integer",
    "sf-string",
    "sf-token",
    "time",
    "time-local",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uri",
    "uri-map",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// Whether a text has a format.
type Check = fn(&str) -> bool;

/// The formats of texts that are asserted beside those of JSON Schema.
pub(super) const CHECKED: [(&str, Check); 6] = [
    ("byte", is_base64),
    ("base64url", is_base64url),
    ("char", |text| text.chars().count() == 1),
    ("date-time-local", is_local_date_time),
    ("time-local", is_local_time),
    ("http-date", is_http_date),
];

/// Whether a text is base64 (RFC 4648 section 4), which `byte` demands.
fn is_base64(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .is_ok()
}

/// Whether a text is base64url (RFC 4648 section 5), padded or not.
fn is_base64url(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text.trim_end_matches('='))
        .is_ok()
}

/// Whether a text is a date and time without an offset (RFC 3339 section 5.6).
fn is_local_date_time(text: &str) -> bool {
    OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339).is_ok()
}

/// Whether a text is a time without an offset (RFC 3339 section 5.6).
fn is_local_time(text: &str) -> bool {
    OffsetDateTime::parse(&format!("1970-01-01T{text}Z"), &Rfc3339).is_ok()
}

/// Whether a text is a date as HTTP writes it (RFC 9110 section 5.6.7).
fn is_http_date(text: &str) -> bool {
    text.len() == 29 && text.ends_with(" GMT") && OffsetDateTime::parse(text, &Rfc2822).is_ok()
}

/// Whether it is known what a format demands.
pub fn is_known_format(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// Unknown formats, with the first place of each and the number of its places.
pub fn unknown_formats(document: &Document) -> BTreeMap<String, (String, usize)> {
    let mut found = BTreeMap::new();
    each_object(document, &mut |at, members| {
        if let Some(Value::String(name)) = members.get("format")
            && members.contains_key("type")
            && !is_known_format(name)
        {
            let entry = found
                .entry(name.clone())
                .or_insert_with(|| (pointer::join(at, "format"), 0));
            entry.1 += 1;
        }
    });
    found
}

/// A warning for each unknown format.
pub fn unknown_format_warnings(document: &Document) -> Vec<Problem> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_checked_formats() {
        for (name, good, bad) in [
            ("byte", "aGk=", "a b"),
            ("base64url", "_-8", "/+8="),
            ("char", "\u{e4}", "ab"),
            (
                "date-time-local",
                "2024-02-29T12:00:00",
                "2024-02-29T12:00:00Z",
            ),
            ("time-local", "12:00:00.5", "25:00:00"),
            ("http-date", "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06"),
        ] {
            let (_, check) = CHECKED.iter().find(|(known, _)| *known == name).unwrap();
            assert!(check(good) && !check(bad), "{name}");
        }
    }
}
