//! Items that are created at the same time do not get in each other's way: each has an id of its
//! own, is as it was created, and is listed once.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Operation;

/// Creations in flight.
const COUNT: usize = 3;

pub(super) const LAW: Law = Law {
    name: "creates_at_once_do_not_collide",
    says: "items that are created at the same time are items of their own",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.fetch().or(ground.list())?;
    ground.create()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let items = stage.items_at_once(COUNT)?;
    if ground.fetch().is_some() {
        for item in &items {
            stage.fetch(ground, item, &item.whole(), ground.unstable())?;
        }
    }
    let shown: Vec<String> = items.iter().map(|i| stage.shown(&i.capture)).collect();
    stage.list_as_it_is(ground, &shown)
}
