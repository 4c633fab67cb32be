//! A state moves only forward, and a final one stays. The runner watches the states of every item
//! that it sees; this law asks until there is no state to come, and once more, and so for the views
//! that show the state.

use super::definition::Law;
use super::ground::Ground;
use super::stage::{Stage, nested};
use crate::contract::Operation;
use crate::generate::value::Extent;
use crate::place::pointer;
use crate::scenario::{Expect, READY_INTERVAL, READY_TIMEOUT, Until};

pub(super) const LAW: Law = Law {
    name: "moves_only_forward",
    says: "the state of an item moves only forward, and a final one stays",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.states()?;
    ground.fetch()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let (name, next) = ground.states().ok_or("the items have no states")?;
    let place = pointer::join(&ground.resource.envelope, name);
    let wanted = |state: &str| nested(&place, state);
    let item = stage.item()?;
    let except = ground.unstable();
    let step = stage.fetch(ground, &item, &item.whole(), except.clone())?;
    step.until = Some(Until {
        bodies: next.last().into_iter().map(wanted).collect(),
        every: READY_INTERVAL,
        within: READY_TIMEOUT,
        // The contract does not say how long it takes.
        due: false,
    });
    step.expect.same_as = None;
    stage
        .fetch(ground, &item, &item.whole(), except)?
        .expect
        .same_as = None;
    for view in ground.views_of(name) {
        let draft = stage.request_on(view, &item, Extent::Required)?;
        for _ in 0..2 {
            stage.send(&draft, Expect::default());
        }
    }
    Ok(())
}
