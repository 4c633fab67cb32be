//! Reader of XML by the names that the schemas give (`OpenAPI` 3.1.1, XML Object).

use roxmltree::{Document, Node};
use serde_json::{Map, Value};

use crate::codec::body::Stray;
use crate::place::pointer;
use crate::schema::{Layout, XmlNames, XmlNode};

/// Deepest nesting that is read.
const DEEPEST: usize = 100;
/// The namespace of `xsi:nil`.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Reads a document as the value that its schema describes.
///
/// # Errors
/// When it is not well-formed.
pub(crate) fn read(text: &str, layout: Option<&Layout<'_>>) -> Result<(Value, Vec<Stray>), String> {
    let document = Document::parse(text).map_err(|e| e.to_string())?;
    let root = document.root_element();
    let mut reader = Reader::default();
    if let Some(layout) = layout {
        reader.root(root, layout);
    }
    let value = match layout.filter(|layout| layout.is("array")) {
        // The root stands around the items in any case.
        Some(layout) => {
            let names = layout.items().map(|items| items.xml()).unwrap_or_default();
            reader.wrapped(root, layout, &names, None, "")?
        }
        None => reader.value(root, layout, "", 0)?,
    };
    Ok((value, reader.strays))
}

#[derive(Default)]
struct Reader {
    strays: Vec<Stray>,
}

/// Elements around an element that are left for others to read.
type Left<'a, 'input> = Vec<Node<'a, 'input>>;

impl Reader {
    fn stray(
        &mut self,
        place: &str,
        message: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) {
        self.strays.push(Stray {
            place: place.to_owned(),
            message: message.into(),
            expected: expected.into(),
            actual: actual.into(),
            promise: None,
        });
    }

    /// The name of the root counts where the schema gives one.
    fn root(&mut self, root: Node<'_, '_>, layout: &Layout<'_>) {
        let names = layout.xml();
        let local = names.name.as_deref().unwrap_or(root.tag_name().name());
        if !is_named(root, local, &names) {
            let expected = shown(local, names.namespace.as_deref());
            self.stray(
                "",
                "the root element has another name than promised",
                expected,
                tag(root),
            );
        }
    }

