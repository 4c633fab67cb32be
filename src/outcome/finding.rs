//! One broken promise.

use std::fmt;

use serde::Serialize;

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    /// File as the user named it.
    pub file: String,
    /// Line, counted from 1; none if the file has no such place any more.
    pub line: Option<usize>,
    /// JSON pointer in that file.
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

/// One broken promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Identifier of the check that found it.
    pub check: &'static str,
    /// The operation whose answer broke the promise.
    pub operation: String,
    /// Where in the answer: `status`, `header Content-Type`, `body /asset_versions/0/sid`.
    pub place: String,
    /// Where the promise stands; none for a promise of HTTP or JSON itself.
    pub promise: Option<Place>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was promised.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// A command that sends the request again.
    pub curl: String,
}

impl Finding {
    /// Whether two findings tell of the same broken promise, perhaps in different cases.
    pub fn same_cause(&self, other: &Self) -> bool {
        self.check == other.check
            && self.operation == other.operation
            && self.place == other.place
            && self.promise == other.promise
    }
}
