//! One cause is one entry, however many cases meet it.

use serde_json::json;

use crate::cli::project::{Project, json};
use crate::world::binary::{RawServer, Run};

#[test]
fn one_cause_is_one_entry() {
    let project = Project::new(
        "  - { name: a, steps: [{ operation: CreateThing, with: { name: a } }] }
  - { name: b, steps: [{ operation: CreateThing, with: { name: a } }] }
  - { name: c, steps: [{ operation: ChangeThing, with: { id: '1', name: a } }] }
  - { name: d, steps: [{ operation: ListThing }] }",
    );
    let server = RawServer::start(|head| {
        let status = match &head[..3] {
            b"GET" => 500,
            b"PUT" => 200,
            _ => 201,
        };
        json(status, &["X-Trace: 1"], &json!({"id": 1, "name": "a"}))
    });
    let run = project.check(&server.url, &["--jobs", "1"]);
    assert_eq!(run.code, 1, "{run}");
    // The schema that three cases break is told of in one, and counted.
    assert_counts(&run);
    let report = project.report();
    let causes = report["causes"].as_array().unwrap();
    let first = &causes[0];
    assert_eq!(first["count"], 3, "{causes:#?}");
    assert_eq!(first["operations"], json!(["CreateThing", "ChangeThing"]));
    assert_eq!(
        first["cases"],
        json!(["CreateThing::a", "CreateThing::b", "ChangeThing::c"])
    );
    let failed: usize = report["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["findings"].as_array().unwrap().len())
        .sum();
    let counted: u64 = causes.iter().map(|c| c["count"].as_u64().unwrap()).sum();
    assert_eq!(counted, failed as u64);
}

fn assert_counts(run: &Run) {
    assert_eq!(run.out.matches("FAILED").count(), 2, "{run}");
    assert_eq!(run.out.matches("expected  ").count(), 2, "{run}");
    for words in [
        "    3  CreateThing and 1 more: schema at body /id: ",
        "       in CreateThing::a and 2 more",
    ] {
        assert!(run.out.contains(words), "{words}: {run}");
    }
}
