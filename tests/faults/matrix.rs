//! The matrix: every row is a server with one fault, and what the engine must find there.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use trueup::Suite;
use trueup::config::{Environment, Layer, Settings, TargetChoice, resolve};
use trueup::contract::Contract;
use trueup::emulator;
use trueup::outcome::{CaseOutcome, Event, Finding, Sink, Verdict};
use trueup::suite::load_contract;
use trueup::target::{Stop, StopHandle};

use crate::server::Server;
use crate::stage::{Fault, SECRET, Stage, USER, keep};

/// Rows of one group that run at the same time.
const THREADS: usize = 2;
/// How long a build of the emulator takes, unless a row says otherwise.
const BUILD_TIME: Duration = Duration::from_millis(50);
/// Most findings that are told of a row that fails.
const TOLD: usize = 12;

/// The contract that all servers emulate.
pub(crate) static CONTRACT: LazyLock<Arc<Contract>> = LazyLock::new(|| {
    let settings = settings(&Setup::default(), String::new());
    Arc::new(load_contract(&settings).expect("the shipped contract is right"))
});

/// How a row is run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Setup {
    /// Text that the names of the cases must contain.
    pub(crate) filter: Option<&'static str>,
    /// Longest body in bytes.
    pub(crate) max_body: Option<usize>,
    /// Longest time for an answer.
    pub(crate) timeout: Option<Duration>,
    /// Folder with other fixtures, which have no snapshots.
    pub(crate) fixtures: Option<String>,
}

/// What must be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    check: &'static str,
    /// The operation whose answer is wrong.
    operation: Option<&'static str>,
    /// The place there, with `*` for the numbers of items.
    place: Option<String>,
}

/// A server and what must become of it.
pub(crate) struct Row {
    name: String,
    finds: Vec<Expected>,
    fault: Fault,
    setup: Setup,
    build_time: Duration,
    /// Whether what is found is no more than a warning.
    warns: bool,
}

/// A row with a fault that these checks must find, each of them.
pub(crate) fn row(name: impl Into<String>, finds: &[&'static str], fault: Fault) -> Row {
    let finds = finds
        .iter()
        .map(|check| Expected {
            check,
            operation: None,
            place: None,
        })
        .collect();
    Row {
        name: name.into(),
        finds,
        fault,
        setup: Setup::default(),
        build_time: BUILD_TIME,
        warns: false,
    }
}

/// A row without a fault: every case passes.
pub(crate) fn correct(name: impl Into<String>, variant: Fault) -> Row {
    row(name, &[], variant)
}

impl Row {
    /// Runs only the cases whose names contain this text.
    pub(crate) fn filter(mut self, filter: &'static str) -> Self {
        self.setup.filter = Some(filter);
        self
    }

    /// The findings are about an answer of this operation. Unless the row names other cases, those
    /// of the operation's resource are run.
    pub(crate) fn on(mut self, operation: &'static str) -> Self {
        self.setup.filter = self.setup.filter.or_else(|| Some(cases_of(operation)));
        for expected in &mut self.finds {
            expected.operation = Some(operation);
        }
        self
    }

    /// The findings are about this place: `status`, `header X`, `body /a/*/b`.
    pub(crate) fn place(mut self, place: impl Into<String>) -> Self {
        let place = place.into();
        for expected in &mut self.finds {
            expected.place = Some(place.clone());
        }
        self
    }

    /// How long a build takes.
    pub(crate) fn build_time(mut self, time: Duration) -> Self {
        self.build_time = time;
        self
    }

    /// Changes how the row is run.
    pub(crate) fn setup(mut self, change: impl FnOnce(&mut Setup)) -> Self {
        change(&mut self.setup);
        self
    }

    /// What is found are warnings: every case passes.
    pub(crate) fn warns(mut self) -> Self {
        self.warns = true;
        self
    }
}

impl Expected {
    fn is(&self, finding: &Finding) -> bool {
        self.check == finding.check
            && self.operation.is_none_or(|own| own == finding.operation)
            && self
                .place
                .as_ref()
                .is_none_or(|own| *own == numberless(&finding.place))
    }
}

/// Text that the names of the cases of an operation's resource contain.
pub(crate) fn cases_of(operation: &str) -> &'static str {
    match operation {
        // Enough, and quick.
        "ListService" | "FetchBuildStatus" => return keep(format!("{operation}::")),
        "FetchFunctionVersionContent" => return "FunctionVersion",
        _ => {}
    }
    let resource = CONTRACT
        .operation(operation)
        .and_then(|operation| CONTRACT.resource_served_by(operation));
    keep(resource.map_or_else(String::new, |resource| format!("{}::", resource.name)))
}

