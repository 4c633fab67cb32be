//! A list, all its pages together, holds the items that it must, each once.

use serde_json::Value;

use super::Checker;
use super::expectation::{Sample, differences};
use super::view::{body_place, show};
use crate::codec::Call;
use crate::contract::Contract;
use crate::outcome::{Finding, Level};
use crate::place::Place;
use crate::wire::{Exchange, curl};

pub(super) const ID: &str = "items";

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
    let mut tell = |promise: Place, message: String, expected: String, actual: String| {
        findings.push(Finding {
            level: Level::Failure,
            check: ID,
            operation: operation.id.clone(),
            place: body_place(&items_at),
            promise: Some(promise),
            message,
            expected,
            actual,
            curl: curl(&exchange.request),
        });
    };
    let paging = operation.paging.as_ref();
    let collection = paging.map_or(&operation.pointer, |paging| &paging.pointer);
    let ids: Vec<Option<Value>> = items.iter().map(id_of).collect();
    for (index, id) in ids.iter().enumerate() {
        if id.is_some() && ids[..index].contains(id) {
            tell(
                contract.document.place(collection),
                "an item is listed twice".to_owned(),
                "every item once".to_owned(),
                show(&items[index]),
            );
        }
    }
    let wanted = expected.exactly.iter().flatten().chain(&expected.include);
    for wanted in wanted {
        let id = id_of(wanted);
        let Some(index) = ids.iter().position(|other| *other == id) else {
            tell(
                place.clone(),
                "an item is missing from the list".to_owned(),
                id.as_ref().map_or_else(|| show(wanted), show),
                format!("{} other items", items.len()),
            );
            continue;
        };
        if wanted.is_object() {
            let sample = Sample {
                body: wanted,
                except: &expected.except,
            };
            for (at, wanted, actual) in differences(checker.shapes(), shape, &sample, &items[index])
            {
                tell(
                    place.clone(),
                    format!("in the list, {at} differs from that in an earlier answer"),
                    wanted,
                    actual,
                );
            }
        }
    }
    for unwanted in &expected.exclude {
        let id = id_of(unwanted);
        if ids.contains(&id) {
            let id = id.as_ref().map_or_else(String::new, show);
            tell(
                place.clone(),
                "an item is listed that must not be there".to_owned(),
                format!("a list without {id}"),
                "it is there".to_owned(),
            );
        }
    }
    if let Some(most) = expected.most.filter(|most| items.len() as u64 > *most) {
        tell(
            place.clone(),
            "the page has more items than were asked for".to_owned(),
            format!("at most {most} items"),
            format!("{} items", items.len()),
        );
    }
    if let Some(exactly) = &expected.exactly {
        for (index, id) in ids.iter().enumerate() {
            if !exactly.iter().any(|wanted| id_of(wanted) == *id) {
                tell(
                    place.clone(),
                    "the list has an item too much".to_owned(),
                    format!("{} items", exactly.len()),
                    show(&items[index]),
                );
            }
        }
    }
    findings
}
