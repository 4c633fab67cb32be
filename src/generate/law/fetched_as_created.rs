//! What was created is fetched as it was created.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Operation;

pub(super) const LAW: Law = Law {
    name: "is_fetched_as_created",
    says: "what is created is fetched as it was created",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.fetch()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let item = stage.item()?;
    stage.fetch(ground, &item, &item.whole(), ground.unstable())?;
    Ok(())
}
