//! An update changes what it names: not the id, the parents, the time of creation, nor any other field
//! that requests set.

use super::Law;
use super::ground::Ground;
use super::stage::{Stage, accepted};
use crate::contract::Operation;

pub(super) const LAW: Law = Law {
    name: "changes_nothing_else",
    says: "an update changes what it names and nothing else",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.fetch()?;
    ground.update()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let update = ground.update().ok_or("no operation changes an item")?;
    let item = stage.item()?;
    let (draft, sent) = stage.change(update, &item)?;
    stage.send(&draft, accepted());
    let except = ground.changed_by(update, &sent);
    stage.fetch(ground, &item, &item.whole(), except)?;
    Ok(())
}