/// A place with `*` for the numbers of items.
fn numberless(place: &str) -> String {
    let token = |token: &str| {
        let is_number = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { "*" } else { token }.to_owned()
    };
    place.split('/').map(token).collect::<Vec<_>>().join("/")
}

/// What a run has shown so far.
struct Seen<'a> {
    expected: &'a [Expected],
    /// Ends the run when everything expected was seen.
    stop: Option<StopHandle>,
    findings: Vec<(String, Finding)>,
    /// Whether warnings are what is expected.
    warns: bool,
    errored: Vec<String>,
}

impl Seen<'_> {
    fn missing(&self) -> Vec<&Expected> {
        self.expected
            .iter()
            .filter(|expected| !self.findings.iter().any(|(_, found)| expected.is(found)))
            .collect()
    }

    fn case(&mut self, case: &CaseOutcome) {
        let told = if self.warns {
            &case.warnings
        } else {
            &case.findings
        };
        let findings = told.iter();
        self.findings
            .extend(findings.map(|finding| (case.name.clone(), finding.clone())));
        let interrupted = |reason: &String| reason == "the run was interrupted";
        if case.verdict == Verdict::Errored && !case.reasons.iter().all(interrupted) {
            self.errored
                .push(format!("{}: {:?}", case.name, case.reasons));
        }
    }
}

impl Sink for Seen<'_> {
    fn take(&mut self, event: Event<'_>) {
        if let Event::CaseEnded(case) = event {
            self.case(case);
            if !self.expected.is_empty() && self.missing().is_empty() {
                self.stop.iter().for_each(StopHandle::stop);
            }
        }
    }
}

/// A server with the suites that are aimed at it. Rows use it one after the other.
struct Rig {
    server: Server,
    suites: HashMap<Setup, Suite>,
}

impl Rig {
    fn new() -> Self {
        Self {
            server: Server::start().expect("there is a free port"),
            suites: HashMap::new(),
        }
    }

    /// What is wrong with the verdict on a row.
    fn judge(&mut self, row: Row) -> Option<String> {
        let url = self.server.url();
        let stage = Stage {
            contract: Arc::clone(&CONTRACT),
            engine: emulator::engine(
                Arc::clone(&CONTRACT),
                emulator::Settings {
                    build_time: row.build_time,
                    ..emulator::Settings::new(USER, SECRET)
                },
            )
            .unwrap_or_else(|e| panic!("{e}")),
            base: url.clone(),
        };
        let fault = Mutex::new(row.fault);
        self.server.set(Arc::new(move |request| {
            let mut fault = fault.lock().unwrap_or_else(PoisonError::into_inner);
            (*fault)(&stage, request)
        }));
        let suite = self.suites.entry(row.setup.clone()).or_insert_with(|| {
            Suite::load(settings(&row.setup, url)).expect("the shipped fixtures are right")
        });
        let (handle, stop) = Stop::new();
        let mut seen = Seen {
            expected: &row.finds,
            stop: Some(handle),
            findings: Vec::new(),
            warns: row.warns,
            errored: Vec::new(),
        };
        let session = suite.session().expect("the target is on this machine");
        let (summary, _) = session.run(&mut seen, &stop);
        let mut wrong: Vec<String> = Vec::new();
        if summary.cases() == 0 {
            wrong.push("no case was run".to_owned());
        }
        let missing = seen.missing();
        if row.finds.is_empty() && summary.passed != summary.cases() {
            wrong.push("nothing is wrong with this server".to_owned());
        }
        if row.warns && summary.failed > 0 {
            wrong.push("this is no more than a warning".to_owned());
        }
        if !missing.is_empty() {
            wrong.push(format!("not found: {missing:?}"));
        }
        if !seen.errored.is_empty() {
            wrong.push(format!("errored: {:#?}", seen.errored));
        }
        (!wrong.is_empty()).then(|| describe(&row.name, &wrong, &seen.findings))
    }
}

