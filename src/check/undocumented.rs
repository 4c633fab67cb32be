//! No property is there that the document does not know: where its schemas are closed, and with
//! `--strict` everywhere.

use serde_json::Value;

use super::view::{View, body_place};
use crate::outcome::Finding;
use crate::place::pointer;

pub(super) const ID: &str = "undocumented";

/// Whether a keyword closes an object.
pub(super) fn closes(keyword: &str) -> bool {
    matches!(keyword, "additionalProperties" | "unevaluatedProperties")
}

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = view
        .violations
        .iter()
        .filter(|violation| closes(&violation.keyword))
        .filter_map(|violation| {
            let name = violation.property.as_deref()?;
            let place = pointer::join(&violation.instance, name);
            Some(view.finding(
                ID,
                body_place(&place),
                &violation.schema,
                format!("the property '{name}' is not documented"),
                &violation.expected,
                view.seen(&place),
            ))
        })
        .collect();
    if view.checker.strict {
        for node in view.nodes.iter() {
            let shape = node.shape;
            let Value::Object(members) = node.value else {
                continue;
            };
            if shape.properties.is_empty() || shape.additional.is_some() || shape.open {
                continue;
            }
            for (name, value) in members {
                let place = body_place(&pointer::join(&node.pointer(), name));
                if !shape.properties.contains_key(name)
                    && !findings.iter().any(|f: &Finding| f.place == place)
                {
                    findings.push(view.finding(
                        ID,
                        place,
                        &shape.pointer,
                        format!("the property '{name}' is not documented (--strict)"),
                        "no such property",
                        super::view::show(value),
                    ));
                }
            }
        }
    }
    findings
}
