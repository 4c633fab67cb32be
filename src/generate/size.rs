//! How many cases are made.

/// How many cases are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// The simplest request of each operation, and the document's own examples.
    Examples,
    /// All fields, the values of enums, both sides of every bound, texts of any letters, and the laws
    /// of resources.
    Boundary,
    /// Every promise about a request, broken once.
    Full,
}
