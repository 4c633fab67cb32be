//! Every required property is there.

use serde_json::Value;

use super::view::View;
use super::violation::of_check;
use crate::outcome::{CheckId, Finding, FindingKind};
use crate::place::{InstancePath, pointer};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    of_check(view, CheckId::Required)
        .map(|violation| {
            let name = violation.property.clone().unwrap_or_default();
            view.finding(
                CheckId::Required,
                InstancePath::new(&violation.instance).join(&name).into(),
                &entry(view, &violation.schema, &name),
                FindingKind::MissingProperty { name },
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
