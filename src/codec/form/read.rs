//! A body of `application/x-www-form-urlencoded` as a value.

use serde_json::{Map, Value};

use crate::contract::{Encodings, Serialization, Style};
use crate::schema::Layout;

/// Reads the pairs as the object that the schema describes.
///
/// # Errors
/// When the text is no form.
pub(crate) fn read(
    text: &str,
    encodings: &Encodings,
    layout: Option<&Layout<'_>>,
) -> Result<Value, String> {
    if let Some(strange) = text.chars().find(|c| c.is_control() || *c == ' ') {
        return Err(format!("a form has no {strange:?}"));
    }
    let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect();
    let mut object = Map::new();
    for (name, text) in pairs {
        insert(&mut object, name, text, encodings, layout);
    }
    Ok(Value::Object(object))
}

/// The style in which the value under a name is written, where the contract says: that of the
/// property, or of the object that the name is a member of.
pub(crate) fn style_of(name: &str, encodings: &Encodings) -> Option<Serialization> {
    let of_member = || {
        let (outer, _) = member(name)?;
        let how = encodings.of(outer)?.style?;
        (how.style == Style::DeepObject).then_some(how)
    };
    encodings
        .of(name)
        .and_then(|encoding| encoding.style)
        .or_else(of_member)
}

/// The object and the member of it in `object[member]`.
fn member(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix(']')?.split_once('[')
}

/// Adds the value that a text under a name stands for.
pub(crate) fn insert(
    object: &mut Map<String, Value>,
    name: String,
    text: String,
    encodings: &Encodings,
    layout: Option<&Layout<'_>>,
) {
    let how = style_of(&name, encodings);
    if let Some((outer, inner)) = member(&name)
        && how.is_some_and(|how| how.style == Style::DeepObject)
    {
        let below = layout.and_then(|layout| layout.member(outer)?.member(inner));
        let value = typed(below.as_ref(), text);
        let members = object
            .entry(outer)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(members) = members {
            members.insert(inner.to_owned(), value);
        }
        return;
    }
    let below = layout.and_then(|layout| layout.member(&name));
    let items = below
        .as_ref()
        .filter(|below| below.is("array"))
        .map(Layout::items);
    let Some(items) = items else {
        object.insert(name, typed(below.as_ref(), text));
        return;
    };
    let values: Vec<Value> = match how.filter(|how| !how.explode) {
        Some(how) => {
            let separator = match how.style {
                Style::SpaceDelimited => ' ',
                Style::PipeDelimited => '|',
                Style::TabDelimited => '\t',
                _ => ',',
            };
            let parts = text.split(separator);
            parts
                .map(|part| typed(items.as_ref(), part.to_owned()))
                .collect()
        }
        None => vec![typed(items.as_ref(), text)],
    };
    match object
        .entry(name)
        .or_insert_with(|| Value::Array(Vec::new()))
    {
        Value::Array(all) => all.extend(values),
        other => *other = Value::Array(values),
    }
}

/// A value of a form: an object is written as JSON.
fn typed(layout: Option<&Layout<'_>>, text: String) -> Value {
    match layout {
        Some(layout) if layout.is("object") => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        Some(layout) => layout.typed(&text),
        None => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;
    use serde_json::json;

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
