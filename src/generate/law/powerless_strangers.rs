//! What a stranger asks for is refused, and not done all the same.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::{Operation, When};
use crate::generate::misuse::refused_credentials;
use crate::generate::value::Extent;

pub(super) const LAW: Law = Law {
    name: "is_not_done_for_strangers",
    says: "what is asked for with wrong credentials is not done",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.fetch()?;
    secured(ground).pop()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let item = stage.item()?;
    for operation in secured(ground) {
        let draft = stage.request_on(operation, &item, Extent::Everything)?;
        let refused = refused_credentials(ground.contract, operation);
        let step = stage.send_in_vain(&draft, When::Credentials);
        step.credentials = refused.last().copied().unwrap_or_default();
    }
    stage.fetch(ground, &item, &item.whole(), ground.unstable())?;
    Ok(())
}

/// What changes and deletes an item, each only for whom it knows.
fn secured<'a>(ground: &Ground<'a>) -> Vec<&'a Operation> {
    let operations = [ground.update(), ground.delete()];
    let is_secured = |o: &&Operation| !refused_credentials(ground.contract, o).is_empty();
    operations
        .into_iter()
        .flatten()
        .filter(is_secured)
        .collect()
}
