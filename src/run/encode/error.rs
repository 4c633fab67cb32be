//! Why a request cannot be encoded.

use thiserror::Error;

use crate::codec::WriteError;
use crate::contract::Location;

/// Why a request cannot be encoded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum EncodeError {
    /// The operation does not have the parameter.
    #[error("the operation has no {location} parameter '{name}'")]
    UnknownParameter {
        /// Where it should travel.
        location: Location,
        /// Its name.
        name: String,
    },
    /// The value of a parameter cannot be written.
    #[error("the parameter '{name}' cannot be sent: {error}")]
    Parameter {
        /// Its name.
        name: String,
        /// Why.
        error: WriteError,
    },
    /// A parameter of the path has no value.
    #[error("the path parameter '{0}' has no value")]
    NoPathValue(String),
    /// A segment of the path would be removed on its way.
    #[error("the path {path} cannot be sent: '{segment}' means a folder (RFC 3986 section 3.3)")]
    DotSegment {
        /// The path.
        path: String,
        /// The segment.
        segment: String,
    },
    /// No media type of the operation can hold the body.
    #[error("the body cannot be written: {0}")]
    Body(WriteError),
    /// The media type that was named cannot hold the body.
    #[error("the body cannot be written as {media}: {error}")]
    BodyAs {
        /// The media type.
        media: String,
        /// Why.
        error: WriteError,
    },
    /// A URL belongs to another server, which must not receive credentials.
    #[error("the URL {0} leads away from the target")]
    ForeignUrl(String),
    /// A URL has the path of another operation.
    #[error("the URL {url} does not lead to '{operation}'")]
    OtherOperation {
        /// The URL.
        url: String,
        /// The operation that it should lead to.
        operation: String,
    },
}
