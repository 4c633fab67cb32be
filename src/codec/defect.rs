//! What is wrong with a body that can be read nevertheless.

use crate::outcome::DefectKind;

/// Something in a body that is not written as the contract says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyDefect {
    /// JSON pointer in the value of the body.
    pub place: String,
    /// What is wrong.
    pub kind: DefectKind,
    /// JSON pointer of the promise in the document, if it is not the whole body's.
    pub promise: Option<String>,
}
