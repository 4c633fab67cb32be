//! What was created is listed, once, and as it is.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Operation;

pub(super) const LAW: Law = Law {
    name: "lists_each_item_once",
    says: "what is created is listed once, and as it is",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.list()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let items = [stage.item()?, stage.item()?];
    stage.list_as_it_is(ground, &items.map(|item| stage.shown(&item.capture)))
}
