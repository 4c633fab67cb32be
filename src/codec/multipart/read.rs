//! Reader of `multipart/form-data` and its relatives.

use serde_json::{Map, Value};

use super::parts::{Part, divide};
use crate::codec::body::{
    Description, Entity, Head, Reading, Stray, beginning, is_collection, is_text, parameter,
    read as read_entity,
};
use crate::codec::form;
use crate::contract::{Encodings, Kind, ValueEncoding};
use crate::place::pointer;
use crate::schema::Layout;
use crate::wire::{media_type_essence, parse_json};

/// Bodies in bodies that are looked into.
const DEEPEST: usize = 8;

/// Of what the contract says nothing.
static NOTHING: Encodings = Encodings {
    named: Vec::new(),
    prefix: Vec::new(),
    items: None,
};

/// Reads a body as the object or the array of its parts.
pub(crate) fn read<'a>(described: &Description<'a>, entity: &Entity<'_>) -> Reading<'a> {
    let content_type = entity.content_type.as_deref().unwrap_or_default();
    let parts = parameter(content_type, "boundary")
        .filter(|boundary| !boundary.is_empty())
        .ok_or_else(|| "its Content-Type names no boundary".to_owned())
        .and_then(|boundary| divide(entity.bytes, &boundary));
    let parts = match parts {
        Ok(parts) => parts,
        Err(fault) => {
            return Reading {
                fault: Some(fault),
                ..Reading::default()
            };
        }
    };
    let mut reader = Reader {
        depth: entity.depth + 1,
        reading: Reading::default(),
    };
    let value = if described.is_sequence {
        Some(reader.items(described, &parts))
    } else if described
        .layout
        .as_ref()
        .is_some_and(|layout| layout.is("array"))
    {
        // What the position of a part means, only OpenAPI 3.2 says.
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
    /// What comes of the parts, but for the value.
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
        let mut members = Map::new();
        for (i, part) in parts.iter().enumerate() {
            let disposition = part.headers.text("content-disposition");
            let name = disposition.as_deref().and_then(|d| parameter(d, "name"));
            match name {
                Some(name) => self.member(described, part, name, &mut members),
                None if is_form => self.stray(
                    "",
                    format!("part {} has no name", i + 1),
                    "Content-Disposition: form-data; name=...",
                    disposition.as_deref().unwrap_or("no Content-Disposition"),
                ),
                None => return None,
            }
        }
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
        if form::style_of(&name, encodings).is_some() {
            let text = String::from_utf8_lossy(part.bytes).into_owned();
            return form::insert(members, name, text, encodings, whole);
        }
        let layout = whole.and_then(|layout| layout.member(&name));
        let place = pointer::join("", &name);
        let is_list = layout.as_ref().is_some_and(|layout| layout.is("array"));
        let known = members.get_mut(&name).map(Value::take);
        let before = match known {
            Some(Value::Array(values)) if is_list => values,
            None if is_list => Vec::new(),
            Some(first) => {
                self.stray(
                    &place,
                    format!("the part '{name}' stands more than once"),
                    "one part",
                    beginning(part.bytes),
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
            self.reading.heads.push(Head {
                place: place.to_owned(),
                headers: part.headers.clone(),
                promised: &encoding.headers,
            });
            // What names no type is plain text (RFC 2046 section 5.2).
            if !encoding.allows(essence.as_deref().unwrap_or("text/plain")) {
                self.reading.strays.push(Stray {
                    place: place.to_owned(),
                    message: "the part is of another media type than promised".to_owned(),
                    expected: encoding.content_type.clone().unwrap_or_default(),
                    actual: declared.as_deref().unwrap_or("no Content-Type").to_owned(),
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
        if is_binary || kind == Kind::Bytes || self.depth > DEEPEST {
            return self.bytes(part.bytes, layout.as_ref(), place);
        }
        // A text that happens to be JSON stays a text.
        if kind == Kind::Json
            && is_text(layout.as_ref())
            && parse_json(part.bytes).is_ok_and(|value| value.is_object() || value.is_array())
        {
            return Value::from(String::from_utf8_lossy(part.bytes));
        }
        let nested = encoding.map_or(&NOTHING, |encoding| &encoding.nested);
        let is_list = layout.as_ref().is_some_and(|layout| layout.is("array"));
        let inner = read_entity(
            kind,
            &Description {
                is_sequence: nested.are_positional() || is_list,
                layout,
                items: None,
                encodings: nested,
            },
            &Entity {
                content_type: declared,
                bytes: part.bytes,
                depth: self.depth,
            },
        );
        self.take(inner, part, place)
    }

    /// Takes over what came of reading a part.
    fn take(&mut self, inner: Reading<'a>, part: &Part<'_>, place: &str) -> Value {
        let Reading {
            value,
            fault,
            strays,
            unread,
            heads,
        } = inner;
        let within = |below: String| format!("{place}{below}");
        self.reading
            .strays
            .extend(strays.into_iter().map(|stray| Stray {
                place: within(stray.place),
                ..stray
            }));
        self.reading.unread.extend(unread.into_iter().map(within));
        self.reading
            .heads
            .extend(heads.into_iter().map(|head| Head {
                place: within(head.place),
                ..head
            }));
        if let Some(fault) = fault {
            let media = part.headers.text("content-type");
            let media = media.as_deref().unwrap_or("what its schema says");
            self.stray(
                place,
                format!("the part is not {media}: {fault}"),
                media,
                beginning(part.bytes),
            );
        }
        value.unwrap_or_else(|| self.unread(place))
    }

    /// Bytes as a text of as many characters, since their lengths are counted in octets (`OpenAPI`
    /// 3.2.0, Binary Streams).
    fn bytes(&mut self, bytes: &[u8], layout: Option<&Layout<'_>>, place: &str) -> Value {
        if is_collection(layout) {
            return self.unread(place);
        }
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        layout.map_or_else(|| Value::from(text.as_str()), |layout| layout.typed(&text))
    }

    fn unread(&mut self, place: &str) -> Value {
        self.reading.unread.push(place.to_owned());
        Value::Null
    }

    fn stray(
        &mut self,
        place: &str,
        message: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) {
        self.reading.strays.push(Stray {
            place: place.to_owned(),
            message: message.into(),
            expected: expected.into(),
            actual: actual.into(),
            promise: None,
        });
    }
}
