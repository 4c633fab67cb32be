//! Equal seeds make equal cases.

use std::path::Path;

use trueup::Suite;
use trueup::config::{Environment, Overrides, TargetChoice, resolve};

/// All that is said of the cases of a document.
fn cases(spec: &str) -> String {
    let overrides = Overrides {
        spec: Some(spec.to_owned()),
        generate: Some("full".to_owned()),
        seed: Some(1),
        ..Overrides::default()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = resolve(folder, overrides, &Environment::default()).unwrap();
    settings.fixtures = None;
    settings.snapshots = None;
    settings.target = TargetChoice::Url("http://localhost:1".to_owned());
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
    for name in ["shelf", "album", "parcels", "drawers", "silent"] {
        assert_equal(&format!("tests/generate/{name}.yaml"), 2);
    }
    // An order that is left to chance is the same one half of the time.
    assert_equal("tests/generate/layers.yaml", 10);
}
