//! Text: its character encoding (RFC 9110 section 8.3.2; RFC 7303 section 3 for XML), and the types
//! that a text stands for.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::error::{ReadError, WriteError, WriteErrorKind};
use crate::schema::Layout;
use crate::wire::header_parameter;

/// Longest excerpt of a body, in characters.
const MAX_EXCERPT_CHARS: usize = 120;

/// A character encoding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Charset {
    /// UTF-8, the default.
    #[default]
    Utf8,
    /// The first 128 characters. It is read as UTF-8, which has the same bytes for them. It also
    /// stands for all character encodings that are not known here and have the same bytes.
    Ascii,
    /// ISO 8859-1, the first 256 characters.
    Latin1,
}

impl Charset {
    /// The character encoding of this name; `None` if it is not supported.
    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "us-ascii" => Some(Self::Ascii),
            "iso-8859-1" | "latin1" => Some(Self::Latin1),
            _ => None,
        }
    }

    /// The character encoding that a `Content-Type` names, or UTF-8.
    ///
    /// # Errors
    /// If the character encoding is not supported.
    pub(crate) fn of(content_type: &str) -> Result<Self, WriteError> {
        match header_parameter(content_type, "charset") {
            Some(name) => match Self::named(&name) {
                Some(charset) => Ok(charset),
                // All others have the bytes of ASCII for its characters, except these.
                None if ["utf-16", "utf-32", "ucs-", "ebcdic", "utf-7"]
                    .iter()
                    .any(|other| name.to_ascii_lowercase().starts_with(other)) =>
                {
                    Err(WriteErrorKind::UnknownCharset(name).into())
                }
                None => Ok(Self::Ascii),
            },
            None => Ok(Self::default()),
        }
    }

    /// The name that IANA prefers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Ascii => "US-ASCII",
            Self::Latin1 => "ISO-8859-1",
        }
    }

    /// The bytes of a text.
    ///
    /// # Errors
    /// If the character encoding lacks a character of the text.
    pub(crate) fn encode(self, text: String) -> Result<Vec<u8>, WriteError> {
        let last = match self {
            Self::Utf8 => return Ok(text.into_bytes()),
            Self::Ascii => 0x7f,
            Self::Latin1 => 0xff,
        };
        let byte = |character: char| {
            u8::try_from(u32::from(character))
                .ok()
                .filter(|byte| *byte <= last)
                .ok_or(WriteErrorKind::Charset {
                    charset: self.name(),
                    character,
                })
        };
        Ok(text.chars().map(byte).collect::<Result<_, _>>()?)
    }

    fn decode(self, bytes: &[u8]) -> Result<String, ReadError> {
        match self {
            Self::Latin1 => Ok(latin1(bytes)),
            Self::Utf8 | Self::Ascii => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
                Err(e) => Err(ReadError::NotUtf8(e.valid_up_to())),
            },
        }
    }
}

/// One character for each byte, since the lengths of binary values are counted in bytes
/// (`OpenAPI` 3.2.0, Binary Streams).
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// Reads the text of a body; `None` if its character encoding is not supported. `declared` is the
/// character encoding that the body itself names; that of the `Content-Type` goes first.
pub(crate) fn read(
    content_type: Option<&str>,
    declared: Option<String>,
    bytes: &[u8],
) -> Result<Option<String>, ReadError> {
    let named = content_type.and_then(|value| header_parameter(value, "charset"));
    let charset = match named.or(declared) {
        Some(name) => Charset::named(&name),
        None => Some(Charset::default()),
    };
    charset.map(|charset| charset.decode(bytes)).transpose()
}

/// A value as plain text, as it is in a path, a header or a form.
pub(crate) fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Null => Cow::Borrowed(""),
        other => Cow::Owned(other.to_string()),
    }
}

/// The content of a value of bytes: a text, `{ text: ... }`, or `{ base64: ... }`.
///
/// # Errors
/// If the value is none of these.
pub(crate) fn content(value: &Value, charset: Charset) -> Result<Vec<u8>, WriteError> {
    match value {
        Value::Object(members) => match (members.get("text"), members.get("base64")) {
            (Some(text), _) => charset.encode(plain(text).into_owned()),
            (None, Some(Value::String(coded))) => STANDARD
                .decode(coded)
                .map_err(|e| WriteErrorKind::Base64(e.to_string()).into()),
            _ => Err(WriteErrorKind::NotContent.into()),
        },
        Value::Array(_) => Err(WriteErrorKind::NotContent.into()),
        other => charset.encode(plain(other).into_owned()),
    }
}

/// The value of a text by the types of its schema.
pub(crate) fn typed(layout: Option<&Layout<'_>>, text: &str) -> Value {
    layout.map_or_else(|| Value::from(text), |layout| layout.typed(text))
}

/// How some bytes begin.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut excerpt: String = text.chars().take(MAX_EXCERPT_CHARS).collect();
    if excerpt.len() < text.len() {
        excerpt.push_str("...");
    }
    excerpt
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_those_of_the_charset() {
        let read = |content_type: &str, bytes: &[u8]| read(Some(content_type), None, bytes);
        assert_eq!(read("text/plain", "ä".as_bytes()), Ok(Some("ä".into())));
        assert_eq!(
            read("text/plain; charset=\"ISO-8859-1\"", b"\xe4"),
            Ok(Some("ä".into()))
        );
        assert_eq!(
            read("text/plain; charset=utf-8", b"a\xe4"),
            Err(ReadError::NotUtf8(1))
        );
        assert_eq!(read("text/plain; charset=koi8-r", b"\xe4"), Ok(None));
    }

    /// `read(write(text)) == text` for every character that the character encoding has.
    #[test]
    fn texts_come_back_in_each_charset() {
        let mut random = fastrand::Rng::with_seed(1);
        for (name, last) in [
            ("utf-8", char::MAX),
            ("us-ascii", '\u{7f}'),
            ("latin1", 'ÿ'),
        ] {
            let content_type = format!("text/plain; charset={name}");
            let charset = Charset::of(&content_type).unwrap();
            for _ in 0..500 {
                let length = random.usize(..20);
                // A byte order mark at the start is not a part of the text.
                let text: String = (0..length).map(|_| random.char('\0'..=last)).collect();
                let text = text.trim_start_matches('\u{feff}').to_owned();
                let bytes = charset.encode(text.clone()).unwrap();
                assert_eq!(read(Some(&content_type), None, &bytes), Ok(Some(text)));
            }
        }
        assert!(Charset::Latin1.encode("a€".into()).is_err());
        assert!(Charset::Ascii.encode("ä".into()).is_err());
        assert!(Charset::of("text/plain; charset=utf-16le").is_err());
        assert_eq!(
            Charset::of("text/plain; charset=koi8-r"),
            Ok(Charset::Ascii)
        );
    }
}
