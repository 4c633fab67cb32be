//! Laws that the resources of any contract keep: right servers pass, and a server that breaks a law
//! is found by the case of that law, without any fixture.

mod faults;

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::Value;
use trueup::Suite;
use trueup::config::{Environment, Layer, Settings, TargetChoice, resolve};
use trueup::emulator::{self, Engine};
use trueup::generate::Size;
use trueup::outcome::{CaseOutcome, Lenience, Verdict};
use trueup::suite::load_contract;
use trueup::target::Stop;
use trueup::wire::{Headers, Request, Response, Status};

use super::Silent;
use crate::world::server::{Reply, Server};
use trueup::report::describe;

/// What a server makes of a request.
type Fault = Box<dyn FnMut(&Engine, Request) -> Response + Send>;

fn settings(target: TargetChoice) -> Settings {
    let flags = Layer::default()
        .spec("tests/it/generate/album.yaml")
        .generate(Size::Boundary)
        .seed(1_u64);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = resolve(folder, flags, &Environment::default()).unwrap();
    settings.source.fixtures = None;
    settings.snapshots.folder = None;
    settings.target.choice = target;
    settings
}

/// The cases of laws against a server.
fn outcomes(fault: Fault) -> Vec<CaseOutcome> {
    outcomes_with(Lenience::Nothing, fault)
}

/// The cases of laws against a server that may take more than its document says.
fn outcomes_with(lenience: Lenience, mut fault: Fault) -> Vec<CaseOutcome> {
    let contract = load_contract(&settings(TargetChoice::Emulator)).unwrap();
    let account = emulator::Settings::new("user", "secret");
    let engine = emulator::engine(Arc::new(contract), account).unwrap();
    let server = Server::start().unwrap();
    let faulty = Mutex::new(move |request| fault(&engine, request));
    server.set(Arc::new(move |request| {
        Reply::Whole((faulty.lock().unwrap())(request))
    }));
    let mut settings = settings(TargetChoice::Url(server.url()));
    settings.run.lenience = lenience;
    let suite = Suite::load(settings).unwrap();
    let session = suite.session().unwrap();
    let (_handle, stop) = Stop::new();
    let (_, mut cases) = session.run(&mut Silent, &stop);
    cases.retain(|case| case.origin.to_string().starts_with("law of "));
    cases
}

/// Names of the cases that failed or could not be judged, with what was found.
fn troubles(cases: &[CaseOutcome]) -> Vec<String> {
    let failed = |case: &&CaseOutcome| matches!(case.verdict, Verdict::Failed | Verdict::Errored);
    cases
        .iter()
        .filter(failed)
        .map(|case| {
            let messages: Vec<String> = case
                .findings
                .iter()
                .map(|f| format!("{} at {}: {}", f.check, f.place, describe(&f.kind).message))
                .collect();
            format!("{} {messages:?} {:?}", case.name, case.reasons)
        })
        .collect()
}

fn answer(status: u16, body: &Value) -> Response {
    let mut headers = Headers::default();
    headers.push("Content-Type", "application/json");
    Response {
        status: Status(status),
        headers,
        body: body.to_string().into_bytes(),
    }
}

/// The segments of a request's path.
fn path(request: &Request) -> Vec<&str> {
    let behind = request.url.splitn(4, '/').nth(3).unwrap_or_default();
    let path = behind.split('?').next().unwrap_or_default();
    path.split('/').collect()
}

/// The same server's answer to another request.
fn ask(engine: &Engine, request: &Request, method: &str, path: &str, body: &Value) -> Response {
    let base: String = request.url.split('/').take(3).collect::<Vec<_>>().join("/");
    let mut headers = Headers::default();
    headers.push("Content-Type", "application/json");
    engine.answer(&Request {
        method: method.to_owned(),
        url: format!("{base}/{path}"),
        headers,
        body: if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        },
    })
}

