//! Whether a value keeps a schema, judged by the emulator's own code: the checks have another
//! validator, and a test compares the two.

mod coerce;
mod evaluated;
mod fault;
mod format;
mod number;
mod validator;

pub(super) use coerce::{coerce, has_kind};
pub(super) use fault::Fault;
pub(super) use number::same;
pub(super) use validator::{validate, validate_answer};
