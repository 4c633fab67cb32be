//! Documented headers are there and have their types.

use serde_json::Value;

use super::view::View;
use crate::contract::HeaderPromise;
use crate::outcome::{Finding, Level};
use crate::spec::Direction;
use crate::wire::pointer;

pub(super) const ID: &str = "header";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(promise)) = (view.response, view.promise) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for header in &promise.headers {
        let mut found = judge_one(view, header, response.headers.text(&header.name));
        if header.advisory {
            for finding in &mut found {
                finding.level = Level::Warning;
            }
        }
        findings.extend(found);
    }
    findings
}

fn judge_one(view: &View<'_>, header: &HeaderPromise, text: Option<String>) -> Vec<Finding> {
    let place = format!("header {}", header.name);
    let Some(text) = text else {
        let missing = header.required.then(|| {
            view.finding(
                ID,
                place,
                &pointer::join(&header.pointer, "required"),
                "the required header is missing",
                "the header",
                "no such header",
            )
        });
        return missing.into_iter().collect();
    };
    let Some(schema) = &header.schema else {
        return Vec::new();
    };
    let mut value = typed(view, header, &text);
    let violations = view
        .checker
        .validators
        .violations(schema, Direction::Response, &mut value);
    violations
        .iter()
        .map(|violation| {
            view.finding(
                ID,
                &place,
                &violation.schema,
                "the value of the header breaks its schema",
                &violation.expected,
                &text,
            )
        })
        .collect()
}

/// The value that a header's text stands for, by the type in its schema; the text itself if it is
/// no such value.
fn typed(view: &View<'_>, header: &HeaderPromise, text: &str) -> Value {
    let schema = header
        .schema
        .as_ref()
        .and_then(|schema| view.contract.document.get(schema));
    let kind = |schema: Option<&Value>| {
        schema
            .and_then(|schema| schema.get("type"))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let one = |kind: Option<String>, text: &str| match kind.as_deref() {
        Some("boolean" | "integer" | "number") => serde_json::from_str::<Value>(text)
            .ok()
            .filter(|value| value.is_boolean() || value.is_number())
            .unwrap_or_else(|| Value::from(text)),
        _ => Value::from(text),
    };
    if kind(schema).as_deref() == Some("array") {
        let items = schema.and_then(|schema| schema.get("items"));
        return text
            .split(',')
            .map(|item| one(kind(items), item.trim()))
            .collect();
    }
    one(kind(schema), text.trim())
}
