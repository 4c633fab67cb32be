//! Media types of bodies, and what they are written and read as.

use serde_json::Value;

use super::value_encoding::{Encodings, ValueEncoding};
use crate::contract::reader::Reader;
use crate::place::pointer;
use crate::schema::Layout;
use crate::spec::{Document, Version};
use crate::wire::{media_range_includes, media_type_essence};

/// One media type of a body.
#[derive(Debug, Clone, Default)]
pub struct MediaType {
    /// Media type or range in lower case, parameters removed.
    pub name: String,
    /// JSON pointer of the schema, references followed.
    pub schema: Option<String>,
    /// JSON pointer of the schema of each item, references followed (`OpenAPI` 3.2).
    pub item_schema: Option<String>,
    /// Whether the body is an array of items that follow each other: values, events, or parts
    /// without names (`OpenAPI` 3.2.0, Sequential Media Types).
    pub is_sequence: bool,
    /// How the values in a form or in parts are written, where the contract defines it.
    pub encodings: Encodings,
    /// JSON pointer of the media type.
    pub pointer: String,
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
    /// Items that follow each other.
    Sequence(Framing),
    /// Text.
    Text,
    /// Bytes without a known format.
    Bytes,
}

/// What each text of a sequence of RFC 7464 begins with.
pub const RECORD_SEPARATOR: u8 = 0x1e;

/// How the items of a sequence are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// A JSON value in each line (JSON Lines, NDJSON).
    Lines,
    /// JSON values between a record separator and a line feed (RFC 7464).
    Records,
    /// Server-sent events (HTML, section 9.2).
    Events,
}

impl Framing {
    /// That of a media type in lower case, without parameters; none for other media types (RFC 8091
    /// for the suffix).
    pub fn of(essence: &str) -> Option<Self> {
        match essence {
            "application/jsonl" | "application/x-ndjson" | "application/x-jsonlines" => {
                Some(Self::Lines)
            }
            "text/event-stream" => Some(Self::Events),
            "application/json-seq" => Some(Self::Records),
            _ if essence.ends_with("+json-seq") => Some(Self::Records),
            _ => None,
        }
    }

    /// How many bytes of a body that has not ended hold whole items.
    pub fn whole(self, bytes: &[u8]) -> usize {
        match self {
            Self::Lines => memchr::memrchr(b'\n', bytes).map_or(0, |last| last + 1),
            Self::Records if bytes.ends_with(b"\n") => bytes.len(),
            Self::Records => memchr::memrchr(RECORD_SEPARATOR, bytes).unwrap_or(0),
            Self::Events => whole_events(bytes),
        }
    }
}

/// The bytes up to the last empty line, lines ending with CR LF, LF or CR.
fn whole_events(bytes: &[u8]) -> usize {
    let (mut line, mut at, mut whole) = (0, 0, 0);
    while let Some(end) = memchr::memchr2(b'\r', b'\n', &bytes[at..]).map(|found| at + found) {
        let next = end
            + if bytes[end..].starts_with(b"\r\n") {
                2
            } else {
                1
            };
        if end == line {
            whole = next;
        }
        (line, at) = (next, next);
    }
    whole
}

impl Kind {
    /// The kind of a media type in lower case, without parameters (RFC 6839 for suffixes). Whether
    /// a body is a sequence, the contract says: see [`MediaType::kind_of`].
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
        self.kind_of(&self.name)
    }

    /// What a concrete media type that falls under this one is written and read as.
    pub fn kind_of(&self, essence: &str) -> Kind {
        match Framing::of(essence) {
            Some(framing) if self.is_sequence => Kind::Sequence(framing),
            _ => Kind::of(essence),
        }
    }

    /// Whether this is JSON (RFC 6839 section 3.1 for `+json`).
    pub fn is_json(&self) -> bool {
        self.kind() == Kind::Json
    }

    /// Whether it is a range of media types.
    pub fn is_range(&self) -> bool {
        self.name.ends_with('*')
    }

    /// Whether a concrete media type falls under this one, which may be a range.
    pub fn covers(&self, essence: &str) -> bool {
        media_range_includes(&self.name, essence)
    }

    /// How a property is written, where the contract defines it.
    pub fn encoding(&self, property: &str) -> Option<&ValueEncoding> {
        self.encodings.of(property)
    }

    /// JSON pointers of all schemas that a body is judged by, those of the headers of its parts
    /// among them.
    pub fn schemas(&self) -> impl Iterator<Item = String> {
        let own = self.schema.iter().chain(&self.item_schema).cloned();
        own.chain(self.encodings.header_schemas())
    }
}

