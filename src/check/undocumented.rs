//! No property is there that the document does not know: where its schemas are closed, and with
//! `--strict` everywhere.

use serde_json::Value;

use super::view::View;
use super::violation::of_check;
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind, ResponsePlace};
use crate::place::InstancePath;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = of_check(view, CheckId::Undocumented)
        .filter_map(|violation| {
            let name = violation.property.clone()?;
            let place = InstancePath::new(&violation.instance).join(&name);
            let actual = Excerpt::of_optional(view.value_at(&place));
            Some(view.finding(
                CheckId::Undocumented,
                place.into(),
                &violation.schema,
                FindingKind::UndocumentedProperty {
                    name,
                    strict: false,
                    actual,
                },
            ))
        })
        .collect();
    if view.checker.is_strict() {
        for node in view.nodes.iter() {
            let shape = node.shape;
            let Value::Object(members) = node.value else {
                continue;
            };
            if shape.properties.is_empty() || shape.additional.is_some() || shape.open {
                continue;
            }
            for (name, value) in members {
                let place = ResponsePlace::from(node.path().join(name));
                if !shape.properties.contains_key(name)
                    && !findings.iter().any(|finding| finding.place == place)
                {
                    findings.push(view.finding(
                        CheckId::Undocumented,
                        place,
                        &shape.pointer,
                        FindingKind::UndocumentedProperty {
                            name: name.clone(),
                            strict: true,
                            actual: Excerpt::of(value),
                        },
                    ));
                }
            }
        }
    }
    findings
}