    fn value(
        &mut self,
        node: Node<'_, '_>,
        layout: Option<&Layout<'_>>,
        at: &str,
        depth: usize,
    ) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err(format!("elements are nested deeper than {DEEPEST}"));
        }
        if node.attribute((INSTANCE, "nil")).map(str::trim) == Some("true") {
            return Ok(Value::Null);
        }
        let has_parts = node.children().any(|child| child.is_element())
            || own_attributes(node).next().is_some();
        let plain = ["string", "integer", "number", "boolean"];
        let is_object = match layout {
            Some(layout) => {
                layout.is("object") && (has_parts || !plain.iter().any(|kind| layout.is(kind)))
            }
            None => false,
        };
        if is_object || has_parts {
            return self.object(node, layout, at, depth);
        }
        let text = content(node);
        Ok(layout.map_or_else(|| Value::from(text.clone()), |layout| typed(layout, &text)))
    }

    fn object(
        &mut self,
        node: Node<'_, '_>,
        layout: Option<&Layout<'_>>,
        at: &str,
        depth: usize,
    ) -> Result<Value, String> {
        let mut members = Map::new();
        let mut left: Left<'_, '_> = node.children().filter(Node::is_element).collect();
        let mut attributes: Vec<String> =
            own_attributes(node).map(|a| a.name().to_owned()).collect();
        if let Some(layout) = layout {
            for property in layout.properties() {
                let Some(below) = layout.member(property) else {
                    continue;
                };
                let place = pointer::join(at, property);
                let names = below.xml();
                let local = names.name.clone().unwrap_or_else(|| property.to_owned());
                let found = match names.node {
                    XmlNode::Attribute => {
                        let text = attribute(node, &local, &names);
                        attributes.retain(|name| text.is_none() || *name != local);
                        text.map(|text| typed(&below, text))
                    }
                    XmlNode::Text => Some(typed(&below, &content(node))),
                    XmlNode::None if !below.is("array") => {
                        let value = self.object(node, Some(&below), &place, depth + 1)?;
                        let known = below.properties();
                        left.retain(|child| !known.contains(&child.tag_name().name()));
                        Some(value)
                    }
                    _ => {
                        let required = layout.requires(property);
                        let element = Element {
                            property,
                            names: &names,
                            layout: &below,
                            required,
                        };
                        self.element(&mut left, &element, &place, depth)?
                    }
                };
                if let Some(value) = found {
                    members.insert(property.to_owned(), value);
                }
            }
        }
        for name in attributes {
            let value = node.attributes().find(|a| a.name() == name);
            members
                .entry(name)
                .or_insert_with(|| Value::from(value.map(|a| a.value()).unwrap_or_default()));
        }
        self.others(left, layout, at, depth, &mut members)?;
        Ok(Value::Object(members))
    }

    /// The value of a property from the elements that have its name, which are taken away.
    fn element(
        &mut self,
        left: &mut Left<'_, '_>,
        element: &Element<'_>,
        at: &str,
        depth: usize,
    ) -> Result<Option<Value>, String> {
        let Element {
            property,
            names,
            layout,
            required,
        } = element;
        let own = names.name.as_deref().unwrap_or(property);
        if layout.is("array") {
            let items = layout.items();
            let item_names = items.as_ref().map(Layout::xml).unwrap_or_default();
            if names.node == XmlNode::Element {
                let found = take(left, own, names);
                let Some(first) = found.first() else {
                    return Ok(None);
                };
                return self
                    .wrapped(*first, layout, &item_names, Some(own), at)
                    .map(Some);
            }
            let local = item_names.name.as_deref().unwrap_or(property);
            let found = take(left, local, &item_names);
            // An empty array and none look the same.
            if found.is_empty() && !required {
                return Ok(None);
            }
            let mut values = Vec::new();
            for (i, node) in found.into_iter().enumerate() {
                let place = pointer::join(at, &i.to_string());
                values.push(self.value(node, items.as_ref(), &place, depth + 1)?);
            }
            return Ok(Some(Value::Array(values)));
        }
        let found = take(left, own, names);
        if found.len() > 1 {
            self.stray(
                at,
                format!("the element <{own}> stands {} times", found.len()),
                "one element",
                format!("{} elements", found.len()),
            );
        }
        match found.first() {
            Some(node) => self.value(*node, Some(layout), at, depth + 1).map(Some),
            None => Ok(None),
        }
    }

    /// The items in an element that stands around them. Without a name of their own they have
    /// that of the element around, where that one is promised.
    fn wrapped(
        &mut self,
        node: Node<'_, '_>,
        layout: &Layout<'_>,
        names: &XmlNames,
        around: Option<&str>,
        at: &str,
    ) -> Result<Value, String> {
        let items = layout.items();
        let local = names.name.as_deref().or(around);
        let mut values = Vec::new();
        for (i, child) in node.children().filter(Node::is_element).enumerate() {
            let place = pointer::join(at, &i.to_string());
            let expected = local.unwrap_or(child.tag_name().name());
            if !is_named(child, expected, names) {
                self.stray(
                    &place,
                    "the element of an item has another name than promised",
                    shown(expected, names.namespace.as_deref()),
                    tag(child),
                );
            }
            let depth = pointer::tokens(at).count() + 1;
            values.push(self.value(child, items.as_ref(), &place, depth)?);
        }
        Ok(Value::Array(values))
    }

    /// The value of an element that has the name of a property, and is not what was promised. It
    /// counts as that property, so that the fault is told once.
    fn misnamed(
        &mut self,
        node: Node<'_, '_>,
        promised: &Layout<'_>,
        at: &str,
        depth: usize,
    ) -> Result<Value, String> {
        let names = promised.xml();
        let own = node.tag_name().name();
        let is_list = promised.is("array");
        let items = promised.items().map(|items| items.xml());
        let expected = match (&names.node, items) {
            (XmlNode::Attribute, _) => {
                format!("an attribute '{}'", names.name.as_deref().unwrap_or(own))
            }
            (XmlNode::Default, Some(items)) if is_list => shown(
                items.name.as_deref().unwrap_or(own),
                items.namespace.as_deref(),
            ),
            _ => shown(
                names.name.as_deref().unwrap_or(own),
                names.namespace.as_deref(),
            ),
        };
        self.stray(
            at,
            "the value stands in another node than promised",
            expected,
            tag(node),
        );
        if is_list {
            return self.wrapped(node, promised, &XmlNames::default(), None, at);
        }
        self.value(node, Some(promised), at, depth + 1)
    }

    /// Elements that no property claims: members of the value under their own names.
    fn others(
        &mut self,
        left: Left<'_, '_>,
        layout: Option<&Layout<'_>>,
        at: &str,
        depth: usize,
        members: &mut Map<String, Value>,
    ) -> Result<(), String> {
        for node in left {
            let name = node.tag_name().name();
            let place = pointer::join(at, name);
            let promised = layout.and_then(|layout| {
                let is_property = layout.properties().contains(&name);
                is_property.then(|| layout.member(name)).flatten()
            });
            if let Some(promised) = promised {
                let value = self.misnamed(node, &promised, &place, depth)?;
                members.insert(name.to_owned(), value);
                continue;
            }
            let below = layout.and_then(|layout| layout.member(name));
            let value = self.value(node, below.as_ref(), &place, depth + 1)?;
            match members.get_mut(name) {
                None => {
                    members.insert(name.to_owned(), value);
                }
                Some(Value::Array(values)) => values.push(value),
                Some(one) => {
                    let first = one.take();
                    *one = Value::Array(vec![first, value]);
                }
            }
        }
        Ok(())
    }
}

