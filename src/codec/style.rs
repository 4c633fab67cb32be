//! The styles of parameters and form properties (`OpenAPI` 3.1.1, Parameter Object, Style Values and
//! Style Examples, and its appendices C and E; RFC 6570 section 3.2).
//!
//! What the styles cannot tell apart does not come back from text as the value that was written:
//!
//! * an array without items and one with an empty text in `simple`, `label` and `matrix`, and an
//!   empty array or object and none at all in the others;
//! * items and members with a delimiter in them where the style does not escape it: a blank, `|` and
//!   a tab in the styles that are named for them, `.` in an exploded `label`, every delimiter in a
//!   header and in the style `cookie`, and all reserved characters where `allowReserved` is set;
//! * a single item with a comma in it, in a query or a form: some servers escape the delimiter, so
//!   escaped commas divide where no plain ones do;
//! * null and an empty text.

use std::borrow::Cow;

use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};
use serde_json::{Map, Value};

use super::text::{plain, typed};
use crate::contract::{Serialization, Style};
use crate::schema::Layout;

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

    /// The text before it was escaped. Bytes that are not UTF-8 are replaced.
    pub(crate) fn remove(self, text: &str) -> String {
        if self == Self::Nothing {
            return text.to_owned();
        }
        let text = if self == Self::Form {
            Cow::Owned(text.replace('+', " "))
        } else {
            Cow::Borrowed(text)
        };
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    }
}

fn percent_encoded(text: &str, escaped: &'static AsciiSet) -> String {
    Cow::from(utf8_percent_encode(text, escaped)).into_owned()
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

/// The members of an object, names and values escaped; none of other values.
fn members(value: &Value, escape: Escape) -> Vec<(String, String)> {
    let members = value.as_object().into_iter().flatten();
    members
        .map(|(name, member)| (escape.apply(name), escape.apply(&plain(member))))
        .collect()
}

/// The members of an object as `name=value`; the items of everything else.
fn assignments(value: &Value, escape: Escape) -> Vec<String> {
    if value.is_object() {
        let members = members(value, escape).into_iter();
        return members
            .map(|(name, text)| format!("{name}={text}"))
            .collect();
    }
    items(value, escape)
}

/// Writes a header or a segment of a path: the styles `simple`, `label` and `matrix`.
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
                let member = |(name, value): (String, String)| named(&name, &value);
                members(value, escape).into_iter().map(member).collect()
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

/// A pair of the style `matrix`: an empty value has no equals sign (RFC 6570 section 3.2.7).
fn named(name: &str, value: &str) -> String {
    if value.is_empty() {
        name.to_owned()
    } else {
        format!("{name}={value}")
    }
}

/// Writes the pairs of a query, a form or a cookie, ready to be joined; none for an empty array or
/// object.
pub(crate) fn pairs(how: Serialization, name: &str, value: &Value, escape: Escape) -> Vec<String> {
    let pairs = named_texts(how, name, value, escape).into_iter();
    pairs.map(|(name, text)| format!("{name}={text}")).collect()
}

/// The pairs that a value is written as, names and texts escaped. Those of a multipart body, where
/// nothing is escaped, are parts.
pub(crate) fn named_texts(
    how: Serialization,
    name: &str,
    value: &Value,
    escape: Escape,
) -> Vec<(String, String)> {
    let written = escape.apply(name);
    match (how.style, value) {
        (Style::DeepObject, Value::Object(_)) => {
            let mut pairs = Vec::new();
            deep(&written, value, escape, &mut pairs);
            pairs
        }
        (_, Value::Object(_)) if how.explode => members(value, escape),
        (_, Value::Array(_)) if how.explode => {
            let items = items(value, escape).into_iter();
            items.map(|item| (written.clone(), item)).collect()
        }
        (style, Value::Array(_) | Value::Object(_)) => {
            let items = items(value, escape);
            let separator = delimiter(style, escape);
            (!items.is_empty())
                .then(|| (written, items.join(separator)))
                .into_iter()
                .collect()
        }
        (_, value) => vec![(written, escape.apply(&plain(value)))],
    }
}

/// What is written between the items of a text.
fn delimiter(style: Style, escape: Escape) -> &'static str {
    match (style, escape) {
        (Style::SpaceDelimited, Escape::Nothing) => " ",
        (Style::SpaceDelimited, Escape::Form) => "+",
        (Style::SpaceDelimited, _) => "%20",
        (Style::PipeDelimited, Escape::Nothing) => "|",
        (Style::PipeDelimited, _) => "%7C",
        (Style::TabDelimited, Escape::Nothing) => "\t",
        (Style::TabDelimited, _) => "%09",
        _ => ",",
    }
}

