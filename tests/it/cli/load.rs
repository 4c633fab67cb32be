//! Targets that are busy, slow or gone: what must be waited for is, what is broken is told once.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;

use crate::cli::project::{Project, json};
use crate::world::binary::{RawServer, Run};

const TRACE: &str = "X-Trace: 1";

/// Scenarios of one step, in flow style.
fn scenarios(steps: &[&str]) -> String {
    let scenarios: Vec<String> = steps
        .iter()
        .enumerate()
        .map(|(i, step)| format!("  - {{ name: case {i}, steps: [{step}] }}"))
        .collect();
    scenarios.join("\n")
}

/// The right answer.
fn right(head: &[u8]) -> Vec<u8> {
    if head.starts_with(b"GET") {
        json(200, &[TRACE], &json!([]))
    } else {
        json(201, &[TRACE], &json!({"id": "1", "name": "a"}))
    }
}

fn busy(retry_after: &'static str) -> Vec<u8> {
    json(429, &[retry_after], &json!({}))
}

fn assert_counts(run: &Run, counts: &str) {
    assert!(run.out.contains(counts), "{counts}: {run}");
}

#[test]
fn a_busy_target_is_waited_for() {
    let project = Project::new(&scenarios(&[
        "{ operation: ListThing }",
        "{ operation: CreateThing, with: { name: a } }",
    ]));
    for retry_after in [
        "Retry-After: 0",
        "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT",
        "X-No: 1",
    ] {
        let asked = Mutex::new(HashSet::new());
        let server = RawServer::start(move |head| {
            let is_first = asked.lock().unwrap().insert(head[..4].to_vec());
            if is_first {
                busy(retry_after)
            } else {
                right(head)
            }
        });
        let run = project.check(&server.url, &[]);
        assert_eq!(run.code, 0, "{retry_after}: {run}");
        assert_counts(&run, "2 passed, 0 failed, 0 errored, 0 skipped; 4 requests");
    }
}

#[test]
fn a_target_that_stays_busy_is_told_once() {
    let step = "{ operation: ListThing }";
    let project = Project::new(&scenarios(&[step, step, step]));
    for (retry_after, patience, words) in [
        ("Retry-After: 3600", "60", "wants 3600 s of peace"),
        ("Retry-After: 0", "0.2", "ListThing answers 429 after"),
        ("X-No: 1", "0.1", "ListThing answers 429 after 0 s"),
    ] {
        let server = RawServer::start(move |_| busy(retry_after));
        let run = project.check(&server.url, &["--patience", patience, "--jobs", "1"]);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.out.contains(words), "{words}: {run}");
        assert_counts(&run, "0 passed, 0 failed, 1 errored, 2 skipped");
        assert_counts(&run, "    2  not asked: ListThing answers 429 for too long");
        project.report();
    }
}

#[test]
fn being_busy_is_no_refusal() {
    let project = Project::new(&scenarios(&[
        "{ operation: CreateThing, with: { name: a }, expect: { refused: true } }",
    ]));
    let asked = AtomicBool::new(false);
    let server = RawServer::start(move |head| {
        if asked.swap(true, Ordering::SeqCst) {
            right(head)
        } else {
            busy("Retry-After: 0")
        }
    });
    let run = project.check(&server.url, &[]);
    assert_eq!(run.code, 1, "{run}");
    assert_eq!(project.report()["cases"][0]["findings"][0]["actual"], "201");
}

#[test]
fn a_429_that_is_expected_is_an_answer() {
    let project = Project::new(&scenarios(&[
        "{ operation: ListThing, expect: { status: 429 } }",
    ]));
    let server = RawServer::start(|_| busy("Retry-After: 3600"));
    let run = project.check(&server.url, &[]);
    assert!(!run.out.contains("peace"), "{run}");
    assert_eq!(server.requests(), 1);
}

#[test]
fn an_operation_that_hangs_costs_its_timeout_once() {
    let list = "{ operation: ListThing }";
    let create = "{ operation: CreateThing, with: { name: a } }";
    let both = format!("{create}, {list}");
    let project = Project::new(&scenarios(&[list, list, list, create, &both]));
    let server = RawServer::answering_some(|head| {
        let is_list = head.starts_with(b"GET");
        (!is_list).then(|| right(head))
    });
    for jobs in ["1", "8"] {
        let run = project.check(&server.url, &["--timeout", "0.3", "--jobs", jobs]);
        assert_eq!(run.code, 1, "{run}");
        assert_counts(&run, "1 passed, 1 failed, 0 errored, 3 skipped");
        assert_counts(
            &run,
            "    3  not asked: ListThing did not answer within 0.3 s",
        );
        project.report();
    }
}