/// A property that is an element.
struct Element<'a> {
    property: &'a str,
    names: &'a XmlNames,
    layout: &'a Layout<'a>,
    required: bool,
}

/// Takes the elements of a name away.
fn take<'a, 'input>(
    left: &mut Left<'a, 'input>,
    local: &str,
    names: &XmlNames,
) -> Left<'a, 'input> {
    let (found, others) = left
        .drain(..)
        .partition(|node| is_named(*node, local, names));
    *left = others;
    found
}

/// The namespace counts where the contract gives one.
fn is_named(node: Node<'_, '_>, local: &str, names: &XmlNames) -> bool {
    let tag = node.tag_name();
    tag.name() == local
        && names
            .namespace
            .as_deref()
            .is_none_or(|namespace| tag.namespace() == Some(namespace))
}

fn attribute<'a>(node: Node<'a, '_>, local: &str, names: &XmlNames) -> Option<&'a str> {
    // An attribute without a prefix is in no namespace.
    let namespace = names
        .namespace
        .as_deref()
        .filter(|_| names.prefix.is_some());
    own_attributes(node)
        .find(|a| a.name() == local && (namespace.is_none() || a.namespace() == namespace))
        .map(|a| a.value())
}

/// The attributes that say something about the value.
fn own_attributes<'a, 'input>(
    node: Node<'a, 'input>,
) -> impl Iterator<Item = roxmltree::Attribute<'a, 'input>> {
    node.attributes().filter(|a| {
        !matches!(
            a.namespace(),
            Some(INSTANCE | "http://www.w3.org/XML/1998/namespace")
        )
    })
}

/// The text of an element, of all its pieces.
fn content(node: Node<'_, '_>) -> String {
    node.children().filter_map(|child| child.text()).collect()
}

/// XML writes booleans in two ways (XML Schema Part 2 section 3.2.2).
fn typed(layout: &Layout<'_>, text: &str) -> Value {
    if layout.is("boolean") && !layout.is("integer") && !layout.is("number") {
        match text.trim() {
            "1" => return Value::Bool(true),
            "0" => return Value::Bool(false),
            _ => {}
        }
    }
    layout.typed(text)
}

fn shown(local: &str, namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => format!("<{local}> in the namespace {namespace}"),
        None => format!("<{local}>"),
    }
}

