//! What was deleted is gone: it is not found, not listed, and not changed.

use super::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Operation;
use crate::scenario::ExpectedItems;
use serde_json::Value;

pub(super) const LAW: Law = Law {
    name: "is_final",
    says: "what is deleted is not found, not listed, and not changed any more",
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
    // PUT may create what is not there (RFC 9110 section 9.3.4).
    if let Some(update) = ground.update().filter(|update| update.method != "PUT") {
        stage.miss(update, &item)?;
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
