//! Parameters of path, query and header.

use std::fmt;

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// As a header.
    Header,
    /// In the `Cookie` header.
    Cookie,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        })
    }
}

/// One parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name, case-sensitive but for headers.
    pub name: String,
    /// Where it travels.
    pub location: Location,
    /// Whether a request must have it.
    pub required: bool,
    /// Whether an array is sent as one parameter per item.
    pub explode: bool,
    /// JSON pointer of its schema, references followed.
    pub schema: Option<String>,
    /// JSON pointer of the parameter.
    pub pointer: String,
}