#[test]
fn a_right_server_keeps_all_laws() {
    let cases = outcomes(Box::new(|engine, request| engine.answer(&request)));
    assert!(troubles(&cases).is_empty(), "{:#?}", troubles(&cases));
    assert!(cases.iter().all(|case| case.verdict == Verdict::Passed));
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "FetchAlbum::is_fetched_as_created",
            "ListAlbum::lists_each_item_once",
            "CreateAlbum::creates_at_once_do_not_collide",
            "UpdateAlbum::lasts",
            "UpdateAlbum::changes_nothing_else",
            "UpdateAlbum::leaves_others_alone",
            "FetchAlbum::reads_change_nothing",
            "DeleteAlbum::is_final",
            "DeleteAlbum::takes_no_other",
            "ListAlbum::pages_do_not_overlap",
            "CreateAlbum::links_of_the_document_lead_on",
            "FetchPhoto::is_fetched_as_created",
            "FetchPhoto::is_fetched_in_full",
            "ListPhoto::lists_each_item_once",
            "CreatePhoto::creates_at_once_do_not_collide",
            "CreatePhoto::leaves_nothing_when_refused",
            "UpdatePhoto::lasts",
            "UpdatePhoto::changes_nothing_else",
            "UpdatePhoto::leaves_others_alone",
            "FetchPhoto::reads_change_nothing",
            "FetchPhoto::moves_only_forward",
            "DeletePhoto::is_final",
            "DeletePhoto::takes_no_other",
            "FetchPhoto::is_gone_with_its_parent",
            "ListPhoto::lists_no_items_of_others",
            "ListPhoto::pages_hold_each_item_once",
            "ListPhoto::pages_lead_forth_and_back",
            "FetchPhoto::links_are_answered",
        ]
    );
    assert!(cases.iter().all(|case| case.leftovers.is_empty()));
}

/// What comes of the creations of photos that wait for each other, and the names of findings. With
/// `collide`, all get what the first one gets.
fn created_at_once(collide: bool) -> (Verdict, Vec<String>) {
    const COUNT: usize = 3;
    let contract = load_contract(&settings(TargetChoice::Emulator)).unwrap();
    let account = emulator::Settings::new("user", "secret");
    let engine = emulator::engine(Arc::new(contract), account).unwrap();
    let server = Server::start().unwrap();
    let arrived = (Mutex::new(Vec::<Response>::new()), Condvar::new());
    server.set(Arc::new(move |request| {
        if request.method != "POST" || path(&request).len() != 3 {
            return Reply::Whole(engine.answer(&request));
        }
        let (answers, all_are_there) = &arrived;
        let mut answers = answers.lock().unwrap();
        let own = answers.len();
        answers.push(engine.answer(&request));
        all_are_there.notify_all();
        let (answers, waited) = all_are_there
            .wait_timeout_while(answers, Duration::from_secs(10), |all| all.len() < COUNT)
            .unwrap();
        assert!(!waited.timed_out(), "one comes after the other");
        Reply::Whole(answers[if collide { 0 } else { own }].clone())
    }));
    let mut settings = settings(TargetChoice::Url(server.url()));
    settings.select.filter = Some("CreatePhoto::creates_at_once".to_owned());
    let suite = Suite::load(settings).unwrap();
    let session = suite.session().unwrap();
    let (_handle, stop) = Stop::new();
    let cases = session.run(&mut Silent, &stop).1;
    let findings = cases[0].findings.iter();
    let told =
        findings.map(|finding| format!("{}: {}", finding.check, describe(&finding.kind).message));
    (cases[0].verdict, told.collect())
}

#[test]
fn items_that_are_created_at_once_are_items_of_their_own() {
    assert_eq!(created_at_once(false), (Verdict::Passed, Vec::new()));
    let (verdict, findings) = created_at_once(true);
    assert_eq!(verdict, Verdict::Failed);
    let same_id = "identifier: two items that were created at the same time have the same id";
    let told = findings.iter().filter(|finding| *finding == same_id);
    assert_eq!(told.count(), 2, "{findings:#?}");
}

#[test]
fn a_server_that_breaks_a_law_is_found_by_it() {
    let mut missed = Vec::new();
    for (name, fault, told) in faults::all() {
        let troubles = troubles(&outcomes(fault));
        if !troubles.iter().any(|trouble| trouble.starts_with(told)) {
            missed.push(format!("{name}: {told} is not in {troubles:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_the_contract_leaves_open_breaks_no_law() {
    for (name, right) in faults::correct() {
        let troubles = troubles(&outcomes(right));
        assert!(troubles.is_empty(), "{name}: {troubles:#?}");
    }
}

#[test]
fn what_the_user_allows_breaks_no_law() {
    let told = troubles(&outcomes(faults::lenient()));
    assert!(
        told.iter()
            .any(|t| t.starts_with("CreatePhoto::leaves_nothing_when_refused [\"status")),
        "{told:#?}"
    );
    let told = troubles(&outcomes_with(Lenience::All, faults::lenient()));
    assert!(told.is_empty(), "{told:#?}");
}
