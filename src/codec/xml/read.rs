//! Reader of XML.

use roxmltree::{Document, Node};
use serde_json::{Map, Value};

use super::syntax::INSTANCE;
use crate::codec::defect::BodyDefect;
use crate::codec::error::ReadError;
use crate::outcome::{DefectKind, ElementName, ExpectedNode};
use crate::place::pointer;
use crate::schema::{Layout, XmlNames, XmlNode};

/// Deepest nesting of elements that is read.
const MAX_DEPTH: usize = 100;

/// Reads a document as the value that its schema describes.
///
/// # Errors
/// If it is not well-formed, or nested too deeply.
pub(crate) fn read(
    text: &str,
    layout: Option<&Layout<'_>>,
) -> Result<(Value, Vec<BodyDefect>), ReadError> {
    let document = Document::parse(text).map_err(|e| ReadError::Xml(e.to_string()))?;
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
    Ok((value, reader.defects))
}

#[derive(Default)]
struct Reader {
    defects: Vec<BodyDefect>,
}

/// Elements of an object.
type Elements<'a, 'input> = Vec<Node<'a, 'input>>;

/// What of an element no property has claimed so far.
struct Left<'a, 'input> {
    elements: Elements<'a, 'input>,
    /// Names of attributes.
    attributes: Vec<String>,
}

impl Reader {
    fn defect(&mut self, place: &str, kind: DefectKind) {
        self.defects.push(BodyDefect {
            place: place.to_owned(),
            kind,
            promise: None,
        });
    }

    /// The name of the root counts where the schema gives one.
    fn root(&mut self, root: Node<'_, '_>, layout: &Layout<'_>) {
        let names = layout.xml();
        let local = names.name.as_deref().unwrap_or(root.tag_name().name());
        if !is_named(root, local, &names) {
            let expected = expected_name(local, &names);
            let actual = name_of(root);
            self.defect("", DefectKind::RootName { expected, actual });
        }
    }

    fn value(
        &mut self,
        node: Node<'_, '_>,
        layout: Option<&Layout<'_>>,
        at: &str,
        depth: usize,
    ) -> Result<Value, ReadError> {
        if depth > MAX_DEPTH {
            return Err(ReadError::XmlDepth(MAX_DEPTH));
        }
        if node.attribute((INSTANCE, "nil")).map(str::trim) == Some("true") {
            return Ok(Value::Null);
        }
        let has_parts = node.children().any(|child| child.is_element())
            || own_attributes(node).next().is_some();
        let plain = ["string", "integer", "number", "boolean"];
        // An array that is an element of its own, in another array.
        if let Some(list) = layout.filter(|layout| {
            layout.is("array") && !layout.is("object") && layout.xml().node == XmlNode::Element
        }) {
            let names = list.items().map(|items| items.xml()).unwrap_or_default();
            let around = Some(node.tag_name().name());
            return self.wrapped(node, list, &names, around, at);
        }
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
    ) -> Result<Value, ReadError> {
        let mut left = Left {
            elements: node.children().filter(Node::is_element).collect(),
            attributes: own_attributes(node).map(|a| a.name().to_owned()).collect(),
        };
        let mut members = match layout {
            Some(layout) => self.properties(node, layout, at, depth, &mut left)?,
            None => Map::new(),
        };
        for name in left.attributes {
            let value = node.attributes().find(|a| a.name() == name);
            members
                .entry(name)
                .or_insert_with(|| Value::from(value.map(|a| a.value()).unwrap_or_default()));
        }
        self.others(left.elements, layout, at, depth, &mut members)?;
        Ok(Value::Object(members))
    }

