//! What an overlay calls a warning fails nothing and is told apart.

use serde_json::json;

use crate::cli::project::{Project, json};
use crate::world::binary::RawServer;

const OVERLAY: &str = "overlay: 1.0.0
info: { title: t, version: '1' }
actions:
  - target: $.paths[*][*].responses[*].headers[*]
    update: { x-trueup-level: warning }
";

const SCENARIOS: &str = "  - { name: list, steps: [{ operation: ListThing }] }
  - { name: list again, steps: [{ operation: ListThing }, { operation: ListThing }] }
  - { name: create, steps: [{ operation: CreateThing, with: { name: a } }] }";

/// Answers both operations with these headers.
fn server(headers: &'static [&'static str]) -> RawServer {
    RawServer::start(move |head| {
        if head.starts_with(b"GET") {
            json(200, headers, &json!([]))
        } else {
            json(201, headers, &json!({"id": "1", "name": "a"}))
        }
    })
}

#[test]
fn a_header_that_only_warns_fails_nothing() {
    let project = Project::new(SCENARIOS);
    let server = server(&[]);
    let run = project.check(&server.url, &[]);
    assert_eq!(run.code, 1, "without the overlay it is a failure: {run}");

    project.write("o.yaml", OVERLAY);
    // One after the other, so that the first one names the cause.
    let run = project.check(&server.url, &["--overlay", "o.yaml", "--jobs", "1"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.out.contains("3 passed, 0 failed"), "{run}");
    let told =
        "    3  ListThing and 1 more: header at header X-Trace: the required header is missing";
    assert_eq!(run.out.matches(told).count(), 1, "{run}");
    let report = project.report();
    for case in report["cases"].as_array().unwrap() {
        assert_eq!(case["verdict"], "passed");
        assert_eq!(case["findings"].as_array().unwrap().len(), 0);
        let warnings = case["warnings"].as_array().unwrap();
        assert_eq!(warnings.len(), 1, "{case}");
        assert_eq!(warnings[0]["check"], "header");
    }
}

#[test]
fn a_wrong_value_of_such_a_header_is_a_warning_too() {
    let project = Project::new(SCENARIOS);
    project.write("o.yaml", OVERLAY);
    let run = project.check(&server(&["X-Trace: one"]).url, &["--overlay", "o.yaml"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.out.contains("breaks its schema"), "{run}");
    let run = project.check(&server(&["X-Trace: 1"]).url, &["--overlay", "o.yaml"]);
    assert!(run.code == 0 && !run.out.contains("Warnings"), "{run}");
}
