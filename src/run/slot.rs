//! Places in the schedule. A case that only waits lends its place to others.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places of a schedule.
#[derive(Debug, Clone)]
pub(super) struct Slots(Arc<Semaphore>);

/// The place of one case.
#[derive(Debug)]
pub(super) struct Slot {
    /// None where cases are not scheduled here.
    slots: Option<Slots>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Slots {
    /// So many places.
    pub(super) fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count)))
    }

    /// A place, as soon as there is one.
    pub(super) async fn take(&self) -> Slot {
        Slot {
            permit: self.permit().await,
            slots: Some(self.clone()),
        }
    }

    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        // Nobody closes the semaphore.
        Arc::clone(&self.0).acquire_owned().await.ok()
    }
}

impl Slot {
    /// A place outside of any schedule.
    pub(super) fn free() -> Self {
        Self {
            slots: None,
            permit: None,
        }
    }

    /// Waits, and lends the place to others meanwhile.
    pub(super) async fn lend(&mut self, wait: impl Future<Output = ()>) {
        self.permit = None;
        wait.await;
        if let Some(slots) = &self.slots {
            self.permit = slots.permit().await;
        }
    }
}
