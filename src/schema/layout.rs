//! What the schemas say of the form of a value: its type, its members, its names in XML. Encodings
//! that know no types are written and read by it.

use serde_json::{Number, Value};

use super::cursor::Cursor;
use crate::keyword::Keyword;
use crate::place::pointer;
use crate::spec::Document;

/// The schema at a place, read on demand.
#[derive(Debug, Clone)]
pub struct Layout<'a> {
    /// The schema, and what it is composed of, all of them resolved. Never empty.
    schemas: Vec<Cursor<'a>>,
}

/// The names of a value in XML (`OpenAPI` 3.1.1, XML Object).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct XmlNames {
    /// The local name, where it is not that of the property.
    pub name: Option<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// The prefix of the name.
    pub prefix: Option<String>,
    /// What kind of node it is.
    pub node: XmlNode,
}

/// The node of a value in XML (`OpenAPI` 3.2.0, XML Node Types; `attribute` and `wrapped` before).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum XmlNode {
    /// What the type has by default: an element, and none for an array.
    #[default]
    Default,
    /// An element, for an array one around its items.
    Element,
    /// An attribute.
    Attribute,
    /// Text.
    Text,
    /// No node of its own: what is in it stands in the element around it.
    None,
}

impl<'a> Layout<'a> {
    /// The schema at a place; none if the place cannot be resolved.
    pub fn at(document: &'a Document, place: &str) -> Option<Self> {
        Self::of(&Cursor::at(document, place)?)
    }

    fn of(schema: &Cursor<'a>) -> Option<Self> {
        let schemas = schema.alternatives();
        (!schemas.is_empty()).then_some(Self { schemas })
    }

