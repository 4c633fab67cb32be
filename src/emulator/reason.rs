//! Why a request is rejected.

use crate::contract::{Operation, PromisedError, When};
use crate::wire::Status;

/// What kind of refusal it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    /// Credentials are missing or wrong.
    Credentials,
    /// The path names what does not exist.
    Unknown,
    /// The path does not know the method.
    Method,
    /// A parameter or the body is not what the contract asks for.
    Invalid,
    /// A constraint is broken that names this error.
    Constraint(String),
    /// The size of a page is out of range.
    PageSize,
    /// A page token is not one of ours.
    PageToken,
    /// It does not go together with what there is.
    Conflict,
    /// The body is too long.
    TooLarge,
    /// The body's media type is not understood.
    MediaType,
    /// The change could not be written to the state file.
    Unsaved,
    /// What the contract says of the operation cannot be used.
    SetAside,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: Reason,
    pub(super) message: String,
}

impl Refusal {
    /// A refusal with its message.
    pub(super) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }

    /// The request is not valid.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Reason::Invalid, message)
    }

    /// The error that an operation promises for this.
    pub(super) fn promised<'a>(
        &self,
        operation: Option<&'a Operation>,
    ) -> Option<&'a PromisedError> {
        let errors = &operation?.errors;
        match &self.reason {
            Reason::Credentials => errors.iter().find(|e| e.when == When::Credentials),
            Reason::Unknown => errors.iter().find(|e| e.when == When::Unknown),
            Reason::Conflict => errors.iter().find(|e| e.when == When::Conflict),
            Reason::Constraint(name) => errors.iter().find(|error| error.name == *name),
            _ => None,
        }
    }

    pub(super) fn status(&self) -> Status {
        Status(match self.reason {
            Reason::Invalid | Reason::Constraint(_) | Reason::PageSize | Reason::PageToken => 400,
            Reason::Credentials => 401,
            Reason::Unknown => 404,
            Reason::Method => 405,
            Reason::Conflict => 409,
            Reason::TooLarge => 413,
            Reason::MediaType => 415,
            Reason::Unsaved => 500,
            Reason::SetAside => 501,
        })
    }
}
