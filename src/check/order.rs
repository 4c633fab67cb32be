//! Times follow each other as they must.

use serde_json::Value;

use super::view::{View, body_place, instant, show};
use crate::outcome::Finding;
use crate::place::pointer;

pub(super) const ID: &str = "order";

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
                ID,
                body_place(&node.pointer()),
                &pointer::join(&shape.pointer, "x-trueup-not-before"),
                format!("the time is before '{name}'"),
                format!("{} or later", show(other)),
                show(value),
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
                findings.push(
                    view.finding(
                        ID,
                        body_place(&format!("{}/{}", node.pointer(), index + 1)),
                        &pointer::join(&shape.pointer, "x-trueup-newest-first"),
                        format!("the items are not ordered by '{name}', newest first"),
                        "no item newer than the one before it",
                        items[index + 1]
                            .get(name)
                            .map_or_else(|| "nothing".to_owned(), show),
                    ),
                );
            }
        }
    }
    findings
}
