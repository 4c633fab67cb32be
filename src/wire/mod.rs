//! Requests and responses as plain owned values.
//!
//! Everything that travels is kept as it travelled: bytes, repeated headers and their order. No
//! type of an HTTP library appears here, so every room can hold an [`Exchange`].

mod base_url;
mod curl;
mod json;
mod media_type;
mod replace;
mod secrets;
mod status;

pub use base_url::BaseUrl;
pub use curl::curl;
pub use json::{JsonFault, parse_json};
pub use media_type::{
    disposition_parameter, disposition_quoted, header_parameter, media_range_includes,
    media_type_essence,
};
pub use replace::replaced;
pub use secrets::Secrets;
pub use status::{Status, StatusRange, StatusSet};

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// One header line. The name keeps the case it was written in; comparing ignores it
/// (RFC 9110 section 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Field name.
    pub name: String,
    /// Field value, which may hold any bytes.
    pub value: Vec<u8>,
}

impl Header {
    /// A header with a textual value.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into().into_bytes(),
        }
    }

    /// The value as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.value)
    }
}

/// Header lines in the order in which they travelled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<Header>);

impl Headers {
    /// The first header of that name.
    pub fn get(&self, name: &str) -> Option<&Header> {
        self.all(name).next()
    }

    /// All headers of that name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Header> {
        self.0
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
    }

    /// The text of the first header of that name.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(Header::text)
    }

    /// Adds a header after the others.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push(Header::new(name, value));
    }
}

/// A request as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method in upper case.
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// Header lines that trueup sets; those that HTTP itself needs (`Host`, `Content-Length`) are
    /// added by the client.
    pub headers: Headers,
    /// Body, empty for none.
    pub body: Vec<u8>,
}

/// A response as it was received, content coding removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: Status,
    /// Header lines.
    pub headers: Headers,
    /// Body, empty for none.
    pub body: Vec<u8>,
}

impl Response {
    /// The media type of the body in lower case, without its parameters.
    pub fn media_type(&self) -> Option<Cow<'_, str>> {
        match self.headers.get("content-type")?.text() {
            Cow::Borrowed(value) => Some(media_type_essence(value)),
            Cow::Owned(value) => Some(Cow::Owned(media_type_essence(&value).into_owned())),
        }
    }
}

/// Why there is no response to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportFault {
    /// No connection could be made, so the target has broken no promise.
    Unreachable(String),
    /// The request cannot be sent at all.
    Unsendable(String),
    /// The target wants to be left in peace for longer than there is patience.
    TooBusy(String),
    /// The request was not sent: it would have met what has been told already.
    NotAsked(String),
    /// The connection ended before the response began.
    NoAnswer(String),
    /// The target took the request and did not answer in time.
    TimedOut(Duration),
    /// The connection ended before the response was complete.
    Incomplete(String),
    /// The body is longer than the limit, in bytes.
    TooLarge(usize),
    /// The body is not what its `Content-Encoding` says.
    BadEncoding(String),
    /// What came back is not HTTP.
    NotHttp(String),
}

impl TransportFault {
    /// Whether the target answered wrongly, rather than not being there at all.
    pub fn is_broken_promise(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Unsendable(_) | Self::TooBusy(_) | Self::NotAsked(_) => {
                false
            }
            Self::NoAnswer(_)
            | Self::TimedOut(_)
            | Self::Incomplete(_)
            | Self::TooLarge(_)
            | Self::BadEncoding(_)
            | Self::NotHttp(_) => true,
        }
    }
}

impl fmt::Display for TransportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "no connection to the target: {why}"),
            Self::Unsendable(why) => write!(f, "the request cannot be sent: {why}"),
            Self::TooBusy(why) | Self::NotAsked(why) => f.write_str(why),
            Self::NoAnswer(why) => {
                write!(f, "the connection ended before the answer began: {why}")
            }
            Self::TimedOut(limit) => {
                write!(f, "no complete answer within {} s", limit.as_secs_f64())
            }
            Self::Incomplete(why) => {
                write!(
                    f,
                    "the connection ended before the answer was complete: {why}"
                )
            }
            Self::TooLarge(limit) => write!(
                f,
                "the body is longer than the limit of {limit} bytes (raise it with --max-body)"
            ),
            Self::BadEncoding(why) => write!(f, "the content coding cannot be removed: {why}"),
            Self::NotHttp(why) => write!(f, "the answer is not HTTP: {why}"),
        }
    }
}

/// One request as sent, and what came back.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The request.
    pub request: Arc<Request>,
    /// The response, or why there is none.
    pub answer: Result<Response, TransportFault>,
    /// Time from sending to the last byte.
    pub elapsed: Duration,
    /// When it was over, by the clock of this machine.
    pub ended: SystemTime,
}
