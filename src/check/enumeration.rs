//! A value is one of those that are listed.

use super::view::View;
use super::violation::of_check;
use crate::outcome::{Carrier, CheckId, Excerpt, Finding, FindingKind};
use crate::place::InstancePath;
use crate::schema::Violation;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    of_check(view, CheckId::Enum)
        // Another rule reports a value of the wrong type.
        .filter(|violation| {
            let same = |other: &&Violation| {
                other.keyword == "type" && other.instance == violation.instance
            };
            view.violations.iter().find(same).is_none()
        })
        .map(|violation| {
            let place = InstancePath::new(&violation.instance);
            let actual = Excerpt::of_optional(view.value_at(&place));
            view.finding(
                CheckId::Enum,
                place.into(),
                &violation.schema,
                FindingKind::Schema {
                    carrier: Carrier::Body,
                    keyword: violation.keyword.clone(),
                    expected: violation.expected.clone(),
                    actual,
                },
            )
        })
        .collect()
}
