//! Whoever deletes the parent deletes its children: their path leads nowhere.

use super::definition::Law;
use super::ground::Ground;
use super::stage::{Stage, accepted};
use crate::contract::Operation;
use crate::generate::misuse::promises_unknown;
use crate::generate::value::Extent;

pub(super) const LAW: Law = Law {
    name: "is_gone_with_its_parent",
    says: "what belongs to a deleted item is not found any more",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    let (index, _) = ground.parent()?;
    Ground::new(ground.contract, ground.shapes, index).delete()?;
    ground.create()?;
    // Children may outlive their parent where the contract does not say what is not found.
    ground.fetch().filter(|fetch| promises_unknown(fetch))
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let (index, _) = ground.parent().ok_or("the items have no parent")?;
    let fetch = ground.fetch().ok_or("no operation fetches an item")?;
    let delete = Ground::new(ground.contract, ground.shapes, index).delete();
    let delete = delete.ok_or("no operation deletes the parent")?;
    let item = stage.item()?;
    let draft = stage.request(delete, Extent::Required)?;
    stage.send(&draft, accepted());
    stage.miss(fetch, &item)
}
