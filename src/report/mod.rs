//! From outcomes to what a person or a machine reads. Every text is masked on its way out.

mod json;
mod terminal;

pub use json::{Run, SCHEMA, write as write_json};
pub use terminal::{Heading, Terminal};
