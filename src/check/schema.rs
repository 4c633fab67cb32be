//! The body keeps its schema: every violation that no other rule reports.

use serde_json::Value;

use super::view::View;
use super::violation::of_check;
use crate::outcome::{Carrier, CheckId, Excerpt, Finding, FindingKind};
use crate::place::{InstancePath, pointer};
use crate::schema::Violation;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    of_check(view, CheckId::Schema)
        .map(|violation| {
            let place = InstancePath::new(&violation.instance);
            let value = view.value_at(&place);
            view.finding(
                CheckId::Schema,
                place.into(),
                &promise(view, violation, value),
                FindingKind::Schema {
                    carrier: Carrier::Body,
                    keyword: violation.keyword.clone(),
                    expected: violation.expected.clone(),
                    actual: Excerpt::of_optional(value),
                },
            )
        })
        .collect()
}

/// A null is forbidden by `nullable` where the schema has that keyword.
fn promise(view: &View<'_>, violation: &Violation, value: Option<&Value>) -> String {
    if violation.keyword == "type"
        && value.is_some_and(Value::is_null)
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
