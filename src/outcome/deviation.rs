//! Failures that somebody knows of.

use super::{CaseOutcome, Finding, Level, Verdict};
use crate::place::Place;

/// Name of the check that finds deviations which should not be listed any more.
pub const DEVIATION: &str = "deviation";

/// A failure that somebody knows of, and accepts for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Name of the case.
    pub case: String,
    /// The check whose findings are known there.
    pub check: String,
    /// Why they are accepted.
    pub reason: String,
    /// The last day on which they are, if that is over.
    pub expired: Option<String>,
    /// Where this is written.
    pub place: Place,
}

/// All known deviations of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deviations(pub Vec<Deviation>);

impl Deviations {
    /// The outcome of a case in the light of what is known. If every finding is, the verdict is no
    /// failure; if something that is known did not happen, or has expired, it is one.
    pub fn apply(&self, mut case: CaseOutcome) -> CaseOutcome {
        let known: Vec<&Deviation> = self.0.iter().filter(|d| d.case == case.name).collect();
        let is_judged = matches!(case.verdict, Verdict::Passed | Verdict::Failed);
        let is_covered = |finding: &Finding| {
            let mut valid = known.iter().filter(|d| d.expired.is_none());
            valid.any(|deviation| deviation.check == finding.check)
        };
        if known.is_empty() || !is_judged {
            return case;
        }
        let wrong: Vec<Finding> = known
            .iter()
            .filter_map(|deviation| {
                let occurs = case.findings.iter().any(|f| f.check == deviation.check);
                let message = match &deviation.expired {
                    Some(day) => format!("the known deviation has expired on {day}"),
                    // What comes after another failure may not have been reached.
                    None if !occurs && case.findings.iter().all(is_covered) => {
                        "the known deviation no longer occurs; take it off the list".to_owned()
                    }
                    None => return None,
                };
                Some(deviation.finding(&case, occurs, message))
            })
            .collect();
        if wrong.is_empty() && case.findings.iter().all(is_covered) {
            case.verdict = Verdict::KnownDeviation;
            let reasons = known.iter().map(|d| format!("{}: {}", d.check, d.reason));
            case.reasons.extend(reasons);
        }
        if !wrong.is_empty() {
            case.verdict = Verdict::Failed;
            case.findings.extend(wrong);
        }
        case
    }
}

impl Deviation {
    fn finding(&self, case: &CaseOutcome, occurs: bool, message: String) -> Finding {
        let actual = if occurs {
            "it occurs"
        } else {
            "it does not occur"
        };
        Finding {
            level: Level::Failure,
            check: DEVIATION,
            operation: case.operation.clone(),
            place: "case".to_owned(),
            promise: Some(self.place.clone()),
            message,
            expected: format!("{}: {}", self.check, self.reason),
            actual: actual.to_owned(),
            curl: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Origin;
    use crate::outcome::finding::sample;

    /// The verdict on a case with findings of these checks, and the messages about deviations,
    /// where the findings of `schema` are known.
    fn judged(checks: &[&'static str], expired: bool) -> (Verdict, Vec<String>) {
        let deviations = Deviations(vec![Deviation {
            case: "a".to_owned(),
            check: "schema".to_owned(),
            reason: "old".to_owned(),
            expired: expired.then(|| "2020-01-01".to_owned()),
            place: Place {
                file: "deviations.yaml".to_owned(),
                line: Some(2),
                pointer: "/deviations/0".to_owned(),
            },
        }]);
        let case = CaseOutcome {
            name: "a".to_owned(),
            operation: "ListPet".to_owned(),
            origin: Origin::Fixture {
                file: "f".to_owned(),
                line: None,
            },
            verdict: if checks.is_empty() {
                Verdict::Passed
            } else {
                Verdict::Failed
            },
            findings: checks
                .iter()
                .map(|check| sample(check, "ListPet", "body", None))
                .collect(),
            warnings: Vec::new(),
            reasons: Vec::new(),
            leftovers: Vec::new(),
            repeat: None,
            requests: 1,
            seconds: 0.0,
        };
        let case = deviations.apply(case);
        let told = case.findings.into_iter().filter(|f| f.check == DEVIATION);
        (case.verdict, told.map(|f| f.message).collect())
    }

    #[test]
    fn a_known_failure_is_none() {
        assert_eq!(
            judged(&["schema"], false),
            (Verdict::KnownDeviation, vec![])
        );
    }

    #[test]
    fn another_failure_beside_it_is_one() {
        let (verdict, told) = judged(&["schema", "status"], false);
        assert_eq!((verdict, told.len()), (Verdict::Failed, 0));
        // It may have kept the known one from happening.
        let (verdict, told) = judged(&["status"], false);
        assert_eq!((verdict, told.len()), (Verdict::Failed, 0));
    }

    #[test]
    fn what_no_longer_occurs_or_has_expired_fails() {
        let (verdict, told) = judged(&[], false);
        assert_eq!(verdict, Verdict::Failed);
        assert!(told[0].contains("no longer occurs"), "{told:?}");
        for checks in [&[][..], &["schema"]] {
            let (verdict, told) = judged(checks, true);
            assert_eq!(verdict, Verdict::Failed);
            assert!(told[0].contains("expired on 2020-01-01"), "{told:?}");
        }
    }
}
