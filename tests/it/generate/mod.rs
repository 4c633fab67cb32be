//! Cases from the contract alone: right servers pass, wrong ones are found, without any fixture.

mod apart;
mod drawers;
mod equal;
mod laws;
mod letters;
mod parcels;
mod refused;
mod shared;
mod silent;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::world::server::{Handler, Reply, Server};
use drawers::Drawers;
use serde_json::{Value, json};
use trueup::Suite;
use trueup::config::{Environment, Layer, Settings, TargetChoice, resolve};
use trueup::emulator::{self, Engine};
use trueup::generate::Size;
use trueup::outcome::{CaseOutcome, Event, Finding, Sink, Verdict};
use trueup::report::describe;
use trueup::suite::load_contract;
use trueup::target::Stop;
use trueup::wire::{Headers, Request, Response, Status};

/// What a server does to an answer.
type Fault = fn(&Engine, Request) -> Reply;

struct Silent;

impl Sink for Silent {
    fn take(&mut self, _: Event<'_>) {}
}

fn settings(spec: &str, target: TargetChoice) -> Settings {
    let flags = Layer::default()
        .spec(format!("tests/it/generate/{spec}"))
        .generate(Size::Full)
        .seed(1_u64)
        // Longer than a server is kept waiting for a core; one case waits for it to pass.
        .timeout(Duration::from_secs(5));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = resolve(folder, flags, &Environment::default()).unwrap();
    settings.source.fixtures = None;
    settings.snapshots.folder = None;
    settings.target.choice = target;
    settings
}

/// The outcomes of all cases of a document against a server.
fn check(spec: &str, handler: Handler) -> Vec<CaseOutcome> {
    let server = Server::start().unwrap();
    server.set(handler);
    let suite = Suite::load(settings(spec, TargetChoice::Url(server.url()))).unwrap();
    let session = suite.session().unwrap();
    let (_handle, stop) = Stop::new();
    session.run(&mut Silent, &stop).1
}

/// The outcomes of all cases against a server with this fault.
fn outcomes(fault: Fault) -> Vec<CaseOutcome> {
    check("shelf.yaml", planted("shelf.yaml", fault))
}

/// The emulator of a document with a fault.
fn planted(spec: &str, fault: Fault) -> Handler {
    let contract = load_contract(&settings(spec, TargetChoice::Emulator)).unwrap();
    let account = emulator::Settings::new("user", "secret");
    let engine = emulator::engine(Arc::new(contract), account).unwrap();
    Arc::new(move |request| fault(&engine, request))
}

/// Names and findings of the cases that failed or could not be judged.
fn troubles(outcomes: &[CaseOutcome]) -> Vec<String> {
    outcomes
        .iter()
        .filter(|case| matches!(case.verdict, Verdict::Failed | Verdict::Errored))
        .map(|case| {
            let findings: Vec<String> = case
                .findings
                .iter()
                .map(|finding| {
                    format!(
                        "{} at {}: {}",
                        finding.check,
                        finding.place,
                        describe(&finding.kind).message
                    )
                })
                .collect();
            format!("{} {findings:?} {:?}", case.name, case.reasons)
        })
        .collect()
}

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

fn answer(status: u16, body: &Value) -> Reply {
    let mut headers = Headers::default();
    headers.push("Content-Type", "application/json");
    Reply::Whole(Response {
        status: Status(status),
        headers,
        body: body.to_string().into_bytes(),
    })
}

fn path(request: &Request) -> &str {
    let behind = request.url.splitn(4, '/').nth(3).unwrap_or_default();
    behind.split('?').next().unwrap_or_default()
}

fn is(request: &Request, method: &str, segments: usize) -> bool {
    request.method == method && path(request).split('/').count() == segments
}

/// The right answer.
fn right(engine: &Engine, request: &Request) -> Reply {
    Reply::Whole(engine.answer(request))
}

#[test]
fn a_right_server_passes() {
    let outcomes = outcomes(|engine, request| right(engine, &request));
    assert!(troubles(&outcomes).is_empty(), "{:#?}", troubles(&outcomes));
    let names: Vec<&str> = outcomes.iter().map(|case| case.name.as_str()).collect();
    for name in [
        "createBook::required_fields_only",
        "createBook::example_thin",
        "createBook::all_fields",
        "createBook::title_of_40_characters",
        "createBook::title_of_41_characters",
        "createBook::kind_is_poem",
        "createBook::pages_of_5001",
        "createBook::tags_of_3_items",
        "createBook::tags_with_equal_items",
        "createBook::without_title",
        "createBook::kind_off_enum",
        "createBook::body_with_an_unknown_member",
        "createBook::malformed_body",
        "listBooks::limit_of_21",
        "getBook::unknown_book_id",
        "getLoan::under_another_book",
        "lendBook::until_off_format",
        "lendBook::reader_off_pattern",
        "changeBook::title_of_0_characters",
        "deleteBook::undocumented_method_put",
    ] {
        let of_path = name.replace("deleteBook", "getBook");
        assert!(
            names.contains(&of_path.as_str()),
            "{of_path} is not in {names:#?}"
        );
    }
    assert!(
        names
            .iter()
            .all(|name| names.iter().filter(|n| n == &name).count() == 1)
    );
    // No operation creates readers: that is said, with what to do.
    let reader = outcomes
        .iter()
        .find(|case| case.operation == "getReader")
        .unwrap();
    assert_eq!(reader.verdict, Verdict::Skipped);
    assert!(
        reader.reasons[0].contains("resources"),
        "{:?}",
        reader.reasons
    );
    assert!(outcomes.iter().all(|case| case.leftovers.is_empty()));
}

#[test]
fn new_items_are_found_wherever_the_contract_tells_them() {
    let drawers = Arc::new(Mutex::new(Drawers::default()));
    let shared = Arc::clone(&drawers);
    let outcomes = check(
        "drawers.yaml",
        Arc::new(move |request| {
            let mut drawers = shared.lock().unwrap_or_else(PoisonError::into_inner);
            drawers.reply(&request)
        }),
    );
    assert!(troubles(&outcomes).is_empty(), "{:#?}", troubles(&outcomes));
    for name in ["getBox", "dropLock", "getLabel", "putLabel", "dropPeg"] {
        let name = format!("{name}::required_fields_only");
        let case = outcomes.iter().find(|case| case.name == name).unwrap();
        assert_eq!(case.verdict, Verdict::Passed, "{name} {:?}", case.reasons);
    }
    let drawers = drawers.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(drawers.is_empty(), "{drawers:?}");
}

#[test]
fn equal_seeds_make_equal_cases() {
    let cases = || {
        let suite = Suite::load(settings("shelf.yaml", TargetChoice::Emulator)).unwrap();
        format!("{:?}", suite.cases())
    };
    assert_eq!(cases(), cases());
}

#[test]
fn a_filter_changes_no_case() {
    for spec in ["shelf.yaml", "album.yaml", "drawers.yaml"] {
        let whole = Suite::load(settings(spec, TargetChoice::Emulator)).unwrap();
        let cases = whole.cases();
        let mut filters: Vec<&str> = cases
            .iter()
            .filter_map(|case| Some(&case.name[..case.name.find("::")? + 2]))
            .collect();
        filters.dedup();
        filters.extend([
            "Photo::lasts",
            "_only",
            "ook::required",
            "::",
            "nothing has this",
        ]);
        for filter in filters {
            let mut settings = settings(spec, TargetChoice::Emulator);
            settings.select.filter = Some(filter.to_owned());
            let some = Suite::load(settings).unwrap();
            let wanted = cases.iter().filter(|case| case.name.contains(filter));
            let wanted: Vec<_> = wanted.collect();
            let some: Vec<_> = some.cases().iter().collect();
            assert_eq!(
                format!("{some:?}"),
                format!("{wanted:?}"),
                "{spec} {filter}"
            );
        }
    }
}

/// A fault, and the beginning of what must be told of it.
const FAULTS: [(&str, Fault, &str); 21] = [
    (
        "an empty title breaks the connection",
        |engine, request| {
            if request.method == "PATCH" && json_of(&request.body)["title"] == "" {
                return Reply::Bytes(b"oh\r\n\r\n".to_vec());
            }
            right(engine, &request)
        },
        "changeBook::title_of_0_characters [\"transport",
    ),
    (
        "a change of nothing is taken",
        |engine, mut request| {
            if request.method == "PATCH" && request.body == b"{}" {
                request.body = json!({"pages": 7}).to_string().into_bytes();
            }
            right(engine, &request)
        },
        "changeBook::body_of_0_members [\"status",
    ),
    (
        "a change of too much is taken",
        |engine, mut request| {
            let mut body = json_of(&request.body);
            if let Some(members) = body.as_object_mut().filter(|_| request.method == "PATCH")
                && members.remove("trueup_2").is_some()
            {
                request.body = body.to_string().into_bytes();
            }
            right(engine, &request)
        },
        "changeBook::body_of_3_members [\"status",
    ),
    (
        "a book without a title is taken",
        |engine, mut request| {
            if is(&request, "POST", 1) && json_of(&request.body).get("title").is_none() {
                request.body = json!({"title": "x", "kind": "poem"})
                    .to_string()
                    .into_bytes();
            }
            right(engine, &request)
        },
        "createBook::without_title [\"status",
    ),
    (
        "a long title is cut",
        |engine, mut request| {
            let mut body = json_of(&request.body);
            if let Some(title) = body.get("title").and_then(Value::as_str) {
                body["title"] = json!(title.chars().take(40).collect::<String>());
                request.body = body.to_string().into_bytes();
            }
            right(engine, &request)
        },
        "createBook::title_of_41_characters [\"status",
    ),
    (
        "a title of the full length is refused",
        |engine, request| {
            let body = json_of(&request.body);
            match body.get("title").and_then(Value::as_str) {
                Some(title) if title.chars().count() == 40 => {
                    answer(400, &json!({"message": "long"}))
                }
                _ => right(engine, &request),
            }
        },
        "createBook::title_of_40_characters [\"acceptance",
    ),
    (
        "characters are counted where bytes have a limit",
        |engine, mut request| {
            let mut body = json_of(&request.body);
            let motto = body["motto"].as_str().unwrap_or_default();
            if motto.chars().count() <= 30 && motto.len() > 30 {
                body["motto"] = json!("short");
                request.body = body.to_string().into_bytes();
            }
            right(engine, &request)
        },
        "createBook::motto_of_31_bytes_in_16_characters [\"status",
    ),
    (
        "a motto of the full length is refused",
        |engine, request| match json_of(&request.body)["motto"].as_str() {
            Some(motto) if motto.len() == 30 => answer(400, &json!({"message": "long"})),
            _ => right(engine, &request),
        },
        "createBook::motto_of_30_bytes [\"acceptance",
    ),
    (
        "poems are refused",
        |engine, request| match json_of(&request.body).get("kind") {
            Some(kind) if kind == "poem" => answer(400, &json!({"message": "no poems"})),
            _ => right(engine, &request),
        },
        "createBook::kind_is_poem [\"acceptance",
    ),
    (
        "malformed JSON breaks the server",
        |engine, request| {
            if !request.body.is_empty() && json_of(&request.body).is_null() {
                return answer(500, &json!({"message": "oh"}));
            }
            right(engine, &request)
        },
        "createBook::malformed_body [\"status",
    ),
    (
        "malformed JSON is never answered",
        |engine, request| {
            let is_json = !json_of(&request.body).is_null();
            if request.method == "PATCH" && request.body.starts_with(b"{") && !is_json {
                return Reply::Open(Vec::new());
            }
            right(engine, &request)
        },
        "changeBook::malformed_body [\"transport",
    ),
    (
        "an unknown book is found",
        |engine, request| {
            let response = engine.answer(&request);
            if is(&request, "GET", 2) && response.status == 404 {
                let id = path(&request).rsplit('/').next().unwrap_or_default();
                return answer(200, &json!({"id": id, "title": "x", "kind": "poem"}));
            }
            Reply::Whole(response)
        },
        "getBook::unknown_book_id [\"status",
    ),
    (
        "loans are found under any book",
        |engine, request| {
            let response = engine.answer(&request);
            if is(&request, "GET", 4) && response.status == 404 {
                let words: Vec<&str> = path(&request).split('/').collect();
                return answer(
                    200,
                    &json!({"id": words[3], "book_id": words[1], "reader": "x"}),
                );
            }
            Reply::Whole(response)
        },
        "getLoan::under_another_book [\"status",
    ),
    (
        "a limit is not checked",
        |engine, mut request| {
            if request.url.contains("limit=21") {
                request.url = request.url.replace("limit=21", "limit=20");
            }
            right(engine, &request)
        },
        "listBooks::limit_of_21 [\"status",
    ),
    (
        "what nobody described is done",
        |engine, request| {
            if is(&request, "DELETE", 1) {
                return Reply::Whole(Response {
                    status: Status(204),
                    headers: Headers::default(),
                    body: Vec::new(),
                });
            }
            right(engine, &request)
        },
        "listBooks::undocumented_method_delete [\"status",
    ),
    (
        "every book has seven pages",
        |engine, mut request| {
            let mut body = json_of(&request.body);
            if let Some(members) = body.as_object_mut()
                && request.method == "POST"
                && members.contains_key("pages")
            {
                members.insert("pages".to_owned(), json!(7));
                request.body = body.to_string().into_bytes();
            }
            right(engine, &request)
        },
        "createBook::all_fields [\"echo",
    ),
    (
        "an error has no message",
        |engine, request| {
            let mut response = engine.answer(&request);
            if response.status == 400 {
                response.body = b"{}".to_vec();
            }
            Reply::Whole(response)
        },
        "createBook::without_title [\"required",
    ),
    (
        "every string is a date",
        |engine, mut request| {
            let mut body = json_of(&request.body);
            if is(&request, "POST", 3) && body.get("until").is_some() {
                body["until"] = json!("2030-01-01");
                request.body = body.to_string().into_bytes();
            }
            right(engine, &request)
        },
        "lendBook::until_off_format [\"status",
    ),
    (
        "any reader may lend",
        |engine, mut request| {
            let mut body = json_of(&request.body);
            if is(&request, "POST", 3) && body.get("reader").is_some_and(Value::is_string) {
                body["reader"] = json!("somebody");
                request.body = body.to_string().into_bytes();
            }
            right(engine, &request)
        },
        "lendBook::reader_off_pattern [\"status",
    ),
    (
        "unknown members are taken",
        |engine, mut request| {
            let mut body = json_of(&request.body);
            if let Some(members) = body.as_object_mut()
                && members.remove("trueup_unknown").is_some()
            {
                request.body = body.to_string().into_bytes();
            }
            right(engine, &request)
        },
        "createBook::body_with_an_unknown_member [\"status",
    ),
    (
        "a conflict is not documented",
        |engine, request| {
            if is(&request, "POST", 1) && json_of(&request.body).get("tags").is_some() {
                return answer(409, &json!({"message": "taken"}));
            }
            right(engine, &request)
        },
        "createBook::all_fields [\"status",
    ),
];

#[test]
fn wrong_servers_are_found_without_fixtures() {
    let mut missed = Vec::new();
    for (name, fault, told) in FAULTS {
        let troubles = troubles(&outcomes(fault));
        if !troubles.iter().any(|trouble| trouble.starts_with(told)) {
            missed.push(format!("{name}: {told} is not in {troubles:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_failing_case_can_be_pasted_as_a_fixture() {
    let (name, fault, told) = FAULTS
        .into_iter()
        .find(|(name, ..)| *name == "loans are found under any book")
        .unwrap();
    let (case, _) = told.split_once(' ').unwrap();
    let failed = outcomes(fault);
    let failed = failed.iter().find(|outcome| outcome.name == case).unwrap();
    let repeat = failed.repeat.as_ref().unwrap();
    assert_eq!(repeat.curl.len(), 4, "{:#?}", repeat.curl);
    let folder = tempfile::tempdir().unwrap();
    let fixture = repeat.fixture.as_ref().unwrap();
    std::fs::write(folder.path().join("pasted.yaml"), fixture).unwrap();
    let handler = planted("shelf.yaml", fault);
    let server = Server::start().unwrap();
    server.set(handler);
    let mut settings = settings("shelf.yaml", TargetChoice::Url(server.url()));
    settings.select.generate = None;
    settings.source.fixtures = Some(folder.path().to_string_lossy().into_owned());
    let suite = Suite::load(settings).unwrap();
    let (_handle, stop) = Stop::new();
    let outcomes = suite.session().unwrap().run(&mut Silent, &stop).1;
    let again = &outcomes[0];
    assert_eq!(
        again.verdict,
        Verdict::Failed,
        "{name}: {:?}",
        again.reasons
    );
    assert!(again.findings[0].same_cause(&Finding {
        promise: again.findings[0].promise.clone(),
        ..failed.findings[0].clone()
    }));
}

/// Refusals for reasons that no schema knows.
const HOLLOW: [(&str, Fault); 2] = [
    ("nobody may create books", |engine, request| {
        if is(&request, "POST", 1) {
            return answer(403, &json!({"message": "not you"}));
        }
        right(engine, &request)
    }),
    ("no book fits the house", |engine, request| {
        if is(&request, "POST", 1) {
            return answer(400, &json!({"message": "the shelf is full"}));
        }
        right(engine, &request)
    }),
];

#[test]
fn what_no_schema_knows_is_no_fault() {
    for (name, fault) in HOLLOW {
        let outcomes = outcomes(fault);
        assert!(
            troubles(&outcomes).is_empty(),
            "{name}: {:#?}",
            troubles(&outcomes)
        );
        let base = outcomes
            .iter()
            .find(|c| c.name == "createBook::required_fields_only");
        assert_eq!(base.unwrap().verdict, Verdict::Skipped, "{name}");
        let loan = outcomes
            .iter()
            .find(|c| c.name == "getLoan::required_fields_only");
        let reasons = &loan.unwrap().reasons;
        assert!(reasons[0].contains("createBook was refused"), "{reasons:?}");
    }
}

/// Refuses loans with a library card that has not got a form of the server's own, and covers that
/// are at no URL.
fn with_forms(engine: &Engine, request: &Request) -> Reply {
    let body = json_of(&request.body);
    let is_refused = |name: &str, beginning: &str| {
        let text = body.get(name).and_then(Value::as_str);
        text.is_some_and(|text| !text.starts_with(beginning))
    };
    if is_refused("card", "LC-") || is_refused("cover", "https://") {
        return answer(400, &json!({"message": "this has not got the form"}));
    }
    right(engine, request)
}

#[test]
fn a_form_that_nobody_knows_is_no_fault() {
    let outcomes = outcomes(|engine, request| with_forms(engine, &request));
    let troubles = troubles(&outcomes);
    assert!(troubles.is_empty(), "{troubles:#?}");
    for (name, verdict) in [
        ("createBook::all_fields", Verdict::Passed),
        ("lendBook::all_fields", Verdict::Skipped),
    ] {
        let case = outcomes.iter().find(|case| case.name == name);
        assert_eq!(case.unwrap().verdict, verdict, "{name}");
    }
}

#[test]
fn a_page_that_is_not_there_is_no_fault() {
    let outcomes = outcomes(|engine, request| {
        let (_, query) = request.url.split_once('?').unwrap_or_default();
        let mut pages = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix("page="));
        let is_beyond = |page: &str| page.parse().is_ok_and(|number: u64| number > 1);
        if pages.any(is_beyond) {
            return answer(404, &json!({"message": "there is no such page"}));
        }
        right(engine, &request)
    });
    let troubles = troubles(&outcomes);
    assert!(troubles.is_empty(), "{troubles:#?}");
    let case = outcomes.iter().find(|c| c.name == "listBooks::all_fields");
    assert_eq!(case.unwrap().verdict, Verdict::Passed);
}
