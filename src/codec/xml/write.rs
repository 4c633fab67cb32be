//! XML by the names that the schemas give (`OpenAPI` 3.1.1, XML Object).

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::codec::style::plain;
use crate::schema::{Layout, XmlNames, XmlNode};

/// The namespace of `xsi:nil`.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Writes a document.
///
/// # Errors
/// When the root has no name, or a text cannot stand in XML.
pub(crate) fn document(layout: Option<&Layout<'_>>, value: &Value) -> Result<String, String> {
    let names = layout.map(Layout::xml).unwrap_or_default();
    let name = names
        .name
        .clone()
        .or_else(|| layout.and_then(Layout::component))
        .ok_or("the root element has no name: give the schema an `xml` with a `name`")?;
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    match value {
        // A document has one root, so the array is an element here in any case.
        Value::Array(items) => {
            let mut content = String::new();
            elements(&name, layout, items, &mut content)?;
            element(&name, &names, "", &content, &mut text)?;
        }
        value => node(&name, &names, layout, value, &mut text)?,
    }
    Ok(text)
}

/// Writes the value of a property, or of an item.
fn node(
    name: &str,
    names: &XmlNames,
    layout: Option<&Layout<'_>>,
    value: &Value,
    out: &mut String,
) -> Result<(), String> {
    match value {
        Value::Null => element(
            name,
            names,
            &format!(" xmlns:xsi=\"{INSTANCE}\" xsi:nil=\"true\""),
            "",
            out,
        ),
        Value::Array(items) if names.node == XmlNode::Element => {
            let mut content = String::new();
            elements(name, layout, items, &mut content)?;
            element(name, names, "", &content, out)
        }
        // The name of an array that is no element does not count.
        Value::Array(items) => elements(name, layout, items, out),
        Value::Object(members) => {
            let (mut attributes, mut content) = (String::new(), String::new());
            self::members(layout, members, &mut attributes, &mut content)?;
            if names.node == XmlNode::None {
                out.push_str(&content);
                return Ok(());
            }
            element(name, names, &attributes, &content, out)
        }
        value if names.node == XmlNode::Text => {
            out.push_str(&escaped(&plain(value))?);
            Ok(())
        }
        value => element(name, names, "", &escaped(&plain(value))?, out),
    }
}

/// The items of an array, one element each.
fn elements(
    name: &str,
    layout: Option<&Layout<'_>>,
    items: &[Value],
    out: &mut String,
) -> Result<(), String> {
    let layout = layout.and_then(Layout::items);
    let names = layout.as_ref().map(Layout::xml).unwrap_or_default();
    let name = names.name.clone().unwrap_or_else(|| name.to_owned());
    for item in items {
        node(&name, &names, layout.as_ref(), item, out)?;
    }
    Ok(())
}

fn members(
    layout: Option<&Layout<'_>>,
    members: &Map<String, Value>,
    attributes: &mut String,
    content: &mut String,
) -> Result<(), String> {
    for (property, value) in members {
        let layout = layout.and_then(|layout| layout.member(property));
        let names = layout.as_ref().map(Layout::xml).unwrap_or_default();
        let own = names.name.clone().unwrap_or_else(|| property.clone());
        if names.node == XmlNode::Attribute {
            if !value.is_null() {
                let (name, declaration) = qualified(&own, &names)?;
                // An attribute without a prefix is in no namespace.
                let declaration = declaration.filter(|_| names.prefix.is_some());
                let value = escaped(&plain(value))?;
                let _ = write!(
                    attributes,
                    "{} {name}=\"{value}\"",
                    declaration.unwrap_or_default()
                );
            }
            continue;
        }
        let name = match value {
            Value::Array(_) if names.node != XmlNode::Element => property,
            _ => &own,
        };
        node(name, &names, layout.as_ref(), value, content)?;
    }
    Ok(())
}

fn element(
    name: &str,
    names: &XmlNames,
    attributes: &str,
    content: &str,
    out: &mut String,
) -> Result<(), String> {
    let (name, declaration) = qualified(name, names)?;
    let declaration = declaration.unwrap_or_default();
    if content.is_empty() {
        let _ = write!(out, "<{name}{declaration}{attributes}/>");
    } else {
        let _ = write!(out, "<{name}{declaration}{attributes}>{content}</{name}>");
    }
    Ok(())
}

