//! The next page has other items, and its previous page is the one before.

use super::definition::Law;
use super::ground::Ground;
use super::stage::{Stage, part, way};
use crate::contract::Location;
use crate::contract::Operation;
use crate::scenario::{Expect, ExpectedItems};
use serde_json::Value;

/// Names of the first two pages.
const FRONT: &str = "front";
const SECOND: &str = "second";

pub(super) const LAW: Law = Law {
    name: "pages_lead_forth_and_back",
    says: "the next page has other items, and leads back to the first",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    let list = ground.list()?;
    ground.small_pages(list)?;
    urls(list)?;
    Some(list)
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let list = ground.list().ok_or("no operation lists the items")?;
    let (parameter, sizes) = ground.small_pages(list).ok_or("no pages are small")?;
    let (next, previous) = urls(list).ok_or("pages do not lead to each other")?;
    let size = sizes.first().copied().unwrap_or_default();
    for _ in 0..=size {
        stage.item()?;
    }
    let mut draft = stage.list_request(ground, list)?;
    draft.set_argument(Location::Query, &parameter, Value::from(size));
    let paging = list.paging.as_ref().ok_or("the list has no pages")?;
    let mut first = way(&paging.items);
    first.extend(["0".to_owned(), ground.resource.id.clone()]);
    let first = part(FRONT, &first).ok_or("no template names the items")?;
    stage.send(&draft, Expect::default()).save = Some(FRONT.to_owned());
    let other = ExpectedItems {
        exclude: vec![Value::from(first.as_str())],
        ..ExpectedItems::default()
    };
    stage.follow(list, next, items(other)).save = Some(SECOND.to_owned());
    let same = ExpectedItems {
        include: vec![Value::from(first)],
        ..ExpectedItems::default()
    };
    stage.follow(list, previous, items(same));
    Ok(())
}

/// Templates of the next page's URL in the first, and of the previous one's in the second.
fn urls(list: &Operation) -> Option<(String, String)> {
    let paging = list.paging.as_ref()?;
    let next = part(FRONT, &way(paging.next.as_ref()?))?;
    let previous = part(SECOND, &way(paging.previous.as_ref()?))?;
    Some((next, previous))
}

fn items(expected: ExpectedItems) -> Expect {
    Expect {
        items: Some(expected),
        ..Expect::default()
    }
}
