//! The bodies of requests.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::media::MediaType;
use crate::contract::reader::Reader;
use crate::place::pointer;

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
    pub(in crate::contract) fn body(&mut self, at: &str) -> Option<RequestBody> {
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
