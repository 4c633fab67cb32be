//! What writers and readers of bodies take and return.

use std::borrow::Cow;

use serde_json::Value;

use super::defect::BodyDefect;
use super::error::ReadError;
use crate::contract::{Contract, Encodings, HeaderPromise, Kind, MediaType};
use crate::schema::Layout;
use crate::wire::Headers;

/// A body as it was written, and its content type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The `Content-Type`.
    pub content_type: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// A body as a value.
#[derive(Debug, Default)]
pub struct Reading<'a> {
    /// The value; `None` if the body is empty, or nothing says how its value is written.
    pub value: Option<Value>,
    /// Why the body cannot be read.
    pub fault: Option<ReadError>,
    /// What is wrong with how it is written, beyond what the value shows.
    pub defects: Vec<BodyDefect>,
    /// JSON pointers of what could not be read: the value is null there, which means nothing.
    pub unread: Vec<String>,
    /// The headers of its parts that the contract describes.
    pub parts: Vec<PartHeaders<'a>>,
}

/// The headers of a part, and what the contract says of them.
#[derive(Debug)]
pub struct PartHeaders<'a> {
    /// JSON pointer of the part in the value of the body.
    pub place: String,
    /// The headers in the body.
    pub headers: Headers,
    /// The headers in the contract.
    pub promised: &'a [HeaderPromise],
}

/// A body, or a part of one.
#[derive(Debug)]
pub struct Entity<'a> {
    /// Its `Content-Type`.
    pub content_type: Option<Cow<'a, str>>,
    /// Its content.
    pub bytes: &'a [u8],
    /// How many bodies it is a part of.
    pub depth: usize,
}

/// What the contract says of a body or a part.
#[derive(Debug, Clone)]
pub struct Description<'a> {
    /// What its schema says of the form of the value.
    pub layout: Option<Layout<'a>>,
    /// The layout of each item of a sequence.
    pub items: Option<Layout<'a>>,
    /// Whether its parts are the items of an array.
    pub is_sequence: bool,
    /// How the values in it are written.
    pub encodings: &'a Encodings,
}

/// A reader of bodies of any kind.
pub(crate) type ReadBody = for<'a> fn(Kind, &Description<'a>, &Entity<'_>) -> Reading<'a>;

impl Written {
    /// A body of this content.
    pub(crate) fn new(content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            content_type: content_type.to_owned(),
            bytes: bytes.into(),
        }
    }
}

impl<'a> Description<'a> {
    /// What the contract says of a body of this media type.
    pub fn of(contract: &'a Contract, media: &'a MediaType) -> Self {
        let layout = |schema: &Option<String>| Layout::at(&contract.document, schema.as_deref()?);
        Self {
            layout: layout(&media.schema),
            items: layout(&media.item_schema),
            is_sequence: media.is_sequence,
            encodings: &media.encodings,
        }
    }
}

impl Reading<'_> {
    /// A body that cannot be read.
    pub(crate) fn failed(fault: ReadError) -> Self {
        Self {
            fault: Some(fault),
            ..Self::default()
        }
    }
}

impl From<Value> for Reading<'_> {
    fn from(value: Value) -> Self {
        Self {
            value: Some(value),
            ..Self::default()
        }
    }
}
