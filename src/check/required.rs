//! Every required property is there.

use serde_json::Value;

use super::view::{View, body_place};
use crate::outcome::Finding;
use crate::place::pointer;

pub(super) const ID: &str = "required";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    view.violations
        .iter()
        .filter(|violation| violation.keyword == "required")
        .map(|violation| {
            let name = violation.property.as_deref().unwrap_or_default();
            view.finding(
                ID,
                body_place(&pointer::join(&violation.instance, name)),
                &entry(view, &violation.schema, name),
                format!("the required property '{name}' is missing"),
                &violation.expected,
                "no such property",
            )
        })
        .collect()
}

/// The entry of the list of required names that names this property.
fn entry(view: &View<'_>, list: &str, name: &str) -> String {
    view.contract
        .document
        .get(list)
        .and_then(Value::as_array)
        .and_then(|names| names.iter().position(|n| n == name))
        .map_or_else(
            || list.to_owned(),
            |index| pointer::join(list, &index.to_string()),
        )
}
