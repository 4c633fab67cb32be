//! What a case expects of a response, beyond the contract.

use serde_json::Value;

use crate::contract::ExpectedStatus;
use crate::place::Place;

/// What a response must be, beyond the contract.
#[derive(Debug, Clone)]
pub struct Expectation<'a> {
    /// The status.
    pub status: &'a ExpectedStatus,
    /// What the body must hold.
    pub body: Vec<ExpectedBody<'a>>,
    /// Where this is written.
    pub place: Option<&'a Place>,
}

impl Default for Expectation<'_> {
    fn default() -> Self {
        Self {
            status: &ExpectedStatus::Documented,
            body: Vec::new(),
            place: None,
        }
    }
}

/// Something that a body must hold, templates filled.
#[derive(Debug, Clone, Copy)]
pub enum ExpectedBody<'a> {
    /// Members of objects that must be there; arrays item by item.
    Part(&'a Value),
    /// An earlier body, with which this one must agree in all members that both have.
    Same(Sample<'a>),
}

/// An earlier body.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The body.
    pub body: &'a Value,
    /// Members that may differ.
    pub except: &'a [String],
}
