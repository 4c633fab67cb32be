//! Reader of parts.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::parts::{Part, divide};
use crate::codec::defect::BodyDefect;
use crate::codec::entity::{Description, Entity, PartHeaders, ReadBody, Reading};
use crate::codec::error::ReadError;
use crate::codec::form;
use crate::codec::style::{Escape, Pair};
use crate::codec::text::{excerpt, is_collection, is_text, latin1, typed};
use crate::contract::{Encodings, Kind, ValueEncoding};
use crate::outcome::DefectKind;
use crate::place::pointer;
use crate::schema::Layout;
use crate::wire::{disposition_parameter, header_parameter, media_type_essence, parse_json};

/// How deeply multipart bodies may be nested in each other.
const MAX_DEPTH: usize = 8;

/// The encodings of a part that the contract does not describe.
static NOTHING: Encodings = Encodings {
    named: Vec::new(),
    prefix: Vec::new(),
    items: None,
};

/// Reads a body as the object or the array of its parts, and each part with `read_body`.
pub(crate) fn read<'a>(
    described: &Description<'a>,
    entity: &Entity<'_>,
    read_body: ReadBody,
) -> Reading<'a> {
    let content_type = entity.content_type.as_deref().unwrap_or_default();
    let parts = header_parameter(content_type, "boundary")
        .filter(|boundary| !boundary.is_empty())
        .ok_or(ReadError::NoBoundary)
        .and_then(|boundary| Ok(divide(entity.bytes, &boundary)?));
    let parts = match parts {
        Ok(parts) => parts,
        Err(fault) => return Reading::failed(fault),
    };
    let mut reader = Reader {
        depth: entity.depth + 1,
        read_body,
        reading: Reading::default(),
    };
    let value = if described.is_sequence {
        Some(reader.items(described, &parts))
    } else if described
        .layout
        .as_ref()
        .is_some_and(|layout| layout.is("array"))
    {
        // Only OpenAPI 3.2 says what the position of a part means.
        None
    } else {
        let is_form = media_type_essence(content_type) == "multipart/form-data";
        reader.members(described, &parts, is_form)
    };
    Reading {
        value,
        ..reader.reading
    }
}

struct Reader<'a> {
    depth: usize,
    read_body: ReadBody,
    /// The reading, except for its value.
    reading: Reading<'a>,
}

