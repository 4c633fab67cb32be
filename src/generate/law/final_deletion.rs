//! What was deleted is gone: it is not found, not listed, not changed, not deleted again, and what
//! stands below it is not found either.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::{Operation, Response};
use crate::generate::misuse::promises_unknown;
use crate::scenario::ExpectedItems;
use crate::wire::{Status, StatusRange};
use serde_json::Value;

/// What was there and is not any more (RFC 9110 section 15.5.11).
const GONE: StatusRange = StatusRange::Exact(Status(410));

pub(super) const LAW: Law = Law {
    name: "is_final",
    says: "what is deleted is not found, not listed, and not changed any more, nor what is below it",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.fetch().or(ground.list())?;
    ground.delete()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let delete = ground.delete().ok_or("no operation deletes an item")?;
    let item = stage.item()?;
    stage.delete(delete, &item)?;
    if let Some(fetch) = ground.fetch() {
        stage.miss(fetch, &item)?;
    }
    // DELETE may succeed twice where the contract does not say what is not found.
    let is_gone = |response: &Response| response.status == GONE;
    if promises_unknown(delete) || delete.responses.iter().any(is_gone) {
        stage.miss(delete, &item)?;
    }
    // PUT may create what is not there (RFC 9110 section 9.3.4).
    if let Some(update) = ground.update().filter(|update| update.method != "PUT") {
        stage.miss(update, &item)?;
    }
    for operation in ground.below().filter(|o| promises_unknown(o)) {
        stage.miss_below(operation, &item);
    }
    if let Some(list) = ground.list() {
        let expected = ExpectedItems {
            exclude: vec![Value::from(item.id.as_str())],
            ..ExpectedItems::default()
        };
        let draft = stage.list_request(ground, list)?;
        stage.list(list, &draft, expected);
    }
    Ok(())
}
