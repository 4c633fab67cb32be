//! The shipped files fit together: fixtures and their schema, snapshots and their cases, the
//! overlay and the document that Twilio publishes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use serde_json::Value;
use trueup::Suite;
use trueup::config::{Environment, Overrides, SHIPPED, resolve};
use trueup::contract::{self, Contract};
use trueup::spec::{self, Files, Source};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const OVERLAY: &str = "specs/twilio_serverless_v1.overlay.yaml";

fn contract(root: &str, spec: &str, overlay: &str) -> Contract {
    let files = Files::Disk(root.into());
    contract::build(spec::load(&files, spec, &[overlay.to_owned()]).unwrap()).unwrap()
}

fn suite(environment: &Environment) -> Suite {
    let settings = resolve(Path::new(ROOT), Overrides::default(), environment).unwrap();
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
    for operation in &suite.contract().operations {
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

/// Where other people's documents are, if they are there.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn published() -> Option<String> {
    let path = Path::new(ROOT).join("../shared/corpus/twilio/twilio_serverless_v1.json");
    let found = path.exists().then(|| path.to_string_lossy().into_owned());
    if found.is_none() {
        println!("SKIPPED: {} is not there", path.display());
    }
    found
}

#[test]
fn the_overlay_fits_the_published_document_and_says_the_same_there() {
    let Some(published) = published() else { return };
    let ours = contract(ROOT, "specs/twilio_serverless_v1.yaml", OVERLAY);
    let theirs = contract(ROOT, &published, OVERLAY);
    assert_eq!(ours.operations.len(), theirs.operations.len());
    for operation in &ours.operations {
        let other = theirs.operation(&operation.id).unwrap();
        assert_eq!(operation.path, other.path);
        let statuses = |operation: &contract::Operation| -> Vec<String> {
            let mut all: Vec<String> = operation
                .responses
                .iter()
                .map(|response| response.status.to_string())
                .collect();
            all.sort();
            all
        };
        assert_eq!(statuses(operation), statuses(other));
        assert_eq!(operation.errors.len(), other.errors.len());
    }
    for (name, schema) in ours
        .document
        .get("/components/schemas")
        .unwrap()
        .as_object()
        .unwrap()
    {
        let mut schema = schema.clone();
        let theirs = theirs.document.get("/components/schemas").unwrap();
        let mut other = theirs[name].clone();
        for value in [&mut schema, &mut other] {
            strip(value);
        }
        assert_eq!(schema, other, "{name}");
    }
}

/// Removes what is written for people.
fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| {
                !(name == "x-twilio" || name == "description" && value.is_string())
            });
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[test]
fn findings_of_the_published_document_name_the_right_file() {
    let Some(published) = published() else { return };
    let theirs = contract(ROOT, &published, OVERLAY);
    let asset = "/components/schemas/serverless.v1.service.asset";
    let place = theirs
        .document
        .place(&format!("{asset}/properties/sid/pattern"));
    assert!(place.file.ends_with("twilio_serverless_v1.json") && place.line.is_some());
    let place = theirs.document.place(&format!("{asset}/required/0"));
    assert!(place.file == OVERLAY && place.line.is_some(), "{place}");
}
