//! Bodies and their media types.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::build::Reader;
use super::parameter::{Serialization, Style};
use super::response::HeaderPromise;
use crate::spec::Document;
use crate::wire::{media_type_essence, pointer};

/// One media type of a body.
#[derive(Debug, Clone)]
pub struct MediaType {
    /// Media type or range in lower case, parameters removed.
    pub name: String,
    /// JSON pointer of the schema, references followed.
    pub schema: Option<String>,
    /// How the properties of a form are written, where the contract says.
    pub encodings: Vec<PropertyEncoding>,
    /// JSON pointer of the media type.
    pub pointer: String,
}

/// How one property of a form is written.
#[derive(Debug, Clone)]
pub struct PropertyEncoding {
    /// Name of the property.
    pub property: String,
    /// Media type of the value.
    pub content_type: Option<String>,
    /// The style of the value. Where there is one, the media type does not count.
    pub style: Option<Serialization>,
    /// Headers of the part.
    pub headers: Vec<HeaderPromise>,
}

/// What a media type is written and read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// Parts.
    Multipart,
    /// Text.
    Text,
    /// Bytes of which nothing else is known.
    Bytes,
}

impl Kind {
    /// The kind of a media type in lower case, without parameters (RFC 6839 for suffixes).
    pub fn of(essence: &str) -> Self {
        match essence {
            "application/json" | "text/json" => Self::Json,
            "application/xml" | "text/xml" => Self::Xml,
            "application/x-www-form-urlencoded" => Self::Form,
            _ if essence.ends_with("+json") => Self::Json,
            _ if essence.ends_with("+xml") => Self::Xml,
            _ if essence.starts_with("multipart/") => Self::Multipart,
            _ if essence.starts_with("text/") => Self::Text,
            _ => Self::Bytes,
        }
    }
}

impl MediaType {
    /// The first example, if there is one.
    pub fn example<'a>(&self, document: &'a Document) -> Option<&'a Value> {
        let media = document.get(&self.pointer)?;
        if let Some(example) = media.get("example") {
            return Some(example);
        }
        let first = media.get("examples")?.as_object()?.keys().next()?;
        let place = pointer::join(&pointer::join(&self.pointer, "examples"), first);
        let place = document.resolve(&place).ok()?;
        document.get(&pointer::join(&place, "value"))
    }

    /// What it is written and read as; a range is of no kind but bytes.
    pub fn kind(&self) -> Kind {
        Kind::of(&self.name)
    }

    /// Whether this is JSON (RFC 6839 section 3.1 for `+json`).
    pub fn is_json(&self) -> bool {
        self.kind() == Kind::Json
    }

    /// Whether it stands for several media types.
    pub fn is_range(&self) -> bool {
        self.name.ends_with('*')
    }

    /// Whether a concrete media type falls under this one, which may be a range.
    pub fn covers(&self, essence: &str) -> bool {
        if self.name == "*/*" {
            return true;
        }
        match self.name.strip_suffix('*') {
            Some(range) => essence.starts_with(range),
            None => self.name == essence,
        }
    }

    /// How a property is written, where the contract says.
    pub fn encoding(&self, property: &str) -> Option<&PropertyEncoding> {
        self.encodings.iter().find(|e| e.property == property)
    }
}

/// The media type of several that a concrete one falls under: itself, its range, or `*/*`.
pub fn media_for<'a>(media: &'a [MediaType], essence: &str) -> Option<&'a MediaType> {
    media
        .iter()
        .filter(|media| media.covers(essence))
        .min_by_key(|media| (media.is_range(), media.name == "*/*"))
}
/// The body of a request.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// Whether a request must have it.
    pub required: bool,
    /// Media types, in document order.
    pub media: Vec<MediaType>,
    /// Properties of the first media type whose schema has any.
    pub properties: Vec<Property>,
    /// JSON pointer of the body.
    pub pointer: String,
}

/// One property of a request body.
#[derive(Debug, Clone)]
pub struct Property {
    /// Name.
    pub name: String,
    /// Whether a request must have it.
    pub required: bool,
    /// Whether only answers have it.
    pub is_read_only: bool,
    /// JSON pointer of its schema, references followed.
    pub schema: String,
    /// The type of its schema, where that names one.
    pub kind: Option<String>,
    /// How it comes back.
    pub echo: Echo,
}

