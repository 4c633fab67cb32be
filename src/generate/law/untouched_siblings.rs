//! An update leaves all other items as they are.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;

pub(super) const LAW: Law = Law {
    name: "leaves_others_alone",
    says: "an update of one item changes no other",
    ground: |ground| ground.update_seen(),
    steps,
};

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    stage.change(ground)?;
    let other = stage.item()?;
    stage.fetch(ground, &other, &other.whole(), ground.unstable())?;
    Ok(())
}
