//! Request bodies and media types.

use serde_json::Value;

/// One media type of a body.
#[derive(Debug, Clone)]
pub struct MediaType {
    /// Media type or range in lower case, parameters removed.
    pub name: String,
    /// JSON pointer of the schema, references followed.
    pub schema: Option<String>,
    /// The first example, if there is one.
    pub example: Option<Value>,
    /// JSON pointer of the media type.
    pub pointer: String,
}

impl MediaType {
    /// Whether this is JSON (RFC 6839 section 3.1 for `+json`).
    pub fn is_json(&self) -> bool {
        self.name == "application/json" || self.name.ends_with("+json")
    }

    /// Whether a concrete media type falls under this one, which may be a range.
    pub fn covers(&self, essence: &str) -> bool {
        if self.name == "*/*" {
            return true;
        }
        match self.name.strip_suffix('*') {
            Some(range) => essence.starts_with(range),
            None => self.name == essence,
        }
    }
}

/// The body of a request.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// Whether a request must have it.
    pub required: bool,
    /// Media types, in document order.
    pub media: Vec<MediaType>,
    /// Properties of the first media type whose schema is an object.
    pub properties: Vec<Property>,
    /// JSON pointer of the body.
    pub pointer: String,
}

/// One property of a request body.
#[derive(Debug, Clone)]
pub struct Property {
    /// Name.
    pub name: String,
    /// Whether a request must have it.
    pub required: bool,
    /// JSON pointer of its schema, references followed.
    pub schema: String,
    /// How it comes back.
    pub echo: Echo,
}

/// How a value that was sent comes back in the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Echo {
    /// It does not.
    Never,
    /// Under the same name in snake case, if there is such a property of that type.
    ByName,
    /// At a place that the contract names.
    At {
        /// JSON pointer in the answer.
        to: String,
        /// Member of the array items there that holds the values.
        each: Option<String>,
        /// Text that is put in front unless it is there.
        prefix: Option<String>,
        /// The text that was sent is JSON.
        parse_json: bool,
        /// More may come back than was sent.
        contains: bool,
    },
}
