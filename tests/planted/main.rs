//! What is found of servers that are wrong on purpose: with the contract alone, with the shipped
//! fixtures too, and with the document as it is published. For each fault the rows say whether it
//! is found, and where it is not, why.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has nothing to tell but that"
)]

mod misses;
#[path = "../faults/places.rs"]
mod places;
mod plant;
mod plants;
mod rig;
#[path = "../it/world/server.rs"]
mod server;
#[path = "../faults/stage.rs"]
mod stage;
mod stand;
mod table;
mod unpromised;

use crate::misses::MISSES;
use crate::plant::{Plant, Way};
use crate::rig::Rig;
use crate::unpromised::UNPROMISED;

/// Text in the names of the cases that find the faults of the regular test.
const QUICK: &str = "Asset::";

/// Faults that are found quickly and without any fixture, some of each class.
#[test]
fn some_are_found_without_fixtures() {
    let rig = Rig::start(Way::Bare, Some(QUICK)).expect("the contract is shipped");
    rig.is_right();
    let quick: Vec<Plant> = plants::all().into_iter().filter(|p| p.is_quick).collect();
    assert!(quick.len() > 20, "{}", quick.len());
    let missed: Vec<&Plant> = quick
        .iter()
        .filter(|plant| plant.missed(Way::Bare).is_none())
        .filter(|plant| rig.judge(plant).found.is_none())
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn there_are_many_of_each_class() {
    let plants = plants::all();
    assert!(plants.len() >= 120, "{}", plants.len());
    for plant in &plants {
        let same = plants.iter().filter(|other| other.name == plant.name);
        assert_eq!(same.count(), 1, "{plant:?}");
        assert!(
            plant::contract().operation(plant.operation).is_some(),
            "{plant:?}"
        );
    }
}

#[test]
fn each_miss_is_a_fault() {
    let plants = plants::all();
    let published = UNPROMISED
        .iter()
        .flat_map(|(reason, names)| names.iter().map(move |name| (name, reason)));
    let others = MISSES.iter().map(|(_, name, reason)| (name, reason));
    for (name, reason) in others.chain(published) {
        assert!(
            plants.iter().any(|plant| plant.name == *name),
            "{name}: {reason}"
        );
    }
}

/// Serves one fault after the other to another tool. See `benches/peers/README.md`.
#[test]
#[ignore = "waits for another program"]
fn stand() {
    stand::serve();
}
