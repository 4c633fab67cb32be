//! Stopping a run early: no new request begins, and clean-up still happens.

use tokio::sync::watch;

/// Tells whether the run should stop.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

/// Stops the run.
#[derive(Debug)]
pub struct StopHandle(watch::Sender<bool>);

impl Stop {
    /// A pair of which one half stops the other.
    pub fn new() -> (StopHandle, Self) {
        let (sender, receiver) = watch::channel(false);
        (StopHandle(sender), Self(receiver))
    }

    /// Whether the run should stop.
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the run should stop; for ever if nobody can stop it any more.
    pub async fn wait(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl StopHandle {
    /// Stops the run.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}