/// How a value that was sent comes back in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Echo {
    /// It does not.
    Never,
    /// Under the same name in snake case, if there is such a property of that type.
    ByName,
    /// At a place that the contract names.
    At {
        /// JSON pointer in the answer.
        to: String,
        /// Member of the array items there that holds the values.
        each: Option<String>,
        /// Text that is put in front unless it is there.
        prefix: Option<String>,
        /// The text that was sent is JSON.
        parse_json: bool,
        /// More may come back than was sent.
        contains: bool,
    },
}

impl Reader<'_> {
    /// The request body of an operation.
    pub(super) fn body(&mut self, at: &str) -> Option<RequestBody> {
        let place = self.resolved(&pointer::join(at, "requestBody"))?;
        let members = self.object(&place, "a request body")?;
        let media = self.media(&place);
        if media.is_empty() {
            self.error(
                &place,
                "a request body needs 'content'",
                "name its media types",
            );
        }
        let properties = media
            .iter()
            .filter_map(|media| media.schema.as_deref())
            .map(|schema| self.properties(schema))
            .find(|properties| !properties.is_empty())
            .unwrap_or_default();
        Some(RequestBody {
            required: members.get("required") == Some(&Value::Bool(true)),
            media,
            properties,
            pointer: place,
        })
    }

    /// The media types of a request body or a response.
    pub(super) fn media(&mut self, at: &str) -> Vec<MediaType> {
        let content = pointer::join(at, "content");
        let Some(members) = self.object(&content, "content") else {
            return Vec::new();
        };
        members
            .iter()
            .map(|(name, media)| {
                let place = pointer::join(&content, name);
                let has = |name: &str| media.get(name).is_some();
                if has("itemSchema") {
                    self.warn(
                        &pointer::join(&place, "itemSchema"),
                        "the items of a sequence are neither made nor checked",
                        "",
                    );
                }
                let schema = has("schema").then(|| self.schema_of(&place)).flatten();
                let encodings = has("encoding").then(|| self.encodings(&place));
                MediaType {
                    name: media_type_essence(name),
                    schema,
                    encodings: encodings.unwrap_or_default(),
                    pointer: place,
                }
            })
            .collect()
    }

    fn encodings(&mut self, media: &str) -> Vec<PropertyEncoding> {
        let place = pointer::join(media, "encoding");
        let Some(members) = self.object(&place, "encoding") else {
            return Vec::new();
        };
        let mut encodings = Vec::new();
        for property in members.keys() {
            let place = pointer::join(&place, property);
            let Some(members) = self.object(&place, "the encoding of a property") else {
                continue;
            };
            encodings.push(PropertyEncoding {
                property: property.clone(),
                content_type: members
                    .get("contentType")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
                style: self.serialization(&place, members, &Style::OF_FORMS),
                headers: self.headers(&place),
            });
        }
        encodings
    }

    /// The properties of an object schema, those of `allOf` included.
    fn properties(&mut self, schema: &str) -> Vec<Property> {
        let mut found = Vec::new();
        self.collect_properties(schema, &mut HashSet::new(), &mut found);
        found
    }

    fn collect_properties(
        &mut self,
        schema: &str,
        seen: &mut HashSet<String>,
        found: &mut Vec<Property>,
    ) {
        if !seen.insert(schema.to_owned()) {
            return;
        }
        let Some(Value::Object(members)) = self.get(schema) else {
            return;
        };
        let required = |name: &str| {
            members
                .get("required")
                .and_then(Value::as_array)
                .is_some_and(|names| names.iter().any(|n| n == name))
        };
        for name in members
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::keys)
        {
            let place = pointer::join(&pointer::join(schema, "properties"), name);
            let Some(target) = self.resolved(&place) else {
                continue;
            };
            // Required in answers only (OpenAPI 3.0.3, Schema Object).
            let property = self.get(&target);
            let keyword = |name: &str| property?.get(name);
            let is_read_only = keyword("readOnly") == Some(&Value::Bool(true));
            let kind = keyword("type").and_then(Value::as_str).map(str::to_owned);
            found.push(Property {
                name: name.clone(),
                required: required(name) && !is_read_only,
                is_read_only,
                kind,
                echo: self.echo(&target),
                schema: target,
            });
        }
        let branches = members
            .get("allOf")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        for i in 0..branches {
            let place = pointer::join(&pointer::join(schema, "allOf"), &i.to_string());
            if let Some(target) = self.resolved(&place) {
                self.collect_properties(&target, seen, found);
            }
        }
        // A reference with more beside it (JSON Schema 2020-12 section 8.2.3.1).
        if members.contains_key("$ref")
            && let Some(target) = self.resolved(schema)
        {
            self.collect_properties(&target, seen, found);
        }
    }
}
