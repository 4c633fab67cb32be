//! The items of one parent are not listed under another.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Operation;
use crate::scenario::ExpectedItems;
use serde_json::Value;

pub(super) const LAW: Law = Law {
    name: "lists_no_items_of_others",
    says: "the items of one parent are not listed under another",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.parent()?;
    ground.create()?;
    ground.list()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let (index, parent) = ground.parent().ok_or("the items have no parent")?;
    let list = ground.list().ok_or("no operation lists the items")?;
    let item = stage.item()?;
    let other = stage.create(index, format!("other_{}", parent.snake_name()))?;
    let mut draft = stage.list_request(ground, list)?;
    stage.aim(&mut draft, index, &other);
    let expected = ExpectedItems {
        exclude: vec![Value::from(item.id.as_str())],
        ..ExpectedItems::default()
    };
    stage.list(list, &draft, expected);
    Ok(())
}
