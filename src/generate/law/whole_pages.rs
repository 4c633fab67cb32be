//! Pages of any size hold all items together, each once.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Location;
use crate::contract::Operation;
use crate::scenario::ExpectedItems;
use serde_json::Value;

pub(super) const LAW: Law = Law {
    name: "pages_hold_each_item_once",
    says: "pages of any size hold every item once",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    let list = ground.list()?;
    ground.small_pages(list)?;
    Some(list)
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let list = ground.list().ok_or("no operation lists the items")?;
    let (parameter, sizes) = ground.small_pages(list).ok_or("no pages are small")?;
    let items = [stage.item()?, stage.item()?, stage.item()?];
    for size in sizes {
        let mut draft = stage.list_request(ground, list)?;
        draft.set_argument(Location::Query, &parameter, Value::from(size));
        let expected = ExpectedItems {
            include: items
                .iter()
                .map(|item| Value::from(item.id.as_str()))
                .collect(),
            ..ExpectedItems::default()
        };
        stage.list(list, &draft, expected);
    }
    Ok(())
}
