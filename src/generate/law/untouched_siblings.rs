//! An update leaves all other items as they are.

use super::Law;
use super::ground::Ground;
use super::stage::{Stage, accepted};
use crate::contract::Operation;

pub(super) const LAW: Law = Law {
    name: "leaves_others_alone",
    says: "an update of one item changes no other",
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
    let (item, other) = (stage.item()?, stage.item()?);
    let (draft, _) = stage.change(update, &item)?;
    stage.send(&draft, accepted());
    stage.fetch(ground, &other, &other.whole(), ground.unstable())?;
    Ok(())
}
