//! From the bytes of a body to a value that the schemas can judge.

use serde_json::Value;

use super::form;
use super::xml::{self, Stray};
use crate::contract::{Kind, Layout, MediaType};
use crate::wire::{Response, parse_json};

/// A body as a value.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The value; none where there is none, or nobody knows how to read it.
    pub(super) value: Option<Value>,
    /// Why it cannot be read.
    pub(super) fault: Option<String>,
    /// What is wrong with its XML beyond what the value shows.
    pub(super) strays: Vec<Stray>,
}

/// What the body is read as: what its media type says, and for a range what the response says.
pub(super) fn kind(media: &MediaType, response: &Response) -> Kind {
    match response.media_type() {
        Some(essence) if media.is_range() => Kind::of(&essence),
        _ => media.kind(),
    }
}

/// Reads a body.
pub(super) fn read(
    kind: Kind,
    media: &MediaType,
    layout: Option<&Layout<'_>>,
    response: &Response,
) -> Reading {
    let empty = response.body.is_empty();
    let read = match kind {
        Kind::Json | Kind::Xml if empty => return Reading::default(),
        Kind::Json => parse_json(&response.body)
            .map(|value| (Some(value), Vec::new()))
            .map_err(|fault| fault.to_string()),
        Kind::Xml => {
            text(response, declared_encoding(&response.body)).and_then(|text| match text {
                // A text such as an image is not described by its elements.
                Some(text) => xml::read(&text, layout)
                    .map(|(value, strays)| (Some(value).filter(|_| !is_text(layout)), strays)),
                None => Ok((None, Vec::new())),
            })
        }
        Kind::Form => text(response, None).and_then(|text| match text {
            Some(text) if !is_text(layout) => {
                form::read(&text, media, layout).map(|v| (Some(v), Vec::new()))
            }
            _ => Ok((None, Vec::new())),
        }),
        // What text means an object, nobody has said.
        Kind::Text if is_collection(layout) => return Reading::default(),
        Kind::Text => text(response, None).map(|text| {
            let value = text.map(|text| match layout {
                Some(layout) => layout.typed(&text),
                None => Value::from(text),
            });
            (value, Vec::new())
        }),
        Kind::Multipart | Kind::Bytes => return Reading::default(),
    };
    match read {
        Ok((value, strays)) => Reading {
            value,
            fault: None,
            strays,
        },
        Err(fault) => Reading {
            fault: Some(fault),
            ..Reading::default()
        },
    }
}

/// Whether a schema describes plain values only.
fn is_text(layout: Option<&Layout<'_>>) -> bool {
    layout.is_some_and(|layout| is_plain(layout) && !has_parts(layout))
}

/// Whether a schema describes objects or arrays only.
fn is_collection(layout: Option<&Layout<'_>>) -> bool {
    layout.is_some_and(|layout| has_parts(layout) && !is_plain(layout))
}

fn has_parts(layout: &Layout<'_>) -> bool {
    layout.is("object") || layout.is("array")
}

fn is_plain(layout: &Layout<'_>) -> bool {
    let mut kinds = ["string", "integer", "number", "boolean"].iter();
    kinds.any(|kind| layout.is(kind))
}

/// The text of a body; none in a character encoding that is not known here. `declared` is what the
/// body says itself, where the content type says nothing.
fn text(response: &Response, declared: Option<String>) -> Result<Option<String>, String> {
    let content_type = response.headers.text("content-type").unwrap_or_default();
    let charset = content_type
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        .or(declared)
        .unwrap_or_else(|| "utf-8".to_owned());
    let bytes = response.body.as_slice();
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text.trim_start_matches('\u{feff}').to_owned())),
            Err(e) => Err(format!("not UTF-8 from byte {} on", e.valid_up_to())),
        },
        "iso-8859-1" | "latin1" => Ok(Some(bytes.iter().map(|b| char::from(*b)).collect())),
        _ => Ok(None),
    }
}

/// The character encoding that an XML declaration names (XML 1.0 section 4.3.3).
fn declared_encoding(body: &[u8]) -> Option<String> {
    // A byte order mark of UTF-16.
    if body.starts_with(&[0xfe, 0xff]) || body.starts_with(&[0xff, 0xfe]) {
        return Some("utf-16".to_owned());
    }
    let head = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
    let declaration = head.split("?>").next().filter(|d| d.contains("<?xml"))?;
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Headers;

    fn response(content_type: &str, body: &[u8]) -> Response {
        let mut headers = Headers::default();
        headers.push("Content-Type", content_type);
        Response {
            status: 200,
            headers,
            body: body.to_vec(),
        }
    }

    #[test]
    fn characters_are_those_of_the_charset() {
        let read = |content_type: &str, body: &[u8]| text(&response(content_type, body), None);
        assert_eq!(read("text/plain", "ä".as_bytes()), Ok(Some("ä".into())));
        assert_eq!(
            read("text/plain; charset=\"ISO-8859-1\"", b"\xe4"),
            Ok(Some("ä".into()))
        );
        assert!(read("text/plain; charset=utf-8", b"a\xe4").is_err_and(|e| e.contains("byte 1")));
        assert_eq!(read("text/plain; charset=koi8-r", b"\xe4"), Ok(None));
    }

    #[test]
    fn xml_declares_its_encoding() {
        for (body, expected) in [
            (
                "<?xml version='1.0' encoding='iso-8859-1'?><a/>",
                Some("iso-8859-1"),
            ),
            ("<?xml version=\"1.0\"?><a encoding='x'/>", None),
            ("<a/>", None),
        ] {
            assert_eq!(declared_encoding(body.as_bytes()).as_deref(), expected);
        }
    }
}
