//! A deletion takes one item and leaves its siblings as they are.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Operation;

pub(super) const LAW: Law = Law {
    name: "takes_no_other",
    says: "the deletion of one item leaves the others as they are",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.fetch()?;
    ground.delete()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let delete = ground.delete().ok_or("no operation deletes an item")?;
    let (item, other) = (stage.item()?, stage.item()?);
    stage.delete(delete, &item)?;
    stage.fetch(ground, &other, &other.whole(), ground.unstable())?;
    Ok(())
}
