//! An update changes what it names: not the id, the parents, the time of creation, nor any other field
//! that requests set.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;

pub(super) const LAW: Law = Law {
    name: "changes_nothing_else",
    says: "an update changes what it names and nothing else",
    ground: |ground| ground.update_seen(),
    steps,
};

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let change = stage.change(ground)?;
    let except = ground.changed_by(&change.draft);
    let item = change.item;
    stage.fetch(ground, &item, &item.whole(), except)?;
    Ok(())
}