fn tag(node: Node<'_, '_>) -> String {
    shown(node.tag_name().name(), node.tag_name().namespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Contract, sample};
    use serde_json::json;

    fn contract() -> Contract {
        sample(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    \
             Pet:\n      required: [photos]\n      properties:\n        \
             id: {type: integer, xml: {attribute: true}}\n        \
             name: {type: string, xml: {namespace: 'http://n', prefix: n}}\n        \
             ok: {type: boolean}\n        \
             photos: {type: array, items: {type: string, xml: {name: photo}}}\n        \
             tags: {type: array, items: {$ref: '#/components/schemas/Tag'}, xml: {wrapped: true}}\n        \
             owner: {type: string, nullable: true}\n        map: {additionalProperties: {type: integer}}\n      \
             xml: {name: pet}\n    Tag: {type: object, properties: {n: {type: number}}, xml: {name: tag}}\n    \
             Pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}\n",
        )
    }

    fn value(schema: &str, text: &str) -> (Value, Vec<String>) {
        let contract = contract();
        let layout = Layout::at(&contract.document, &format!("/components/schemas/{schema}"));
        let (value, strays) = read(text, layout.as_ref()).unwrap();
        let strays = strays
            .into_iter()
            .map(|s| format!("{} {} not {}", s.place, s.expected, s.actual));
        (value, strays.collect())
    }

    #[test]
    fn names_give_the_value_its_form() {
        let text = "<?xml version='1.0'?><pet id='7' xmlns:x='http://n' \
                    xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><x:name>a&amp;b</x:name>\
                    <ok>1</ok><photo>u</photo><!-- c --><photo>v</photo>\
                    <tags><tag><n>1.5</n></tag><tag/></tags><owner xsi:nil='true'/>\
                    <map><a>1</a></map><more><b>2</b><b>3</b></more></pet>";
        let expected = json!({
            "id": 7, "name": "a&b", "ok": true, "photos": ["u", "v"], "tags": [{"n": 1.5}, {}],
            "owner": null, "map": {"a": 1}, "more": {"b": ["2", "3"]},
        });
        assert_eq!(value("Pet", text), (expected, Vec::new()));
        // A required array that has no element is empty.
        assert_eq!(value("Pet", "<pet/>").0, json!({"photos": []}));
        assert_eq!(
            value("Pets", "<any><pet id='1'/></any>").0,
            json!([{"id": 1, "photos": []}])
        );
    }

    #[test]
    fn wrong_names_are_told() {
        for (schema, text, stray) in [
            ("Pet", "<Pet/>", " <pet> not <Pet>"),
            (
                "Pet",
                "<pet><name>a</name></pet>",
                "/name <name> in the namespace http://n not <name>",
            ),
            (
                "Pet",
                "<pet><tags><Tag/></tags></pet>",
                "/tags/0 <tag> not <Tag>",
            ),
            (
                "Pet",
                "<pet><ok>true</ok><ok>true</ok></pet>",
                "/ok one element not 2 elements",
            ),
            (
                "Pet",
                "<pet><photos>u</photos></pet>",
                "/photos <photo> not <photos>",
            ),
            (
                "Pet",
                "<pet><id>1</id></pet>",
                "/id an attribute 'id' not <id>",
            ),
            ("Pets", "<any><dog/></any>", "/0 <pet> not <dog>"),
        ] {
            let (_, strays) = value(schema, text);
            assert_eq!(strays, [stray], "{text}");
        }
        let (value, strays) = value("Pet", "<pet id='x'><ok>yes</ok></pet>");
        assert_eq!(value, json!({"id": "x", "ok": "yes", "photos": []}));
        assert!(strays.is_empty());
    }

    #[test]
    fn what_is_no_xml_is_refused() {
        let deep = "<a>".repeat(200) + &"</a>".repeat(200);
        let entities = "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>";
        for text in ["", "text", "<a>", "<a></b>", "{}", deep.as_str(), entities] {
            assert!(read(text, None).is_err(), "{text}");
        }
    }
}
