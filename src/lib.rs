//! trueup tells whether an HTTP API keeps the promises written in its OpenAPI document.

pub mod contract;
pub mod outcome;
pub mod spec;
pub mod wire;
