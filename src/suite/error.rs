//! Why a suite cannot be run.

use crate::emulator;
use crate::spec::LoadError;
use crate::target::TargetError;

/// Why a suite cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuiteError {
    /// A document, an overlay, a fixture or the file of deviations is wrong.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A credential is for a security scheme that the contract does not have.
    #[error(
        "there is a credential for '{scheme}', but the contract has no such security scheme; it has \
         {}",
        listed(known)
    )]
    UnknownScheme {
        /// The name in the credential.
        scheme: String,
        /// The security schemes of the contract.
        known: Vec<String>,
    },
    /// `lenient` names an operation that the contract does not have.
    #[error(
        "`lenient` names the operation '{operation}', which the contract does not have; {remedy}"
    )]
    UnknownOperation {
        /// The `operationId` in `lenient`.
        operation: String,
        /// The nearest name, or how to list the operations.
        remedy: String,
    },
    /// The target is not on this machine, and the user has not allowed changes there.
    #[error(
        "{url} is not on this machine, and the cases create, change and delete things there. If \
         that is what you want, use --allow-changes, or set TRUEUP_ALLOW_CHANGES=1"
    )]
    ChangesNotAllowed {
        /// URL of the target.
        url: String,
    },
    /// The emulator cannot start.
    #[error("the emulator cannot start: {0}")]
    Emulator(#[from] emulator::StartError),
    /// The target cannot be used.
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl SuiteError {
    /// The message as a front end prints it: each line of a mistake in a document says by itself
    /// that it is an error.
    pub fn report(&self) -> String {
        match self {
            Self::Load(error) => error.to_string(),
            other => format!("error: {other}"),
        }
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
