//! Writer of XML.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::syntax::{INSTANCE, escape, is_name};
use crate::codec::error::{WriteError, WriteErrorKind};
use crate::codec::text::{Charset, plain};
use crate::schema::{Layout, XmlNames, XmlNode};

/// The namespaces that an element declares, by their prefixes; the empty prefix is that of names
/// without one.
type Declarations = BTreeMap<String, String>;

/// Writes a document that will be encoded in `charset`.
///
/// # Errors
/// If the root has no name, or XML cannot hold a name or a text.
pub(crate) fn write(
    layout: Option<&Layout<'_>>,
    value: &Value,
    charset: Charset,
) -> Result<String, WriteError> {
    let names = layout.map(Layout::xml).unwrap_or_default();
    let name = names
        .name
        .clone()
        .or_else(|| layout.and_then(Layout::component))
        .ok_or(WriteErrorKind::UnnamedRoot)?;
    let mut text = format!("<?xml version=\"1.0\" encoding=\"{}\"?>\n", charset.name());
    match value {
        // A document has one root, so the array is an element here in any case.
        Value::Array(items) => {
            let mut content = String::new();
            elements(&name, layout, items, &mut content)?;
            Tag::new(&name, &names)?.write(&content, &mut text)?;
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
) -> Result<(), WriteError> {
    match value {
        Value::Null => {
            let mut tag = Tag::new(name, names)?;
            tag.declare("xsi", INSTANCE);
            tag.attributes.push_str(" xsi:nil=\"true\"");
            tag.write("", out)
        }
        Value::Array(items) if names.node == XmlNode::Element => {
            let mut content = String::new();
            elements(name, layout, items, &mut content)?;
            Tag::new(name, names)?.write(&content, out)
        }
        // The name of an array that is not an element does not count.
        Value::Array(items) => elements(name, layout, items, out),
        Value::Object(members) if names.node == XmlNode::None => {
            // Attributes would need an element.
            self::members(layout, members, None, out)
        }
        Value::Object(members) => {
            let mut tag = Tag::new(name, names)?;
            let mut content = String::new();
            self::members(layout, members, Some(&mut tag), &mut content)?;
            tag.write(&content, out)
        }
        value if names.node == XmlNode::Text => {
            out.push_str(&escape(&plain(value))?);
            Ok(())
        }
        value => Tag::new(name, names)?.write(&escape(&plain(value))?, out),
    }
}

/// The items of an array, one element each.
fn elements(
    name: &str,
    layout: Option<&Layout<'_>>,
    items: &[Value],
    out: &mut String,
) -> Result<(), WriteError> {
    let layout = layout.and_then(Layout::items);
    let names = layout.as_ref().map(Layout::xml).unwrap_or_default();
    let name = names.name.clone().unwrap_or_else(|| name.to_owned());
    for (i, item) in items.iter().enumerate() {
        node(&name, &names, layout.as_ref(), item, out).map_err(|e| e.below(&i.to_string()))?;
    }
    Ok(())
}

/// The members of an object: attributes of `tag`, and elements.
fn members(
    layout: Option<&Layout<'_>>,
    members: &Map<String, Value>,
    mut tag: Option<&mut Tag>,
    content: &mut String,
) -> Result<(), WriteError> {
    for (property, value) in members {
        let layout = layout.and_then(|layout| layout.member(property));
        let names = layout.as_ref().map(Layout::xml).unwrap_or_default();
        let own = names.name.clone().unwrap_or_else(|| property.clone());
        let below = |e: WriteError| e.below(property);
        if names.node == XmlNode::Attribute {
            if let Some(tag) = tag.as_deref_mut().filter(|_| !value.is_null()) {
                tag.attribute(&own, &names, value).map_err(below)?;
            }
            continue;
        }
        let name = match value {
            Value::Array(_) if names.node != XmlNode::Element => property,
            _ => &own,
        };
        node(name, &names, layout.as_ref(), value, content).map_err(below)?;
    }
    Ok(())
}

/// An element without its content.
struct Tag {
    /// The name with its prefix.
    name: String,
    declarations: Declarations,
    /// The attributes as they are written, each after a blank.
    attributes: String,
}

impl Tag {
    fn new(name: &str, names: &XmlNames) -> Result<Self, WriteError> {
        let mut declarations = Declarations::new();
        if let Some(namespace) = &names.namespace {
            let prefix = names.prefix.clone().unwrap_or_default();
            declarations.insert(prefix, namespace.clone());
        }
        Ok(Self {
            name: qualified(name, names)?,
            declarations,
            attributes: String::new(),
        })
    }

    /// Declares a namespace. An element can declare a prefix once only.
    fn declare(&mut self, prefix: &str, namespace: &str) {
        self.declarations
            .entry(prefix.to_owned())
            .or_insert_with(|| namespace.to_owned());
    }

    fn attribute(&mut self, name: &str, names: &XmlNames, value: &Value) -> Result<(), WriteError> {
        // An attribute without a prefix is in no namespace.
        if let (Some(prefix), Some(namespace)) = (&names.prefix, &names.namespace) {
            self.declare(prefix, namespace);
        }
        let name = qualified(name, names)?;
        let value = escape(&plain(value))?;
        let _ = write!(self.attributes, " {name}=\"{value}\"");
        Ok(())
    }

    fn write(&self, content: &str, out: &mut String) -> Result<(), WriteError> {
        let Self {
            name, attributes, ..
        } = self;
        let mut declarations = String::new();
        for (prefix, namespace) in &self.declarations {
            let namespace = escape(namespace)?;
            let _ = if prefix.is_empty() {
                write!(declarations, " xmlns=\"{namespace}\"")
            } else {
                write!(declarations, " xmlns:{prefix}=\"{namespace}\"")
            };
        }
        let _ = if content.is_empty() {
            write!(out, "<{name}{declarations}{attributes}/>")
        } else {
            write!(out, "<{name}{declarations}{attributes}>{content}</{name}>")
        };
        Ok(())
    }
}

/// The name with its prefix.
fn qualified(name: &str, names: &XmlNames) -> Result<String, WriteError> {
    for part in std::iter::once(name).chain(names.prefix.as_deref()) {
        if !is_name(part) {
            return Err(WriteErrorKind::XmlName(part.to_owned()).into());
        }
    }
    Ok(match &names.prefix {
        Some(prefix) => format!("{prefix}:{name}"),
        None => name.to_owned(),
    })
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

    fn written(place: &str, value: &Value) -> Result<String, WriteError> {
        let contract = sample(DOCUMENT);
        let layout = Layout::at(&contract.document, place);
        let text = write(layout.as_ref(), value, Charset::Utf8)?;
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
            "<pet xmlns:x=\"http://x\" id=\"1\" x:lang=\"e&quot;n\">\
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
                .to_string()
                .contains("xml")
        );
        for strange in [json!({"a b": 1}), json!({"": 1}), json!({"a": "\u{1}"})] {
            assert!(written("/components/schemas/Other", &strange).is_err());
        }
    }
}
