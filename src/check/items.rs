//! A list, all its pages together, holds the items that it must, each once.

use serde_json::Value;

use super::checker::Checker;
use super::expectation::differences;
use super::expected::Sample;
use crate::codec::Call;
use crate::contract::Contract;
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind, Level};
use crate::place::{InstancePath, Place};
use crate::wire::{Exchange, curl};

/// What a list must hold, templates filled. A text is an id; an object is compared with the item
/// of the same id.
#[derive(Debug, Clone, Default)]
pub struct ExpectedList {
    /// All the items, in any order.
    pub exactly: Option<Vec<Value>>,
    /// Items that must be there.
    pub include: Vec<Value>,
    /// Items that must not be there.
    pub exclude: Vec<Value>,
    /// The largest number of items.
    pub most: Option<u64>,
    /// Members that may differ.
    pub except: Vec<String>,
}

/// Judges the items of a list, gathered from all pages that were fetched. `exchange` is the first
/// of them, `place` is where the expectation is written.
pub fn judge_list(
    checker: &Checker,
    contract: &Contract,
    call: &Call<'_>,
    exchange: &Exchange,
    items: &[Value],
    expected: &ExpectedList,
    place: &Place,
) -> Vec<Finding> {
    let operation = call.operation;
    let (Some(resource), Some(items_at)) = (
        contract.resource_served_by(operation),
        contract.items_of(operation),
    ) else {
        return Vec::new();
    };
    let id_of = |value: &Value| match value {
        Value::Object(members) => members.get(&resource.id).cloned(),
        other => Some(other.clone()),
    };
    let shape = checker.shapes().at(&resource.schema);
    let mut findings = Vec::new();
    let mut report = |promise: Place, kind: FindingKind| {
        findings.push(Finding {
            level: Level::Failure,
            check: CheckId::Items,
            operation: operation.id.clone(),
            place: InstancePath::new(&items_at).into(),
            promise: Some(promise),
            kind,
            curl: curl(&exchange.request),
        });
    };
    let paging = operation.paging.as_ref();
    let collection = paging.map_or(&operation.pointer, |paging| &paging.pointer);
    let ids: Vec<Option<Value>> = items.iter().map(id_of).collect();
    for (index, id) in ids.iter().enumerate() {
        if id.is_some() && ids[..index].contains(id) {
            let item = Excerpt::of(&items[index]);
            report(
                contract.document.place(collection),
                FindingKind::ItemTwice { item },
            );
        }
    }
    let wanted = expected.exactly.iter().flatten().chain(&expected.include);
    for wanted in wanted {
        let id = id_of(wanted);
        let Some(index) = ids.iter().position(|other| *other == id) else {
            let kind = FindingKind::ItemMissing {
                id: Excerpt::of(id.as_ref().unwrap_or(wanted)),
                others: items.len(),
            };
            report(place.clone(), kind);
            continue;
        };
        if wanted.is_object() {
            let sample = Sample {
                body: wanted,
                except: &expected.except,
            };
            for difference in differences(checker.shapes(), shape, &sample, &items[index]) {
                let kind = FindingKind::ItemDiffers {
                    at: difference.at,
                    expected: difference.expected,
                    actual: difference.actual,
                };
                report(place.clone(), kind);
            }
        }
    }
    for unwanted in &expected.exclude {
        let id = id_of(unwanted);
        if ids.contains(&id) {
            let id = Excerpt::of_optional(id.as_ref());
            report(place.clone(), FindingKind::ItemUnwanted { id });
        }
    }
    if let Some(limit) = expected.most.filter(|most| items.len() as u64 > *most) {
        let actual = items.len();
        report(place.clone(), FindingKind::PageTooLong { limit, actual });
    }
    if let Some(exactly) = &expected.exactly {
        for (index, id) in ids.iter().enumerate() {
            if !exactly.iter().any(|wanted| id_of(wanted) == *id) {
                let kind = FindingKind::ItemTooMany {
                    expected: exactly.len(),
                    item: Excerpt::of(&items[index]),
                };
                report(place.clone(), kind);
            }
        }
    }
    findings
}
