//! The promises of an operation, numbered.

use crate::outcome::Axis;

/// One promise.
#[derive(Debug)]
pub(super) struct Promise {
    pub(super) axis: Axis,
    pub(super) name: String,
    /// Whether it is about requests, and not about responses.
    pub(super) is_sent: bool,
}

/// Collects promises and gives each its number.
#[derive(Debug, Default)]
pub(super) struct Promises(pub(super) Vec<Promise>);

impl Promises {
    /// Adds a promise about requests.
    pub(super) fn sent(&mut self, axis: Axis, name: impl Into<String>) -> usize {
        self.add(axis, name.into(), true)
    }

    /// Adds a promise about responses.
    pub(super) fn seen(&mut self, axis: Axis, name: impl Into<String>) -> usize {
        self.add(axis, name.into(), false)
    }

    fn add(&mut self, axis: Axis, name: String, is_sent: bool) -> usize {
        self.0.push(Promise {
            axis,
            name,
            is_sent,
        });
        self.0.len() - 1
    }
}
