//! What a request says, once it has been read.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// What was sent, validated.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Members of the body. Of a file, only its presence is noted here.
    pub(super) values: Map<String, Value>,
    /// The body, where it is no object.
    pub(super) whole: Option<Value>,
    /// Files by property.
    pub(super) files: HashMap<String, Vec<u8>>,
    /// Pairs of the query, as sent.
    pub(super) query: Vec<(String, String)>,
    /// The schema of the body.
    pub(super) schema: Option<String>,
    /// The media type of the body, without parameters.
    pub(super) media: String,
}