/// The media type of several that a concrete one falls under: itself, its range, or `*/*`.
pub fn media_for<'a>(media: &'a [MediaType], essence: &str) -> Option<&'a MediaType> {
    media
        .iter()
        .filter(|media| media.covers(essence))
        .min_by_key(|media| (media.is_range(), media.name == "*/*"))
}

impl Reader<'_> {
    /// The media types of a request body or a response.
    pub(in crate::contract) fn media(&mut self, at: &str) -> Vec<MediaType> {
        let content = pointer::join(at, "content");
        let Some(members) = self.object(&content, "content") else {
            return Vec::new();
        };
        let names = members.keys();
        names
            .filter_map(|name| {
                let place = self.resolved(&pointer::join(&content, name))?;
                Some(self.media_type(media_type_essence(name).into_owned(), place))
            })
            .collect()
    }

    fn media_type(&mut self, name: String, place: String) -> MediaType {
        let mut media = MediaType {
            schema: self.schema_of(&place),
            encodings: self.encodings(&place),
            name,
            pointer: place,
            ..MediaType::default()
        };
        if self.document.version() >= Some(Version::V3_2) {
            let place = pointer::join(&media.pointer, "itemSchema");
            media.item_schema = self.schema_at(&place);
            let may_be_sequence = media.is_range()
                || media.kind() == Kind::Multipart
                || Framing::of(&media.name).is_some();
            if media.item_schema.is_some() && !may_be_sequence {
                self.warn(
                    &place,
                    format!(
                        "{} is not a sequence of items, so `itemSchema` is ignored",
                        media.name
                    ),
                    "describe the items of an array under `items` of its schema",
                );
                media.item_schema = None;
            }
        }
        media.is_sequence = self.is_sequence(&media);
        if media.is_sequence && self.rejects_arrays(&media) {
            self.warn(
                &pointer::join(&media.pointer, "schema"),
                "the body is a sequence of items, and this schema does not allow an array, so it \
                 is ignored",
                "describe each item under `itemSchema`, or all of them as an array",
            );
            media.schema = None;
        }
        media
    }

    /// Whether a body is an array of items. What such media types mean is settled since 3.2.
    fn is_sequence(&mut self, media: &MediaType) -> bool {
        let is_described = media.item_schema.is_some() || media.encodings.are_positional();
        let framing = Framing::of(&media.name);
        let is_multipart = media.kind() == Kind::Multipart;
        if !is_multipart && framing.is_none() {
            return is_described && self.document.version() >= Some(Version::V3_2);
        }
        if self.document.version() >= Some(Version::V3_2) {
            let is_form = media.name == "multipart/form-data";
            return is_described
                || !is_multipart
                || !self.rejects_arrays(media) && (!is_form || media.schema.is_some());
        }
        let layout = media.schema.as_deref();
        let layout = layout.and_then(|schema| Layout::at(self.document, schema));
        let is = |kind: &str| layout.as_ref().is_some_and(|layout| layout.is(kind));
        let is_unread = match (media.kind(), framing) {
            (Kind::Multipart, _) => is("array"),
            (_, Some(Framing::Events)) => is("array") || is("object"),
            (_, framing) => framing.is_some(),
        };
        if is_unread && media.schema.is_some() {
            self.warn(
                &pointer::join(&media.pointer, "schema"),
                format!(
                    "schemas of {} are defined since OpenAPI 3.2 only, so the items are not \
                     checked",
                    media.name
                ),
                "raise the version of the document, and describe the items under `itemSchema`",
            );
        }
        false
    }

    /// Whether the schema of a body rejects every array.
    fn rejects_arrays(&self, media: &MediaType) -> bool {
        let schema = media.schema.as_deref();
        schema.is_some_and(|schema| !self.takes_array(schema))
    }

    /// Whether arrays are among the values that a schema names, or it names no type.
    pub(in crate::contract) fn takes_array(&self, schema: &str) -> bool {
        Layout::at(self.document, schema).is_none_or(|layout| {
            let others = ["object", "string", "number", "integer", "boolean"];
            layout.is("array") || !others.iter().any(|other| layout.is(other))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;

    /// The media types of a response, with the problems that are reported for them.
    fn media(version: &str, content: &str) -> (Vec<MediaType>, Vec<String>) {
        let contract = sample(&format!(
            "openapi: {version}\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      \
             responses:\n        '200':\n          description: d\n          content:\n{content}\
             components:\n  schemas: {{i: {{type: object}}}}\n  \
             mediaTypes: {{m: {{itemSchema: {{$ref: '#/components/schemas/i'}}}}}}\n"
        ));
        let problems = contract.problems().into_iter();
        let told = problems.map(|problem| problem.place.pointer).collect();
        (contract.operations[0].responses[0].media.clone(), told)
    }

    #[test]
    fn what_has_not_ended_has_whole_items() {
        for (framing, bytes, whole) in [
            (Framing::Lines, "1\n2\n3", "1\n2\n"),
            (Framing::Lines, "1", ""),
            (Framing::Records, "\u{1e}1\n\u{1e}2", "\u{1e}1\n"),
            (Framing::Records, "\u{1e}1\n\u{1e}2\n", "\u{1e}1\n\u{1e}2\n"),
            (Framing::Events, "data: 1\n\ndata: 2\n", "data: 1\n\n"),
            (
                Framing::Events,
                "data: 1\r\n\r\ndata: 2\r\n",
                "data: 1\r\n\r\n",
            ),
            (Framing::Events, "data: 1\r\rdata: 2\r", "data: 1\r\r"),
            (Framing::Events, "data: 1", ""),
        ] {
            assert_eq!(
                &bytes[..framing.whole(bytes.as_bytes())],
                whole,
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn sequences_are_those_of_3_2() {
        let content = "            application/jsonl: {$ref: '#/components/mediaTypes/m'}\n            \
             text/event-stream: {schema: {type: string}}\n            \
             application/geo+json-seq: {schema: {type: array}}\n            \
             text/plain: {schema: {type: string}}\n            \
             multipart/mixed: {schema: {prefixItems: []}}\n            \
             multipart/form-data: {schema: {properties: {}}}\n            \
             multipart/related: {itemEncoding: {contentType: text/html}}\n";
        let (found, told) = media("3.2.0", content);
        let kinds: Vec<_> = found.iter().map(|m| (m.kind(), m.is_sequence)).collect();
        assert_eq!(
            kinds,
            [
                (Kind::Sequence(Framing::Lines), true),
                (Kind::Sequence(Framing::Events), true),
                (Kind::Sequence(Framing::Records), true),
                (Kind::Text, false),
                (Kind::Multipart, true),
                (Kind::Multipart, false),
                (Kind::Multipart, true),
            ]
        );
        assert_eq!(
            found[0].item_schema.as_deref(),
            Some("/components/schemas/i")
        );
        // An array is not a string.
        assert_eq!(found[1].schema, None);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].ends_with("text~1event-stream/schema"));
    }

    #[test]
    fn ignored_schemas_of_sequences_are_reported() {
        let content = "            application/jsonl: {schema: {type: array}}\n            \
             text/event-stream: {schema: {type: string}}\n            \
             multipart/mixed: {schema: {type: array}}\n            \
             multipart/form-data: {schema: {}}\n";
        let (found, told) = media("3.1.0", content);
        let kinds: Vec<_> = found.iter().map(MediaType::kind).collect();
        assert_eq!(kinds[..3], [Kind::Bytes, Kind::Text, Kind::Multipart]);
        assert!(found.iter().all(|media| !media.is_sequence));
        assert_eq!(told.len(), 2, "{told:?}");
    }
}
