//! What happens during a run, as data for reports, progress displays and journals.

use super::{CaseOutcome, Coverage, Summary};
use crate::wire::Exchange;

/// One thing that happened during a run.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The run has started.
    RunStarted {
        /// Base URL of the target.
        target: &'a str,
        /// Number of cases that will run.
        cases: usize,
        /// Seed of everything that is drawn by chance.
        seed: u64,
    },
    /// A case has started.
    CaseStarted {
        /// Name of the case.
        case: &'a str,
        /// `operationId` of the operation that the case tests.
        operation: &'a str,
    },
    /// A request was sent, and a response or a transport fault came back. Sent only to sinks that
    /// want exchanges ([`Sink::wants_exchanges`]). It is not masked: a sink that writes it must
    /// mask secrets first.
    Exchange {
        /// Name of the case.
        case: &'a str,
        /// `operationId` of the operation that was called.
        operation: &'a str,
        /// The request and its response.
        exchange: &'a Exchange,
    },
    /// A case has created an item on the target.
    Created {
        /// Name of the case.
        case: &'a str,
        /// The new item.
        item: &'a Item,
    },
    /// A case has removed an item that it created, or found it gone.
    Removed {
        /// Name of the case.
        case: &'a str,
        /// The item.
        item: &'a Item,
    },
    /// A case has ended, clean-up included. Cases arrive in the order in which they end.
    CaseEnded(&'a CaseOutcome),
    /// What the run exercised of the contract. Sent once, before the end of the run, if coverage
    /// was measured.
    Covered(&'a Coverage),
    /// The run has ended.
    RunEnded(&'a Summary),
}

/// An item that a case has created on the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Name of the resource.
    pub resource: String,
    /// Values of the path parameters of the collection, outermost first.
    pub parents: Vec<String>,
    /// Id of the item.
    pub id: String,
}

/// A consumer of events.
pub trait Sink {
    /// Handles one event. All events of one case arrive in order; events of different cases may
    /// interleave.
    fn take(&mut self, event: Event<'_>);

    /// Returns whether this sink needs [`Event::Exchange`], which costs a copy of each body.
    fn wants_exchanges(&self) -> bool {
        false
    }
}