#[test]
fn a_deletion_that_hangs_is_told_though_it_only_tidies_up() {
    let create = "{ operation: CreateThing, with: { name: a } }";
    let project = Project::new(&scenarios(&[create, create]));
    let deletion = "    delete:
      operationId: DropThing
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { '204': { description: gone } }
";
    let item = "  /things/{id}:\n";
    let document = project.read("openapi.yaml");
    let document = document.replace(item, &format!("{item}{deletion}"));
    project.write("openapi.yaml", &document);
    let server = RawServer::answering_some(|head| {
        let is_deletion = head.starts_with(b"DELETE");
        (!is_deletion).then(|| right(head))
    });
    let run = project.check(&server.url, &["--timeout", "0.3", "--jobs", "1"]);
    assert_eq!(run.code, 1, "{run}");
    assert_counts(&run, "1 passed, 1 failed, 0 errored, 0 skipped; 3 requests");
    let finding = &project.report()["cases"][0]["findings"][0];
    assert_eq!(finding["check"], "transport");
    assert_eq!(finding["operation"], "DropThing");
}

#[test]
fn a_target_that_is_gone_is_told_once() {
    let step = "{ operation: ListThing }";
    let project = Project::new(&scenarios(&[step; 12]));
    let server = RawServer::start(right);
    let gone = server.url.clone();
    drop(server);
    let run = project.check(&gone, &[]);
    assert_eq!(run.code, 2, "{run}");
    assert_counts(&run, "0 passed, 0 failed, 1 errored, 11 skipped");
    assert_eq!(run.out.matches("no connection to the target: ").count(), 1);
}

#[test]
fn a_lost_answer_is_asked_for_again_only_where_that_is_safe() {
    let project = Project::new(&scenarios(&[
        "{ operation: ListThing }",
        "{ operation: CreateThing, with: { name: a } }",
    ]));
    let asked = AtomicUsize::new(0);
    let server = RawServer::start(move |head| match asked.fetch_add(1, Ordering::SeqCst) {
        0 | 2 => Vec::new(),
        _ => right(head),
    });
    let run = project.check(&server.url, &["--jobs", "1"]);
    assert_eq!(run.code, 1, "{run}");
    assert_counts(&run, "1 passed, 1 failed, 0 errored, 0 skipped; 3 requests");
    let report = project.report();
    assert_eq!(report["cases"][0]["warnings"][0]["check"], "transport");
    assert_eq!(report["cases"][1]["findings"][0]["check"], "transport");
}

#[test]
fn a_case_that_waits_lets_others_run() {
    let project = Project::new(&scenarios(&[
        "{ operation: ListThing, until: { body: [{ id: '1' }] }, every: 20ms, within: 60s }",
        "{ operation: CreateThing, with: { name: a } }",
    ]));
    let created = AtomicBool::new(false);
    let server = RawServer::start(move |head| {
        if head.starts_with(b"POST") {
            created.store(true, Ordering::SeqCst);
            right(head)
        } else if created.load(Ordering::SeqCst) {
            json(200, &[TRACE], &json!([{"id": "1"}]))
        } else {
            right(head)
        }
    });
    let run = project.check(&server.url, &["--jobs", "1"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn a_stream_need_not_have_an_end() {
    let project = Project::new(&scenarios(&["{ operation: Listen }"]));
    project.write(
        "openapi.yaml",
        "openapi: 3.2.0
info: {title: Things, version: '1'}
paths:
  /events:
    get:
      operationId: Listen
      responses:
        '200':
          description: d
          content:
            text/event-stream:
              itemSchema: {properties: {data: {type: string, maxLength: 3}}}
            application/json: {schema: {type: array}}
",
    );
    let head = |kind| {
        format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n")
    };
    // One chunk, and no last one.
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    for (kind, text, found) in [
        ("text/event-stream", "data: one\n\ndata: of th", None),
        ("text/event-stream", "data: four\n\n", Some("schema")),
        ("application/json", "[", Some("transport")),
    ] {
        let bytes = head(kind) + &chunk(text);
        let server = RawServer::without_end(move |_| bytes.clone().into_bytes());
        let run = project.check(&server.url, &["--timeout", "0.4", "--jobs", "1"]);
        assert_eq!(run.code, i32::from(found.is_some()), "{text}: {run}");
        let report = project.report();
        let finding = report["cases"][0]["findings"][0]["check"].as_str();
        assert_eq!(finding, found, "{text}: {run}");
    }
}
