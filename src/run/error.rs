//! Why a step cannot be taken.

use serde_json::Value;

use super::encode::EncodeError;
use super::fill::FillError;

/// Why a step cannot be taken. None of it is the target's fault.
#[derive(Debug, thiserror::Error)]
pub(super) enum StepError {
    /// The run was stopped.
    #[error("the run was interrupted")]
    Interrupted,
    /// The contract has no such operation.
    #[error("the contract has no operation '{0}'")]
    UnknownOperation(String),
    /// A template cannot be filled.
    #[error(transparent)]
    Fill(#[from] FillError),
    /// A step follows a URL, and its template is filled with something else.
    #[error("there is no URL to follow: {0}")]
    NoUrl(Value),
    /// The request cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}