/// `name[member]=value`. The specification ends at the first level; below it names are nested in
/// the same way, and an array repeats its name.
fn deep(name: &str, value: &Value, escape: Escape, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                let member = escape.apply(member);
                let name = if escape == Escape::Nothing {
                    format!("{name}[{member}]")
                } else {
                    format!("{name}%5B{member}%5D")
                };
                deep(&name, value, escape, pairs);
            }
        }
        Value::Array(items) => {
            for item in items {
                deep(name, item, escape, pairs);
            }
        }
        other => pairs.push((name.to_owned(), escape.apply(&plain(other)))),
    }
}

/// A pair of a query, a form or a cookie. The text is still escaped, since an escaped delimiter is
/// part of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair<'a> {
    /// The name.
    pub(crate) name: String,
    /// The text, escaped.
    pub(crate) text: Cow<'a, str>,
}

/// Divides a query or a form into its pairs (WHATWG URL section 5.1).
pub(crate) fn divide(text: &str, escape: Escape) -> Vec<Pair<'_>> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
            Pair {
                name: escape.remove(name),
                text: Cow::Borrowed(text),
            }
        })
        .collect()
}

/// Divides the values of the `Cookie` headers into their pairs. The pairs of an exploded value in
/// the style `form` have an ampersand between them, which is escaped in all others.
pub(crate) fn divide_cookies(text: &str, style: Style) -> Vec<Pair<'_>> {
    let cookies = text
        .split(';')
        .map(|cookie| cookie.trim_matches([' ', '\t']));
    if style == Style::Cookie {
        let pairs = cookies.filter_map(|cookie| cookie.split_once('='));
        return pairs
            .map(|(name, text)| Pair {
                name: name.to_owned(),
                text: Cow::Borrowed(text),
            })
            .collect();
    }
    cookies
        .flat_map(|cookie| divide(cookie, Escape::Url))
        .collect()
}

/// Whether a pair of this name belongs to a value: it has the name of the value, or that of a
/// member that is written apart.
pub(crate) fn belongs(
    how: Serialization,
    name: &str,
    layout: Option<&Layout<'_>>,
    pair: &str,
) -> bool {
    if pair == name {
        return true;
    }
    let is_object = layout.is_some_and(|layout| layout.is("object"));
    match how.style {
        Style::DeepObject => bracketed(name, pair).is_some(),
        _ if is_object && how.explode => {
            layout.is_some_and(|layout| layout.properties().contains(&pair))
        }
        _ => false,
    }
}

