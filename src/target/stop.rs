//! Stopping a run early: no new request begins, and clean-up still happens.

use std::sync::Arc;

use tokio::sync::watch;

use super::process::Groups;

/// Tells whether the run should stop.
#[derive(Debug, Clone)]
pub struct Stop {
    stopped: watch::Receiver<bool>,
    groups: Arc<Groups>,
}

/// Stops the run.
#[derive(Debug)]
pub struct StopHandle {
    stopped: watch::Sender<bool>,
    groups: Arc<Groups>,
}

impl Stop {
    /// A pair of which one half stops the other.
    pub fn new() -> (StopHandle, Self) {
        let (sender, receiver) = watch::channel(false);
        let groups = Arc::new(Groups::default());
        let handle = StopHandle {
            stopped: sender,
            groups: Arc::clone(&groups),
        };
        let stop = Self {
            stopped: receiver,
            groups,
        };
        (handle, stop)
    }

    /// Whether the run should stop.
    pub fn is_set(&self) -> bool {
        *self.stopped.borrow()
    }

    /// Waits until the run should stop; for ever if its handle is gone.
    pub async fn wait(&self) {
        let mut stopped = self.stopped.clone();
        if stopped.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The processes that the run has started.
    pub(super) fn groups(&self) -> &Arc<Groups> {
        &self.groups
    }
}

impl StopHandle {
    /// Stops the run.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// Kills the processes that the run has started, for a program that ends without waiting for
    /// the run.
    pub fn kill_processes(&self) {
        self.groups.kill();
    }
}
