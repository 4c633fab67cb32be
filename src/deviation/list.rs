//! The list of known deviations, and its effect on outcomes.

use crate::outcome::{CaseOutcome, CheckId, Finding, FindingKind, Level, ResponsePlace, Verdict};
use crate::place::Place;

/// A failure that is accepted for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Name of the case.
    pub case: String,
    /// The check whose findings are accepted there.
    pub check: CheckId,
    /// Why they are accepted.
    pub reason: String,
    /// The last day on which they are accepted, if that is over.
    pub expired: Option<String>,
    /// Where the deviation is written.
    pub place: Place,
}

/// All known deviations of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deviations(pub Vec<Deviation>);

impl Deviations {
    /// The outcome of a case in the light of the list. If every finding is listed, the case does not
    /// fail; if a listed one did not occur, or has expired, it does.
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
                // What comes after another failure may not have been reached.
                let is_gone = !occurs && case.findings.iter().all(is_covered);
                (deviation.expired.is_some() || is_gone).then(|| deviation.stale(&case, occurs))
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
    /// The finding that this deviation must be removed from the list.
    fn stale(&self, case: &CaseOutcome, occurs: bool) -> Finding {
        Finding {
            level: Level::Failure,
            check: CheckId::Deviation,
            operation: case.operation.clone(),
            place: ResponsePlace::Case,
            promise: Some(self.place.clone()),
            kind: FindingKind::StaleDeviation {
                check: self.check,
                reason: self.reason.clone(),
                expired: self.expired.clone(),
                occurs,
            },
            curl: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Origin;

    fn finding(check: CheckId) -> Finding {
        Finding {
            level: Level::Failure,
            check,
            operation: "ListPet".to_owned(),
            place: ResponsePlace::body(),
            promise: None,
            kind: FindingKind::NoBody,
            curl: String::new(),
        }
    }

    /// The verdict on a case with findings of these checks, and the expiry days of stale
    /// deviations, where the findings of `schema` are known.
    fn judged(checks: &[CheckId], expired: bool) -> (Verdict, Vec<Option<String>>) {
        let deviations = Deviations(vec![Deviation {
            case: "a".to_owned(),
            check: CheckId::Schema,
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
            findings: checks.iter().copied().map(finding).collect(),
            warnings: Vec::new(),
            reasons: Vec::new(),
            leftovers: Vec::new(),
            repeat: None,
            requests: 1,
            seconds: 0.0,
        };
        let case = deviations.apply(case);
        let stale = case.findings.into_iter().filter_map(|f| match f.kind {
            FindingKind::StaleDeviation {
                expired, occurs, ..
            } => {
                assert_eq!(occurs, checks.contains(&CheckId::Schema));
                Some(expired)
            }
            _ => None,
        });
        (case.verdict, stale.collect())
    }

    #[test]
    fn a_case_with_known_findings_does_not_fail() {
        let known = judged(&[CheckId::Schema], false);
        assert_eq!(known, (Verdict::KnownDeviation, vec![]));
    }

    #[test]
    fn an_unknown_finding_beside_a_known_one_fails() {
        let both = judged(&[CheckId::Schema, CheckId::Status], false);
        assert_eq!(both, (Verdict::Failed, vec![]));
        // It may have kept the known one from occurring.
        let other = judged(&[CheckId::Status], false);
        assert_eq!(other, (Verdict::Failed, vec![]));
    }

    #[test]
    fn a_deviation_that_no_longer_occurs_or_has_expired_fails() {
        assert_eq!(judged(&[], false), (Verdict::Failed, vec![None]));
        let day = Some("2020-01-01".to_owned());
        for checks in [&[][..], &[CheckId::Schema]] {
            assert_eq!(judged(checks, true), (Verdict::Failed, vec![day.clone()]));
        }
    }
}
