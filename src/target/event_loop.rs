//! Event loops of single threads.

use tokio::runtime::{Builder, Handle, Runtime};

use super::error::TargetError;

/// An event loop for one thread.
///
/// # Errors
/// When the system refuses it.
pub(crate) fn event_loop() -> Result<Runtime, TargetError> {
    let mut runtime = Builder::new_current_thread();
    runtime.enable_all().build().map_err(TargetError::EventLoop)
}

/// Does work that waits for an event loop, or ends one, on another thread if this one belongs to an
/// event loop: that may do neither. A test of an asynchronous program is such a caller.
pub(crate) fn outside_event_loops<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if Handle::try_current().is_err() {
        return work();
    }
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
