//! Where the value of an option came from.

use std::fmt;

/// Where the value of an option was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line, without its dashes.
    Flag(String),
    /// An environment variable, by its name.
    Variable(String),
    /// A line of the configuration file.
    File {
        /// Name of the file.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// Key, dotted if it is in a table.
        key: String,
    },
    /// The program that calls the library, or the default of a front end.
    Program,
}

impl Origin {
    /// Whether the value is from the configuration file.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File { .. })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "--{name}"),
            Self::Variable(name) => f.write_str(name),
            Self::File { file, line, key } => write!(f, "{file}:{line}: `{key}`"),
            Self::Program => f.write_str("the calling program"),
        }
    }
}

/// A value and its origin.
#[derive(Clone, PartialEq)]
pub(super) struct Given<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

/// Values may be secrets, so only the origin is shown.
impl<T> fmt::Debug for Given<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Given({})", self.origin)
    }
}