    /// The first value of a keyword, in the schema itself or in what it is composed of.
    pub fn keyword(&self, keyword: Keyword) -> Option<&'a Value> {
        self.schemas.iter().find_map(|schema| schema.get(keyword))
    }

    /// Whether values may have this type. A schema that names no type has those of its keywords.
    pub fn is(&self, kind: &str) -> bool {
        let mut named = false;
        for schema in &self.schemas {
            let kinds = schema.types();
            named |= kinds.is_some();
            if kinds.is_some_and(|kinds| kinds.contains(&kind)) {
                return true;
            }
        }
        let implied: &[Keyword] = match kind {
            "object" => &[Keyword::Properties],
            "array" => &[Keyword::Items, Keyword::PrefixItems],
            _ => return false,
        };
        !named && implied.iter().any(|name| self.keyword(*name).is_some())
    }

    /// Whether values are bytes rather than text: `format: binary`, or since 3.1 a media type
    /// without a text encoding.
    pub fn is_binary(&self) -> bool {
        let media = self
            .keyword(Keyword::ContentMediaType)
            .and_then(Value::as_str);
        self.keyword(Keyword::Format).is_some_and(|f| f == "binary")
            || self.keyword(Keyword::ContentEncoding).is_none()
                && media.is_some_and(|media| !media.starts_with("text/"))
    }

    /// Names of the properties, in the order of the document.
    pub fn properties(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        for schema in &self.schemas {
            for (name, _) in schema.each_named(Keyword::Properties) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// The schema of a member of an object.
    pub fn member(&self, name: &str) -> Option<Self> {
        self.first(|schema| schema.property(name))
            .or_else(|| self.first(|schema| schema.below(Keyword::AdditionalProperties)))
    }

    /// Whether an object must have this member.
    pub fn requires(&self, name: &str) -> bool {
        let mut schemas = self.schemas.iter();
        schemas.any(|schema| schema.names(Keyword::Required).any(|one| one == name))
    }

    /// The schema of the items of an array.
    pub fn items(&self) -> Option<Self> {
        self.first(|schema| schema.below(Keyword::Items))
    }

    /// The schema of the item at a position of an array.
    pub fn item(&self, position: usize) -> Option<Self> {
        let prefix = |schema: &Cursor<'a>| schema.each(Keyword::PrefixItems).nth(position);
        match self.schemas.iter().find_map(prefix) {
            Some(item) => Self::of(&item),
            None => self.items(),
        }
    }

    /// The first schema below those that it is composed of which is an object.
    fn first(&self, below: impl Fn(&Cursor<'a>) -> Option<Cursor<'a>>) -> Option<Self> {
        let schemas = self.schemas.iter().filter_map(below);
        let mut objects = schemas.filter(|schema| schema.members().is_some());
        objects.find_map(|schema| Self::of(&schema))
    }

    /// The value that a text means, by the types that the schema allows; the text itself where it
    /// means no other.
    pub fn typed(&self, text: &str) -> Value {
        let word = text.trim();
        if (self.is("integer") || self.is("number"))
            && let Ok(number) = serde_json::from_str::<Number>(word)
        {
            return Value::Number(number);
        }
        if self.is("boolean")
            && let Ok(flag) = word.parse::<bool>()
        {
            return Value::Bool(flag);
        }
        if word.is_empty() && !self.is("string") && self.may_be_null() {
            return Value::Null;
        }
        Value::from(text)
    }

    fn may_be_null(&self) -> bool {
        self.is("null") || self.schemas.iter().any(Cursor::is_nullable)
    }

    /// The names in XML.
    pub fn xml(&self) -> XmlNames {
        let Some(xml) = self.keyword(Keyword::Xml) else {
            return XmlNames::default();
        };
        let text = |name: &str| xml.get(name).and_then(Value::as_str).map(str::to_owned);
        let flag = |name: &str| xml.get(name) == Some(&Value::Bool(true));
        let node = match xml.get("nodeType").and_then(Value::as_str) {
            Some("element") => XmlNode::Element,
            Some("attribute") => XmlNode::Attribute,
            Some("text" | "cdata") => XmlNode::Text,
            Some("none") => XmlNode::None,
            _ if flag("attribute") => XmlNode::Attribute,
            _ if flag("wrapped") => XmlNode::Element,
            _ => XmlNode::Default,
        };
        XmlNames {
            name: text("name"),
            namespace: text("namespace"),
            prefix: text("prefix"),
            node,
        }
    }

    /// The name of the component that the schema is, such as `Pet`.
    pub fn component(&self) -> Option<String> {
        let mut schemas = self.schemas.iter();
        let own = schemas.find(|schema| schema.get(Keyword::Ref).is_none())?;
        let (parent, name) = pointer::split_last(own.place())?;
        parent.ends_with("/components/schemas").then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Files, load};
    use serde_json::json;

    const FILES: Files = Files::Bundle(&[(
        "a.yaml",
        "components:\n  schemas:\n    A:\n      allOf:\n      - $ref: '#/components/schemas/B'\n\
         \x20     - properties: {l: {items: {type: integer}}, n: {type: [integer, 'null']}}\n\
         \x20   B: {properties: {f: {type: boolean}, s: {}}, xml: {name: b, wrapped: true}}\n    \
         C: {$ref: '#/components/schemas/B', xml: {name: c}}\nopenapi: 3.1.0\n",
    )]);

    #[test]
    fn compositions_are_one_layout() {
        let document = load(&FILES, "a.yaml", &[]).unwrap();
        let layout = Layout::at(&document, "/components/schemas/A").unwrap();
        assert_eq!(layout.properties(), ["f", "s", "l", "n"]);
        assert!(layout.is("object") && !layout.is("array"));
        assert_eq!(layout.component().as_deref(), Some("A"));
        let list = layout.member("l").unwrap();
        assert!(list.is("array") && list.items().unwrap().is("integer"));
        assert!(layout.member("x").is_none());
        let xml = layout.xml();
        assert_eq!(
            (xml.name.as_deref(), xml.node),
            (Some("b"), XmlNode::Element)
        );
    }

    #[test]
    fn keywords_beside_a_reference_apply() {
        let document = load(&FILES, "a.yaml", &[]).unwrap();
        let layout = Layout::at(&document, "/components/schemas/C").unwrap();
        assert_eq!(layout.properties(), ["f", "s"]);
        assert_eq!(layout.xml().name.as_deref(), Some("c"));
        assert_eq!(layout.component().as_deref(), Some("B"));
    }

    #[test]
    fn texts_mean_what_their_types_say() {
        let document = load(&FILES, "a.yaml", &[]).unwrap();
        let layout = Layout::at(&document, "/components/schemas/A").unwrap();
        let typed = |name: &str, text: &str| layout.member(name).unwrap().typed(text);
        assert_eq!(typed("f", "true"), json!(true));
        assert_eq!(typed("f", "yes"), json!("yes"));
        assert_eq!(typed("s", "1"), json!("1"));
        assert_eq!(typed("n", " 12 "), json!(12));
        assert_eq!(typed("n", ""), json!(null));
        assert_eq!(typed("n", "012"), json!("012"));
    }
}
