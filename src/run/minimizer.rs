//! Which causes have a shortest sequence already.

use std::sync::{Mutex, PoisonError};

use crate::outcome::Finding;

/// The causes whose sequence was minimized already: once is enough.
#[derive(Debug, Default)]
pub(super) struct Minimizer(Mutex<Vec<Finding>>);

impl Minimizer {
    /// Whether a cause was not seen before.
    pub(super) fn is_new(&self, finding: &Finding) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !known.iter().any(|other| other.same_cause(finding));
        if is_new {
            known.push(finding.clone());
        }
        is_new
    }
}
