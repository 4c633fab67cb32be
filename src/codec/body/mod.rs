//! Bodies by their media types.

mod read;
mod write;

pub(crate) use read::*;
pub(crate) use write::*;
