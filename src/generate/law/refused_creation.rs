//! A creation that is refused leaves nothing behind: the list of a new parent is as it was before.

use super::definition::Law;
use super::ground::Ground;
use super::stage::{Stage, nested, part, way};
use crate::contract::Operation;
use crate::generate::value::Extent;
use crate::scenario::{Expect, SameAs};

/// Name of the list before.
const BEFORE: &str = "before";
/// Most requests that are tried.
const MOST: usize = 8;

pub(super) const LAW: Law = Law {
    name: "leaves_nothing_when_refused",
    says: "a creation that is refused leaves nothing behind",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.parent()?;
    ground.list()?;
    ground.create()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let create = ground.create().ok_or("no operation creates an item")?;
    let list = ground.list().ok_or("no operation lists the items")?;
    let place = ground.contract.items_of(list).unwrap_or_default();
    let items = part(BEFORE, &way(&place)).ok_or("no template names the items")?;
    let broken = stage.broken(create, MOST)?;
    if broken.is_empty() {
        return Ok(());
    }
    let draft = stage.request(list, Extent::Required)?;
    stage.send(&draft, Expect::default()).save = Some(BEFORE.to_owned());
    for step in broken {
        stage.add(step);
    }
    let same = SameAs {
        body: nested(&place, items),
        except: ground.unstable(),
    };
    let expect = Expect {
        same_as: Some(same),
        ..Expect::default()
    };
    stage.send(&draft, expect);
    Ok(())
}
