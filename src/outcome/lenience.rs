//! Where a target may accept requests that its contract forbids.

/// Where an accepted invalid request is a warning instead of a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Lenience {
    /// Nowhere.
    #[default]
    Nothing,
    /// In these operations, by `operationId`.
    Of(Vec<String>),
    /// In all operations.
    All,
}

impl Lenience {
    /// Whether an operation may accept invalid requests.
    pub fn covers(&self, operation: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Of(operations) => operations.iter().any(|id| id == operation),
            Self::All => true,
        }
    }
}