impl<'a> Reader<'a> {
    fn items(&mut self, described: &Description<'a>, parts: &[Part<'_>]) -> Value {
        let items = parts.iter().enumerate().map(|(i, part)| {
            let whole = described.layout.as_ref();
            let layout = whole.and_then(|layout| layout.item(i));
            let layout = layout.or_else(|| described.items.clone());
            let place = pointer::join("", &i.to_string());
            self.value(part, described.encodings.at(i), layout, &place)
        });
        items.collect()
    }

    /// The object of parts with names; none if some part has no name and needs none.
    fn members(
        &mut self,
        described: &Description<'a>,
        parts: &[Part<'_>],
        is_form: bool,
    ) -> Option<Value> {
        let (encodings, layout) = (described.encodings, described.layout.as_ref());
        let mut members = Map::new();
        let mut styled = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            let disposition = part.headers.text("content-disposition");
            let name = disposition
                .as_deref()
                .and_then(|value| disposition_parameter(value, "name"));
            match name {
                Some(name) if form::is_styled(&name, encodings, layout) => {
                    let text = String::from_utf8_lossy(&part.bytes);
                    styled.push(Pair { name, text });
                }
                Some(name) => self.member(described, part, name, &mut members),
                None if is_form => self.defect(
                    "",
                    DefectKind::UnnamedPart {
                        number: i + 1,
                        disposition: disposition.map(Cow::into_owned),
                    },
                ),
                None => return None,
            }
        }
        members.extend(form::read_styled(
            &styled,
            encodings,
            layout,
            Escape::Nothing,
        ));
        Some(Value::Object(members))
    }

    /// Adds the value of a part with a name. Parts of one name are the items of an array.
    fn member(
        &mut self,
        described: &Description<'a>,
        part: &Part<'_>,
        name: String,
        members: &mut Map<String, Value>,
    ) {
        let encodings = described.encodings;
        let whole = described.layout.as_ref();
        let layout = whole.and_then(|layout| layout.member(&name));
        let place = pointer::join("", &name);
        let is_list = layout.as_ref().is_some_and(|layout| layout.is("array"));
        let known = members.get_mut(&name).map(Value::take);
        let before = match known {
            Some(Value::Array(values)) if is_list => values,
            None if is_list => Vec::new(),
            Some(first) => {
                let excerpt = excerpt(&part.bytes);
                self.defect(
                    &place,
                    DefectKind::RepeatedPart {
                        name: name.clone(),
                        excerpt,
                    },
                );
                members.insert(name, first);
                return;
            }
            None => {
                let value = self.value(part, encodings.of(&name), layout, &place);
                members.insert(name, value);
                return;
            }
        };
        let at = pointer::join(&place, &before.len().to_string());
        let items = layout.as_ref().and_then(Layout::items);
        let has_lists = items.as_ref().is_some_and(|items| items.is("array"));
        let mut values = before;
        match self.value(part, encodings.of(&name), items, &at) {
            // Some write an array as one part.
            Value::Array(all) if !has_lists => values.extend(all),
            value => values.push(value),
        }
        members.insert(name, Value::Array(values));
    }

    /// The value of a part; null, which means nothing, where it cannot be read.
    fn value(
        &mut self,
        part: &Part<'_>,
        encoding: Option<&'a ValueEncoding>,
        layout: Option<Layout<'a>>,
        place: &str,
    ) -> Value {
        let declared = part.headers.text("content-type");
        let essence = declared.as_deref().map(media_type_essence);
        if let Some(encoding) = encoding {
            self.reading.parts.push(PartHeaders {
                place: place.to_owned(),
                headers: part.headers.clone(),
                promised: &encoding.headers,
            });
            // A part without a Content-Type is plain text (RFC 2046 section 5.2).
            if !encoding.allows(essence.as_deref().unwrap_or("text/plain")) {
                self.reading.defects.push(BodyDefect {
                    place: place.to_owned(),
                    kind: DefectKind::PartMediaType {
                        expected: encoding.content_type.clone().unwrap_or_default(),
                        actual: declared.map(Cow::into_owned),
                    },
                    promise: Some(pointer::join(&encoding.pointer, "contentType")),
                });
                return self.unread(place);
            }
        }
        // By default an object is JSON (OpenAPI 3.2.0, Encoding Object).
        let kind = match &essence {
            Some(essence) => Kind::of(essence),
            None if is_collection(layout.as_ref()) => Kind::Json,
            None => Kind::Text,
        };
        let is_binary = layout.as_ref().is_some_and(Layout::is_binary);
        if is_binary || kind == Kind::Bytes || self.depth > MAX_DEPTH {
            return self.bytes(&part.bytes, layout.as_ref(), place);
        }
        // A text that happens to be JSON stays a text.
        if kind == Kind::Json
            && is_text(layout.as_ref())
            && parse_json(&part.bytes).is_ok_and(|value| value.is_object() || value.is_array())
        {
            return Value::from(String::from_utf8_lossy(&part.bytes));
        }
        let nested = encoding.map_or(&NOTHING, |encoding| &encoding.nested);
        let is_list = layout.as_ref().is_some_and(|layout| layout.is("array"));
        let inner = (self.read_body)(
            kind,
            &Description {
                is_sequence: nested.are_positional() || is_list,
                layout,
                items: None,
                encodings: nested,
            },
            &Entity {
                content_type: declared,
                bytes: &part.bytes,
                depth: self.depth,
            },
        );
        self.take(inner, part, place)
    }

    /// Takes over the reading of a part.
    fn take(&mut self, inner: Reading<'a>, part: &Part<'_>, place: &str) -> Value {
        let Reading {
            value,
            fault,
            defects,
            unread,
            parts,
        } = inner;
        let within = |below: String| format!("{place}{below}");
        let defects = defects.into_iter().map(|defect| BodyDefect {
            place: within(defect.place),
            ..defect
        });
        self.reading.defects.extend(defects);
        self.reading.unread.extend(unread.into_iter().map(within));
        let parts = parts.into_iter().map(|part| PartHeaders {
            place: within(part.place),
            ..part
        });
        self.reading.parts.extend(parts);
        if let Some(error) = fault {
            let media = part.headers.text("content-type").map(Cow::into_owned);
            let excerpt = excerpt(&part.bytes);
            let kind = DefectKind::UnreadablePart {
                media,
                error: error.to_string(),
                excerpt,
            };
            self.defect(place, kind);
        }
        value.unwrap_or_else(|| self.unread(place))
    }

    /// Bytes as text, one character for each.
    fn bytes(&mut self, bytes: &[u8], layout: Option<&Layout<'_>>, place: &str) -> Value {
        if is_collection(layout) {
            return self.unread(place);
        }
        typed(layout, &latin1(bytes))
    }

    fn unread(&mut self, place: &str) -> Value {
        self.reading.unread.push(place.to_owned());
        Value::Null
    }

    fn defect(&mut self, place: &str, kind: DefectKind) {
        self.reading.defects.push(BodyDefect {
            place: place.to_owned(),
            kind,
            promise: None,
        });
    }
}
