//! The status that a response is expected to have.

use super::extension::PromisedError;
use super::operation::Operation;
use crate::wire::{Status, StatusSet};

/// The status that a response to an operation is expected to have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ExpectedStatus {
    /// Any documented success.
    #[default]
    Success,
    /// Any documented status.
    Documented,
    /// This one.
    Exact(Status),
    /// The status of the promised error of this name, with its body.
    Error(String),
    /// Any 4xx that the document describes.
    DocumentedClientError,
    /// A documented success of a valid request. The server may still reject it for reasons that
    /// no schema states (permissions, state, business rules): then the case is skipped.
    SuccessOrSkip,
    /// A documented success, or any 4xx, documented or not, of a request that is valid but unlike
    /// what servers usually accept.
    SuccessOrClientError,
    /// Any 4xx, documented or not, of a request that violates the contract.
    AnyClientError,
    /// What servers send for a request that no operation of the contract handles.
    NoSuchOperation,
}

impl ExpectedStatus {
    /// The statuses that meet the expectation. Returns `None` if any documented one does.
    pub fn statuses(&self, operation: &Operation) -> Option<StatusSet> {
        let successes = || {
            operation
                .successes()
                .map(|success| success.status)
                .collect()
        };
        Some(match self {
            Self::Documented => return None,
            Self::Success | Self::SuccessOrSkip => StatusSet::Success(successes()),
            Self::SuccessOrClientError => StatusSet::SuccessOrClientError(successes()),
            Self::Exact(status) => StatusSet::Exact(*status),
            Self::Error(_) => StatusSet::Exact(self.error(operation)?.status),
            Self::DocumentedClientError | Self::AnyClientError => StatusSet::ClientError,
            Self::NoSuchOperation => StatusSet::NoSuchOperation,
        })
    }

    /// Whether a status meets the expectation.
    pub fn met_by(&self, status: Status, operation: &Operation) -> bool {
        self.statuses(operation)
            .is_none_or(|statuses| statuses.contains(status))
    }

    /// The promised error, if one is expected.
    pub fn error<'o>(&self, operation: &'o Operation) -> Option<&'o PromisedError> {
        match self {
            Self::Error(name) => operation.error(name),
            _ => None,
        }
    }

    /// Whether every target that keeps its contract rejects the request.
    pub fn is_rejection(&self) -> bool {
        match self {
            Self::Exact(status) => status.is_error(),
            Self::Error(_)
            | Self::DocumentedClientError
            | Self::AnyClientError
            | Self::NoSuchOperation => true,
            Self::Success | Self::Documented | Self::SuccessOrSkip | Self::SuccessOrClientError => {
                false
            }
        }
    }

    /// Whether the status need not be documented: gateways and proxies reject requests too, with
    /// statuses of their own.
    pub fn allows_undocumented(&self) -> bool {
        matches!(
            self,
            Self::AnyClientError | Self::SuccessOrClientError | Self::NoSuchOperation
        )
    }
}