/// Reads the value that a name has in these pairs; `None` if it has none. The members of an
/// exploded object are pairs of their own: those that the schema names, or all if it names none.
pub(crate) fn read_pairs(
    how: Serialization,
    name: &str,
    layout: Option<&Layout<'_>>,
    pairs: &[Pair<'_>],
    escape: Escape,
) -> Option<Value> {
    let is = |kind: &str| layout.is_some_and(|layout| layout.is(kind));
    if is("object") && how.style == Style::DeepObject {
        return read_deep(name, layout, pairs, escape);
    }
    if is("object") && how.explode {
        return read_members(layout, pairs, escape);
    }
    let own = pairs.iter().filter(|pair| pair.name == name);
    let texts: Vec<&str> = own.map(|pair| &*pair.text).collect();
    let last = texts.last()?;
    if is("array") {
        let layout = layout.and_then(Layout::items);
        let item = |text: String| typed(layout.as_ref(), &text);
        let items = if how.explode {
            texts.iter().map(|text| item(escape.remove(text))).collect()
        } else {
            let all = texts.iter().flat_map(|text| split(how.style, text, escape));
            all.map(item).collect()
        };
        return Some(items);
    }
    if is("object") {
        let parts = split(how.style, last, escape);
        if parts.len().is_multiple_of(2) {
            let members = parts.chunks(2).map(|two| {
                let layout = layout.and_then(|layout| layout.member(&two[0]));
                (two[0].clone(), typed(layout.as_ref(), &two[1]))
            });
            return Some(Value::Object(members.collect()));
        }
    }
    // Of several texts for one value, the last counts.
    Some(typed(layout, &escape.remove(last)))
}

/// The members of an exploded object.
fn read_members(layout: Option<&Layout<'_>>, pairs: &[Pair<'_>], escape: Escape) -> Option<Value> {
    let layout = layout?;
    let named = layout.properties();
    let own = pairs
        .iter()
        .filter(|pair| named.is_empty() || named.contains(&pair.name.as_str()));
    let members: Map<String, Value> = own
        .map(|pair| {
            let layout = layout.member(&pair.name);
            let value = typed(layout.as_ref(), &escape.remove(&pair.text));
            (pair.name.clone(), value)
        })
        .collect();
    (!members.is_empty()).then_some(Value::Object(members))
}

/// The items of a text in a query or a form, not escaped. The first delimiter that occurs divides
/// it: an escaped comma is part of an item where plain ones divide.
fn split(style: Style, text: &str, escape: Escape) -> Vec<String> {
    let delimiters: &[&str] = match style {
        Style::SpaceDelimited => &["%20", "+", " "],
        Style::PipeDelimited => &["%7C", "%7c", "|"],
        Style::TabDelimited => &["%09", "\t"],
        _ => &[",", "%2C", "%2c"],
    };
    let plain = delimiter(style, Escape::Nothing);
    let found = if escape == Escape::Nothing {
        text.contains(plain).then_some(plain)
    } else {
        delimiters.iter().find(|d| text.contains(**d)).copied()
    };
    match found {
        Some(delimiter) => text
            .split(delimiter)
            .map(|part| escape.remove(part))
            .collect(),
        None => vec![escape.remove(text)],
    }
}

/// The members that a name in brackets leads through: `b` and `c` of `a[b][c]`; `None` for other
/// names.
fn bracketed<'p>(name: &str, pair: &'p str) -> Option<Vec<&'p str>> {
    let rest = pair.strip_prefix(name)?.strip_prefix('[')?;
    Some(rest.strip_suffix(']')?.split("][").collect())
}

