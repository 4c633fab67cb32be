//! What a run found out, as plain data. The runner writes it, the reports read it, and neither
//! knows the other.

mod cause;
mod coverage;
mod deviation;
mod event;
mod finding;
mod lenience;
mod verdict;

pub use cause::{Cause, Causes, Seen};
pub use coverage::{Axis, Coverage, Covered, OperationCoverage, Share};
pub use deviation::{DEVIATION, Deviation, Deviations};
pub use event::{Event, Item, Sink};
pub use finding::{Finding, Level};
pub use lenience::Lenience;
pub use verdict::{CaseOutcome, Origin, Repeat, Summary, Verdict};
