//! Known deviations: exact, with a reason, and not for longer than they are true.

use serde_json::json;

use crate::cli::project::{Project, json};
use crate::world::binary::RawServer;

const SCENARIOS: &str = "  - { name: good, steps: [{ operation: ListThing }] }
  - { name: bad, steps: [{ operation: CreateThing, with: { name: a } }] }";

/// A server that creates things without an id.
fn server() -> RawServer {
    RawServer::start(|head| {
        if head.starts_with(b"GET") {
            json(200, &["X-Trace: 1"], &json!([]))
        } else {
            json(201, &["X-Trace: 1"], &json!({"name": "a"}))
        }
    })
}

#[test]
fn a_known_deviation_fails_nothing() {
    let project = Project::new(SCENARIOS);
    project.write(
        "known.yaml",
        "deviations:\n  - case: CreateThing::bad\n    check: required\n    \
         reason: ids come with release 4\n    until: 2999-12-31\n",
    );
    project.write(
        "trueup.toml",
        "spec = 'openapi.yaml'\nfixtures = 'fixtures'\ndeviations = 'known.yaml'\n",
    );
    let run = project.check(&server().url, &[]);
    assert_eq!(run.code, 0, "{run}");
    for words in [
        "1 passed, 0 failed, 0 errored, 0 skipped, 1 known deviation;",
        "  CreateThing::bad: required: ids come with release 4",
    ] {
        assert!(run.out.contains(words), "{words}: {run}");
    }
    let report = project.report();
    assert_eq!(report["cases"][1]["verdict"], "known deviation");
    assert_eq!(report["cases"][1]["findings"][0]["check"], "required");
    assert_eq!(report["causes"], json!([]));
}

#[test]
fn what_no_longer_occurs_or_has_expired_fails_the_run() {
    let project = Project::new(SCENARIOS);
    for (entry, words) in [
        (
            "{ case: 'ListThing::good', check: status, reason: r }",
            "no longer occurs",
        ),
        (
            "{ case: 'CreateThing::bad', check: required, reason: r, until: 2020-01-01 }",
            "has expired on 2020-01-01",
        ),
    ] {
        project.write("known.yaml", &format!("deviations:\n  - {entry}\n"));
        let run = project.check(&server().url, &["--deviations", "known.yaml"]);
        assert_eq!(run.code, 1, "{run}");
        assert!(
            run.out.contains(words) && run.out.contains("known.yaml:2"),
            "{words}: {run}"
        );
        project.report();
    }
}

#[test]
fn mistakes_are_told_before_the_run() {
    let project = Project::new(SCENARIOS);
    project.write(
        "known.yaml",
        "deviations:\n  - { case: 'CreateThing::bat', check: requird, reason: r }\n  \
         - { case: 'CreateThing::bad', check: required, until: tomorrow }\n  \
         - { case: 'ListThing::good', check: status, reason: r, untill: 2999-01-01 }\n  \
         - { case: 'ListThing::good', check: status, reason: r }\n",
    );
    let server = server();
    let run = project.check(&server.url, &["--deviations", "known.yaml"]);
    assert_eq!(run.code, 2, "{run}");
    for words in [
        "known.yaml:2",
        "did you mean 'CreateThing::bad'?",
        "did you mean 'required'?",
        "known.yaml:3",
        "has no `reason`",
        "`tomorrow` is not a date",
        "known.yaml:4",
        "did you mean 'until'?",
        "known.yaml:5",
        "listed twice",
    ] {
        assert!(run.err.contains(words), "{words}: {run}");
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn one_file_serves_runs_of_every_size() {
    let project = Project::new(SCENARIOS);
    project.write(
        "known.yaml",
        "deviations:\n  - case: CreateThing::bad\n    check: required\n    reason: r\n  \
         - case: CreateThing::required_fields_only\n    check: required\n    reason: r\n",
    );
    let known = ["--deviations", "known.yaml", "--generate"];
    for (size, deviations) in [("off", 1), ("examples", 2)] {
        let run = project.check(&server().url, &[&known[..], &[size]].concat());
        let summary = &project.report()["summary"];
        assert_eq!(summary["known_deviations"], deviations, "{size}: {run}");
    }
}
