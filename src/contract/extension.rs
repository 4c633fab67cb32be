//! What the `x-trueup-...` extensions of an operation say. `specs/EXTENSIONS.md` is their manual.

use serde_json::{Map, Value};

/// An error that an operation promises.
#[derive(Debug, Clone, PartialEq)]
pub struct PromisedError {
    /// How fixtures name it.
    pub name: String,
    /// What causes it.
    pub when: When,
    /// The status.
    pub status: u16,
    /// Members that the body has, to the letter.
    pub body: Map<String, Value>,
    /// JSON pointer in the document.
    pub pointer: String,
}

/// What causes a promised error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Credentials are missing or wrong.
    Credentials,
    /// An item that the path names does not exist.
    Unknown,
    /// The request breaks a constraint that names this error.
    Constraint,
}

/// How a collection is cut into pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// JSON pointer of the array in the answer.
    pub items: String,
    /// The size of a page.
    pub page_size: Option<PagingParameter>,
    /// The number of the page, from 0.
    pub page: Option<PagingParameter>,
    /// Pointer of the URL of this page.
    pub url: Option<String>,
    /// Pointer of the URL of the first page.
    pub first: Option<String>,
    /// Pointer of the URL of the next page; null on the last.
    pub next: Option<String>,
    /// Pointer of the URL of the previous page; null on the first.
    pub previous: Option<String>,
    /// JSON pointer of the extension in the document.
    pub pointer: String,
}

/// A query parameter of paging that comes back in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagingParameter {
    /// Name of the query parameter.
    pub parameter: String,
    /// JSON pointer in the answer.
    pub at: String,
    /// The value where the request has none.
    pub default: Option<u64>,
}
