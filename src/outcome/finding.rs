//! One broken promise.

use std::fmt;

use super::{CheckId, FindingKind};
use crate::place::{InstancePath, Place};

/// How much a broken promise weighs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Level {
    /// It fails the case.
    #[default]
    Failure,
    /// It is reported and fails nothing: the contract says that servers may do without.
    Warning,
}

/// Where in a response something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponsePlace {
    /// The whole response, or that there is none.
    Response,
    /// The status.
    Status,
    /// The header of this name.
    Header(String),
    /// A value in the body.
    Body(InstancePath),
    /// A header of a part of the body.
    PartHeader {
        /// The part.
        part: InstancePath,
        /// Name of the header.
        name: String,
    },
    /// Not in a response: the case itself.
    Case,
}

impl ResponsePlace {
    /// The whole body.
    pub fn body() -> Self {
        Self::Body(InstancePath::root())
    }

    /// The place with `*` in place of the index of each item.
    pub fn of_all_items(&self) -> String {
        match self {
            Self::Body(path) if path.as_str().is_empty() => "body".to_owned(),
            Self::Body(path) => format!("body {}", path.of_all_items()),
            other => other.to_string(),
        }
    }

    /// Whether two places differ at most in the indexes of items.
    pub fn is_same_apart_from_items(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Body(one), Self::Body(other)) => one.is_same_apart_from_items(other),
            (
                Self::PartHeader { part, name },
                Self::PartHeader {
                    part: other_part,
                    name: other_name,
                },
            ) => name == other_name && part.is_same_apart_from_items(other_part),
            (one, other) => one == other,
        }
    }
}

impl From<InstancePath> for ResponsePlace {
    fn from(path: InstancePath) -> Self {
        Self::Body(path)
    }
}

impl fmt::Display for ResponsePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = |f: &mut fmt::Formatter<'_>, path: &InstancePath| match path.as_str() {
            "" => f.write_str("body"),
            path => write!(f, "body {path}"),
        };
        match self {
            Self::Response => f.write_str("response"),
            Self::Status => f.write_str("status"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Body(path) => body(f, path),
            Self::PartHeader { part, name } => {
                body(f, part)?;
                write!(f, ", header {name}")
            }
            Self::Case => f.write_str("case"),
        }
    }
}

/// One broken promise.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How much it weighs.
    pub level: Level,
    /// The check that found it.
    pub check: CheckId,
    /// `operationId` of the operation whose response broke the promise.
    pub operation: String,
    /// Where in the response.
    pub place: ResponsePlace,
    /// Where the promise is written; `None` for a promise of HTTP or JSON itself.
    pub promise: Option<Place>,
    /// What is wrong.
    pub kind: FindingKind,
    /// A command that sends the request again; empty if there is none.
    pub curl: String,
}

impl Finding {
    /// Whether two findings report the same broken promise, perhaps in different cases, in
    /// different items of a list, or in responses of different operations that share the promise.
    /// Warnings about the same problem are one, wherever the promise is written.
    pub fn same_cause(&self, other: &Self) -> bool {
        let is_same_problem = || self.kind.is_same_problem(&other.kind);
        let is_alike = match (self.level, &self.promise) {
            (Level::Warning, _) => is_same_problem(),
            (Level::Failure, _) if self.kind.is_promised_by_case() => {
                self.operation == other.operation && is_same_problem()
            }
            (Level::Failure, Some(_)) => self.promise == other.promise,
            (Level::Failure, None) => other.promise.is_none() && self.operation == other.operation,
        };
        is_alike
            && self.level == other.level
            && self.check == other.check
            && self.place.is_same_apart_from_items(&other.place)
    }
}

/// A finding for tests.
#[cfg(test)]
pub(super) fn sample(
    check: CheckId,
    operation: &str,
    place: ResponsePlace,
    promise: Option<&str>,
) -> Finding {
    Finding {
        level: Level::Failure,
        check,
        operation: operation.to_owned(),
        place,
        promise: promise.map(|pointer| Place {
            file: "openapi.yaml".to_owned(),
            line: None,
            pointer: pointer.to_owned(),
        }),
        kind: FindingKind::MissingProperty {
            name: "name".to_owned(),
        },
        curl: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Excerpt;
    use crate::wire::{Status, StatusSet};

    fn at(operation: &str, path: &str, promise: Option<&str>) -> Finding {
        let place = ResponsePlace::Body(InstancePath::new(path));
        sample(CheckId::Required, operation, place, promise)
    }

    #[test]
    fn items_of_a_list_share_their_cause() {
        let first = at("ListPets", "/pets/0/name", None);
        assert!(first.same_cause(&at("ListPets", "/pets/12/name", None)));
        assert!(!first.same_cause(&at("ListPets", "/pets/0/id", None)));
        assert_eq!(first.place.of_all_items(), "body /pets/*/name");
    }

    #[test]
    fn places_have_stable_texts() {
        let part = InstancePath::new("/0");
        let name = "X".to_owned();
        for (place, text) in [
            (ResponsePlace::body(), "body"),
            (ResponsePlace::from(part.clone()), "body /0"),
            (ResponsePlace::Header(name.clone()), "header X"),
            (
                ResponsePlace::PartHeader { part, name },
                "body /0, header X",
            ),
            (ResponsePlace::Status, "status"),
            (ResponsePlace::Response, "response"),
            (ResponsePlace::Case, "case"),
        ] {
            assert_eq!(place.to_string(), text);
        }
        assert_eq!(ResponsePlace::body().of_all_items(), "body");
    }

    #[test]
    fn a_failed_success_is_one_cause_in_all_cases() {
        let status = |promise: &str, expected: StatusSet| Finding {
            kind: FindingKind::UnexpectedStatus {
                expected,
                actual: Status(500),
                body: Excerpt::of_text(promise),
            },
            ..sample(
                CheckId::Status,
                "CreatePet",
                ResponsePlace::Status,
                Some(promise),
            )
        };
        let is_one = |expected: StatusSet| {
            let first = status("/scenarios/0", expected.clone());
            first.same_cause(&status("/scenarios/1", expected))
        };
        assert!(is_one(StatusSet::Exact(Status(201))));
        assert!(is_one(StatusSet::Success(Vec::new())));
        assert!(!is_one(StatusSet::ClientError));
        let other = status("/scenarios/0", StatusSet::Exact(Status(200)));
        assert!(!other.same_cause(&status("/scenarios/0", StatusSet::Exact(Status(201)))));
    }

    #[test]
    fn operations_share_a_cause_where_they_share_the_promise() {
        let first = at("FetchPet", "/name", Some("/schemas/pet"));
        assert!(first.same_cause(&at("UpdatePet", "/name", Some("/schemas/pet"))));
        assert!(!first.same_cause(&at("UpdatePet", "/name", Some("/schemas/dog"))));
        let nowhere = at("FetchPet", "", None);
        assert!(!nowhere.same_cause(&at("UpdatePet", "", None)));
    }
}
