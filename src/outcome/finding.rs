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

/// How much a broken promise weighs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Level {
    /// It fails the case.
    #[default]
    Failure,
    /// It is told, and nothing more: the contract says that servers may do without.
    Warning,
}

/// One broken promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs. Reports keep warnings apart from failures and need not repeat it.
    #[serde(skip)]
    pub level: Level,
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
    /// Whether two findings tell of the same broken promise, perhaps in different cases or in
    /// different items of a list. A warning that many operations share is one.
    pub fn same_cause(&self, other: &Self) -> bool {
        let alike = match self.level {
            Level::Failure => self.operation == other.operation && self.promise == other.promise,
            Level::Warning => self.message == other.message,
        };
        alike
            && self.level == other.level
            && self.check == other.check
            && steps(&self.place).eq(steps(&other.place))
    }
}

/// The steps of a place, all indexes being alike.
fn steps(place: &str) -> impl Iterator<Item = &str> {
    place.split('/').map(|step| {
        if !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()) {
            "*"
        } else {
            step
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_list_share_their_cause() {
        let at = |place: &str| Finding {
            level: Level::Failure,
            check: "required",
            operation: "ListPets".to_owned(),
            place: place.to_owned(),
            promise: None,
            message: String::new(),
            expected: String::new(),
            actual: String::new(),
            curl: String::new(),
        };
        assert!(at("body /pets/0/name").same_cause(&at("body /pets/12/name")));
        assert!(!at("body /pets/0/name").same_cause(&at("body /pets/0/id")));
    }
}
