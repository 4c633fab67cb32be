//! The styles: from a value to text (`OpenAPI` 3.1.1, Style Values; RFC 6570).

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::contract::{Serialization, Style};

/// All but the unreserved characters (RFC 3986 section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What cannot stand in a query even where reserved characters can: what is no character of a
/// query (RFC 3986 section 3.4), and what divides one into its pairs.
const RESERVED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The same for a segment of a path (RFC 3986 section 3.3).
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'&').remove(b'+').add(b'/').add(b'?');

/// How characters are kept from meaning something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Not at all.
    Nothing,
    /// Percent-encoded for a URL.
    Url,
    /// Percent-encoded for a path, reserved characters left.
    Path,
    /// Percent-encoded for a query, reserved characters left.
    Query,
    /// As forms are, with a plus for a blank.
    Form,
}

impl Escape {
    pub(crate) fn apply(self, text: &str) -> String {
        match self {
            Self::Nothing => text.to_owned(),
            Self::Url => percent_encoded(text, UNRESERVED),
            Self::Path => percent_encoded(text, RESERVED_IN_PATH),
            Self::Query => percent_encoded(text, RESERVED),
            Self::Form => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
        }
    }
}

fn percent_encoded(text: &str, escaped: &'static AsciiSet) -> String {
    Cow::from(utf8_percent_encode(text, escaped)).into_owned()
}

/// A value as it stands in a path, a header or a form.
pub(crate) fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Null => Cow::Borrowed(""),
        other => Cow::Owned(other.to_string()),
    }
}

/// The items of a value: those of an array, the names and values of an object, or itself.
fn items(value: &Value, escape: Escape) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(|i| escape.apply(&plain(i))).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| [escape.apply(name), escape.apply(&plain(member))])
            .collect(),
        other => vec![escape.apply(&plain(other))],
    }
}

/// The members of an object as `name=value`; the items of everything else.
fn assignments(value: &Value, escape: Escape) -> Vec<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| {
                format!("{}={}", escape.apply(name), escape.apply(&plain(member)))
            })
            .collect(),
        other => items(other, escape),
    }
}

/// A header or a segment of a path: the styles `simple`, `label` and `matrix`.
pub(crate) fn segment(how: Serialization, name: &str, value: &Value, escape: Escape) -> String {
    let parts = if how.explode {
        assignments(value, escape)
    } else {
        items(value, escape)
    };
    let explodes = how.explode && (value.is_array() || value.is_object());
    match how.style {
        Style::Label => {
            let separator = if how.explode { "." } else { "," };
            format!(".{}", parts.join(separator))
        }
        Style::Matrix => {
            let name = escape.apply(name);
            let parts = if explodes && value.is_object() {
                parts
            } else if explodes {
                parts.iter().map(|part| named(&name, part)).collect()
            } else {
                vec![named(&name, &parts.join(","))]
            };
            format!(";{}", parts.join(";"))
        }
        _ => parts.join(","),
    }
}

/// A part of a multipart body, where nothing is escaped.
pub(crate) fn joined(how: Serialization, value: &Value) -> String {
    let parts = if how.explode {
        assignments(value, Escape::Nothing)
    } else {
        items(value, Escape::Nothing)
    };
    parts.join(match how.style {
        Style::SpaceDelimited => " ",
        Style::PipeDelimited => "|",
        Style::TabDelimited => "\t",
        _ => ",",
    })
}

/// An empty value has no equals sign here (RFC 6570 section 3.2.7).
fn named(name: &str, value: &str) -> String {
    if value.is_empty() {
        name.to_owned()
    } else {
        format!("{name}={value}")
    }
}

/// Pairs of a query, a form or a cookie, ready to be joined; none for an empty array or object.
pub(crate) fn pairs(how: Serialization, name: &str, value: &Value, escape: Escape) -> Vec<String> {
    let written = escape.apply(name);
    let pair = |value: &str| format!("{written}={value}");
    let blank = if escape == Escape::Form { "+" } else { "%20" };
    match (how.style, value) {
        (Style::DeepObject, Value::Object(_)) => {
            let mut pairs = Vec::new();
            deep(&written, value, escape, &mut pairs);
            pairs
        }
        (_, Value::Object(_)) if how.explode => assignments(value, escape),
        (_, Value::Array(_)) if how.explode => {
            items(value, escape).iter().map(|item| pair(item)).collect()
        }
        (style, Value::Array(_) | Value::Object(_)) => {
            let items = items(value, escape);
            let separator = match style {
                Style::SpaceDelimited => blank,
                Style::PipeDelimited => "%7C",
                Style::TabDelimited => "%09",
                _ => ",",
            };
            (!items.is_empty())
                .then(|| pair(&items.join(separator)))
                .into_iter()
                .collect()
        }
        (_, value) => vec![pair(&escape.apply(&plain(value)))],
    }
}

