//! What the schemas say of the form of a value: its type, its members, its names in XML. Encodings
//! that know no types are written and read by it.

use serde_json::{Map, Number, Value};

use crate::place::pointer;
use crate::spec::Document;

/// Deepest chain of compositions that is followed.
const DEEPEST: usize = 16;

/// The schema at a place, read when somebody asks.
#[derive(Debug, Clone)]
pub struct Layout<'a> {
    document: &'a Document,
    /// The schema, and what it is composed of, all of them resolved, with their places. Never empty.
    schemas: Vec<(String, &'a Map<String, Value>)>,
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
        let mut layout = Self {
            document,
            schemas: Vec::new(),
        };
        layout.collect(place, 0);
        (!layout.schemas.is_empty()).then_some(layout)
    }

    fn collect(&mut self, place: &str, depth: usize) {
        let Ok(place) = self.document.resolve_schema(place) else {
            return;
        };
        let Some(Value::Object(schema)) = self.document.get(&place) else {
            return;
        };
        if depth > DEEPEST || self.schemas.iter().any(|(known, _)| *known == place) {
            return;
        }
        self.schemas.push((place.clone(), schema));
        // What stands beside a reference comes first.
        if schema.contains_key("$ref")
            && let Ok(target) = self.document.resolve(&place)
        {
            self.collect(&target, depth + 1);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let branches = schema.get(keyword).and_then(Value::as_array);
            for i in 0..branches.map_or(0, Vec::len) {
                let branch = pointer::join(&pointer::join(&place, keyword), &i.to_string());
                self.collect(&branch, depth + 1);
            }
        }
    }

    fn schemas(&self) -> impl Iterator<Item = (&str, &'a Map<String, Value>)> {
        let schemas = self.schemas.iter();
        schemas.map(|(place, schema)| (place.as_str(), *schema))
    }

    /// The first value of a keyword, in the schema itself or in what it is composed of.
    pub fn keyword(&self, name: &str) -> Option<&'a Value> {
        self.schemas().find_map(|(_, schema)| schema.get(name))
    }

    /// Whether values may have this type. A schema that names no type has those of its keywords.
    pub fn is(&self, kind: &str) -> bool {
        let mut named = false;
        for (_, schema) in self.schemas() {
            match schema.get("type") {
                Some(Value::String(one)) if one == kind => return true,
                Some(Value::Array(many)) if many.iter().any(|one| one == kind) => return true,
                Some(_) => named = true,
                None => {}
            }
        }
        let implied: &[&str] = match kind {
            "object" => &["properties"],
            "array" => &["items", "prefixItems"],
            _ => return false,
        };
        !named && implied.iter().any(|name| self.keyword(name).is_some())
    }

    /// Whether values are bytes rather than text: `format: binary`, or since 3.1 a media type
    /// without a text encoding.
    pub fn is_binary(&self) -> bool {
        let media = self.keyword("contentMediaType").and_then(Value::as_str);
        self.keyword("format").is_some_and(|f| f == "binary")
            || self.keyword("contentEncoding").is_none()
                && media.is_some_and(|media| !media.starts_with("text/"))
    }

    /// Names of the properties, in the order of the document.
    pub fn properties(&self) -> Vec<&'a str> {
        let mut names = Vec::new();
        for (_, schema) in self.schemas() {
            let properties = schema.get("properties").and_then(Value::as_object);
            for name in properties.into_iter().flat_map(Map::keys) {
                if !names.contains(&name.as_str()) {
                    names.push(name.as_str());
                }
            }
        }
        names
    }

    /// The schema of a member of an object.
    pub fn member(&self, name: &str) -> Option<Self> {
        self.below("properties", Some(name))
            .or_else(|| self.below("additionalProperties", None))
    }

    /// Whether an object must have this member.
    pub fn requires(&self, name: &str) -> bool {
        self.schemas()
            .filter_map(|(_, schema)| schema.get("required")?.as_array())
            .any(|names| names.iter().any(|one| one == name))
    }

    /// The schema of the items of an array.
    pub fn items(&self) -> Option<Self> {
        self.below("items", None)
    }

    /// The schema of the item at a position of an array.
    pub fn item(&self, position: usize) -> Option<Self> {
        let is_prefix = |(_, schema): &(&str, &Map<String, Value>)| {
            let prefix = schema.get("prefixItems").and_then(Value::as_array);
            prefix.is_some_and(|prefix| position < prefix.len())
        };
        match self.schemas().find(is_prefix) {
            Some((place, _)) => {
                let at = pointer::join(place, "prefixItems");
                Self::at(self.document, &pointer::join(&at, &position.to_string()))
            }
            None => self.items(),
        }
    }

    fn below(&self, keyword: &str, name: Option<&str>) -> Option<Self> {
        self.schemas().find_map(|(place, schema)| {
            let mut at = pointer::join(place, keyword);
            let mut value = schema.get(keyword)?;
            if let Some(name) = name {
                value = value.get(name)?;
                pointer::push(&mut at, name);
            }
            value
                .is_object()
                .then(|| Self::at(self.document, &at))
                .flatten()
        })
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
        let nullable = || self.is("null") || self.keyword("nullable") == Some(&Value::Bool(true));
        if word.is_empty() && !self.is("string") && nullable() {
            return Value::Null;
        }
        Value::from(text)
    }

    /// The names in XML.
    pub fn xml(&self) -> XmlNames {
        let Some(xml) = self.keyword("xml") else {
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
        let mut schemas = self.schemas();
        let (place, _) = schemas.find(|(_, schema)| !schema.contains_key("$ref"))?;
        let (parent, name) = pointer::split_last(place)?;
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
    fn what_stands_beside_a_reference_counts() {
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
