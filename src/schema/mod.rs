//! Schemas: what the keywords of every dialect mean, and whether a value keeps a schema.
//!
//! Schemas of all versions of `OpenAPI` are translated to JSON Schema 2020-12 and compiled together
//! as [`Validators`].

mod annex_b;
mod compile;
mod cursor;
mod cycles;
mod definitions;
mod discriminator;
mod format;
mod layout;
mod lint;
mod max_bytes;
mod pattern;
mod translate;
mod validator;
mod view;
mod walk;

pub use cursor::{Cursor, MAX_SCHEMA_DEPTH, Space};
pub use discriminator::Discriminator;
pub use format::{is_known_format, unknown_format_warnings, unknown_formats};
pub use layout::{Layout, XmlNames, XmlNode};
pub use lint::{Mistake, mistakes};
pub use pattern::{Sampler, regex};
pub use translate::{Direction, Reached, Translation, translate, uri_map};
pub use validator::{Validators, Violation};
pub use view::{Limit, View};

pub use crate::keyword::{Applies, Editions, Keyword, Takes};
