//! Reading changes nothing (RFC 9110 section 9.2.1): the same request gets the same answer.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::Operation;
use crate::scenario::{Expect, template_of};

pub(super) const LAW: Law = Law {
    name: "reads_change_nothing",
    says: "reading an item and its list changes nothing",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.fetch()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let item = stage.item()?;
    let before = "before";
    stage
        .fetch(ground, &item, &item.whole(), ground.unstable())?
        .save = Some(before.to_owned());
    if let Some(list) = ground.list() {
        let draft = stage.list_request(ground, list)?;
        stage.send(&draft, Expect::default());
    }
    let before = template_of(before, []);
    stage.fetch(ground, &item, &before, ground.unstable())?;
    Ok(())
}
