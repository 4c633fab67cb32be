//! What a law is.

use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Operation;

/// One law.
pub(super) struct Law {
    /// The end of the names of its cases.
    pub(super) name: &'static str,
    /// What it says.
    pub(super) says: &'static str,
    /// The operation that it is about, if the contract gives ground for it.
    pub(super) ground: for<'a> fn(&Ground<'a>) -> Option<&'a Operation>,
    /// Adds the steps that try it; none if there is nothing to ask.
    pub(super) steps: for<'a> fn(&Ground<'a>, &mut Stage<'a>) -> Result<(), String>,
}