/// `name[member]=value`. The specification ends at the first level; below it names are nested in
/// the same way, and an array repeats its name.
fn deep(name: &str, value: &Value, escape: Escape, pairs: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                let name = format!("{name}%5B{}%5D", escape.apply(member));
                deep(&name, value, escape, pairs);
            }
        }
        Value::Array(items) => {
            for item in items {
                deep(name, item, escape, pairs);
            }
        }
        other => pairs.push(format!("{name}={}", escape.apply(&plain(other)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn how(style: Style, explode: bool) -> Serialization {
        Serialization {
            explode,
            ..Serialization::of(style)
        }
    }

    /// The values of the examples in the specification.
    fn values() -> [Value; 4] {
        [
            json!(""),
            json!("blue"),
            json!(["blue", "black", "brown"]),
            json!({"R": 100, "G": 200}),
        ]
    }

    #[test]
    fn segments_in_every_style() {
        for (style, explode, expected) in [
            (
                Style::Matrix,
                false,
                [
                    ";color",
                    ";color=blue",
                    ";color=blue,black,brown",
                    ";color=R,100,G,200",
                ],
            ),
            (
                Style::Matrix,
                true,
                [
                    ";color",
                    ";color=blue",
                    ";color=blue;color=black;color=brown",
                    ";R=100;G=200",
                ],
            ),
            (
                Style::Label,
                false,
                [".", ".blue", ".blue,black,brown", ".R,100,G,200"],
            ),
            (
                Style::Label,
                true,
                [".", ".blue", ".blue.black.brown", ".R=100.G=200"],
            ),
            (
                Style::Simple,
                false,
                ["", "blue", "blue,black,brown", "R,100,G,200"],
            ),
            (
                Style::Simple,
                true,
                ["", "blue", "blue,black,brown", "R=100,G=200"],
            ),
        ] {
            let written =
                values().map(|value| segment(how(style, explode), "color", &value, Escape::Url));
            assert_eq!(written, expected, "{style:?} {explode}");
        }
    }

    #[test]
    fn pairs_in_every_style() {
        for (style, explode, array, object) in [
            (
                Style::Form,
                false,
                "color=blue,black,brown",
                "color=R,100,G,200",
            ),
            (
                Style::Form,
                true,
                "color=blue&color=black&color=brown",
                "R=100&G=200",
            ),
            (
                Style::SpaceDelimited,
                false,
                "color=blue%20black%20brown",
                "color=R%20100%20G%20200",
            ),
            (
                Style::PipeDelimited,
                false,
                "color=blue%7Cblack%7Cbrown",
                "color=R%7C100%7CG%7C200",
            ),
            (
                Style::TabDelimited,
                false,
                "color=blue%09black%09brown",
                "color=R%09100%09G%09200",
            ),
            (
                Style::DeepObject,
                true,
                "color=blue&color=black&color=brown",
                "color%5BR%5D=100&color%5BG%5D=200",
            ),
        ] {
            let written = values()
                .map(|value| pairs(how(style, explode), "color", &value, Escape::Url).join("&"));
            assert_eq!(
                written,
                ["color=", "color=blue", array, object],
                "{style:?}"
            );
        }
    }

    #[test]
    fn delimiters_in_values_are_escaped() {
        let value = json!(["a,b", "c&d=e", "f g%"]);
        let written = |escape| pairs(how(Style::Form, false), "x y", &value, escape).join("&");
        assert_eq!(written(Escape::Url), "x%20y=a%2Cb,c%26d%3De,f%20g%25");
        assert_eq!(written(Escape::Query), "x%20y=a,b,c%26d=e,f%20g%25");
        assert_eq!(written(Escape::Form), "x+y=a%2Cb,c%26d%3De,f+g%25");
        let path = |escape| segment(how(Style::Simple, false), "x", &json!("a/b;c@?d"), escape);
        assert_eq!(path(Escape::Url), "a%2Fb%3Bc%40%3Fd");
        assert_eq!(path(Escape::Path), "a%2Fb;c@%3Fd");
        let nested = json!({"a": {"b": [1, 2]}, "c&": null});
        assert_eq!(
            pairs(how(Style::DeepObject, false), "f", &nested, Escape::Url).join("&"),
            "f%5Ba%5D%5Bb%5D=1&f%5Ba%5D%5Bb%5D=2&f%5Bc%26%5D="
        );
        for empty in [json!([]), json!({})] {
            assert!(pairs(how(Style::Form, false), "x", &empty, Escape::Url).is_empty());
        }
    }
}
