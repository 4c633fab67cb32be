//! The body keeps its schema: every keyword that no other rule tells of.

use serde_json::Value;

use super::view::{View, body_place};
use super::{identifier, undocumented};
use crate::outcome::Finding;
use crate::place::pointer;
use crate::schema::Violation;

pub(super) const ID: &str = "schema";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    view.violations
        .iter()
        .filter(|violation| {
            !matches!(violation.keyword.as_str(), "required" | "enum")
                && !undocumented::closes(&violation.keyword)
                && !identifier::claims(view, violation)
        })
        .map(|violation| {
            let seen = view.seen(&violation.instance);
            view.finding(
                ID,
                body_place(&violation.instance),
                &promise(view, violation, &seen),
                message(violation, &seen),
                &violation.expected,
                seen,
            )
        })
        .collect()
}

fn message(violation: &Violation, seen: &str) -> String {
    match violation.keyword.as_str() {
        "type" if seen == "null" => "null is not allowed here".to_owned(),
        "type" => "the value has another type".to_owned(),
        "format" => "the text does not have its format".to_owned(),
        "pattern" => "the text does not match its pattern".to_owned(),
        keyword => format!("the value breaks '{keyword}'"),
    }
}

/// A null is forbidden by `nullable` where the schema has that keyword.
fn promise(view: &View<'_>, violation: &Violation, seen: &str) -> String {
    if violation.keyword == "type"
        && seen == "null"
        && let Some((schema, _)) = pointer::split_last(&violation.schema)
        && view
            .contract
            .document
            .get(schema)
            .is_some_and(|schema: &Value| schema.get("nullable").is_some())
    {
        return pointer::join(schema, "nullable");
    }
    violation.schema.clone()
}
