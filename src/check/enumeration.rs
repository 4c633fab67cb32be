//! A value is one of those that are listed.

use super::view::{View, body_place};
use crate::outcome::Finding;

pub(super) const ID: &str = "enum";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    view.violations
        .iter()
        .filter(|violation| violation.keyword == ID)
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
