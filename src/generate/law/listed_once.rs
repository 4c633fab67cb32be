//! What was created is listed, once, and as it is.

use super::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Operation;
use crate::scenario::ExpectedItems;
use serde_json::Value;

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
    let list = ground.list().ok_or("no operation lists the items")?;
    let items = [stage.item()?, stage.item()?];
    let expected = ExpectedItems {
        include: items.iter().map(|item| Value::from(item.whole())).collect(),
        except: ground.unstable(),
        ..ExpectedItems::default()
    };
    let draft = stage.list_request(ground, list)?;
    stage.list(list, &draft, expected);
    Ok(())
}
