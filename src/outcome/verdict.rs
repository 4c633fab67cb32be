//! The verdict on one case and on a whole run.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Finding;

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every promise was kept.
    Passed,
    /// The target broke a promise, or a snapshot differs.
    Failed,
    /// The target broke promises, as somebody has written down that it does.
    #[serde(rename = "known deviation")]
    KnownDeviation,
    /// trueup could not judge.
    Errored,
    /// The case was not run.
    Skipped,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::KnownDeviation => "known deviation",
            Self::Errored => "errored",
            Self::Skipped => "skipped",
        })
    }
}

/// Why a case exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A person wrote it: file and line.
    Fixture {
        /// File of the scenario.
        file: String,
        /// Line of the scenario, counted from 1.
        line: Option<usize>,
    },
    /// The contract asks for it.
    Generated {
        /// What it tries, such as `missing required field UniqueName`.
        why: String,
    },
    /// Resources of any contract keep it.
    Law {
        /// What the law says.
        says: &'static str,
        /// The resource that it is tried on.
        resource: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixture { file, line: None } => write!(f, "fixture {file}"),
            Self::Fixture {
                file,
                line: Some(line),
            } => write!(f, "fixture {file}:{line}"),
            Self::Law { says, resource } => write!(f, "law of {resource}: {says}"),
            Self::Generated { why } => write!(f, "generated: {why}"),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The shortest sequence of requests in which a case fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repeat {
    /// A command for each request, as it was sent.
    pub curl: Vec<String>,
    /// The same as a fixture file; none if a fixture cannot say it.
    pub fixture: Option<String>,
}

/// The outcome of one case.
#[derive(Debug, Clone)]
pub struct CaseOutcome {
    /// Stable name.
    pub name: String,
    /// The operation that the case is about.
    pub operation: String,
    /// Why the case exists.
    pub origin: Origin,
    /// How it ended.
    pub verdict: Verdict,
    /// Broken promises that fail the case, or would, in the order of the steps.
    pub findings: Vec<Finding>,
    /// Broken promises that do not.
    pub warnings: Vec<Finding>,
    /// Why trueup could not judge, why the case was skipped, or why its deviations are accepted.
    pub reasons: Vec<String>,
    /// What was created and could not be removed.
    pub leftovers: Vec<String>,
    /// How to see it fail again.
    pub repeat: Option<Repeat>,
    /// Number of requests sent, preparation and clean-up included.
    pub requests: usize,
    /// Wall time in seconds.
    pub seconds: f64,
}

/// Totals of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Cases in which every promise was kept.
    pub passed: usize,
    /// Cases in which a promise was broken.
    pub failed: usize,
    /// Cases in which promises were broken as somebody has written down.
    pub known_deviations: usize,
    /// Cases that could not be judged.
    pub errored: usize,
    /// Cases that were not run.
    pub skipped: usize,
    /// Requests sent.
    pub requests: usize,
    /// Wall time in seconds.
    pub seconds: f64,
}

impl Summary {
    /// Counts one more case.
    pub fn add(&mut self, case: &CaseOutcome) {
        match case.verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed => self.failed += 1,
            Verdict::KnownDeviation => self.known_deviations += 1,
            Verdict::Errored => self.errored += 1,
            Verdict::Skipped => self.skipped += 1,
        }
        self.requests += case.requests;
    }

    /// Number of cases, run or not.
    pub fn cases(&self) -> usize {
        self.passed + self.failed + self.known_deviations + self.errored + self.skipped
    }

    /// The verdict on the whole run. A broken promise weighs more than a case that could not be
    /// judged; a run in which nothing was judged is no success.
    pub fn verdict(&self) -> Verdict {
        if self.failed > 0 {
            Verdict::Failed
        } else if self.errored > 0 || self.passed + self.known_deviations == 0 {
            Verdict::Errored
        } else {
            Verdict::Passed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_judged_is_no_success() {
        assert_eq!(Summary::default().verdict(), Verdict::Errored);
        let skipped = Summary {
            skipped: 3,
            ..Summary::default()
        };
        assert_eq!(skipped.verdict(), Verdict::Errored);
    }

    #[test]
    fn failed_outweighs_errored() {
        let mut summary = Summary {
            passed: 1,
            errored: 1,
            ..Summary::default()
        };
        assert_eq!(summary.verdict(), Verdict::Errored);
        summary.failed = 1;
        assert_eq!(summary.verdict(), Verdict::Failed);
    }
}
