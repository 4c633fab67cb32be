//! Why a value cannot be written, or a text cannot be read.

use std::fmt;

use thiserror::Error;

use crate::place::pointer;
use crate::wire::JsonFault;

/// Why a value cannot be written, and which value inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteError {
    /// JSON pointer of the value that cannot be written; empty for the whole value.
    pub place: String,
    /// What is wrong with it.
    pub kind: WriteErrorKind,
}

/// What keeps a value from being written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WriteErrorKind {
    /// The encoding holds the members of an object.
    #[error("{0} needs an object")]
    NotAnObject(&'static str),
    /// The encoding holds the items of an array.
    #[error("{0} needs an array")]
    NotAnArray(&'static str),
    /// The content is not a text, and does not say in another way which bytes it is.
    #[error("it needs a string, or an object with 'text' or 'base64'")]
    NotContent,
    /// The member `base64` is not base64; the message of the decoder.
    #[error("the text under 'base64' is not base64: {0}")]
    Base64(String),
    /// The operation does not have this media type.
    #[error("the operation does not accept {0}")]
    UnknownMediaType(String),
    /// No media type of the operation can hold the value: each with its error.
    #[error("{}", listed(.0))]
    NoMediaType(Vec<(String, WriteError)>),
    /// A parameter is text, and the media type gives bytes.
    #[error("{0} is not text here")]
    NotText(String),
    /// The character encoding has no bytes for some character of the text.
    #[error("the character encoding {charset} has no {character:?}")]
    Charset {
        /// Name of the character encoding.
        charset: &'static str,
        /// The first character without bytes.
        character: char,
    },
    /// The character encoding is not supported.
    #[error("the character encoding '{0}' is not supported")]
    UnknownCharset(String),
    /// A header value contains a line break.
    #[error("the header {0} has a line break")]
    HeaderLineBreak(String),
    /// A header or cookie contains a control character.
    #[error("a {0} cannot have control characters")]
    ControlCharacter(&'static str),
    /// The schema of the root element gives no name.
    #[error("the root element has no name: give the schema an `xml` with a `name`")]
    UnnamedRoot,
    /// The text is not a name in XML.
    #[error("'{0}' is not a name in XML")]
    XmlName(String),
    /// XML has no such character, not even as a reference.
    #[error("XML cannot hold the character {0:?}")]
    XmlCharacter(char),
    /// Server-sent events have no such field.
    #[error("an event has no field '{0}'")]
    EventField(String),
    /// The field of an event would end with this character.
    #[error("the field '{field}' of an event cannot hold {character:?}")]
    EventCharacter {
        /// Name of the field.
        field: String,
        /// The first character that it cannot hold.
        character: char,
    },
}

impl From<WriteErrorKind> for WriteError {
    fn from(kind: WriteErrorKind) -> Self {
        Self {
            place: String::new(),
            kind,
        }
    }
}

impl WriteError {
    /// The same error, seen from the value around: the value is its member or item of this name.
    pub(crate) fn below(self, token: &str) -> Self {
        Self {
            place: pointer::join("", token) + &self.place,
            kind: self.kind,
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            write!(f, "{}", self.kind)
        } else {
            write!(f, "{}: {}", self.place, self.kind)
        }
    }
}

impl std::error::Error for WriteError {}

/// One reason for each media type.
fn listed(errors: &[(String, WriteError)]) -> String {
    let texts: Vec<String> = errors
        .iter()
        .map(|(media, error)| format!("{media}: {error}"))
        .collect();
    texts.join("; ")
}

/// Why a text or a body cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is not one JSON value.
    #[error("{0}")]
    Json(JsonFault),
    /// It is not UTF-8 from this offset on.
    #[error("not UTF-8 from byte {0} on")]
    NotUtf8(usize),
    /// A form cannot hold this character.
    #[error("a form cannot hold {0:?}")]
    FormCharacter(char),
    /// It is not a well-formed document; the message of the parser.
    #[error("{0}")]
    Xml(String),
    /// Elements are nested deeper than this.
    #[error("elements are nested deeper than {0}")]
    XmlDepth(usize),
    /// The `Content-Type` of a multipart body has no boundary.
    #[error("its Content-Type has no boundary")]
    NoBoundary,
    /// The body cannot be divided into parts.
    #[error(transparent)]
    Parts(#[from] PartsError),
}

/// Why a multipart body cannot be divided (RFC 2046 section 5.1.1). Parts are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PartsError {
    /// The first delimiter is missing.
    #[error("the delimiter --{0} is missing")]
    NoDelimiter(String),
    /// No delimiter follows a part.
    #[error("the closing delimiter --{boundary}-- is missing after part {part}")]
    Unclosed {
        /// The boundary.
        boundary: String,
        /// The last part.
        part: usize,
    },
    /// A line of delimiters does not end with CR LF.
    #[error("the delimiter at byte {0} is between bare line feeds instead of CR LF")]
    BareLineFeed(usize),
    /// A delimiter directly follows another one.
    #[error("part {0} is shorter than a line")]
    TooShort(usize),
    /// No empty line follows the headers of a part.
    #[error("part {0} has no empty line after its headers")]
    NoEmptyLine(usize),
    /// A line among the headers of a part is not a header.
    #[error("part {0} has a line among its headers that is not a header")]
    BadHeader(usize),
}
