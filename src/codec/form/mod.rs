//! `application/x-www-form-urlencoded`.

mod read;
mod write;

pub(crate) use read::{insert, read, style_of};
pub(crate) use write::form;
