//! Findings of one cause.

use super::Finding;

/// A broken promise, and the cases that it was seen in.
#[derive(Debug, Clone)]
pub struct Cause {
    /// What was found first.
    pub finding: Finding,
    /// The operations whose answers broke the promise.
    pub operations: Vec<String>,
    /// The case that it was found in first.
    pub first_case: String,
    /// Number of cases.
    pub cases: usize,
    last_case: String,
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
        let Some(index) = self
            .0
            .iter()
            .position(|cause| cause.finding.same_cause(finding))
        else {
            self.0.push(Cause {
                finding: finding.clone(),
                operations: vec![finding.operation.clone()],
                first_case: case.to_owned(),
                cases: 1,
                last_case: case.to_owned(),
            });
            return Seen::New;
        };
        let known = &mut self.0[index];
        if !known.operations.contains(&finding.operation) {
            known.operations.push(finding.operation.clone());
        }
        if known.last_case == case {
            return Seen::Again;
        }
        known.cases += 1;
        case.clone_into(&mut known.last_case);
        Seen::InAnotherCase(known)
    }

    /// The causes, the most frequent first.
    pub fn by_frequency(&self) -> Vec<&Cause> {
        let mut causes: Vec<&Cause> = self.0.iter().collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.cases));
        causes
    }
}

impl Cause {
    /// The operations in few words: the first one, and how many more there are.
    pub fn operations_in_short(&self) -> String {
        match self.operations.as_slice() {
            [only] => only.clone(),
            [first, others @ ..] => format!("{first} and {} more", others.len()),
            [] => String::new(),
        }
    }
}
