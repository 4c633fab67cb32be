//! Limits of one request.

use std::time::Duration;

/// Limits of one request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest time for a complete response.
    pub timeout: Duration,
    /// Longest body in bytes.
    pub max_body: usize,
    /// Longest time to wait for a target that responds with 429.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            max_body: 16 * 1024 * 1024,
            patience: Duration::from_secs(60),
        }
    }
}
