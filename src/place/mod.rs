//! Places: JSON pointers, places in bodies, and positions in source files.

mod path;
pub mod pointer;

pub use path::InstancePath;

use std::fmt;

use serde::Serialize;

/// A position in a source file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// The line, counted from 1; `None` if the file no longer has this place.
    pub line: Option<usize>,
    /// A JSON pointer into the file.
    pub pointer: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.pointer.is_empty() {
            write!(f, " {}", self.pointer)?;
        }
        Ok(())
    }
}
