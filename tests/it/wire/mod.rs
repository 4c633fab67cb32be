//! What goes over the wire, in both directions. Expectations are written by hand: no code of the
//! engine reads what it wrote.

mod answers;
mod bodies;
mod credentials;
mod parameters;
mod sequences;
mod servers;

use std::sync::{Arc, Mutex};

use crate::world::server::{Reply, Server};
use serde_json::{Value, json};
use trueup::Suite;
use trueup::config::{Environment, Layer, TargetChoice, resolve};
use trueup::outcome::{CaseOutcome, Event, Sink, Verdict};
use trueup::target::Stop;
use trueup::wire::{Headers, Request, Response, Status};

struct Silent;

impl Sink for Silent {
    fn take(&mut self, _: Event<'_>) {}
}

/// A document of these paths.
fn document(paths: &Value) -> Value {
    json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths})
}

/// A scenario of one step.
fn scenario(name: &str, step: &Value) -> Value {
    json!({"name": name, "steps": [step]})
}

/// Checks a server that answers so, with the scenarios given, and returns what came of each.
fn check(
    document: &Value,
    scenarios: &[Value],
    flags: Layer,
    answer: impl Fn(Request) -> Response + Send + Sync + 'static,
) -> Vec<CaseOutcome> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| {
        std::fs::write(folder.path().join(name), value.to_string()).unwrap();
    };
    std::fs::create_dir(folder.path().join("fixtures")).unwrap();
    write("api.json", document);
    write("fixtures/all.yaml", &json!({"scenarios": scenarios}));
    let server = Server::start().unwrap();
    server.set(Arc::new(move |request| Reply::Whole(answer(request))));
    let flags = flags
        .spec("api.json")
        .fixtures("fixtures")
        .target(TargetChoice::Url(server.url()))
        .jobs(1_usize);
    let settings = resolve(folder.path(), flags, &Environment::default()).unwrap();
    let suite = Suite::load(settings).unwrap();
    let session = suite.session().unwrap();
    let (_handle, stop) = Stop::new();
    session.run(&mut Silent, &stop).1
}

/// The findings of a case, each with its check and its place.
fn findings(case: &CaseOutcome) -> Vec<String> {
    let mut all: Vec<String> = case
        .findings
        .iter()
        .map(|finding| format!("{} at {}", finding.check, finding.place))
        .collect();
    all.extend(case.reasons.iter().cloned());
    all.sort();
    all
}

/// The requests of all scenarios, which are answered with 204.
fn recorded(document: &Value, scenarios: &[Value], flags: Layer) -> Vec<Request> {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&requests);
    let outcomes = check(document, scenarios, flags, move |request| {
        log.lock().unwrap().push(request);
        response(204, "", b"")
    });
    for case in &outcomes {
        assert_eq!(
            case.verdict,
            Verdict::Passed,
            "{}: {:?}",
            case.name,
            findings(case)
        );
    }
    std::mem::take(&mut *requests.lock().unwrap())
}

/// The path and the query of a request as they were sent.
fn target(request: &Request) -> &str {
    let (_, rest) = request.url.split_once("://").unwrap();
    &rest[rest.find('/').unwrap()..]
}

fn response(status: u16, content_type: &str, body: &[u8]) -> Response {
    let mut headers = Headers::default();
    if !content_type.is_empty() {
        headers.push("Content-Type", content_type);
    }
    Response {
        status: Status(status),
        headers,
        body: body.to_vec(),
    }
}
