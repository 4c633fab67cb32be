//! A server with the suite that is aimed at it. Faults use it one after the other.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use trueup::Suite;
use trueup::emulator;
use trueup::outcome::{Event, Finding, Sink};
use trueup::report;
use trueup::target::{Stop, StopHandle};

use crate::planted::plant::{Plant, Way, contract};
use crate::stage::{Fault, SECRET, Stage, USER};
use crate::world::server::{Reply, Server};

/// How long a build of the emulator takes.
const BUILD_TIME: Duration = Duration::from_millis(50);
/// Runs of the server without a fault that tell what is found there too.
const USUAL_RUNS: usize = 2;

pub(crate) struct Rig {
    server: Server,
    suite: Suite,
    /// What is found of the server without a fault.
    usual: HashSet<String>,
}

/// What came of a run.
pub(crate) struct Run {
    /// The first finding that the server without a fault does not have.
    pub(crate) found: Option<String>,
    /// All findings, each once.
    told: HashSet<String>,
    pub(crate) requests: usize,
    pub(crate) seconds: f64,
}

/// A finding with nothing in it that differs from run to run.
fn key(finding: &Finding) -> String {
    let words = |text: &str, separator: char| {
        let differs = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
        let words = text.split(separator);
        let words: Vec<&str> = words
            .map(|word| if differs(word) { "*" } else { word })
            .collect();
        words.join(&separator.to_string())
    };
    let Finding {
        check,
        operation,
        place,
        kind,
        ..
    } = finding;
    let message = report::describe(kind).message;
    let (place, message) = (words(&place.to_string(), '/'), words(&message, ' '));
    format!("[{check}] {operation} {place}: {message}")
}

struct Seen<'a> {
    usual: &'a HashSet<String>,
    /// Ends the run at the first finding that is not usual.
    stop: Option<StopHandle>,
    run: Run,
}

impl Sink for Seen<'_> {
    fn take(&mut self, event: Event<'_>) {
        let Event::CaseEnded(case) = event else {
            return;
        };
        for finding in case.findings.iter().chain(&case.warnings) {
            let key = key(finding);
            if self.run.found.is_none() && !self.usual.contains(&key) {
                self.run.found = Some(format!("{key} ({})", case.name));
                self.stop.iter().for_each(StopHandle::stop);
            }
            self.run.told.insert(key);
        }
    }
}

/// Aims a server's replies at a fault, with an empty emulator behind it, and counts them.
pub(crate) fn aim(server: &Server, fault: Fault, requests: Arc<AtomicUsize>) {
    let stage = Stage {
        contract: Arc::clone(contract()),
        engine: emulator::engine(
            Arc::clone(contract()),
            emulator::Settings {
                build_time: BUILD_TIME,
                ..emulator::Settings::new(USER, SECRET)
            },
        )
        .unwrap_or_else(|e| panic!("{e}")),
        base: server.url(),
    };
    let fault = Mutex::new(fault);
    server.set(Arc::new(move |request| {
        requests.fetch_add(1, Ordering::Relaxed);
        let mut fault = fault.lock().unwrap_or_else(PoisonError::into_inner);
        (*fault)(&stage, request)
    }));
}

/// No fault.
pub(crate) fn right() -> Fault {
    Box::new(|stage, request| Reply::Whole(stage.answer(&request)))
}

impl Rig {
    /// Starts a server and learns what is found without a fault; none where a file is absent.
    pub(crate) fn start(way: Way, filter: Option<&str>) -> Option<Self> {
        let server = Server::start().expect("there is a free port");
        let settings = way.settings(&server.url(), filter)?;
        let suite = Suite::load(settings).expect("the shipped files are right");
        let mut rig = Self {
            server,
            suite,
            usual: HashSet::new(),
        };
        for _ in 0..USUAL_RUNS {
            let told = rig.run(right(), false).told;
            rig.usual.extend(told);
        }
        Some(rig)
    }

    /// Insists that nothing is found without a fault.
    pub(crate) fn is_right(&self) {
        assert!(self.usual.is_empty(), "{:#?}", self.usual());
    }

    /// What is found without a fault.
    pub(crate) fn usual(&self) -> Vec<&String> {
        let mut usual: Vec<_> = self.usual.iter().collect();
        usual.sort();
        usual
    }

    /// Runs the cases against a fault until something is found that is not usual.
    pub(crate) fn judge(&self, plant: &Plant) -> Run {
        self.run((plant.fault)(), true)
    }

    fn run(&self, fault: Fault, until_found: bool) -> Run {
        aim(&self.server, fault, Arc::default());
        let (handle, stop) = Stop::new();
        let mut seen = Seen {
            usual: &self.usual,
            stop: until_found.then_some(handle),
            run: Run {
                found: None,
                told: HashSet::new(),
                requests: 0,
                seconds: 0.0,
            },
        };
        let session = self.suite.session().expect("the target is on this machine");
        let (summary, _) = session.run(&mut seen, &stop);
        assert!(summary.cases() > 0, "no case was run");
        Run {
            requests: summary.requests,
            seconds: summary.seconds,
            ..seen.run
        }
    }
}
