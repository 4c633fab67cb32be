//! Where numbers cut a list into pages, a page has no more items than were asked for, and the next
//! one has others.

use super::definition::Law;
use super::ground::Ground;
use super::stage::{Stage, part, way};
use crate::contract::{Location, Operation};
use crate::generate::value::Extent;
use crate::scenario::{Expect, ExpectedItems};
use serde_json::Value;

/// Name of the first page.
const FRONT: &str = "front";
/// Most items that are created to fill a page.
const MOST: u64 = 5;

pub(super) const LAW: Law = Law {
    name: "pages_do_not_overlap",
    says: "a page is as large as was asked for at most, and the next one has other items",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    let list = ground.list()?;
    let pages = ground.contract.counted_pages(list)?;
    (pages.smallest <= MOST).then_some(list)
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let list = ground.list().ok_or("no operation lists the items")?;
    let pages = ground.contract.counted_pages(list).ok_or("no pages")?;
    let size = pages.smallest;
    for _ in 0..=size {
        stage.item()?;
    }
    let mut first = way(&ground.contract.items_of(list).unwrap_or_default());
    first.extend(["0".to_owned(), ground.resource.id.clone()]);
    let first = part(FRONT, &first).ok_or("no template names the items")?;
    let mut draft = stage.request(list, Extent::Required)?;
    draft.set_argument(Location::Query, &pages.size, Value::from(size));
    for (behind, exclude) in [(0, None), (1, Some(first))] {
        let begin = pages.begin.behind(behind, behind * size);
        draft.set_argument(Location::Query, pages.begin.parameter(), Value::from(begin));
        let expected = ExpectedItems {
            most: Some(size),
            exclude: exclude.map(Value::from).into_iter().collect(),
            ..ExpectedItems::default()
        };
        let expect = Expect {
            items: Some(expected),
            ..Expect::default()
        };
        stage.send(&draft, expect).save = (behind == 0).then(|| FRONT.to_owned());
    }
    stage.keep_others_out();
    Ok(())
}
