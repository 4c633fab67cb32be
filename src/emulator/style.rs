//! What the texts of parameters and forms mean, by their styles (`OpenAPI` 3.1.1, Style Values).

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::judge::coerce;
use super::schema::{Kind, Schema, Schemas};
use super::target::decode;
use crate::contract::{Serialization, Style};

/// A pair of a query or a form. The value is still encoded, since what divides it may stand in it
/// encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair<'a> {
    pub(super) name: String,
    pub(super) text: Cow<'a, str>,
}

impl Pair<'_> {
    /// A name and a text that are not encoded.
    pub(super) fn plain(name: String, text: &str) -> Self {
        let text = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        Self {
            name,
            text: text.into(),
        }
    }
}

/// Takes a query or a form apart.
///
/// # Errors
/// What is wrong with the percent-encoding.
pub(super) fn pairs(text: &str) -> Result<Vec<Pair<'_>>, String> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
            decode(text.as_bytes())?;
            let name = decode(name.as_bytes())?;
            let text = text.into();
            Ok(Pair { name, text })
        })
        .collect()
}

/// The cookies of a header in the style `cookie`, which escapes nothing.
pub(super) fn plain_cookies(text: &str) -> Vec<Pair<'static>> {
    let cookies = text.split(';');
    cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .map(|(name, text)| Pair {
            name: name.to_owned(),
            // What would be decoded.
            text: Cow::Owned(text.replace('%', "%25").replace('+', "%2B")),
        })
        .collect()
}

/// The value that a name has in these pairs; none if it has none.
///
/// # Errors
/// What is wrong with the percent-encoding.
pub(super) fn value(
    schemas: &Schemas,
    schema: &Schema,
    how: Serialization,
    name: &str,
    pairs: &[Pair<'_>],
) -> Result<Option<Value>, String> {
    let is_object = schema.kind == Some(Kind::Object);
    let member = |name: &str, text: String| match schema.property(name) {
        Some(id) => coerce(schemas, schemas.get(id), &text),
        None => Value::String(text),
    };
    if is_object && how.style == Style::DeepObject {
        return deep(schemas, schema, name, pairs);
    }
    if is_object && how.explode {
        let mut members = Map::new();
        for pair in pairs {
            if schema.property(&pair.name).is_some() {
                let text = decode(pair.text.as_bytes())?;
                members.insert(pair.name.clone(), member(&pair.name, text));
            }
        }
        if members.is_empty() {
            return own_text(name, pairs);
        }
        return Ok(Some(Value::Object(members)));
    }
    let texts: Vec<&str> = pairs
        .iter()
        .filter(|pair| pair.name == name)
        .map(|pair| pair.text.as_ref())
        .collect();
    let Some(last) = texts.last() else {
        return Ok(None);
    };
    let whole = |text: &str| decode(text.as_bytes());
    match schema.kind {
        Some(Kind::Array) => {
            let item = |text: String| match schema.items {
                Some(id) => coerce(schemas, schemas.get(id), &text),
                None => Value::String(text),
            };
            let parts: Vec<String> = if how.explode {
                texts.into_iter().map(whole).collect::<Result<_, _>>()?
            } else {
                let mut parts = Vec::new();
                for text in texts {
                    parts.extend(divide(how.style, text)?);
                }
                parts
            };
            Ok(Some(parts.into_iter().map(item).collect()))
        }
        // A JSON text is an object too, where nothing else is said.
        Some(Kind::Object) if !last.contains(separators(how.style)[0]) => {
            Ok(Some(coerce(schemas, schema, &whole(last)?)))
        }
        Some(Kind::Object) => {
            let parts = divide(how.style, last)?;
            if parts.len() % 2 == 1 {
                return Ok(Some(Value::String(whole(last)?)));
            }
            let members = parts
                .chunks_exact(2)
                .map(|two| (two[0].clone(), member(&two[0], two[1].clone())));
            Ok(Some(Value::Object(members.collect())))
        }
        // Of several texts for one value, the last counts.
        _ => Ok(Some(coerce(schemas, schema, &whole(last)?))),
    }
}

/// What divides the items of an encoded text.
fn separators(style: Style) -> &'static [&'static str] {
    match style {
        Style::SpaceDelimited => &["%20", "+", " "],
        Style::PipeDelimited => &["%7C", "%7c", "|"],
        Style::TabDelimited => &["%09", "\t"],
        _ => &[",", "%2C", "%2c"],
    }
}