    /// The members that the schema names, which are taken away from what is left.
    fn properties<'a, 'input>(
        &mut self,
        node: Node<'a, 'input>,
        layout: &Layout<'_>,
        at: &str,
        depth: usize,
        left: &mut Left<'a, 'input>,
    ) -> Result<Map<String, Value>, ReadError> {
        let mut members = Map::new();
        if depth > MAX_DEPTH {
            return Err(ReadError::XmlDepth(MAX_DEPTH));
        }
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
                    left.attributes
                        .retain(|name| text.is_none() || *name != local);
                    text.map(|text| typed(&below, text))
                }
                XmlNode::Text => Some(typed(&below, &content(node))),
                // Its members are in the element around it.
                XmlNode::None if !below.is("array") => {
                    let inner = self.properties(node, &below, &place, depth + 1, left)?;
                    Some(Value::Object(inner))
                }
                _ => {
                    let element = Element {
                        property,
                        names: &names,
                        layout: &below,
                        required: layout.requires(property),
                    };
                    self.element(&mut left.elements, &element, &place, depth)?
                }
            };
            if let Some(value) = found {
                members.insert(property.to_owned(), value);
            }
        }
        Ok(members)
    }

    /// The value of a property from the elements that have its name, which are taken away.
    fn element(
        &mut self,
        left: &mut Elements<'_, '_>,
        element: &Element<'_>,
        at: &str,
        depth: usize,
    ) -> Result<Option<Value>, ReadError> {
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
            let kind = DefectKind::RepeatedElement {
                name: own.to_owned(),
                count: found.len(),
            };
            self.defect(at, kind);
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
    ) -> Result<Value, ReadError> {
        let items = layout.items();
        let local = names.name.as_deref().or(around);
        let mut values = Vec::new();
        for (i, child) in node.children().filter(Node::is_element).enumerate() {
            let place = pointer::join(at, &i.to_string());
            let expected = local.unwrap_or(child.tag_name().name());
            if !is_named(child, expected, names) {
                let expected = expected_name(expected, names);
                let actual = name_of(child);
                self.defect(&place, DefectKind::ItemName { expected, actual });
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
    ) -> Result<Value, ReadError> {
        let names = promised.xml();
        let own = node.tag_name().name();
        let is_list = promised.is("array");
        let items = promised.items().map(|items| items.xml());
        let local = |names: &XmlNames| names.name.clone().unwrap_or_else(|| own.to_owned());
        let expected = match (&names.node, items) {
            (XmlNode::Attribute, _) => ExpectedNode::Attribute(local(&names)),
            (XmlNode::Default, Some(items)) if is_list => {
                ExpectedNode::Element(expected_name(&local(&items), &items))
            }
            _ => ExpectedNode::Element(expected_name(&local(&names), &names)),
        };
        let actual = name_of(node);
        self.defect(at, DefectKind::WrongNode { expected, actual });
        if is_list {
            return self.wrapped(node, promised, &XmlNames::default(), None, at);
        }
        self.value(node, Some(promised), at, depth + 1)
    }

    /// Elements that no property claims: members of the value under their own names.
    fn others(
        &mut self,
        left: Elements<'_, '_>,
        layout: Option<&Layout<'_>>,
        at: &str,
        depth: usize,
        members: &mut Map<String, Value>,
    ) -> Result<(), ReadError> {
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
            let list = below.as_ref().filter(|below| below.is("array"));
            if let Some(list) = list {
                self.additional(node, list, name, &place, members)?;
                continue;
            }
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

    /// Adds an element to an array that `additionalProperties` describes.
    fn additional(
        &mut self,
        node: Node<'_, '_>,
        list: &Layout<'_>,
        name: &str,
        at: &str,
        members: &mut Map<String, Value>,
    ) -> Result<(), ReadError> {
        let items = list.items();
        let names = items.as_ref().map(Layout::xml).unwrap_or_default();
        if list.xml().node == XmlNode::Element {
            let value = self.wrapped(node, list, &names, Some(name), at)?;
            members.insert(name.to_owned(), value);
            return Ok(());
        }
        let depth = pointer::tokens(at).count() + 1;
        let member = members.entry(name).or_insert(Value::Null);
        let count = member.as_array().map_or(0, Vec::len);
        let place = pointer::join(at, &count.to_string());
        let value = self.value(node, items.as_ref(), &place, depth)?;
        match member {
            Value::Array(values) => values.push(value),
            other => *other = Value::Array(vec![value]),
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
    left: &mut Elements<'a, 'input>,
    local: &str,
    names: &XmlNames,
) -> Elements<'a, 'input> {
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

/// The name that a schema gives an element.
fn expected_name(local: &str, names: &XmlNames) -> ElementName {
    ElementName {
        local: local.to_owned(),
        namespace: names.namespace.clone(),
    }
}

fn name_of(node: Node<'_, '_>) -> ElementName {
    let tag = node.tag_name();
    ElementName {
        local: tag.name().to_owned(),
        namespace: tag.namespace().map(str::to_owned),
    }
}

/// The character encoding that an XML declaration names (XML 1.0 section 4.3.3).
pub(crate) fn declared_encoding(body: &[u8]) -> Option<String> {
    // A byte order mark of UTF-16.
    if body.starts_with(&[0xfe, 0xff]) || body.starts_with(&[0xff, 0xfe]) {
        return Some("utf-16".to_owned());
    }
    let head = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
    let declaration = head.split("?>").next().filter(|d| d.contains("<?xml"))?;
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next().map(str::to_owned)
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
        let (value, defects) = read(text, layout.as_ref()).unwrap();
        let shown = |name: ElementName| match name.namespace {
            Some(namespace) => format!("<{}> in {namespace}", name.local),
            None => format!("<{}>", name.local),
        };
        let told = defects.into_iter().map(|defect| {
            let place = defect.place;
            match defect.kind {
                DefectKind::RootName { expected, actual }
                | DefectKind::ItemName { expected, actual } => {
                    format!("{place} {} not {}", shown(expected), shown(actual))
                }
                DefectKind::WrongNode { expected, actual } => {
                    let expected = match expected {
                        ExpectedNode::Attribute(name) => format!("an attribute '{name}'"),
                        ExpectedNode::Element(name) => shown(name),
                    };
                    format!("{place} {expected} not {}", shown(actual))
                }
                DefectKind::RepeatedElement { name, count } => {
                    format!("{place} one <{name}> not {count}")
                }
                other => format!("{other:?}"),
            }
        });
        (value, told.collect())
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
                "/name <name> in http://n not <name>",
            ),
            (
                "Pet",
                "<pet><tags><Tag/></tags></pet>",
                "/tags/0 <tag> not <Tag>",
            ),
            (
                "Pet",
                "<pet><ok>true</ok><ok>true</ok></pet>",
                "/ok one <ok> not 2",
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

    #[test]
    fn the_declaration_names_the_character_encoding() {
        for (body, expected) in [
            (
                "<?xml version='1.0' encoding='iso-8859-1'?><a/>",
                Some("iso-8859-1"),
            ),
            ("<?xml version=\"1.0\"?><a encoding='x'/>", None),
            ("<a/>", None),
        ] {
            assert_eq!(declared_encoding(body.as_bytes()).as_deref(), expected);
        }
    }
}
