//! A request before it is encoded.

use serde_json::{Map, Value};

use crate::contract::{Operation, is_named};
use crate::wire::BaseUrl;

/// A request as values, before it is encoded.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// Base URL of the target.
    pub base: &'a BaseUrl,
    /// Values of the path parameters.
    pub path: Vec<(String, String)>,
    /// Query as sent, decoded.
    pub query: Vec<(String, String)>,
    /// Properties of the body.
    pub fields: Map<String, Value>,
    /// User name of the credentials, where they were the right ones.
    pub user: Option<&'a str>,
}

impl Call<'_> {
    /// The value of the path parameter with this name in snake case.
    pub(crate) fn path_value(&self, snake_name: &str) -> Option<&str> {
        self.path
            .iter()
            .find(|(name, _)| is_named(name, snake_name))
            .map(|(_, value)| value.as_str())
    }
}
