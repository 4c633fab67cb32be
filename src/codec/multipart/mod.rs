//! `multipart/form-data` and its relatives (RFC 7578; RFC 2046 section 5.1; `OpenAPI` 3.1.1, Encoding
//! multipart Media Types; `OpenAPI` 3.2.0, Encoding By Position).
//!
//! Each property is a part, and each item of an array a part of the same name. A property in a style
//! is written as the pairs of that style with nothing escaped, each pair a part. An array whose parts
//! have no names is a sequence: their order counts.
//!
//! Bytes come back as text with one character for each byte.

mod parts;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;
