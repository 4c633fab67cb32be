//! Encodings: the writer and the reader of each stand side by side.

pub(crate) mod body;
mod call;
mod form;
mod multipart;
mod sequence;
pub(crate) mod style;
mod xml;

pub(crate) use body::{Description, Entity, Reading, beginning, read};
pub use call::Call;