/// The items of an encoded text. The first separator that occurs divides it: an encoded comma is
/// part of an item where plain ones stand.
fn divide(style: Style, text: &str) -> Result<Vec<String>, String> {
    let found = separators(style).iter().find(|s| text.contains(**s));
    match found {
        Some(separator) => text
            .split(separator)
            .map(|part| decode(part.as_bytes()))
            .collect(),
        None => Ok(vec![decode(text.as_bytes())?]),
    }
}

/// `name[member]=text`, one level deep.
fn deep(
    schemas: &Schemas,
    schema: &Schema,
    name: &str,
    pairs: &[Pair<'_>],
) -> Result<Option<Value>, String> {
    let mut members = Map::new();
    for pair in pairs {
        let inner = pair
            .name
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('['))
            .and_then(|rest| rest.strip_suffix(']'));
        let Some(inner) = inner else { continue };
        let text = decode(pair.text.as_bytes())?;
        let known = schema.property(inner).map(|id| schemas.get(id));
        match known {
            Some(known) if known.kind == Some(Kind::Array) => {
                let item = match known.items {
                    Some(id) => coerce(schemas, schemas.get(id), &text),
                    None => Value::String(text),
                };
                let all = members
                    .entry(inner)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(items) = all {
                    items.push(item);
                }
            }
            Some(known) => {
                members.insert(inner.to_owned(), coerce(schemas, known, &text));
            }
            None => {
                members.insert(inner.to_owned(), Value::String(text));
            }
        }
    }
    if members.is_empty() {
        return own_text(name, pairs);
    }
    Ok(Some(Value::Object(members)))
}

