//! Bodies by media type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::codec::style::plain;
use crate::codec::{form, multipart, sequence, xml};
use crate::contract::{Contract, Kind, MediaType, RequestBody, media_for};
use crate::schema::Layout;
use crate::wire::media_type_essence;

/// A body and its content type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl Written {
    pub(crate) fn new(content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            content_type: content_type.to_owned(),
            bytes: bytes.into(),
        }
    }
}

/// Writes a value in the first media type that can hold it.
///
/// # Errors
/// When there is none.
pub(crate) fn first(
    contract: &Contract,
    body: &RequestBody,
    value: &Value,
) -> Result<Written, String> {
    let mut reasons = Vec::new();
    for media in &body.media {
        match write(contract, media, concrete(&media.name), value) {
            Ok(written) => return Ok(written),
            Err(reason) => reasons.push(format!("{}: {reason}", media.name)),
        }
    }
    Err(format!(
        "the body cannot be written as {}",
        reasons.join("; ")
    ))
}

/// Writes a value in the media type of this name.
///
/// # Errors
/// When it is none of those that are known, or cannot hold the value.
pub(crate) fn of_media(
    contract: &Contract,
    known: &[MediaType],
    name: &str,
    value: &Value,
) -> Result<Written, String> {
    let essence = media_type_essence(name);
    let media =
        media_for(known, &essence).ok_or_else(|| format!("the operation takes no {name}"))?;
    let written = write(contract, media, concrete(&essence), value)
        .map_err(|why| format!("the body cannot be written as {name}: {why}"))?;
    // Its parameters are part of a media type that was named whole; a boundary is not for others
    // to choose.
    Ok(
        if name.contains(';') && Kind::of(&essence) != Kind::Multipart {
            Written {
                content_type: name.to_owned(),
                ..written
            }
        } else {
            written
        },
    )
}

/// A media type that a range covers, and the media type itself if it is none.
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

/// Writes a value in a concrete media type that `media` covers.
fn write(
    contract: &Contract,
    media: &MediaType,
    essence: &str,
    value: &Value,
) -> Result<Written, String> {
    let layout = || {
        let schema = media.schema.as_deref()?;
        Layout::at(&contract.document, schema)
    };
    match media.kind_of(essence) {
        Kind::Json => Ok(Written::new(essence, value.to_string())),
        // A text is XML as it is.
        Kind::Xml if value.is_string() => Ok(Written::new(essence, bytes(value)?)),
        Kind::Xml => Ok(Written::new(
            essence,
            xml::document(layout().as_ref(), value)?,
        )),
        Kind::Form => Ok(Written::new(essence, form::form(media, value)?)),
        Kind::Multipart => multipart::multipart(contract, media, essence, value),
        Kind::Sequence(framing) if !value.is_string() => {
            Ok(Written::new(essence, sequence::sequence(framing, value)?))
        }
        Kind::Sequence(_) | Kind::Text | Kind::Bytes => Ok(Written::new(essence, bytes(value)?)),
    }
}

/// A value as one text, such as a parameter that a media type describes.
///
/// # Errors
/// When it cannot be written so.
pub(crate) fn text(
    contract: &Contract,
    essence: &str,
    schema: Option<&str>,
    value: &Value,
) -> Result<String, String> {
    let media = MediaType {
        name: essence.to_owned(),
        schema: schema.map(str::to_owned),
        ..MediaType::default()
    };
    let written = write(contract, &media, concrete(essence), value)?;
    String::from_utf8(written.bytes).map_err(|_| format!("{essence} is no text here"))
}

/// Bytes as they are: of a text, of `{ text: ... }`, or of `{ base64: ... }`.
pub(crate) fn bytes(value: &Value) -> Result<Vec<u8>, String> {
    match value {
        Value::Object(members) => match (members.get("text"), members.get("base64")) {
            (Some(text), _) => Ok(plain(text).into_owned().into_bytes()),
            (None, Some(Value::String(coded))) => STANDARD
                .decode(coded)
                .map_err(|e| format!("the text under 'base64' is not base64: {e}")),
            _ => Err("it needs a text, or an object with 'text' or 'base64'".to_owned()),
        },
        Value::Array(_) => Err("it needs a text, or an object with 'text' or 'base64'".to_owned()),
        other => Ok(plain(other).into_owned().into_bytes()),
    }
}
