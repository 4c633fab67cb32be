//! A finding in words.

/// What a finding says, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was expected.
    pub expected: String,
    /// What the response has.
    pub actual: String,
}

impl Description {
    pub(super) fn new(
        message: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        Self {
            message: message.into(),
            expected: expected.into(),
            actual: actual.into(),
        }
    }
}
