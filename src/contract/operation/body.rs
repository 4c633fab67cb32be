//! The bodies of requests.

use std::collections::HashSet;

use serde_json::Value;

use super::media::MediaType;
use crate::contract::reader::Reader;
use crate::place::pointer;
use crate::schema::{Cursor, Keyword};

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
    /// Whether only responses have it.
    pub is_read_only: bool,
    /// JSON pointer of its schema, references followed.
    pub schema: String,
    /// The type of its schema, where that names one.
    pub kind: Option<String>,
    /// How it comes back.
    pub echo: Echo,
}

/// How a value that was sent comes back in the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Echo {
    /// It does not.
    Never,
    /// Under the same name in snake case, if there is such a property of that type.
    ByName,
    /// At a place that the contract names.
    At {
        /// JSON pointer in the response.
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
                "a request body needs `content`",
                "list its media types there",
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
        let Some(object) = Cursor::at(self.document, schema) else {
            return;
        };
        for (name, property) in object.each_named(Keyword::Properties) {
            let Some(place) = self.resolved_schema(property.place()) else {
                continue;
            };
            let parts = property.chain();
            // Required in responses only (OpenAPI 3.0.3, Schema Object).
            let is_read_only = parts.iter().any(|part| part.flag(Keyword::ReadOnly));
            let kind = parts.iter().find_map(|part| part.text(Keyword::Type));
            let echo = self.echo(&place);
            let mut required = object.names(Keyword::Required);
            found.push(Property {
                name: name.to_owned(),
                required: !is_read_only && required.any(|required| required == name),
                is_read_only,
                kind: kind.map(str::to_owned),
                echo,
                schema: place,
            });
        }
        let applied = object.in_place().into_iter();
        let applied =
            applied.filter(|(keyword, _)| matches!(keyword, Keyword::Ref | Keyword::AllOf));
        for (_, branch) in applied {
            if let Some(place) = self.resolved_schema(branch.place()) {
                self.collect_properties(&place, seen, found);
            }
        }
    }
}
