//! Kinds of targets: a service of this process, a command that is started for the run, and the
//! emulator with and without a socket.

mod command;
mod notes;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use trueup::Suite;
use trueup::config::{Environment, Layer, Settings, resolve};
use trueup::emulator::Emulator;
use trueup::generate::Size;
use trueup::outcome::{CaseOutcome, Event, Sink, Verdict};
use trueup::report::describe;
use trueup::suite::emulator_settings;
use trueup::target::{Stop, Target};

use notes::Fault;

struct Silent;

impl Sink for Silent {
    fn take(&mut self, _: Event<'_>) {}
}

fn settings(spec: &str) -> Settings {
    let flags = Layer::default()
        .spec(format!("tests/it/{spec}"))
        .generate(Size::Full)
        .seed(1_u64)
        // One at a time, so that two runs send the same requests in the same order.
        .jobs(1_usize);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = resolve(folder, flags, &Environment::default()).unwrap();
    settings.source.fixtures = None;
    settings.snapshots.folder = None;
    settings
}

fn notes() -> Suite {
    Suite::load(settings("target/notes.yaml")).unwrap()
}

fn outcomes(fault: Fault) -> Vec<CaseOutcome> {
    let target = Target::service(notes::router(fault));
    notes().run_on(&target, &mut Silent).unwrap().1
}

/// The checks that found something, and the messages that say so.
fn findings(outcomes: &[CaseOutcome]) -> Vec<String> {
    let findings = outcomes.iter().flat_map(|case| &case.findings);
    findings
        .map(|finding| {
            let text = describe(&finding.kind);
            format!("{}: {} {}", finding.check, text.message, text.actual)
        })
        .collect()
}

#[test]
fn a_right_router_passes_without_a_socket() {
    let outcomes = outcomes(Fault::None);
    let passed = |case: &&CaseOutcome| case.verdict == Verdict::Passed;
    assert!(outcomes.iter().filter(passed).count() > 10);
    assert_eq!(findings(&outcomes), Vec::<String>::new());
}

#[test]
fn a_router_that_breaks_its_contract_fails() {
    let found = findings(&outcomes(Fault::NoText));
    let is_missing = |text: &String| text.starts_with("required: ") && text.contains("text");
    assert!(found.iter().any(is_missing), "{found:?}");
}

#[test]
fn a_handler_that_panics_has_sent_no_response() {
    let found = findings(&outcomes(Fault::Panic));
    assert!(
        found
            .iter()
            .any(|text| text.contains("the service panicked")),
        "{found:?}"
    );
}

#[test]
fn a_handler_that_never_responds_times_out() {
    let mut settings = settings("target/notes.yaml");
    settings.run.timeout = Duration::from_millis(200);
    let suite = Suite::load(settings).unwrap();
    let target = Target::service(notes::router(Fault::Silence));
    let found = findings(&suite.run_on(&target, &mut Silent).unwrap().1);
    assert!(
        found.iter().any(|text| text.contains("within 0.2 s")),
        "{found:?}"
    );
}

#[test]
fn a_body_that_is_shorter_than_its_stated_length_is_incomplete() {
    let found = findings(&outcomes(Fault::LongLength));
    assert!(
        found.iter().any(|text| text.contains("Content-Length")),
        "{found:?}"
    );
}

#[test]
fn a_suite_runs_inside_an_event_loop_of_the_caller() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let verdict = runtime.block_on(async {
        let suite = notes();
        let (_handle, stop) = Stop::new();
        let target = Target::service(notes::router(Fault::None));
        let session = suite.session_on(&target, &stop).unwrap();
        let case = &suite.cases()[0];
        let verdict = session.run_case(case).verdict;
        assert_eq!(session.url(), "http://service.localhost");
        verdict
    });
    assert_eq!(verdict, Verdict::Passed);
}

#[test]
fn another_machine_is_not_changed_unasked() {
    let (_handle, stop) = Stop::new();
    let suite = notes();
    let refused = |url: &str| {
        let target = Target::http(url).unwrap();
        suite
            .session_on(&target, &stop)
            .err()
            .map(|error| error.to_string())
    };
    assert!(refused("http://notes.example").is_some_and(|text| text.contains("--allow-changes")));
    assert!(refused("http://127.0.0.1:1").is_none());
    for wrong in [
        "notes.example",
        "ftp://notes.example",
        "http://h/?a",
        "http://a:b@h/",
    ] {
        assert!(Target::http(wrong).is_err(), "{wrong}");
    }
}

