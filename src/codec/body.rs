//! Bodies by their media types, and parameters that a media type describes.

use serde_json::Value;

use super::entity::{Description, Entity, Reading, Written};
use super::error::{ReadError, WriteError, WriteErrorKind};
use super::text::{self, Charset, is_collection, is_text, typed};
use super::{form, json, multipart, sequence, xml};
use crate::contract::{Contract, Kind, MediaType, RequestBody, media_for};
use crate::wire::media_type_essence;

/// Writes a value in the first media type that can hold it.
///
/// # Errors
/// If no media type can.
pub fn write_first(
    contract: &Contract,
    body: &RequestBody,
    value: &Value,
) -> Result<Written, WriteError> {
    let mut errors = Vec::new();
    for media in &body.media {
        let essence = concrete(&media.name);
        match write(contract, media, essence, essence, value) {
            Ok(written) => return Ok(written),
            Err(error) => errors.push((media.name.clone(), error)),
        }
    }
    Err(WriteErrorKind::NoMediaType(errors).into())
}

/// Writes a value in the media type of this name.
///
/// # Errors
/// If it is not one of the media types that are `known`, or cannot hold the value.
pub fn write_as(
    contract: &Contract,
    known: &[MediaType],
    name: &str,
    value: &Value,
) -> Result<Written, WriteError> {
    let essence = media_type_essence(name);
    let media = media_for(known, &essence)
        .ok_or_else(|| WriteErrorKind::UnknownMediaType(name.to_owned()))?;
    let essence = concrete(&essence);
    // The boundary of a multipart body is chosen here; all other parameters are the caller's.
    let content_type = match Kind::of(essence) {
        Kind::Multipart => essence,
        _ if name.contains(';') => name,
        _ => essence,
    };
    write(contract, media, essence, content_type, value)
}

/// A media type that a range includes; the media type itself if it is not a range.
fn concrete(name: &str) -> &str {
    match name {
        "*/*" | "application/*" => "application/json",
        "text/*" => "text/plain",
        "multipart/*" => "multipart/form-data",
        "image/*" => "image/png",
        "audio/*" => "audio/mpeg",
        "video/*" => "video/mp4",
        other => other,
    }
}

/// Writes a value as `essence`, which `media` covers. The content type may have parameters.
fn write(
    contract: &Contract,
    media: &MediaType,
    essence: &str,
    content_type: &str,
    value: &Value,
) -> Result<Written, WriteError> {
    let encoded = |text: String| {
        let bytes = Charset::of(content_type)?.encode(text)?;
        Ok(Written::new(content_type, bytes))
    };
    match media.kind_of(essence) {
        Kind::Json => Ok(Written::new(content_type, json::write(value))),
        Kind::Xml if !value.is_string() => {
            let described = Description::of(contract, media);
            let charset = Charset::of(content_type)?;
            encoded(xml::write(described.layout.as_ref(), value, charset)?)
        }
        Kind::Form => encoded(form::write(media, value)?),
        Kind::Multipart => {
            let described = Description::of(contract, media);
            multipart::write(contract, &described, essence, value)
        }
        // Sequences are UTF-8 (RFC 7464 section 2; HTML section 9.2.4).
        Kind::Sequence(framing) if !value.is_string() => {
            Ok(Written::new(content_type, sequence::write(framing, value)?))
        }
        // A text is XML, or a sequence, as it is.
        Kind::Xml | Kind::Sequence(_) | Kind::Text | Kind::Bytes => {
            let content = text::content(value, Charset::of(content_type)?)?;
            Ok(Written::new(content_type, content))
        }
    }
}

/// Writes a value as text, such as a parameter that a media type describes.
///
/// # Errors
/// If the media type cannot hold the value, or holds it as bytes that are not UTF-8.
pub(crate) fn write_text(
    contract: &Contract,
    essence: &str,
    schema: Option<&str>,
    value: &Value,
) -> Result<String, WriteError> {
    let media = media_of(essence, schema);
    let essence = concrete(essence);
    let written = write(contract, &media, essence, essence, value)?;
    String::from_utf8(written.bytes).map_err(|_| WriteErrorKind::NotText(essence.to_owned()).into())
}

/// Reads a text that `write_text` can write; `None` if nothing says how its value is written.
///
/// # Errors
/// If the text is not of the media type.
pub fn read_text(
    contract: &Contract,
    essence: &str,
    schema: Option<&str>,
    text: &str,
) -> Result<Option<Value>, ReadError> {
    let media = media_of(essence, schema);
    let entity = Entity {
        content_type: None,
        bytes: text.as_bytes(),
        depth: 0,
    };
    let kind = media.kind_of(concrete(essence));
    let reading = read(kind, &Description::of(contract, &media), &entity);
    // The reading borrows from the media type.
    let Reading { value, fault, .. } = reading;
    fault.map_or(Ok(value), Err)
}

fn media_of(essence: &str, schema: Option<&str>) -> MediaType {
    MediaType {
        name: essence.to_owned(),
        schema: schema.map(str::to_owned),
        ..MediaType::default()
    }
}

/// Reads a body.
pub fn read<'a>(kind: Kind, described: &Description<'a>, entity: &Entity<'_>) -> Reading<'a> {
    let layout = described.layout.as_ref();
    let content_type = entity.content_type.as_deref();
    let text = |declared| text::read(content_type, declared, entity.bytes);
    let empty = entity.bytes.is_empty();
    let read = match kind {
        Kind::Json | Kind::Xml | Kind::Multipart if empty => return Reading::default(),
        Kind::Json => json::read(entity.bytes).map(Reading::from),
        Kind::Xml => {
            let text = text(xml::declared_encoding(entity.bytes));
            text.and_then(|text| match text {
                Some(text) => xml::read(&text, layout).map(|(value, defects)| Reading {
                    // A text such as an image is not described by its elements.
                    value: Some(value).filter(|_| !is_text(layout)),
                    defects,
                    ..Reading::default()
                }),
                None => Ok(Reading::default()),
            })
        }
        Kind::Form => text(None).and_then(|text| match text {
            Some(text) if !is_text(layout) => {
                form::read(&text, described.encodings, layout).map(Reading::from)
            }
            _ => Ok(Reading::default()),
        }),
        // No standard says how text holds an object.
        Kind::Text if is_collection(layout) => return Reading::default(),
        Kind::Text => text(None).map(|text| Reading {
            value: text.map(|text| typed(layout, &text)),
            ..Reading::default()
        }),
        Kind::Multipart => return multipart::read(described, entity, read),
        Kind::Sequence(framing) => return sequence::read(framing, entity.bytes),
        Kind::Bytes => return Reading::default(),
    };
    read.unwrap_or_else(Reading::failed)
}
