//! A value is one of those that are listed.

use super::view::{View, body_place};
use crate::outcome::Finding;
use crate::schema::Violation;

pub(super) const ID: &str = "enum";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    view.violations
        .iter()
        .filter(|violation| violation.keyword == ID)
        // A value of another type is told by another rule.
        .filter(|violation| {
            let same = |other: &&Violation| {
                other.keyword == "type" && other.instance == violation.instance
            };
            view.violations.iter().find(same).is_none()
        })
        .map(|violation| {
            view.finding(
                ID,
                body_place(&violation.instance),
                &violation.schema,
                "the value is not one of those that are listed",
                &violation.expected,
                view.seen(&violation.instance),
            )
        })
        .collect()
}