/// What a client sees of each request of a run, by case: the operation, the status and the names
/// of the headers.
#[derive(Default)]
struct Seen(BTreeMap<String, Vec<String>>);

impl Sink for Seen {
    fn take(&mut self, event: Event<'_>) {
        if let Event::Exchange {
            case,
            operation,
            exchange,
        } = event
        {
            let seen = match &exchange.answer {
                Ok(response) => {
                    let headers = response.headers.0.iter();
                    let mut names: Vec<&str> = headers.map(|h| h.name.as_str()).collect();
                    names.sort_unstable();
                    let body = if response.body.is_empty() {
                        "empty"
                    } else {
                        "filled"
                    };
                    format!("{operation} {} {} {body}", response.status, names.join(" "))
                }
                Err(fault) => format!("{operation} {fault}"),
            };
            self.0.entry(case.to_owned()).or_default().push(seen);
        }
    }

    fn wants_exchanges(&self) -> bool {
        true
    }
}

/// Every case with its verdict and findings, without the URL of the target.
fn verdicts(outcomes: &[CaseOutcome], base: &str) -> Vec<String> {
    let cases = outcomes.iter();
    cases
        .map(|case| format!("{} {:?} {:?}", case.name, case.verdict, case.findings))
        .map(|text| text.replace(base, "<target>"))
        .collect()
}

#[test]
fn the_emulator_gives_the_same_responses_with_and_without_a_socket() {
    for spec in [
        "target/notes.yaml",
        "generate/shelf.yaml",
        "generate/drawers.yaml",
    ] {
        let suite = Suite::load(settings(spec)).unwrap();
        let run = |target: &Target, base: &str| {
            let mut seen = Seen::default();
            let (_, outcomes) = suite.run_on(target, &mut seen).unwrap();
            (seen.0, verdicts(&outcomes, base))
        };
        let target = suite.target().unwrap();
        let (without, embedded) = run(&target, "http://emulator.localhost");
        let contract = Arc::clone(suite.contract());
        let emulated = emulator_settings(suite.settings(), &contract);
        let emulator = Emulator::start(contract, 0, emulated).unwrap();
        let (with, served) = run(&Target::http(emulator.url()).unwrap(), emulator.url());
        assert!(without.values().flatten().count() > 20, "{spec}");
        assert_eq!(embedded, served, "{spec}");
        assert_eq!(without, with, "{spec}");
    }
}

/// The kinds of events of each case, in their order.
#[derive(Default)]
struct Order {
    cases: BTreeMap<String, Vec<&'static str>>,
    run: Vec<&'static str>,
}

impl Sink for Order {
    fn take(&mut self, event: Event<'_>) {
        let (case, kind) = match event {
            Event::CaseStarted { case, .. } => (case, "started"),
            Event::Exchange { case, .. } => (case, "exchange"),
            Event::Created { case, .. } => (case, "created"),
            Event::Removed { case, .. } => (case, "removed"),
            Event::CaseEnded(outcome) => (outcome.name.as_str(), "ended"),
            Event::RunStarted { .. } => return self.run.push("started"),
            Event::RunEnded(_) => return self.run.push("ended"),
            _ => return,
        };
        self.cases.entry(case.to_owned()).or_default().push(kind);
    }

    fn wants_exchanges(&self) -> bool {
        true
    }
}

#[test]
fn events_of_a_case_are_in_order_and_complete() {
    let mut settings = settings("target/notes.yaml");
    settings.run.jobs = 4;
    let suite = Suite::load(settings).unwrap();
    let mut order = Order::default();
    let target = Target::service(notes::router(Fault::None));
    let (_, outcomes) = suite.run_on(&target, &mut order).unwrap();
    assert_eq!(order.run, ["started", "ended"]);
    assert_eq!(order.cases.len(), outcomes.len());
    let mut created = 0;
    let mut removed = 0;
    for outcome in &outcomes {
        let events = &order.cases[&outcome.name];
        assert_eq!(events.first(), Some(&"started"), "{}", outcome.name);
        assert_eq!(events.last(), Some(&"ended"), "{}", outcome.name);
        let count = |kind: &str| events.iter().filter(|event| **event == kind).count();
        assert_eq!(
            (count("started"), count("ended")),
            (1, 1),
            "{}",
            outcome.name
        );
        assert_eq!(count("exchange"), outcome.requests, "{}", outcome.name);
        created += count("created");
        removed += count("removed");
    }
    assert!(created > 0);
    assert_eq!(created, removed);
}