fn describe(name: &str, wrong: &[String], findings: &[(String, Finding)]) -> String {
    let mut text = format!("{name}: {}\n", wrong.join("; "));
    for (case, finding) in findings.iter().take(TOLD) {
        let Finding {
            check,
            operation,
            place,
            message,
            expected,
            actual,
            ..
        } = finding;
        let _ = writeln!(
            text,
            "    [{check}] {operation} {place}: {message}; expected {expected}, actual {actual} \
             ({case})"
        );
    }
    if findings.len() > TOLD {
        let _ = writeln!(text, "    and {} more", findings.len() - TOLD);
    }
    text
}

/// Settings as the command line would settle them.
fn settings(setup: &Setup, url: String) -> Settings {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut flags = Layer::default()
        .user((USER.to_owned(), SECRET.to_owned()))
        .jobs(8_usize)
        .seed(1_u64);
    if let Some(filter) = setup.filter {
        flags = flags.filter(filter);
    }
    if let Some(fixtures) = &setup.fixtures {
        flags = flags.fixtures(fixtures.as_str());
    }
    if let Some(max_body) = setup.max_body {
        flags = flags.max_body(max_body);
    }
    if let Some(timeout) = setup.timeout {
        flags = flags.timeout(timeout);
    }
    // In CI no snapshot is ever written.
    let environment = Environment::of([("CI", "true")]).expect("the variable is right");
    let mut settings = resolve(folder, flags, &environment).expect("the settings are right");
    if setup.fixtures.is_some() {
        settings.snapshots.folder = None;
    }
    settings.target.choice = TargetChoice::Url(url);
    settings
}

/// Rigs that no row uses at the moment. They live as long as a group runs.
#[derive(Default)]
struct Pool(Mutex<Vec<Rig>>);

impl Pool {
    /// The pool of all groups that run now.
    fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Pool>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let pool = Arc::new(Self::default());
            *shared = Arc::downgrade(&pool);
            pool
        })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Rig>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn judge(&self, row: Row) -> Option<String> {
        let rig = {
            let mut idle = self.idle();
            // Loading a suite takes longer than most runs.
            let ready = |rig: &Rig| rig.suites.contains_key(&row.setup);
            let index = idle.iter().position(ready);
            index
                .map(|index| idle.swap_remove(index))
                .or_else(|| idle.pop())
        };
        let mut rig = rig.unwrap_or_else(Rig::new);
        let failure = rig.judge(row);
        self.idle().push(rig);
        failure
    }
}

/// Runs all rows of a group, and tells of each that fails.
pub(crate) fn run(rows: Vec<Row>) {
    let count = rows.len();
    let rows = Mutex::new(VecDeque::from(rows));
    let failures = Mutex::new(Vec::new());
    let next = || {
        let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.pop_front()
    };
    let pool = Pool::shared();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(row) = next() {
                    let failure = pool.judge(row);
                    let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                    failures.extend(failure);
                }
            });
        }
    });
    let failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    assert!(
        failures.is_empty(),
        "{} of {count} rows fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
