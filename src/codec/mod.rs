//! Encodings of values in HTTP messages. The writer and the reader of each are in one file, or in one
//! folder, and a property test holds `read(write(value)) == value` over generated values.
//!
//! | file | encoding |
//! | --- | --- |
//! | `style` | the styles of parameters, headers and form properties |
//! | `parameter` | a parameter at its place in a request |
//! | `form` | `application/x-www-form-urlencoded` |
//! | `multipart` | `multipart/form-data` and its relatives |
//! | `xml` | XML by the names that the schemas give |
//! | `sequence`, `event_stream` | JSON lines, JSON texts, server-sent events |
//! | `json`, `text` | JSON; text and its character encodings |
//! | `body` | a body by its media type: one of the above |
//! | `content_coding` | `gzip` and `deflate`, which only responses have |
//!
//! Readers return values and defects as data. The rules that judge them are in `check`. The emulator
//! has readers of its own, so that a mistake here cannot hide itself there; a test compares the two.

pub mod body;
mod call;
pub mod content_coding;
mod defect;
mod entity;
mod error;
mod event_stream;
mod form;
mod json;
mod multipart;
pub mod parameter;
mod sequence;
pub(crate) mod style;
pub(crate) mod text;
mod xml;

#[cfg(test)]
mod round_trip;

pub use call::Call;
pub use content_coding::ContentCodingError;
pub use defect::BodyDefect;
pub use entity::{Description, Entity, PartHeaders, Reading, Written};
pub use error::{PartsError, ReadError, WriteError, WriteErrorKind};
