//! Times follow each other as they must.

use serde_json::Value;

use super::view::{View, instant};
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind};
use crate::place::pointer;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for node in view.nodes.iter() {
        let (value, shape) = (node.value, node.shape);
        if let Some(name) = &shape.not_before
            && let Some(other) = node.beside(name)
            && let (Some(time), Some(earliest)) = (instant(value), instant(other))
            && time < earliest
        {
            findings.push(view.finding(
                CheckId::Order,
                node.path().into(),
                &pointer::join(&shape.pointer, "x-trueup-not-before"),
                FindingKind::TooEarly {
                    member: name.clone(),
                    earliest: Excerpt::of(other),
                    actual: Excerpt::of(value),
                },
            ));
        }
        if let (Some(name), Value::Array(items)) = (&shape.newest_first, value) {
            let times: Vec<_> = items
                .iter()
                .map(|item| item.get(name).and_then(instant))
                .collect();
            let wrong = times
                .windows(2)
                .position(|pair| matches!(pair, [Some(a), Some(b)] if a < b));
            if let Some(index) = wrong {
                findings.push(view.finding(
                    CheckId::Order,
                    node.path().item(index + 1).into(),
                    &pointer::join(&shape.pointer, "x-trueup-newest-first"),
                    FindingKind::NotNewestFirst {
                        member: name.clone(),
                        actual: Excerpt::of_optional(items[index + 1].get(name)),
                    },
                ));
            }
        }
    }
    findings
}
