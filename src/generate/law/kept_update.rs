//! An update lasts: what it answers is what is fetched from then on.

use super::Law;
use super::ground::Ground;
use super::stage::{Stage, accepted};
use crate::contract::Operation;

/// Name of the answer to the update.
const CHANGED: &str = "changed";

pub(super) const LAW: Law = Law {
    name: "lasts",
    says: "what an update answers is what is fetched from then on",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.fetch()?;
    ground.update_with_answer()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let update = ground.update().ok_or("no operation changes an item")?;
    let item = stage.item()?;
    let (draft, _) = stage.change(update, &item)?;
    stage.send(&draft, accepted()).save = Some(CHANGED.to_owned());
    let changed = format!("{{{{{CHANGED}}}}}");
    stage.fetch(ground, &item, &changed, ground.unstable())?;
    Ok(())
}
