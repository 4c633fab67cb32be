//! One operation.

use super::body::RequestBody;
use super::extension::{Paging, PromisedError};
use super::parameter::{Location, Parameter};
use super::path::PathTemplate;
use super::response::Response;

/// One method on one path.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `operationId`, or `METHOD /path` where the document has none.
    pub id: String,
    /// Method in upper case.
    pub method: String,
    /// Path below the server's URL.
    pub path: PathTemplate,
    /// Servers that only this operation or its path names.
    pub servers: Vec<String>,
    /// Parameters of the path item and of the operation.
    pub parameters: Vec<Parameter>,
    /// Request body.
    pub body: Option<RequestBody>,
    /// Responses, in document order.
    pub responses: Vec<Response>,
    /// Alternatives of security schemes (indexes into the contract's); an alternative without
    /// schemes is no security.
    pub security: Vec<Vec<usize>>,
    /// Promised errors.
    pub errors: Vec<PromisedError>,
    /// How the answer is cut into pages.
    pub paging: Option<Paging>,
    /// JSON pointer in the document.
    pub pointer: String,
}

impl Operation {
    /// The response that the document gives for a status: the status itself, its range, or
    /// `default` (`OpenAPI` 3.0.3, Responses Object).
    pub fn response(&self, status: u16) -> Option<&Response> {
        self.responses
            .iter()
            .filter(|response| response.status.includes(status))
            .min_by_key(|response| response.status.breadth())
    }

    /// The responses of success.
    pub fn successes(&self) -> impl Iterator<Item = &Response> {
        self.responses
            .iter()
            .filter(|response| response.status.is_success())
    }

    /// The parameter of this name and place.
    pub fn parameter(&self, location: Location, name: &str) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|p| p.location == location && p.name == name)
    }

    /// The promised error of this name.
    pub fn error(&self, name: &str) -> Option<&PromisedError> {
        self.errors.iter().find(|error| error.name == name)
    }
}
