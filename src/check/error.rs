//! An error is the promised one, and tells the truth about itself.

use serde_json::Value;

use super::view::View;
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind};
use crate::place::{InstancePath, pointer};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let mut findings = consistency(view);
    let promised = view.expectation.status.error(view.call.operation);
    let (Some(response), Some(error)) = (view.response, promised) else {
        return findings;
    };
    // Why there is no body is told by other rules.
    if response.status != error.status || view.body.is_none() {
        return findings;
    }
    for (name, expected) in &error.body {
        let actual = view.body.and_then(|body| body.get(name));
        if actual != Some(expected) {
            findings.push(view.finding(
                CheckId::Error,
                InstancePath::root().join(name).into(),
                &pointer::join(&pointer::join(&error.pointer, "body"), name),
                FindingKind::PromisedMember {
                    name: name.clone(),
                    error: error.name.clone(),
                    expected: Excerpt::of(expected),
                    actual: Excerpt::of_optional(actual),
                },
            ));
        }
    }
    findings
}

/// Members that repeat the status or another member.
fn consistency(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(response) = view.response else {
        return findings;
    };
    for node in view.nodes.iter() {
        let (value, shape) = (node.value, node.shape);
        if shape.http_status
            && value.is_number()
            && value.as_u64() != Some(u64::from(response.status.0))
        {
            findings.push(view.finding(
                CheckId::Error,
                node.path().into(),
                &pointer::join(&shape.pointer, "x-trueup-http-status"),
                FindingKind::StatusMember {
                    expected: response.status,
                    actual: Excerpt::of(value),
                },
            ));
        }
        if let (Some(name), Some(text)) = (&shape.ends_with, value.as_str())
            && let Some(other) = node.beside(name)
        {
            let suffix = match other {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            // `.../errors/20404` ends with 404 as text, but not with the code 404.
            let whole = text
                .strip_suffix(&suffix)
                .is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_digit()));
            if !whole {
                findings.push(view.finding(
                    CheckId::Error,
                    node.path().into(),
                    &pointer::join(&shape.pointer, "x-trueup-ends-with"),
                    FindingKind::WrongSuffix {
                        member: name.clone(),
                        suffix,
                        actual: Excerpt::of(value),
                    },
                ));
            }
        }
    }
    findings
}
