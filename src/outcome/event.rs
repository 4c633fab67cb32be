//! What the runner tells while it runs.

use super::{CaseOutcome, Coverage, Summary};

/// One thing that happened.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The run begins.
    Started {
        /// Where requests go.
        target: &'a str,
        /// Number of cases that will run.
        cases: usize,
        /// Seed of everything that is drawn by chance.
        seed: u64,
    },
    /// A case has ended.
    Case(&'a CaseOutcome),
    /// What of the contract was exercised, if that was counted.
    Covered(&'a Coverage),
    /// The run has ended.
    Finished(&'a Summary),
}

/// Somebody who wants to know what happens.
pub trait Sink {
    /// Takes one event. Cases arrive in the order in which they end.
    fn take(&mut self, event: Event<'_>);
}
