//! `application/x-www-form-urlencoded` (WHATWG URL section 5; `OpenAPI` 3.1.1, Encoding the
//! x-www-form-urlencoded Media Type, and Encoding Object).
//!
//! A property is written in the style that its encoding names. Without a style an array repeats the
//! name of the property, and objects are written as JSON, as is everything whose encoding has a
//! `contentType` of JSON.

use serde_json::{Map, Value};

use super::error::{ReadError, WriteError, WriteErrorKind};
use super::style::{self, Escape, Pair};
use super::text::typed;
use crate::contract::{Encodings, Kind, MediaType, Serialization, Style, ValueEncoding};
use crate::schema::Layout;
use crate::wire::media_type_essence;

/// The style of a property whose encoding names none: arrays as repeated names.
const DEFAULT: Serialization = Serialization {
    style: Style::Form,
    explode: true,
    allow_reserved: false,
};

/// Writes an object.
///
/// # Errors
/// If the value is not an object.
pub(crate) fn write(media: &MediaType, value: &Value) -> Result<String, WriteError> {
    let Value::Object(members) = value else {
        return Err(WriteErrorKind::NotAnObject("a form").into());
    };
    let mut form = Vec::new();
    for (name, value) in members {
        let encoding = media.encoding(name);
        let how = encoding.and_then(|encoding| encoding.style);
        match (how, value) {
            (Some(how), value) => {
                let escape = if how.allow_reserved {
                    Escape::Query
                } else {
                    Escape::Form
                };
                form.extend(style::pairs(how, name, value, escape));
            }
            (None, value) if is_json(encoding) => {
                let text = Value::from(value.to_string());
                form.extend(style::pairs(DEFAULT, name, &text, Escape::Form));
            }
            (None, Value::Array(items)) => {
                for item in items {
                    form.extend(style::pairs(DEFAULT, name, &whole(item), Escape::Form));
                }
            }
            (None, value) => form.extend(style::pairs(DEFAULT, name, &whole(value), Escape::Form)),
        }
    }
    Ok(form.join("&"))
}

/// Whether a property is written as JSON whatever its type is.
fn is_json(encoding: Option<&ValueEncoding>) -> bool {
    encoding
        .and_then(|encoding| encoding.content_type.as_deref())
        .is_some_and(|name| Kind::of(&media_type_essence(name)) == Kind::Json)
}

/// An array or an object as the text of its JSON; other values as they are.
fn whole(value: &Value) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) => Value::from(value.to_string()),
        other => other.clone(),
    }
}

/// Reads the pairs as the object that the schema describes.
///
/// # Errors
/// If the text is not a form.
pub(crate) fn read(
    text: &str,
    encodings: &Encodings,
    layout: Option<&Layout<'_>>,
) -> Result<Value, ReadError> {
    if let Some(strange) = text.chars().find(|c| c.is_control() || *c == ' ') {
        return Err(ReadError::FormCharacter(strange));
    }
    let mut object = Map::new();
    let mut styled = Vec::new();
    for pair in style::divide(text, Escape::Form) {
        if is_styled(&pair.name, encodings, layout) {
            styled.push(pair);
        } else {
            let text = Escape::Form.remove(&pair.text);
            insert(&mut object, pair.name, &text, encodings, layout);
        }
    }
    object.extend(read_styled(&styled, encodings, layout, Escape::Form));
    Ok(Value::Object(object))
}

/// Whether a pair of this name belongs to a property that is written in a style. Its name is that of
/// the property, or that of a member of it.
pub(crate) fn is_styled(name: &str, encodings: &Encodings, layout: Option<&Layout<'_>>) -> bool {
    if let Some(own) = encodings.of(name) {
        return own.style.is_some();
    }
    // A property of the form goes before a member of the same name.
    if layout.is_some_and(|layout| layout.properties().contains(&name)) {
        return false;
    }
    encodings.named.iter().any(|(property, encoding)| {
        let below = layout.and_then(|layout| layout.member(property));
        let belongs = |how| style::belongs(how, property, below.as_ref(), name);
        encoding.style.is_some_and(belongs)
    })
}

