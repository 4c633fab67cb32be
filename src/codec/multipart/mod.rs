//! `multipart/form-data` and its relatives.

mod parts;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::multipart;
