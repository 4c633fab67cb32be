//! Cases whose requests must be refused share the parents that they need.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use trueup::Suite;
use trueup::config::TargetChoice;
use trueup::emulator::{self, Engine};
use trueup::outcome::{CaseOutcome, Verdict};
use trueup::scenario::{Body, Step};
use trueup::suite::load_contract;
use trueup::target::Stop;
use trueup::wire::{Headers, Request};

use super::{Silent, answer, json_of, settings, troubles};
use crate::world::server::{Reply, Server};

const SPEC: &str = "shelf.yaml";

/// A shelf that counts the books that are put on it, and takes those of these titles only
/// if asked twice.
struct Shelf {
    server: Server,
    engine: Arc<Engine>,
    books: Arc<AtomicUsize>,
}

impl Shelf {
    fn new(refused: Vec<Value>) -> Self {
        let contract = load_contract(&settings(SPEC, TargetChoice::Emulator)).unwrap();
        let account = emulator::Settings::new("user", "secret");
        let engine = Arc::new(emulator::engine(Arc::new(contract), account).unwrap());
        let books = Arc::new(AtomicUsize::new(0));
        let server = Server::start().unwrap();
        let (shelf, count) = (Arc::clone(&engine), Arc::clone(&books));
        let refused = Mutex::new(refused);
        server.set(Arc::new(move |request| {
            let is_book = request.method == "POST" && request.url.ends_with("/books");
            if is_book {
                count.fetch_add(1, Ordering::Relaxed);
                let title = &json_of(&request.body)["title"];
                let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(index) = refused.iter().position(|one| one == title) {
                    refused.remove(index);
                    return answer(400, &json!({"message": "not now"}));
                }
            }
            Reply::Whole(shelf.answer(&request))
        }));
        Self {
            server,
            engine,
            books,
        }
    }

    fn suite(&self) -> Suite {
        Suite::load(settings(SPEC, TargetChoice::Url(self.server.url()))).unwrap()
    }

    fn is_empty(&self) -> bool {
        let list = Request {
            method: "GET".to_owned(),
            url: format!("{}/books", self.server.url()),
            headers: Headers::default(),
            body: Vec::new(),
        };
        json_of(&self.engine.answer(&list).body) == json!([])
    }
}

fn run(suite: &Suite) -> Vec<CaseOutcome> {
    let (_handle, stop) = Stop::new();
    suite.session().unwrap().run(&mut Silent, &stop).1
}

#[test]
fn parents_are_made_once_and_removed() {
    let together = Shelf::new(Vec::new());
    let suite = together.suite();
    let outcomes = run(&suite);
    assert!(troubles(&outcomes).is_empty(), "{:#?}", troubles(&outcomes));
    assert!(outcomes.iter().all(|case| case.leftovers.is_empty()));
    assert!(together.is_empty());

    let apart = Shelf::new(Vec::new());
    let suite = apart.suite();
    let session = suite.session().unwrap();
    for case in suite.cases() {
        assert_ne!(session.run_case(case).verdict, Verdict::Failed);
    }
    assert!(apart.is_empty());

    let shared = suite.cases().iter().filter(|case| case.shared > 0);
    let steps = |case: &trueup::scenario::Scenario| {
        let steps = &case.setup[..case.shared];
        steps.iter().map(|step| step.with.clone()).collect()
    };
    let (mut kinds, mut members): (Vec<Vec<_>>, usize) = (Vec::new(), 0);
    for case in shared {
        members += 1;
        let steps: Vec<_> = steps(case);
        if !kinds.contains(&steps) {
            kinds.push(steps);
        }
    }
    assert!(members > 10 * kinds.len(), "{members} {}", kinds.len());
    let books = |shelf: &Shelf| shelf.books.load(Ordering::Relaxed);
    assert!(
        books(&together) + members <= books(&apart) + kinds.len(),
        "{} and {} books of {members} cases",
        books(&together),
        books(&apart)
    );
}

#[test]
fn what_one_case_could_not_make_the_others_make_for_themselves() {
    let usual = Shelf::new(Vec::new());
    let suite = usual.suite();
    let shared = suite.cases().iter().find(|case| case.shared == 1).unwrap();
    let title = |step: &Step| match &step.body {
        Some(Body::Value { value, .. }) => value["title"].clone(),
        _ => panic!("{step:?}"),
    };
    let simplest = &shared.setup[0];
    // In place of the simplest request one with all fields is tried.
    let fullest = simplest.instead.last().unwrap();
    let shelf = Shelf::new(vec![title(simplest), title(fullest)]);
    let outcomes = run(&shelf.suite());
    assert!(troubles(&outcomes).is_empty(), "{:#?}", troubles(&outcomes));
    let skipped = |outcomes: &[CaseOutcome]| {
        let skipped = outcomes.iter().filter(|c| c.verdict == Verdict::Skipped);
        skipped.count()
    };
    assert_eq!(skipped(&outcomes), skipped(&run(&suite)) + 1);
    // Nothing passes without having asked for anything.
    let mut passed = outcomes.iter().filter(|c| c.verdict == Verdict::Passed);
    assert!(passed.all(|case| case.requests > 0));
    assert!(shelf.is_empty());
}
