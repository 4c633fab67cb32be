//! The shipped files fit together: fixtures and their schema, snapshots and their cases.

use std::path::Path;

use serde_json::Value;
use trueup::Suite;
use trueup::config::{Environment, Layer, SHIPPED, resolve};
use trueup::spec::{Files, Source};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn suite(environment: &Environment) -> Suite {
    let settings = resolve(Path::new(ROOT), Layer::default(), environment).unwrap();
    Suite::load(settings).unwrap()
}

#[test]
fn fixtures_keep_their_schema() {
    let files = Files::Disk(ROOT.into());
    let schema = files.read("fixtures/fixture.schema.json").unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let names = files.list("fixtures", &[".yaml"]).unwrap();
    assert!(names.len() > 5);
    for name in names {
        let (_, value) = Source::read(&files, &name).unwrap();
        let problems: Vec<String> = validator
            .iter_errors(&value)
            .map(|e| format!("{name} {}: {e}", e.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

#[test]
fn every_snapshot_belongs_to_a_step_and_every_step_has_one() {
    let suite = suite(&Environment::default());
    let steps: Vec<(&str, &str)> = suite
        .cases()
        .iter()
        .flat_map(|case| {
            let steps = case.steps.iter();
            steps.map(|step| (case.name.as_str(), step.name.as_str()))
        })
        .collect();
    let store = suite.snapshots().unwrap();
    assert_eq!(
        store.orphans(steps.iter().copied()).unwrap(),
        Vec::<String>::new()
    );
    for (case, step) in steps {
        let name = store.name(case, step);
        assert!(Path::new(ROOT).join(&name).exists(), "{name} is missing");
        assert!(SHIPPED.read(&name).is_ok(), "{name} is not in the program");
    }
}

#[test]
fn every_operation_has_a_case() {
    let suite = suite(&Environment::default());
    for operation in suite.contract().operations.iter() {
        assert!(
            suite
                .cases()
                .iter()
                .any(|case| case.operation == operation.id),
            "{} has no case",
            operation.id
        );
    }
}

#[test]
fn nextest_knows_the_cases_that_run_alone() {
    let config = std::fs::read_to_string(Path::new(ROOT).join(".config/nextest.toml")).unwrap();
    for case in suite(&Environment::default()).cases() {
        let (operation, _) = case.name.split_once("::").unwrap();
        let exclusive = config.contains(&format!("/^{operation}::/"));
        assert!(exclusive || !case.alone, "{} must run alone", case.name);
    }
}
