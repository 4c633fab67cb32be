//! From the bytes of a body to a value that the schemas can judge.

use std::borrow::Cow;

use serde_json::Value;

use crate::codec::{form, multipart, sequence, xml};
use crate::contract::{Encodings, HeaderPromise, Kind};
use crate::schema::Layout;
use crate::wire::{Headers, parse_json};

/// A body as a value.
#[derive(Debug, Default)]
pub(crate) struct Reading<'a> {
    /// The value; none where there is none, or nobody knows how to read it.
    pub(crate) value: Option<Value>,
    /// Why it cannot be read.
    pub(crate) fault: Option<String>,
    /// What is wrong with how it is written, beyond what the value shows.
    pub(crate) strays: Vec<Stray>,
    /// JSON pointers of what could not be read: the value has null there, which means nothing.
    pub(crate) unread: Vec<String>,
    /// The headers of its parts, where the contract says something of them.
    pub(crate) heads: Vec<Head<'a>>,
}

/// Something in a body that is not where or what the contract says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stray {
    /// JSON pointer in the value of the body.
    pub(crate) place: String,
    pub(crate) message: String,
    pub(crate) expected: String,
    pub(crate) actual: String,
    /// JSON pointer of what promises it, if that is not the body whole.
    pub(crate) promise: Option<String>,
}

/// The headers of a part, and what the contract says of them.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    /// JSON pointer of the part in the value of the body.
    pub(crate) place: String,
    pub(crate) headers: Headers,
    pub(crate) promised: &'a [HeaderPromise],
}

/// A body, or a part of one.
pub(crate) struct Entity<'a> {
    /// Its `Content-Type`.
    pub(crate) content_type: Option<Cow<'a, str>>,
    pub(crate) bytes: &'a [u8],
    /// How many bodies it is a part of.
    pub(crate) depth: usize,
}

/// What the contract says of a body or a part.
pub(crate) struct Description<'a> {
    pub(crate) layout: Option<Layout<'a>>,
    /// The layout of each item of a sequence.
    pub(crate) items: Option<Layout<'a>>,
    /// Whether its parts are the items of an array.
    pub(crate) is_sequence: bool,
    pub(crate) encodings: &'a Encodings,
}

/// Reads a body.
pub(crate) fn read<'a>(
    kind: Kind,
    described: &Description<'a>,
    entity: &Entity<'_>,
) -> Reading<'a> {
    let layout = described.layout.as_ref();
    let empty = entity.bytes.is_empty();
    let read = match kind {
        Kind::Json | Kind::Xml | Kind::Multipart if empty => return Reading::default(),
        Kind::Json => parse_json(entity.bytes)
            .map(|value| (Some(value), Vec::new()))
            .map_err(|fault| fault.to_string()),
        Kind::Xml => {
            text(entity, declared_encoding(entity.bytes)).and_then(|text| match text {
                // A text such as an image is not described by its elements.
                Some(text) => xml::read(&text, layout)
                    .map(|(value, strays)| (Some(value).filter(|_| !is_text(layout)), strays)),
                None => Ok((None, Vec::new())),
            })
        }
        Kind::Form => text(entity, None).and_then(|text| match text {
            Some(text) if !is_text(layout) => {
                form::read(&text, described.encodings, layout).map(|v| (Some(v), Vec::new()))
            }
            _ => Ok((None, Vec::new())),
        }),
        // What text means an object, nobody has said.
        Kind::Text if is_collection(layout) => return Reading::default(),
        Kind::Text => text(entity, None).map(|text| {
            let value = text.map(|text| match layout {
                Some(layout) => layout.typed(&text),
                None => Value::from(text),
            });
            (value, Vec::new())
        }),
        Kind::Multipart => return multipart::read(described, entity),
        Kind::Sequence(framing) => return sequence::read(framing, entity.bytes),
        Kind::Bytes => return Reading::default(),
    };
    match read {
        Ok((value, strays)) => Reading {
            value,
            strays,
            ..Reading::default()
        },
        Err(fault) => Reading {
            fault: Some(fault),
            ..Reading::default()
        },
    }
}

/// The value of a parameter of a header, such as `charset` (RFC 9110 section 5.6.6).
pub(crate) fn parameter(header: &str, name: &str) -> Option<String> {
    let (_, mut rest) = header.split_once(';')?;
    loop {
        let (key, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let (text, behind) = if let Some(quoted) = value.strip_prefix('"') {
            unquoted(quoted)?
        } else {
            let (text, behind) = value.split_once(';').unwrap_or((value, ""));
            (text.trim().to_owned(), behind)
        };
        if key
            .trim_matches([' ', '\t', ';'])
            .eq_ignore_ascii_case(name)
        {
            return Some(text);
        }
        rest = behind;
    }
}

/// The text up to the closing quotation mark, and what stands behind that.
fn unquoted(quoted: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((text, &quoted[at + 1..])),
            '\\' => text.push(characters.next()?.1),
            c => text.push(c),
        }
    }
    None
}

/// Longest beginning of a body that is shown, in characters.
const BEGINNING: usize = 120;

/// How some bytes begin.
pub(crate) fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut beginning: String = text.chars().take(BEGINNING).collect();
    if beginning.len() < text.len() {
        beginning.push_str("...");
    }
    beginning
}

/// Whether a schema describes plain values only.
pub(crate) fn is_text(layout: Option<&Layout<'_>>) -> bool {
    layout.is_some_and(|layout| is_plain(layout) && !has_parts(layout))
}

/// Whether a schema describes objects or arrays only.
pub(crate) fn is_collection(layout: Option<&Layout<'_>>) -> bool {
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
fn text(entity: &Entity<'_>, declared: Option<String>) -> Result<Option<String>, String> {
    let content_type = entity.content_type.as_deref().unwrap_or_default();
    let charset = parameter(content_type, "charset")
        .or(declared)
        .unwrap_or_else(|| "utf-8".to_owned());
    let bytes = entity.bytes;
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
    #[test]
    fn characters_are_those_of_the_charset() {
        let read = |content_type: &str, bytes: &[u8]| {
            let entity = Entity {
                content_type: Some(Cow::Borrowed(content_type)),
                bytes,
                depth: 0,
            };
            text(&entity, None)
        };
        assert_eq!(read("text/plain", "ä".as_bytes()), Ok(Some("ä".into())));
        assert_eq!(
            read("text/plain; charset=\"ISO-8859-1\"", b"\xe4"),
            Ok(Some("ä".into()))
        );
        assert!(read("text/plain; charset=utf-8", b"a\xe4").is_err_and(|e| e.contains("byte 1")));
        assert_eq!(read("text/plain; charset=koi8-r", b"\xe4"), Ok(None));
    }

    #[test]
    fn parameters_may_stand_in_quotation_marks() {
        for (header, expected) in [
            ("a/b; boundary=x", Some("x")),
            (
                "a/b; charset=\"u;boundary=z\" ;Boundary = \"x \\\"y\"; c=d",
                Some("x \"y"),
            ),
            ("a/b; other=x", None),
            ("a/b; boundary=\"x", None),
            ("a/b", None),
        ] {
            assert_eq!(
                parameter(header, "boundary").as_deref(),
                expected,
                "{header}"
            );
        }
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
