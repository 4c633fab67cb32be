//! Equal seeds make equal cases.

use trueup::Suite;
use trueup::config::TargetChoice;

use super::settings;

/// All that is said of the cases of a document.
fn cases(spec: &str) -> String {
    let settings = settings(spec, TargetChoice::Emulator);
    format!("{:#?}", Suite::load(settings).unwrap().cases())
}

fn assert_equal(spec: &str, times: usize) {
    let first = cases(spec);
    for _ in 1..times {
        let other = cases(spec);
        let differs = first.lines().zip(other.lines()).find(|(a, b)| a != b);
        assert!(first == other, "{spec}: {differs:?}");
    }
}

#[test]
fn of_documents_of_every_kind() {
    for spec in [
        "shelf.yaml",
        "album.yaml",
        "parcels.yaml",
        "drawers.yaml",
        "silent.yaml",
    ] {
        assert_equal(spec, 2);
    }
    // An order that is left to chance is the same one half of the time.
    assert_equal("layers.yaml", 10);
}

#[test]
fn an_id_in_the_query_is_that_of_an_item_or_broken() {
    let settings = settings("layers.yaml", TargetChoice::Emulator);
    let suite = Suite::load(settings).unwrap();
    let sent = |case: &str| {
        let name = format!("listLayers::{case}");
        let case = suite.cases().iter().find(|case| case.name == name);
        let steps = case.unwrap_or_else(|| panic!("no {name}")).steps.iter();
        let arguments = steps.flat_map(|step| &step.parameters);
        let values: Vec<String> = arguments.map(|a| a.value.to_string()).collect();
        values.join(" ")
    };
    assert!(sent("all_fields").contains("{{"));
    assert!(!sent("above_layer_id_off_format").contains("{{"));
}
