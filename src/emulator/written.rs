//! Values as the bytes of a media type, and as the texts of headers.

use serde_json::Value;

use super::value::plain_text;
use crate::codec::body;
use crate::codec::style::{self, Escape};
use crate::contract::{Contract, Encoding, HeaderPromise, Kind, MediaType, Response};

/// The content type and the bytes of a value.
pub(super) fn written(contract: &Contract, media: &MediaType, value: &Value) -> (String, Vec<u8>) {
    let known = std::slice::from_ref(media);
    let (content_type, bytes) = match body::write_as(contract, known, &media.name, value) {
        Ok(written) => (written.content_type, written.bytes),
        // A value that the media type cannot hold is shown as it is.
        Err(_) => (media.name.clone(), plain_text(value).into_bytes()),
    };
    if content_type == "application/json" {
        return ("application/json; charset=utf-8".to_owned(), bytes);
    }
    (content_type, bytes)
}

/// The media type that a response is written in: JSON where it may be.
pub(super) fn body_media(response: &Response) -> Option<&MediaType> {
    let mut media = response.media.iter();
    media
        .clone()
        .find(|media| media.is_json())
        .or_else(|| media.next())
}

/// What is shown where a media type has no schema.
pub(super) fn without_schema(contract: &Contract, media: &MediaType) -> Value {
    let example = media.example(&contract.document);
    match media.kind() {
        Kind::Json => example
            .cloned()
            .unwrap_or_else(|| Value::Object(serde_json::Map::new())),
        Kind::Xml => example
            .filter(|example| example.is_string())
            .cloned()
            .unwrap_or_else(|| Value::from("<nothing/>")),
        Kind::Sequence(_) => Value::Array(Vec::new()),
        Kind::Text => example.cloned().unwrap_or_else(|| Value::from("")),
        Kind::Form | Kind::Multipart | Kind::Bytes => Value::from(""),
    }
}

/// A message as a media type that has no schema, or none for objects.
pub(super) fn message(media: &MediaType, message: &str) -> Value {
    if media.kind() != Kind::Xml {
        return Value::from(message);
    }
    let text = message
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
    Value::from(format!("<error>{text}</error>"))
}

/// A value as the text of a header.
pub(super) fn header(promise: &HeaderPromise, value: &Value) -> String {
    match &promise.encoding {
        Encoding::Style(how) => style::segment(*how, &promise.name, value, Escape::Nothing),
        Encoding::Media(_) => value.to_string(),
    }
}