/// The name with its prefix, and the declaration of its namespace.
fn qualified(name: &str, names: &XmlNames) -> Result<(String, Option<String>), String> {
    let is_name = |text: &str| {
        let mut chars = text.chars();
        chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && chars.all(|c| c.is_alphanumeric() || "_-.·".contains(c))
    };
    for part in std::iter::once(name).chain(names.prefix.as_deref()) {
        if !is_name(part) {
            return Err(format!("'{part}' is no name in XML"));
        }
    }
    let declaration = match (&names.namespace, &names.prefix) {
        (None, _) => None,
        (Some(uri), None) => Some(format!(" xmlns=\"{}\"", escaped(uri)?)),
        (Some(uri), Some(prefix)) => Some(format!(" xmlns:{prefix}=\"{}\"", escaped(uri)?)),
    };
    let name = match &names.prefix {
        Some(prefix) => format!("{prefix}:{name}"),
        None => name.to_owned(),
    };
    Ok((name, declaration))
}

/// A text in an element or an attribute. Blanks that a reader would change are written as
/// references (XML 1.0 sections 2.11 and 3.3.3).
fn escaped(text: &str) -> Result<String, String> {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                return Err(format!("the character {c:?} cannot stand in XML"));
            }
            c => escaped.push(c),
        }
    }
    Ok(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;
    use serde_json::json;

    const DOCUMENT: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    Pet:\n      properties:\n        \
         id: {type: integer, xml: {attribute: true}}\n        \
         lang: {xml: {attribute: true, prefix: x, namespace: 'http://x'}}\n        \
         name: {type: string, xml: {namespace: 'http://n', prefix: n}}\n        \
         photos: {type: array, items: {type: string, xml: {name: photo}}, xml: {name: no}}\n        \
         tags: {type: array, items: {$ref: '#/components/schemas/Tag'}, xml: {wrapped: true, name: \
         labels}}\n        plain: {type: array, items: {}}\n        owner: {}\n      \
         xml: {name: pet}\n    Tag: {type: object, xml: {name: tag}}\n    \
         Note: {properties: {text: {type: string, xml: {nodeType: text}}}}\n    \
         Pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}\n    Other: {}\n\
         anonymous: {}\n";

    fn written(place: &str, value: &Value) -> Result<String, String> {
        let contract = sample(DOCUMENT);
        let text = document(Layout::at(&contract.document, place).as_ref(), value)?;
        let body = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Ok(body.unwrap().to_owned())
    }

    #[test]
    fn names_attributes_arrays_and_namespaces() {
        let pet = json!({
            "id": 1, "lang": "e\"n", "name": "a<b>&c\n", "photos": ["u", "v"],
            "tags": [{"a": true}, {}], "plain": [1], "owner": null, "extra": {"b": [2, 3]},
        });
        assert_eq!(
            written("/components/schemas/Pet", &pet).unwrap(),
            "<pet id=\"1\" xmlns:x=\"http://x\" x:lang=\"e&quot;n\">\
             <n:name xmlns:n=\"http://n\">a&lt;b&gt;&amp;c&#10;</n:name>\
             <photo>u</photo><photo>v</photo><labels><tag><a>true</a></tag><tag/></labels>\
             <plain>1</plain>\
             <owner xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>\
             <extra><b>2</b><b>3</b></extra></pet>"
        );
    }

    #[test]
    fn roots_have_names() {
        assert_eq!(
            written("/components/schemas/Pets", &json!([{"id": 1}, {}])).unwrap(),
            "<Pets><pet id=\"1\"/><pet/></Pets>"
        );
        assert_eq!(
            written("/components/schemas/Note", &json!({"text": "x"})).unwrap(),
            "<Note>x</Note>"
        );
        assert!(
            written("/anonymous", &json!({}))
                .unwrap_err()
                .contains("xml")
        );
        for strange in [json!({"a b": 1}), json!({"": 1}), json!({"a": "\u{1}"})] {
            assert!(written("/components/schemas/Other", &strange).is_err());
        }
    }
}
