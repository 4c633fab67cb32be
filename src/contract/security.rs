//! Security schemes.

use super::parameter::Location;

/// One security scheme.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// Its name among the document's components.
    pub name: String,
    /// What it needs.
    pub kind: SchemeKind,
    /// The response property in which the user name comes back (`x-trueup-user`).
    pub user_property: Option<String>,
    /// JSON pointer in the document.
    pub pointer: String,
}

/// What a scheme needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// A bearer token (RFC 6750).
    Bearer,
    /// A key.
    ApiKey {
        /// Where it travels.
        location: Location,
        /// Name of the parameter.
        name: String,
    },
    /// A scheme that trueup has no credentials for.
    Other(String),
}
