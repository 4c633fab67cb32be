//! The links of an item are answered.

use super::definition::Law;
use super::ground::Ground;
use super::stage::{Item, Stage};
use crate::contract::Operation;
use crate::scenario::Expect;

pub(super) const LAW: Law = Law {
    name: "links_are_answered",
    says: "the URLs in an item are answered",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    let is_known = |(way, _): &(Vec<String>, _)| Item::sample().part(way).is_some();
    ground.links().iter().any(is_known).then_some(())?;
    ground.fetch()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let item = stage.item()?;
    for (way, operation) in ground.links() {
        if let Some(url) = item.part(&way) {
            stage.follow(operation, url, Expect::default());
        }
    }
    Ok(())
}
