//! `OpenAPI` documents: reading files, applying overlays, telling where everything stands.
//!
//! The result is a [`Document`]: JSON values that know the file, line and pointer they came from.

mod cursor;
mod document;
mod files;
mod locate;
mod overlay;
mod problem;
mod provenance;
mod schema;
mod source;
mod yaml;

pub use cursor::{Cursor, nearest};
pub use document::{Document, load};
pub use files::Files;
pub use problem::{Level, LoadError, Problem};
pub use schema::{Direction, normalize, uri_map};
pub use source::Source;
