//! One broken promise.

use serde::Serialize;

use crate::place::Place;

/// How much a broken promise weighs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Level {
    /// It fails the case.
    #[default]
    Failure,
    /// It is told, and nothing more: the contract says that servers may do without.
    Warning,
}

/// One broken promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it weighs. Reports keep warnings apart from failures and need not repeat it.
    #[serde(skip)]
    pub level: Level,
    /// Identifier of the check that found it.
    pub check: &'static str,
    /// The operation whose answer broke the promise.
    pub operation: String,
    /// Where in the answer: `status`, `header Content-Type`, `body /asset_versions/0/sid`.
    pub place: String,
    /// Where the promise stands; none for a promise of HTTP or JSON itself.
    pub promise: Option<Place>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What was promised.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// A command that sends the request again.
    pub curl: String,
}

impl Finding {
    /// Whether two findings tell of the same broken promise, perhaps in different cases, in
    /// different items of a list, or in answers of different operations that share the promise. A
    /// warning that stands in many places with the same words is one.
    pub fn same_cause(&self, other: &Self) -> bool {
        // Every scenario asks for a success, and for its body, at a place of its own. What it wants
        // refused breaks another promise each time.
        let asked_for = match self.check {
            "status" => self.expected.starts_with('2'),
            check => check == "expectation",
        };
        let alike = match (self.level, &self.promise) {
            (Level::Warning, _) => self.message == other.message,
            (Level::Failure, _) if asked_for => {
                self.operation == other.operation && self.message == other.message
            }
            (Level::Failure, Some(_)) => self.promise == other.promise,
            (Level::Failure, None) => other.promise.is_none() && self.operation == other.operation,
        };
        alike
            && self.level == other.level
            && self.check == other.check
            && steps(&self.place).eq(steps(&other.place))
    }

    /// The place in the answer, with `*` for the numbers of items.
    pub fn place_of_all(&self) -> String {
        steps(&self.place).collect::<Vec<_>>().join("/")
    }
}

/// The steps of a place, all indexes being alike.
fn steps(place: &str) -> impl Iterator<Item = &str> {
    place.split('/').map(|step| {
        if !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()) {
            "*"
        } else {
            step
        }
    })
}

/// A finding for tests.
#[cfg(test)]
pub(super) fn sample(
    check: &'static str,
    operation: &str,
    place: &str,
    promise: Option<&str>,
) -> Finding {
    Finding {
        level: Level::Failure,
        check,
        operation: operation.to_owned(),
        place: place.to_owned(),
        promise: promise.map(|pointer| Place {
            file: "openapi.yaml".to_owned(),
            line: None,
            pointer: pointer.to_owned(),
        }),
        message: String::new(),
        expected: String::new(),
        actual: String::new(),
        curl: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(operation: &str, place: &str, promise: Option<&str>) -> Finding {
        sample("required", operation, place, promise)
    }

    #[test]
    fn items_of_a_list_share_their_cause() {
        let first = at("ListPets", "body /pets/0/name", None);
        assert!(first.same_cause(&at("ListPets", "body /pets/12/name", None)));
        assert!(!first.same_cause(&at("ListPets", "body /pets/0/id", None)));
        assert_eq!(first.place_of_all(), "body /pets/*/name");
    }

    #[test]
    fn a_refusal_is_one_cause_whoever_meets_it() {
        let status = |promise: &str, expected: &str| Finding {
            expected: expected.to_owned(),
            ..sample("status", "CreatePet", "status", Some(promise))
        };
        assert!(status("/scenarios/0", "201").same_cause(&status("/scenarios/1", "201")));
        assert!(!status("/scenarios/0", "4xx").same_cause(&status("/scenarios/1", "4xx")));
    }

    #[test]
    fn operations_share_a_cause_where_they_share_the_promise() {
        let first = at("FetchPet", "body /name", Some("/schemas/pet"));
        assert!(first.same_cause(&at("UpdatePet", "body /name", Some("/schemas/pet"))));
        assert!(!first.same_cause(&at("UpdatePet", "body /name", Some("/schemas/dog"))));
        let nowhere = at("FetchPet", "response", None);
        assert!(!nowhere.same_cause(&at("UpdatePet", "response", None)));
    }
}
