//! The results of a run as plain data. The runner writes them, the reports read them, and neither
//! knows the other.

mod cause;
mod check_id;
mod coverage;
mod defect;
mod event;
mod excerpt;
mod finding;
mod kind;
mod lenience;
mod verdict;

pub use cause::{Cause, Causes, Seen};
pub use check_id::{CheckId, UnknownCheck};
pub use coverage::{Axis, Coverage, Covered, OperationCoverage, Share, UnknownAxis};
pub use defect::{DefectKind, ElementName, ExpectedNode, ItemDefect};
pub use event::{Event, Item, Sink};
pub use excerpt::Excerpt;
pub use finding::{Finding, Level, ResponsePlace};
pub use kind::{
    AnnouncedBody, Bound, Carrier, ExpectedFrom, FindingKind, PageMember, PageUrlProblem,
    PollProblem, SnapshotProblem, Syntax, WalkProblem,
};
pub use lenience::Lenience;
pub use verdict::{CaseOutcome, Origin, Repeat, Summary, Verdict};