/// The properties that are written in a style.
pub(crate) fn read_styled(
    pairs: &[Pair<'_>],
    encodings: &Encodings,
    layout: Option<&Layout<'_>>,
    escape: Escape,
) -> Map<String, Value> {
    let values = encodings.named.iter().filter_map(|(property, encoding)| {
        let below = layout.and_then(|layout| layout.member(property));
        let value = style::read_pairs(encoding.style?, property, below.as_ref(), pairs, escape)?;
        Some((property.clone(), value))
    });
    values.collect()
}

/// Adds the value of a pair that is not written in a style.
fn insert(
    object: &mut Map<String, Value>,
    name: String,
    text: &str,
    encodings: &Encodings,
    layout: Option<&Layout<'_>>,
) {
    let below = layout.and_then(|layout| layout.member(&name));
    if is_json(encodings.of(&name)) {
        let value = serde_json::from_str(text).unwrap_or_else(|_| typed(below.as_ref(), text));
        object.insert(name, value);
        return;
    }
    let Some(below) = below.filter(|below| below.is("array")) else {
        let layout = layout.and_then(|layout| layout.member(&name));
        object.insert(name, value_of(layout.as_ref(), text));
        return;
    };
    let value = value_of(below.items().as_ref(), text);
    match object.entry(name).or_insert(Value::Null) {
        Value::Array(items) => items.push(value),
        other => *other = Value::Array(vec![value]),
    }
}

/// The value of a text: arrays and objects are written as JSON.
fn value_of(layout: Option<&Layout<'_>>, text: &str) -> Value {
    let is = |kind: &str| layout.is_some_and(|layout| layout.is(kind));
    let value = match serde_json::from_str::<Value>(text) {
        Ok(value) if is("object") || is("array") && value.is_array() => Some(value),
        _ => None,
    };
    value.unwrap_or_else(|| typed(layout, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;
    use serde_json::json;

    fn media(named: Vec<(String, ValueEncoding)>) -> MediaType {
        MediaType {
            name: "application/x-www-form-urlencoded".into(),
            encodings: Encodings {
                named,
                ..Encodings::default()
            },
            ..MediaType::default()
        }
    }

    #[test]
    fn arrays_are_repeated_names() {
        let value = json!({"A": ["x", "y z"], "B": [], "C": true, "D": "a&b=c+d", "E": {"f": 1}});
        assert_eq!(
            write(&media(Vec::new()), &value).unwrap(),
            "A=x&A=y+z&C=true&D=a%26b%3Dc%2Bd&E=%7B%22f%22%3A1%7D"
        );
        assert!(write(&media(Vec::new()), &json!([1])).is_err());
    }

    #[test]
    fn encodings_name_styles_and_types() {
        let encoding = |property: &str, style: Option<Style>, content_type: Option<&str>| {
            let encoding = ValueEncoding {
                content_type: content_type.map(str::to_owned),
                style: style.map(|style| Serialization {
                    explode: false,
                    ..Serialization::of(style)
                }),
                ..ValueEncoding::default()
            };
            (property.to_owned(), encoding)
        };
        let media = media(vec![
            encoding("a", Some(Style::Form), None),
            encoding("b", Some(Style::SpaceDelimited), None),
            encoding("c", Some(Style::DeepObject), Some("application/json")),
            encoding("d", None, Some("application/json")),
        ]);
        let value = json!({"a": ["1", "2"], "b": ["x", "y"], "c": {"k": "v w"}, "d": [1, "2"]});
        assert_eq!(
            write(&media, &value).unwrap(),
            "a=1,2&b=x+y&c%5Bk%5D=v+w&d=%5B1%2C%222%22%5D"
        );
    }

    #[test]
    fn pairs_become_members_of_their_types() {
        let contract = sample(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
             responses:\n        '200':\n          description: d\n          content:\n            \
             application/x-www-form-urlencoded:\n              schema:\n                \
             properties:\n                  n: {type: integer}\n                  \
             l: {type: array, items: {type: integer}}\n                  \
             p: {type: array, items: {}}\n                  o: {type: object}\n                  \
             d: {type: object, properties: {x: {type: boolean}}}\n              encoding:\n                \
             p: {style: pipeDelimited}\n                d: {style: deepObject}\n",
        );
        let media = &contract.operations[0].responses[0].media[0];
        let layout = Layout::at(&contract.document, media.schema.as_deref().unwrap());
        let text = "n=1&l=2&l=3&p=a%7Cb&o=%7B%22k%22%3A1%7D&d%5Bx%5D=true&z=a+b";
        assert_eq!(
            read(text, &media.encodings, layout.as_ref()),
            Ok(json!({
                "n": 1, "l": [2, 3], "p": ["a", "b"], "o": {"k": 1}, "d": {"x": true}, "z": "a b"
            }))
        );
        assert!(read("{\"a\": 1}", &media.encodings, layout.as_ref()).is_err());
    }
}
