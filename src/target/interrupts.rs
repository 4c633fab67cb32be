//! Interrupts of the program: Ctrl-C, and the signal that ends programs.

use std::io;

use super::event_loop::event_loop;
use super::stop::StopHandle;

/// Calls a function at each interrupt, with the number of those before. It has to end the run, or
/// the program: that does not happen by itself any more.
///
/// # Errors
/// When the system refuses an event loop or a signal handler.
pub fn on_interrupt(
    handle: StopHandle,
    act: impl Fn(&StopHandle, usize) + Send + 'static,
) -> io::Result<()> {
    let runtime = event_loop().map_err(io::Error::other)?;
    // From here on an interrupt waits to be handled, however late the thread starts.
    let mut interrupts = {
        let _guard = runtime.enter();
        Interrupts::new()?
    };
    std::thread::spawn(move || {
        runtime.block_on(async {
            for count in 0.. {
                if interrupts.next().await.is_none() {
                    return;
                }
                act(&handle, count);
            }
        });
    });
    Ok(())
}

#[cfg(unix)]
struct Interrupts {
    interrupted: tokio::signal::unix::Signal,
    terminated: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Interrupts {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupted: signal(SignalKind::interrupt())?,
            terminated: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Option<()> {
        tokio::select! {
            interrupt = self.interrupted.recv() => interrupt,
            end = self.terminated.recv() => end,
        }
    }
}

#[cfg(windows)]
struct Interrupts(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Interrupts {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> Option<()> {
        self.0.recv().await
    }
}
