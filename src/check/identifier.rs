//! An identifier has the shape of its kind.

use std::collections::BTreeSet;

use serde_json::Value;

use super::view::View;
use super::violation::of_check;
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind};
use crate::place::InstancePath;
use crate::schema::Violation;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let mut reported = BTreeSet::new();
    let mut violations: Vec<&Violation> = of_check(view, CheckId::Identifier).collect();
    // The pattern says most; length limits on the same value repeat it.
    violations.sort_by_key(|violation| violation.keyword != "pattern");
    violations
        .into_iter()
        .filter(|violation| reported.insert(violation.instance.clone()))
        .map(|violation| {
            let place = InstancePath::new(&violation.instance);
            let value = view.value_at(&place);
            let other = value
                .and_then(Value::as_str)
                .and_then(|id| kind_of(view, id));
            view.finding(
                CheckId::Identifier,
                place.into(),
                &violation.schema,
                FindingKind::IdentifierFormat {
                    expected: violation.expected.clone(),
                    other: other.map(str::to_owned),
                    actual: Excerpt::of_optional(value),
                },
            )
        })
        .collect()
}

/// The resource whose ids look like this text.
fn kind_of<'a>(view: &View<'a>, text: &str) -> Option<&'a str> {
    view.contract
        .resources
        .iter()
        .find(|resource| {
            let shape = view.checker.shapes().at(&resource.schema);
            shape
                .and_then(|shape| view.checker.shapes().member(shape, &resource.id))
                .is_some_and(|id| id.pattern.is_some() && view.fits(id, text))
        })
        .map(|resource| resource.name.as_str())
}
