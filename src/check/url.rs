//! URLs lead to the target, and to what they say they lead to.

use std::borrow::Cow;

use serde_json::Value;

use super::node::Node;
use super::view::View;
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind};
use crate::place::pointer;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !view.is_success() {
        return findings;
    }
    for node in view.nodes.iter() {
        let (Some(template), Some(actual)) = (&node.shape.url, node.value.as_str()) else {
            continue;
        };
        let Ok(path) = template.expand(|name| variable(view, name, node)) else {
            // The property that the path needs is missing, which another rule tells.
            continue;
        };
        let expected = format!("{}{path}", view.call.base);
        if actual != expected {
            findings.push(view.finding(
                CheckId::Url,
                node.path().into(),
                &pointer::join(&node.shape.pointer, "x-trueup-url"),
                FindingKind::WrongUrl {
                    expected,
                    actual: Excerpt::of(node.value),
                },
            ));
        }
    }
    findings
}

/// The value of a variable: what the request says, else a property of the nearest object that has
/// it. The request is the better witness, so that a wrong id is told once.
fn variable<'a>(view: &View<'a>, name: &str, node: Node<'_, 'a>) -> Option<Cow<'a, str>> {
    let own = node.around().find_map(|object| object.get(name));
    let sent = view.call.path_value(name).filter(|sent| {
        view.call.operation.paging.is_none()
            && view
                .shape
                .and_then(|shape| view.checker.shapes().member(shape, name))
                .is_some_and(|shape| shape.pattern.is_some() && view.fits(shape, sent))
    });
    match (sent, own?) {
        (Some(sent), _) => Some(Cow::Borrowed(sent)),
        (None, Value::String(text)) if !text.is_empty() => Some(Cow::Borrowed(text)),
        (None, Value::Number(number)) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}
