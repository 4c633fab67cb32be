//! One operation and its parts: parameters, bodies, responses, links, security.

mod body;
mod content;
mod header;
mod link;
mod links;
mod media;
mod operations;
mod outline;
mod parameter;
mod path;
mod response;
mod security;
mod server;
mod value_encoding;

pub use body::{Echo, Property, RequestBody};
pub use content::{content_schemas, contents};
pub use header::HeaderPromise;
pub use link::{Link, LinkParameter, LinkTarget};
pub(super) use links::mistakes;
pub use media::{Framing, Kind, MediaType, RECORD_SEPARATOR, media_for};
pub use operations::Operations;
pub(super) use outline::Common;
pub use outline::Outline;
pub use parameter::{Encoding, Location, Parameter, Serialization, Style};
pub use path::PathTemplate;
pub use response::Response;
pub use security::{Scheme, SchemeKind};
pub use value_encoding::{Encodings, ValueEncoding};

use super::extension::{Paging, PromisedError};
use super::reader::Reader;
use crate::wire::Status;

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
    /// How the response is divided into pages.
    pub paging: Option<Paging>,
    /// JSON pointer in the document.
    pub pointer: String,
}

impl Operation {
    /// The response that the document gives for a status: the status itself, its range, or
    /// `default` (`OpenAPI` 3.0.3, Responses Object).
    pub fn response(&self, status: Status) -> Option<&Response> {
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

impl Reader<'_> {
    /// Reads an operation.
    pub(in crate::contract) fn operation(
        &mut self,
        outline: &Outline,
        common: &Common,
    ) -> Operation {
        let at = &outline.pointer;
        let mut servers = self.servers(at);
        if servers.is_empty() {
            servers = self.servers(&outline.item);
        }
        if servers == common.servers {
            servers.clear();
        }
        let shared = self.parameters(&outline.item);
        let parameters = self.merged_parameters(at, &shared, &outline.path);
        Operation {
            id: outline.id.clone(),
            method: outline.method.clone(),
            path: outline.path.clone(),
            servers,
            body: self.body(at),
            responses: self.responses(at),
            security: outline
                .security
                .as_ref()
                .unwrap_or(&common.security)
                .clone(),
            errors: self.promised_errors(at),
            paging: self.paging(at, &parameters),
            parameters,
            pointer: at.clone(),
        }
    }

    /// The parameters of an operation: its own, then those of the path item that it does not
    /// replace.
    fn merged_parameters(
        &mut self,
        at: &str,
        common: &[Parameter],
        path: &PathTemplate,
    ) -> Vec<Parameter> {
        let mut parameters = self.parameters(at);
        let same = |a: &Parameter, b: &Parameter| a.name == b.name && a.location == b.location;
        for (i, parameter) in parameters.iter().enumerate() {
            if parameters[..i].iter().any(|other| same(other, parameter)) {
                self.error(
                    &parameter.pointer,
                    format!(
                        "the {} parameter `{}` is defined twice",
                        parameter.location, parameter.name
                    ),
                    "remove one of the two",
                );
            }
        }
        for parameter in common {
            if !parameters
                .iter()
                .any(|p| p.name == parameter.name && p.location == parameter.location)
            {
                parameters.push(parameter.clone());
            }
        }
        for name in path.parameters() {
            if !parameters
                .iter()
                .any(|p| p.location == Location::Path && p.name == name)
            {
                self.error(
                    at,
                    format!("the path parameter `{name}` is not defined"),
                    "add a parameter with `in: path` and `required: true`",
                );
            }
        }
        parameters
    }
}
