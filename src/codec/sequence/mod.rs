//! Items that follow each other.

mod events;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::sequence;
