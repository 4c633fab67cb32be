//! How far a run has come, on standard error. Without the feature `cli` nothing is shown.

#[cfg(feature = "cli")]
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress bar, if one is wanted.
pub(super) struct Progress {
    #[cfg(feature = "cli")]
    bar: ProgressBar,
}

#[cfg(feature = "cli")]
impl Progress {
    /// A bar that is drawn if it is wanted and standard error is a terminal.
    pub(super) fn new(is_wanted: bool) -> Self {
        let target = if is_wanted {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            bar: ProgressBar::with_draw_target(None, target),
        }
    }

    /// The run begins with so many cases.
    pub(super) fn begin(&self, cases: usize) {
        self.bar.set_length(cases as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            self.bar.set_style(style);
        }
    }

    /// A case has ended.
    pub(super) fn case(&self, name: &str) {
        self.bar.inc(1);
        self.bar.set_message(name.to_owned());
    }

    /// Writes something while no bar is in the way.
    pub(super) fn suspend(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    /// The run has ended.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(not(feature = "cli"))]
#[expect(clippy::unused_self, reason = "a progress bar has a state")]
impl Progress {
    pub(super) fn new(_: bool) -> Self {
        Self {}
    }

    pub(super) fn begin(&self, _: usize) {}

    pub(super) fn case(&self, _: &str) {}

    pub(super) fn suspend(&self, write: impl FnOnce()) {
        write();
    }

    pub(super) fn end(&self) {}
}
