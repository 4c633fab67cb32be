//! Exit codes. Scripts rely on them.

use std::process::{ExitCode, Termination};

use crate::outcome::Verdict;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: every promise was kept, or the command did what it was asked to.
    Kept,
    /// 1: the target broke a promise, or a snapshot differs.
    Broken,
    /// 2: trueup could not judge: usage, document, fixture, connection, or nothing ran.
    NotJudged,
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed | Verdict::KnownDeviation => Self::Kept,
            Verdict::Failed => Self::Broken,
            Verdict::Errored | Verdict::Skipped => Self::NotJudged,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Kept => 0,
            Self::Broken => 1,
            Self::NotJudged => 2,
        })
    }
}
