//! Threads of a run. Each has an event loop and connections of its own, so that they meet only when
//! one takes a case, reports an outcome or records the target's health.

use tokio::runtime::Runtime;

use crate::target::{Client, RunningTarget, TargetError, event_loop};

/// What one thread of a run needs.
pub struct Worker {
    runtime: Runtime,
    pub(super) client: Client,
}

impl Worker {
    /// So many workers for one target, at least one.
    ///
    /// # Errors
    /// When the system gives no event loop, or the TLS library cannot be set up.
    pub fn start(count: usize, target: &RunningTarget) -> Result<Vec<Self>, TargetError> {
        let workers = (0..count.max(1)).map(|_| {
            Ok(Self {
                runtime: event_loop()?,
                client: target.client()?,
            })
        });
        workers.collect()
    }

    /// Waits for what this worker does. Several threads may do so at once.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}
