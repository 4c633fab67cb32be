//! Reports for other readers than a person at a terminal.

use serde_json::{Value, json};

use crate::cli::project::{Project, json};
use crate::world::binary::{RawServer, trueup};

/// Names with what must be escaped somewhere.
const SCENARIOS: &str = "  - { name: good, steps: [{ operation: ListThing }] }
  - { name: bad, steps: [{ operation: CreateThing, with: { name: '<b>&\"%' } }] }
  - { name: worse, steps: [{ operation: CreateThing, with: { name: a } }] }
  - { name: lost, steps: [{ operation: ListThing, follow: 'http://127.0.0.2/things' }] }";

/// A run with one case of each kind, and its report in a format. The server answers a creation
/// with what breaks markup, and lacks a header that only warns.
fn report(format: &str) -> String {
    let project = Project::new(SCENARIOS);
    project.write(
        "o.yaml",
        "overlay: 1.0.0\ninfo: { title: t, version: '1' }\nactions:\n  - target: \
         $.paths[*][*].responses[*].headers[*]\n    update: { x-trueup-level: warning }\n",
    );
    project.write(
        "known.yaml",
        "deviations:\n  - { case: 'CreateThing::worse', check: schema, reason: old }\n",
    );
    let server = RawServer::start(|head| {
        if head.starts_with(b"GET") {
            json(200, &["X-Trace: 1"], &json!([]))
        } else {
            json(
                201,
                &[],
                &json!({"id": 7, "note": "</pre>]]>\u{1b}, 50%: "}),
            )
        }
    });
    let to_file = format!("{format}=out");
    let run = project.check(
        &server.url,
        &[
            "--report",
            &to_file,
            "--overlay",
            "o.yaml",
            "--deviations",
            "known.yaml",
            "--header",
            "X-Key: s3cr<&t",
        ],
    );
    assert_eq!(run.code, 1, "{run}");
    let text = project.read("out");
    for secret in ["s3cr", "cr&lt;", "cr%3C"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    text
}

#[test]
fn junit_tells_failures_errors_and_skipped_cases_apart() {
    let text = report("junit");
    let document = roxmltree::Document::parse(&text).unwrap();
    let suite = document
        .descendants()
        .find(|node| node.has_tag_name("testsuite"))
        .unwrap();
    for (name, count) in [
        ("tests", "4"),
        ("failures", "1"),
        ("errors", "1"),
        ("skipped", "1"),
    ] {
        assert_eq!(suite.attribute(name), Some(count), "{name}: {text}");
    }
    let kinds: Vec<(&str, Vec<&str>)> = suite
        .children()
        .filter(roxmltree::Node::is_element)
        .map(|case| {
            let children = case.children().filter(roxmltree::Node::is_element);
            let tags = children.map(|child| child.tag_name().name()).collect();
            (case.attribute("name").unwrap(), tags)
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("good", vec![]),
            ("bad", vec!["failure", "system-out"]),
            ("worse", vec!["skipped", "system-out"]),
            ("lost", vec!["error"]),
        ]
    );
    let failure = document.descendants().find(|n| n.has_tag_name("failure"));
    let failure = failure.unwrap();
    assert_eq!(failure.attribute("type"), Some("schema"));
    assert!(
        failure
            .text()
            .unwrap()
            .contains("defined at: openapi.yaml:")
    );
}

#[test]
fn github_gets_one_command_a_line() {
    let text = report("github");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().all(|line| line.starts_with("::")), "{text}");
    let begins = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!(begins("::error file=openapi.yaml,line="), 1, "{text}");
    assert_eq!(begins("::error title=ListThing%3A%3Alost::"), 1, "{text}");
    assert_eq!(begins("::warning file=o.yaml,line="), 0, "{text}");
    assert_eq!(begins("::warning file=openapi.yaml,line="), 1, "{text}");
    assert_eq!(
        begins("::notice title=trueup::1 passed, 1 failed, 1 errored, 0 skipped"),
        1,
        "{text}"
    );
}

#[test]
fn sarif_has_a_result_for_each_cause() {
    let report: Value = serde_json::from_str(&report("sarif")).unwrap();
    assert_eq!(report["version"], "2.1.0");
    let run = &report["runs"][0];
    assert_eq!(
        run["tool"]["driver"]["rules"],
        json!([{"id": "header"}, {"id": "schema"}])
    );
    let results = run["results"].as_array().unwrap();
    let levels: Vec<&Value> = results.iter().map(|result| &result["level"]).collect();
    assert_eq!(levels, ["error", "warning"]);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "openapi.yaml");
    assert!(place["region"]["startLine"].as_u64().unwrap() > 1);
}

#[test]
fn html_is_one_file_without_the_answers_markup() {
    let text = report("html");
    assert!(text.starts_with("<!doctype html>"));
    assert_eq!(
        text.matches("<pre>").count(),
        text.matches("</pre>").count()
    );
    for words in [
        "1 passed, 1 failed, 1 known deviations, 1 errored, 0 skipped",
        "CreateThing::bad",
        "<th>statuses",
        "&lt;b&gt;&amp;",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    for foreign in ["<b>", "src=", "href="] {
        assert!(!text.contains(foreign), "{foreign}: {text}");
    }
}

#[test]
fn an_unknown_report_is_refused() {
    let run = trueup(".", &["check", "--report", "xml"]);
    assert!(run.code == 2 && run.err.contains("sarif"), "{run}");
}
