//! Event loops of single threads.

use tokio::runtime::{Builder, Runtime};

use super::error::TargetError;

/// An event loop for one thread.
///
/// # Errors
/// When the system refuses it.
pub(crate) fn event_loop() -> Result<Runtime, TargetError> {
    let mut runtime = Builder::new_current_thread();
    runtime.enable_all().build().map_err(TargetError::EventLoop)
}
