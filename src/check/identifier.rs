//! An identifier has the shape of its kind.

use std::collections::BTreeSet;

use super::view::{View, body_place};
use crate::outcome::Finding;
use crate::schema::Violation;

pub(super) const ID: &str = "identifier";

/// Whether a violation is about the shape of an identifier.
pub(super) fn claims(view: &View<'_>, violation: &Violation) -> bool {
    matches!(
        violation.keyword.as_str(),
        "pattern" | "minLength" | "maxLength"
    ) && view
        .shape
        .and_then(|shape| view.checker.shapes().below(shape, &violation.instance))
        .is_some_and(|shape| shape.identifier.is_some())
}

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let mut told = BTreeSet::new();
    let mut claimed: Vec<&Violation> = view
        .violations
        .iter()
        .filter(|violation| claims(view, violation))
        .collect();
    // The pattern says most; length limits on the same value repeat it.
    claimed.sort_by_key(|violation| violation.keyword != "pattern");
    claimed
        .into_iter()
        .filter(|violation| told.insert(violation.instance.clone()))
        .map(|violation| {
            let seen = view.seen(&violation.instance);
            let text = seen.trim_matches('"');
            let message = match kind_of(view, text) {
                Some(kind) => format!("this is an id of another kind, {kind}"),
                None => "the id does not have the shape of its kind".to_owned(),
            };
            view.finding(
                ID,
                body_place(&violation.instance),
                &violation.schema,
                message,
                &violation.expected,
                seen,
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