/// The text under the name of an object whose members should have pairs of their own: a text is no
/// object.
fn own_text(name: &str, pairs: &[Pair<'_>]) -> Result<Option<Value>, String> {
    let found = pairs.iter().rfind(|pair| pair.name == name);
    let text = found.map(|pair| decode(pair.text.as_bytes())).transpose()?;
    Ok(text.map(Value::String))
}

/// The value of a header in the style `simple`, or of a segment of a path, decoded already.
pub(super) fn segment(
    schemas: &Schemas,
    schema: &Schema,
    how: Serialization,
    name: &str,
    text: &str,
) -> Value {
    let (text, separator) = match how.style {
        Style::Label => {
            let separator = if how.explode { '.' } else { ',' };
            (text.strip_prefix('.').unwrap_or(text).to_owned(), separator)
        }
        Style::Matrix => {
            let text = text.strip_prefix(';').unwrap_or(text);
            let own = format!("{name}=");
            if how.explode && schema.kind == Some(Kind::Array) {
                let parts = text.split(';');
                let parts = parts.map(|part| part.strip_prefix(&own).unwrap_or(part));
                (parts.collect::<Vec<_>>().join(","), ',')
            } else if how.explode && schema.kind == Some(Kind::Object) {
                // A text under its own name is no object.
                if let Some(rest) = text.strip_prefix(&own)
                    && schema.property(name).is_none()
                {
                    return Value::from(rest);
                }
                (text.to_owned(), ';')
            } else {
                (text.strip_prefix(&own).unwrap_or(text).to_owned(), ',')
            }
        }
        _ => (text.to_owned(), ','),
    };
    let parts = || text.split(separator).map(str::trim);
    match schema.kind {
        Some(Kind::Array) => parts()
            .map(|part| match schema.items {
                Some(id) => coerce(schemas, schemas.get(id), part),
                None => Value::from(part),
            })
            .collect(),
        Some(Kind::Object) => {
            let parts: Vec<&str> = parts().collect();
            let pairs: Option<Vec<(&str, &str)>> = if how.explode {
                parts.iter().map(|part| part.split_once('=')).collect()
            } else {
                let two = parts.chunks_exact(2).map(|two| (two[0], two[1]));
                parts.len().is_multiple_of(2).then(|| two.collect())
            };
            // A text that holds no members is no object.
            let Some(pairs) = pairs else {
                return Value::String(text);
            };
            let members = pairs.into_iter().map(|(name, text)| {
                let value = match schema.property(name) {
                    Some(id) => coerce(schemas, schemas.get(id), text),
                    None => Value::from(text),
                };
                (name.to_owned(), value)
            });
            Value::Object(members.collect())
        }
        _ => coerce(schemas, schema, text.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Contract, sample};
    use serde_json::json;

    fn contract() -> Contract {
        sample(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
             parameters:\n      - {name: n, in: query, schema: {type: integer}}\n      \
             - {name: l, in: query, schema: {type: array, items: {type: integer}}}\n      \
             - {name: o, in: query, schema: {type: object, properties: {a: {type: integer}, \
             b: {type: array, items: {type: boolean}}}}}\n      \
             responses: {'200': {description: d}}\n",
        )
    }

    fn read(name: &str, style: Style, explode: bool, text: &str) -> Value {
        let contract = contract();
        let schemas = Schemas::compile(&contract);
        let parameters = &contract.operations[0].parameters;
        let parameter = parameters.iter().find(|p| p.name == name).unwrap();
        let schema = schemas.at(parameter.schema.as_ref().unwrap()).unwrap();
        let how = Serialization {
            explode,
            ..Serialization::of(style)
        };
        match style {
            Style::Simple | Style::Label | Style::Matrix => {
                segment(&schemas, schema, how, name, text)
            }
            _ => value(&schemas, schema, how, name, &pairs(text).unwrap())
                .unwrap()
                .unwrap_or_default(),
        }
    }

    #[test]
    fn texts_of_every_style() {
        let (one, list) = (json!(5), json!([1, 2]));
        let object = json!({"a": 1, "c": "x"});
        for (name, style, explode, text, expected) in [
            ("n", Style::Form, true, "n=4&n=5", &one),
            ("l", Style::Form, true, "l=1&x=0&l=2", &list),
            ("l", Style::Form, false, "l=1,2", &list),
            ("l", Style::Form, false, "l=1%2C2", &list),
            ("l", Style::SpaceDelimited, false, "l=1%202", &list),
            ("l", Style::SpaceDelimited, false, "l=1+2", &list),
            ("l", Style::PipeDelimited, false, "l=1|2", &list),
            ("l", Style::TabDelimited, false, "l=1%092", &list),
            ("o", Style::Form, false, "o=a,1,c,x", &object),
            (
                "o",
                Style::Form,
                false,
                "o=%7B%22a%22:1%7D",
                &json!({"a": 1}),
            ),
            ("o", Style::Form, true, "a=1&z=2", &json!({"a": 1})),
            ("o", Style::DeepObject, true, "o%5Ba%5D=1&o[c]=x", &object),
            (
                "o",
                Style::DeepObject,
                true,
                "o[b]=true&o[b]=no",
                &json!({"b": [true, "no"]}),
            ),
            ("n", Style::Simple, false, "5", &one),
            ("n", Style::Label, false, ".5", &one),
            ("n", Style::Matrix, false, ";n=5", &one),
            ("l", Style::Simple, false, "1, 2", &list),
            ("l", Style::Label, true, ".1.2", &list),
            ("l", Style::Matrix, false, ";l=1,2", &list),
            ("l", Style::Matrix, true, ";l=1;l=2", &list),
            ("o", Style::Simple, true, "a=1,c=x", &object),
            ("o", Style::Label, false, ".a,1,c,x", &object),
            ("o", Style::Matrix, true, ";a=1;c=x", &object),
            ("n", Style::Form, true, "l=1", &Value::Null),
        ] {
            assert_eq!(read(name, style, explode, text), *expected, "{text}");
        }
        assert!(pairs("a=%2").is_err());
    }
}
