//! A target that takes what its document forbids fails, unless the user has said that it may.

use serde_json::json;

use crate::cli::project::{Project, json};
use crate::world::binary::RawServer;

const FILTER: [&str; 4] = [
    "--generate",
    "full",
    "--filter",
    "CreateThing::name_of_another_type",
];

/// A server that takes anything.
fn server() -> RawServer {
    RawServer::start(|_| json(201, &["X-Trace: 1"], &json!({"id": "1", "name": "a"})))
}

fn project(lenient: &str) -> Project {
    let project = Project::new("  - { name: good, steps: [{ operation: ListThing }] }");
    project.write(
        "trueup.toml",
        &format!("spec = 'openapi.yaml'\nfixtures = 'fixtures'\n{lenient}\n"),
    );
    project
}

#[test]
fn what_the_user_allows_is_a_warning() {
    let server = server();
    for (lenient, flags, code) in [
        ("", &[][..], 1),
        ("lenient = false", &[], 1),
        ("lenient = ['ChangeThing']", &[], 1),
        ("lenient = ['CreateThing']", &[], 0),
        ("lenient = true", &[], 0),
        ("", &["--lenient"], 0),
        ("", &["--lenient=CreateThing"], 0),
        ("lenient = true", &["--lenient=ChangeThing"], 1),
    ] {
        let project = project(lenient);
        let run = project.check(&server.url, &[&FILTER[..], flags].concat());
        assert_eq!(run.code, code, "{lenient} {flags:?}: {run}");
        let report = project.report();
        let case = &report["cases"][0];
        let told = if code == 0 { "warnings" } else { "findings" };
        assert_eq!(case[told][0]["check"], "status", "{lenient}: {case:#}");
    }
}

#[test]
fn other_faults_stay_faults() {
    let server = RawServer::start(|_| json(500, &[], &json!({})));
    let run = project("lenient = true").check(&server.url, &FILTER);
    assert_eq!(run.code, 1, "{run}");
}

#[test]
fn mistakes_are_told_before_the_run() {
    let server = server();
    for (lenient, words) in [
        ("lenient = ['CreateThin']", "did you mean 'CreateThing'?"),
        ("lenient = 7", "true, false or a list of operations"),
    ] {
        let run = project(lenient).check(&server.url, &FILTER);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.err.contains(words), "{words}: {run}");
    }
    assert_eq!(server.requests(), 0);
}
