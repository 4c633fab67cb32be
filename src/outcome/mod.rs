//! What a run found out, as plain data. The runner writes it, the reports read it, and neither
//! knows the other.

mod cause;
mod deviation;
mod event;
mod finding;
mod verdict;

pub use cause::{Cause, Causes, Seen};
pub use deviation::{DEVIATION, Deviation, Deviations};
pub use event::{Event, Sink};
pub use finding::{Finding, Level, Place};
pub use verdict::{CaseOutcome, Origin, Summary, Verdict};
