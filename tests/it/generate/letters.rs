//! Texts that nobody wrote down, in letters that some servers cannot take.

use serde_json::{Value, json};
use trueup::emulator::Engine;
use trueup::outcome::{CaseOutcome, Verdict};
use trueup::wire::Request;

use super::{Fault, Reply, answer, json_of, outcomes, right, troubles};

const CREATION: &str = "createBook::texts_of_any_letters";

fn titled(request: &Request) -> Option<String> {
    let body = json_of(&request.body);
    body.get("title").and_then(Value::as_str).map(str::to_owned)
}

/// A server that keeps another title than the one that was sent.
fn keeping(engine: &Engine, mut request: Request, edit: fn(&str) -> String) -> Reply {
    if let Some(title) = titled(&request) {
        let mut body = json_of(&request.body);
        body["title"] = json!(edit(&title));
        request.body = body.to_string().into_bytes();
    }
    right(engine, &request)
}

fn has_sign(text: &str) -> bool {
    !text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Refuses titles with a sign, as its document does not say, with a status that it does not have.
fn particular(request: &Request) -> Option<Reply> {
    let title = titled(request).filter(|title| has_sign(title));
    title.map(|_| answer(403, &json!({"message": "letters only"})))
}

/// A fault, and what must be told of the creation.
const FAULTS: [(&str, Fault, &str); 5] = [
    (
        "small letters are kept",
        |engine, request| keeping(engine, request, str::to_lowercase),
        "echo at body /title",
    ),
    (
        "UTF-8 is taken for Latin-1",
        |engine, request| {
            keeping(engine, request, |title| {
                title.bytes().map(char::from).collect()
            })
        },
        "echo at body /title",
    ),
    (
        "letters beyond ASCII break the server",
        |engine, request| match titled(&request).filter(|title| !title.is_ascii()) {
            Some(_) => answer(500, &json!({"message": "oh"})),
            None => right(engine, &request),
        },
        "status at status: the status is 500, expected is 201 or 4xx",
    ),
    (
        "small letters are kept, and signs are refused",
        |engine, request| match particular(&request) {
            Some(refusal) => refusal,
            None => keeping(engine, request, str::to_lowercase),
        },
        "echo at body /title",
    ),
    (
        "signs in a title are refused, and those in a motto break the server",
        |engine, request| {
            let body = json_of(&request.body);
            match (particular(&request), body["motto"].as_str()) {
                (Some(refusal), _) => refusal,
                (None, Some(motto)) if has_sign(motto) => answer(502, &json!({"message": "oh"})),
                _ => right(engine, &request),
            }
        },
        "status at status: the status is 502, expected is 201 or 4xx",
    ),
];

fn creation(outcomes: &[CaseOutcome]) -> &CaseOutcome {
    let mut cases = outcomes.iter();
    cases.find(|case| case.name == CREATION).unwrap()
}

#[test]
fn other_letters_are_not_kept() {
    for (name, fault, told) in FAULTS {
        let outcomes = outcomes(fault);
        let troubles = troubles(&outcomes);
        let is_told = |trouble: &String| trouble.starts_with(CREATION) && trouble.contains(told);
        assert!(troubles.iter().any(is_told), "{name}: {troubles:#?}");
    }
}

/// What is told of a failing case are the requests that were taken, not those that were refused.
#[test]
fn a_refusal_is_no_part_of_what_fails() {
    let (_, fault, _) = FAULTS[3];
    let outcomes = outcomes(fault);
    let repeat = creation(&outcomes).repeat.as_ref().unwrap();
    assert_eq!(repeat.curl.len(), 1, "{:#?}", repeat.curl);
    assert!(!repeat.curl[0].contains('&'), "{:#?}", repeat.curl);
    let fixture = repeat.fixture.as_ref().unwrap();
    assert_eq!(fixture.matches("operation").count(), 1, "{fixture}");
}

#[test]
fn a_rule_that_no_document_tells_is_no_fault() {
    let outcomes =
        outcomes(|engine, request| particular(&request).unwrap_or_else(|| right(engine, &request)));
    assert!(troubles(&outcomes).is_empty(), "{:#?}", troubles(&outcomes));
    assert_eq!(creation(&outcomes).verdict, Verdict::Passed);
}
