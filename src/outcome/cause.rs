//! Findings of one cause.

use super::Finding;

/// A broken promise, and the cases that it was seen in.
#[derive(Debug, Clone)]
pub struct Cause {
    /// What was found first.
    pub finding: Finding,
    /// The operations whose answers broke the promise.
    pub operations: Vec<String>,
    /// Names of the cases, in the order in which they came.
    pub cases: Vec<String>,
}

/// The causes of a run, in the order in which they were seen.
#[derive(Debug, Clone, Default)]
pub struct Causes(Vec<Cause>);

/// What a finding adds to what is known.
#[derive(Debug, Clone, Copy)]
pub enum Seen<'a> {
    /// A new cause.
    New,
    /// A known cause in another case.
    InAnotherCase(&'a Cause),
    /// A known cause in a case that has told of it.
    Again,
}

impl Causes {
    /// Adds a finding of a case. The findings of one case come together.
    pub fn add(&mut self, case: &str, finding: &Finding) -> Seen<'_> {
        let Some(index) = self.index(finding) else {
            self.0.push(Cause {
                finding: finding.clone(),
                operations: vec![finding.operation.clone()],
                cases: vec![case.to_owned()],
            });
            return Seen::New;
        };
        let known = &mut self.0[index];
        if !known.operations.contains(&finding.operation) {
            known.operations.push(finding.operation.clone());
        }
        if known.cases.last().is_some_and(|last| last == case) {
            return Seen::Again;
        }
        known.cases.push(case.to_owned());
        Seen::InAnotherCase(known)
    }

    /// Whether a finding has a cause that was seen already.
    pub fn knows(&self, finding: &Finding) -> bool {
        self.index(finding).is_some()
    }

    fn index(&self, finding: &Finding) -> Option<usize> {
        let same = |cause: &Cause| cause.finding.same_cause(finding);
        self.0.iter().position(same)
    }

    /// The causes, the most frequent first.
    pub fn by_frequency(&self) -> Vec<&Cause> {
        let mut causes: Vec<&Cause> = self.0.iter().collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.cases.len()));
        causes
    }
}

impl Cause {
    /// The case that it was seen in first.
    pub fn first_case(&self) -> &str {
        self.cases.first().map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::finding::sample;
    use crate::outcome::{CheckId, Level, ResponsePlace};

    #[test]
    fn a_cause_counts_its_cases_and_names_its_operations() {
        let place = ResponsePlace::Header("X".to_owned());
        let finding = |operation: &str, level| Finding {
            level,
            ..sample(CheckId::Header, operation, place.clone(), None)
        };
        let mut causes = Causes::default();
        for (case, operation) in [("a", "ListPet"), ("a", "FetchPet"), ("b", "FetchPet")] {
            causes.add(case, &finding(operation, Level::Warning));
        }
        let all = causes.by_frequency();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].operations, ["ListPet", "FetchPet"]);
        assert_eq!(all[0].cases, ["a", "b"]);
        assert!(!causes.knows(&finding("ListPet", Level::Failure)));
    }
}
