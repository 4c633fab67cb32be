//! How the values in a form and the parts of a multipart body are written (`OpenAPI` 3.2.0, Encoding
//! Object).

use serde_json::{Map, Value};

use super::header::HeaderPromise;
use super::parameter::{Serialization, Style};
use crate::contract::reader::Reader;
use crate::place::pointer;
use crate::spec::Version;
use crate::wire::{media_range_includes, media_type_essence};

/// How the values of a body are written, where the contract defines it.
#[derive(Debug, Clone, Default)]
pub struct Encodings {
    /// Those of properties, by name.
    pub named: Vec<(String, ValueEncoding)>,
    /// Those of the first parts, by position (`OpenAPI` 3.2).
    pub prefix: Vec<ValueEncoding>,
    /// That of all parts behind these (`OpenAPI` 3.2).
    pub items: Option<Box<ValueEncoding>>,
}

/// How one value is written.
#[derive(Debug, Clone, Default)]
pub struct ValueEncoding {
    /// Media type of the value, or several media types and ranges with commas between them.
    pub content_type: Option<String>,
    /// The style of the value. Where there is one, the media type does not count.
    pub style: Option<Serialization>,
    /// Headers of the part.
    pub headers: Vec<HeaderPromise>,
    /// How the values in this one are written, if it is a form or has parts itself.
    pub nested: Encodings,
    /// JSON pointer of the encoding.
    pub pointer: String,
}

impl Encodings {
    /// How a property is written, where the contract defines it.
    pub fn of(&self, property: &str) -> Option<&ValueEncoding> {
        let mut named = self.named.iter();
        named.find(|(name, _)| name == property).map(|(_, e)| e)
    }

    /// How the part at a position is written, where the contract defines it.
    pub fn at(&self, position: usize) -> Option<&ValueEncoding> {
        self.prefix.get(position).or(self.items.as_deref())
    }

    /// Whether they are those of parts by position.
    pub fn are_positional(&self) -> bool {
        !self.prefix.is_empty() || self.items.is_some()
    }

    /// JSON pointers of the schemas of all headers.
    pub(in crate::contract) fn header_schemas(&self) -> Vec<String> {
        let named = self.named.iter().map(|(_, encoding)| encoding);
        let all = named.chain(&self.prefix).chain(self.items.as_deref());
        let mut schemas = Vec::new();
        for encoding in all {
            schemas.extend(encoding.headers.iter().filter_map(|h| h.schema.clone()));
            schemas.extend(encoding.nested.header_schemas());
        }
        schemas
    }
}

impl ValueEncoding {
    /// Whether a concrete media type is one of those that the value may have.
    pub fn allows(&self, essence: &str) -> bool {
        let Some(list) = &self.content_type else {
            return true;
        };
        list.split(',')
            .map(media_type_essence)
            .any(|range| media_range_includes(&range, essence))
    }
}

impl Reader<'_> {
    /// The encodings that a media type or an encoding defines for the values in it.
    pub(in crate::contract) fn encodings(&mut self, at: &str) -> Encodings {
        let Some(members) = self.get(at).and_then(Value::as_object) else {
            return Encodings::default();
        };
        let has = |name: &str| members.contains_key(name);
        let mut encodings = Encodings::default();
        if has("encoding") {
            let place = pointer::join(at, "encoding");
            let members = self.object(&place, "encoding");
            for property in members.into_iter().flat_map(Map::keys) {
                let encoding = self.value_encoding(pointer::join(&place, property));
                encodings
                    .named
                    .extend(encoding.map(|e| (property.clone(), e)));
            }
        }
        // Before 3.2 there are no others; another check reports them.
        if self.document.version() < Some(Version::V3_2) {
            return encodings;
        }
        if let Some(Value::Array(prefix)) = members.get("prefixEncoding") {
            let place = pointer::join(at, "prefixEncoding");
            let places = (0..prefix.len()).map(|i| pointer::join(&place, &i.to_string()));
            encodings.prefix = places
                .filter_map(|place| self.value_encoding(place))
                .collect();
        }
        if has("itemEncoding") {
            let encoding = self.value_encoding(pointer::join(at, "itemEncoding"));
            encodings.items = encoding.map(Box::new);
        }
        if encodings.are_positional() && !encodings.named.is_empty() {
            self.warn(
                &pointer::join(at, "encoding"),
                "`encoding` must not be used beside `prefixEncoding` or `itemEncoding`, so it is \
                 ignored",
                "describe all parts by name or all parts by position",
            );
            encodings.named.clear();
        }
        encodings
    }

    fn value_encoding(&mut self, place: String) -> Option<ValueEncoding> {
        let members = self.object(&place, "the encoding of a value")?;
        let content_type = members.get("contentType").and_then(Value::as_str);
        let is_newest = self.document.version() >= Some(Version::V3_2);
        let nested = is_newest.then(|| self.encodings(&place));
        let nested = nested.unwrap_or_default();
        Some(ValueEncoding {
            content_type: content_type.map(str::to_owned),
            style: self.serialization(&place, members, &Style::OF_FORMS),
            headers: self.headers(&place),
            nested,
            pointer: place,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_and_ranges() {
        let encoding = ValueEncoding {
            content_type: Some("image/*, Text/Plain; charset=utf-8".to_owned()),
            ..ValueEncoding::default()
        };
        assert!(encoding.allows("image/png") && encoding.allows("text/plain"));
        assert!(!encoding.allows("text/html"));
        assert!(ValueEncoding::default().allows("text/html"));
    }

    #[test]
    fn encodings_go_by_name_and_by_position() {
        let contract = crate::contract::sample(
            "openapi: 3.2.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
             responses:\n        '200':\n          description: d\n          content:\n            \
             multipart/mixed:\n              prefixEncoding:\n              - {contentType: text/plain}\n              \
             - contentType: multipart/mixed\n                itemEncoding:\n                  \
             headers: {X-A: {schema: {type: integer}}}\n              \
             itemEncoding: {contentType: image/png}\n              encoding: {a: {}}\n",
        );
        let problems = contract.problems();
        assert!(problems.len() == 1 && problems[0].place.pointer.ends_with("/encoding"));
        let media = &contract.operations[0].responses[0].media[0];
        let content_type = |i| {
            media
                .encodings
                .at(i)
                .and_then(|e| e.content_type.as_deref())
        };
        let types = [0, 1, 2, 9].map(content_type);
        let expected = ["text/plain", "multipart/mixed", "image/png", "image/png"];
        assert_eq!(types, expected.map(Some));
        assert_eq!(media.schemas().count(), 1);
    }
}
