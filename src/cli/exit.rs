//! Exit codes. Scripts rely on them.

use std::process::{ExitCode, Termination};

use crate::outcome::Verdict;

/// How the program ends.
///
/// | code | name | meaning |
/// | --- | --- | --- |
/// | 0 | `Kept` | every promise was kept, or the command did its work |
/// | 1 | `Broken` | the target broke a promise, or a snapshot differs |
/// | 2 | `NotJudged` | usage, configuration, document, fixture or connection; or nothing ran |
///
/// A broken promise outweighs a case that could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: every promise was kept, or the command did its work.
    Kept,
    /// 1: the target broke a promise, or a snapshot differs.
    Broken,
    /// 2: trueup could not judge: usage, configuration, document, fixture or connection; or nothing
    /// ran.
    NotJudged,
}

impl Exit {
    /// The code that the process ends with.
    pub const fn code(self) -> u8 {
        match self {
            Self::Kept => 0,
            Self::Broken => 1,
            Self::NotJudged => 2,
        }
    }
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

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_has_the_code_that_scripts_rely_on() {
        for (verdict, code) in [
            (Verdict::Passed, 0),
            (Verdict::KnownDeviation, 0),
            (Verdict::Failed, 1),
            (Verdict::Errored, 2),
            (Verdict::Skipped, 2),
        ] {
            assert_eq!(Exit::from(verdict).code(), code, "{verdict}");
        }
    }
}