/// `name[member]=value`, nested as deep as the names are.
fn read_deep(
    name: &str,
    layout: Option<&Layout<'_>>,
    pairs: &[Pair<'_>],
    escape: Escape,
) -> Option<Value> {
    let mut value = Value::Null;
    for pair in pairs {
        if let Some(path) = bracketed(name, &pair.name) {
            put(&mut value, &path, layout, &escape.remove(&pair.text));
        }
    }
    value.is_object().then_some(value)
}

fn put(value: &mut Value, path: &[&str], layout: Option<&Layout<'_>>, text: &str) {
    let Some((first, rest)) = path.split_first() else {
        if layout.is_some_and(|layout| layout.is("array")) {
            let layout = layout.and_then(Layout::items);
            let item = typed(layout.as_ref(), text);
            match value {
                Value::Array(items) => items.push(item),
                other => *other = Value::Array(vec![item]),
            }
        } else {
            *value = typed(layout, text);
        }
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    if let Value::Object(members) = value {
        let below = layout.and_then(|layout| layout.member(first));
        let member = members.entry(*first).or_insert(Value::Null);
        put(member, rest, below.as_ref(), text);
    }
}

/// Reads a header or a segment of a path: the styles `simple`, `label` and `matrix`. A text that is
/// not an object as its schema says is read as text.
pub(crate) fn read_segment(
    how: Serialization,
    name: &str,
    layout: Option<&Layout<'_>>,
    text: &str,
    escape: Escape,
) -> Value {
    let is = |kind: &str| layout.is_some_and(|layout| layout.is(kind));
    let name = escape.apply(name);
    // `;name` stands for an empty value.
    let own = |part: &'_ str| -> String {
        let rest = part.strip_prefix(name.as_str());
        let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with('='));
        rest.map_or(part, |rest| rest.strip_prefix('=').unwrap_or(rest))
            .to_owned()
    };
    let is_exploded_object = how.explode && is("object") && !is("array");
    let (text, separator) = match how.style {
        Style::Label => {
            let separator = if how.explode { '.' } else { ',' };
            (text.strip_prefix('.').unwrap_or(text).to_owned(), separator)
        }
        Style::Matrix => {
            let text = text.strip_prefix(';').unwrap_or(text);
            if how.explode && is("array") {
                let items: Vec<String> = text.split(';').map(own).collect();
                (items.join(";"), ';')
            } else if is_exploded_object {
                (text.to_owned(), ';')
            } else {
                (own(text), ',')
            }
        }
        _ => (text.to_owned(), ','),
    };
    // Header lists may have blanks around their commas (RFC 9110 section 5.6.1).
    let trimmed = |part: &str| match escape {
        Escape::Nothing => part.trim().to_owned(),
        _ => escape.remove(part),
    };
    let parts = || text.split(separator);
    if is("array") {
        let layout = layout.and_then(Layout::items);
        return if text.trim().is_empty() {
            Value::Array(Vec::new())
        } else {
            let items = parts().map(trimmed);
            items.map(|item| typed(layout.as_ref(), &item)).collect()
        };
    }
    let scalar = || typed(layout, &trimmed(&text));
    if !is("object") {
        return scalar();
    }
    let member = |name: &str, text: &str| {
        let name = trimmed(name);
        let layout = layout.and_then(|layout| layout.member(&name));
        let value = typed(layout.as_ref(), &trimmed(text));
        (name, value)
    };
    let members: Option<Map<String, Value>> = if how.explode {
        parts()
            .map(|part| match part.split_once('=') {
                Some((name, text)) => Some(member(name, text)),
                // A member without a value.
                None if how.style == Style::Matrix && !part.is_empty() => Some(member(part, "")),
                None => None,
            })
            .collect()
    } else {
        let parts: Vec<&str> = parts().collect();
        parts
            .chunks(2)
            .map(|two| match two {
                [name, text] => Some(member(name, text)),
                _ => None,
            })
            .collect()
    };
    members.map_or_else(scalar, Value::Object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;
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

    #[test]
    fn headers_in_the_simple_style() {
        let contract = sample(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    \
             n: {type: integer}\n    l: {type: array, items: {type: integer}}\n    \
             o: {type: object, properties: {a: {type: integer}, b: {type: boolean}}}\n    \
             s: {type: string}\n",
        );
        for (schema, explode, text, expected) in [
            ("n", false, "12", json!(12)),
            ("n", false, "1x", json!("1x")),
            ("s", false, "1, 2", json!("1, 2")),
            ("l", false, "1, 2,x", json!([1, 2, "x"])),
            ("l", true, "", json!([])),
            ("o", false, "a,1,b,true", json!({"a": 1, "b": true})),
            ("o", true, "a=1, b=x", json!({"a": 1, "b": "x"})),
            ("o", true, "a", json!("a")),
            ("o", false, "a", json!("a")),
        ] {
            let place = format!("/components/schemas/{schema}");
            let layout = Layout::at(&contract.document, &place);
            let how = how(Style::Simple, explode);
            let read = read_segment(how, "x", layout.as_ref(), text, Escape::Nothing);
            assert_eq!(read, expected, "{text}");
        }
    }
}
