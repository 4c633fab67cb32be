//! `OpenAPI` documents: reading files, applying overlays, finding the place of every part.
//!
//! The result is a [`Document`]: JSON values that know the file, line and pointer they came from.

mod cursor;
mod data;
mod document;
mod files;
mod library;
mod load;
mod locate;
mod names;
mod overlay;
mod problem;
mod provenance;
mod remote;
mod source;
mod swagger;
mod tree;
#[cfg(feature = "openapiv3")]
mod typed;
mod walk;
mod yaml;

pub use crate::keyword::Version;
pub use cursor::{Cursor, nearest};
pub use document::Document;
pub use files::Files;
pub use library::Reach;
pub use load::{load, load_within};
pub use problem::{Level, LoadError, Problem};
pub use remote::Fetch;
pub use source::Source;
pub use walk::{broken_references, each_object};
