//! The real binary and documents of which some operations cannot be used.

use std::fs;

use serde_json::Value;

use crate::world::binary::{Client, Run, Serve, trueup};

/// One operation that can be used, and three that cannot, each for its own reasons.
const DOCUMENT: &str = r"openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /good:
    get:
      operationId: good
      responses:
        '200':
          description: d
          content:
            application/json:
              schema: {type: object, properties: {name: {type: string, pattern: '^[\w-.]+\_$'}}}
  /request:
    post:
      operationId: badRequest
      requestBody:
        content:
          application/json:
            schema:
              properties:
                $ref: '#/components/schemas/names'
      responses: {'204': {description: d}}
  /answer:
    get:
      operationId: badAnswer
      responses:
        '200':
          description: d
          content:
            application/json:
              schema: {$ref: '#/components/schemas/outer'}
  /part/{id}:
    get:
      operationId: badPart
      responses: {'200': {description: d}}
components:
  schemas:
    outer: {type: array, items: {$ref: '#/components/schemas/inner'}}
    inner:
      type: object
      properties:
        a: {type: string, pattern: '('}
        b: {type: string, pattern: '\Z'}
        c: {$ref: '#/components/schemas/nowhere'}
";
/// The lines of what is wrong, in the order of their operations.
const LINES: [(&str, &[usize]); 3] = [
    ("badAnswer", &[42, 43, 44]),
    ("badPart", &[33]),
    ("badRequest", &[21]),
];

fn check(arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), DOCUMENT).unwrap();
    let common = ["check", "--spec", "a.yaml", "--generate", "boundary"];
    trueup(folder.path(), &[&common[..], arguments].concat())
}

#[test]
fn an_operation_that_cannot_be_used_is_no_obstacle_to_the_others() {
    let run = check(&["--filter", "good::"]);
    assert!(run.code == 0 && !run.out.contains("skipped:"), "{run}");

    let run = check(&[]);
    assert_eq!(run.code, 0, "{run}");
    for (operation, lines) in LINES {
        for line in lines {
            let line = format!("a.yaml:{line} ");
            let is_told = |text: &str| text.contains(operation) && text.contains(&line);
            let notes = run.out.lines().filter(|text| text.starts_with("note: "));
            assert_eq!(
                notes.filter(|text| is_told(text)).count(),
                1,
                "{line}: {run}"
            );
        }
    }

    let run = check(&["--report", "json"]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    for case in report["cases"].as_array().unwrap() {
        let operation = case["operation"].as_str().unwrap();
        match LINES.iter().find(|(id, _)| *id == operation) {
            None => assert_eq!(case["verdict"], "passed", "{case:#}"),
            Some((_, lines)) => {
                assert_eq!(case["verdict"], "skipped", "{case:#}");
                let reason = case["reasons"][0].as_str().unwrap();
                let mut told = lines.iter().map(|line| format!("a.yaml:{line} "));
                assert!(told.any(|line| reason.contains(&line)), "{reason}");
            }
        }
    }
}

#[test]
fn the_list_of_cases_says_which_are_skipped() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), DOCUMENT).unwrap();
    let arguments = ["list", "--spec", "a.yaml", "--generate", "boundary"];
    let run = trueup(folder.path(), &arguments);
    assert!(run.code == 0 && run.out.contains("badPart::"), "{run}");
    assert!(!run.out.contains("note: "), "{run}");
    for line in LINES.iter().flat_map(|(_, lines)| *lines) {
        let line = format!("(a.yaml:{line} ");
        let mut notes = run.err.lines().filter(|text| text.starts_with("note: "));
        assert!(notes.any(|note| note.contains(&line)), "{line}: {run}");
    }
}

#[test]
fn what_is_broken_hides_nothing_else_from_inspect() {
    let folder = tempfile::tempdir().unwrap();
    let text = DOCUMENT.replace("'204'", "'200'");
    fs::write(folder.path().join("a.yaml"), text).unwrap();
    let run = trueup(folder.path(), &["inspect", "a.yaml"]);
    for line in [
        "  1 of 2 response bodies accept {}: good 200; nothing is known of 1, whose schemas cannot be \
         used\n",
        "  0 of 4 properties of responses may be null; nothing is known of 3, whose schemas",
    ] {
        assert!(run.code == 2 && run.out.contains(line), "{line}: {run}");
    }
    for line in LINES.iter().flat_map(|(_, lines)| *lines) {
        let line = format!("  at a.yaml:{line} ");
        assert!(run.out.contains(&line), "{line}: {run}");
    }
    let run = trueup(folder.path(), &["inspect", "a.yaml", "--json"]);
    let page: Value = serde_json::from_str(&run.out).unwrap();
    let operations = page["operations"].as_array().unwrap();
    assert!(run.code == 2 && operations.len() == 4, "{run}");
    for operation in operations {
        let is_good = operation["id"] == "good";
        assert_eq!(operation["usable"], is_good, "{operation}");
    }
}

#[test]
fn the_emulator_serves_what_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("a.yaml");
    fs::write(&document, DOCUMENT).unwrap();
    let errors = folder.path().join("errors.txt");
    let arguments = ["--spec", document.to_str().unwrap()];
    let serve = Serve::start_with(&arguments, fs::File::create(&errors).unwrap());
    let client = Client::new(&serve.url);
    assert_eq!(client.status("GET", "/good"), 200);
    assert_eq!(client.status("GET", "/part/1"), 501);
    let said = fs::read_to_string(&errors).unwrap();
    let mut notes = said.lines().filter(|line| line.starts_with("note: "));
    assert!(notes.any(|note| note.contains("badPart")), "{said}");

    // Of the document whole, no operation is left.
    let only = DOCUMENT
        .replace("/good:", "/good/{id}:")
        .replace("/request:", "/request/{id}:");
    fs::write(&document, only.replace("/answer:", "/answer/{id}:")).unwrap();
    let run = trueup(folder.path(), &["serve", "--spec", "a.yaml"]);
    assert!(run.code == 2 && run.err.contains("a.yaml:5 "), "{run}");
}

#[test]
fn without_an_operation_that_can_be_used_there_is_nothing_to_check() {
    let run = check(&["--filter", "bad"]);
    assert!(run.code == 2 && run.out.is_empty(), "{run}");
    for line in LINES.iter().flat_map(|(_, lines)| *lines) {
        assert!(
            run.err.contains(&format!("a.yaml:{line} ")),
            "{line}: {run}"
        );
    }
    assert_eq!(run.err.matches("error: ").count(), 5, "{run}");
}

#[test]
fn what_stands_in_the_data_of_events_can_be_broken_too() {
    let folder = tempfile::tempdir().unwrap();
    let text = "openapi: 3.2.0
info: {title: t, version: '1'}
paths:
  /events:
    get:
      operationId: listen
      responses:
        '200':
          description: d
          content:
            text/event-stream:
              itemSchema:
                properties:
                  data:
                    contentMediaType: application/json
                    contentSchema: {type: strng}
";
    fs::write(folder.path().join("a.yaml"), text).unwrap();
    let run = trueup(folder.path(), &["inspect", "a.yaml"]);
    for part in ["  at a.yaml:16 ", "there is no type 'strng'", "(set aside"] {
        assert!(run.code == 2 && run.out.contains(part), "{part}: {run}");
    }
}
