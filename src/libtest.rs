//! The cases as tests of `cargo test` and `cargo nextest`, one each, under their stable names.
//!
//! A project that has a `trueup.toml` runs its cases with a `tests/contract.rs` of three lines and
//! `harness = false` in its `Cargo.toml`:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     trueup::libtest::main(env!("CARGO_MANIFEST_DIR"))
//! }
//! ```

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, RwLock};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::config::{ConfigError, Environment, Layer, resolve};
use crate::outcome::{CaseOutcome, Event, Sink, Verdict};
use crate::report::{Heading, Terminal};
use crate::suite::{Session, Suite, SuiteError};
use crate::target::{Stop, StopHandle, TargetError, on_interrupt};

/// How shells report a program that an interrupt has ended.
const INTERRUPTED: i32 = 130;

/// Runs the cases of the `trueup.toml` in this folder or above it. `TRUEUP_TARGET` and
/// `TRUEUP_USER` name another target.
///
/// The fixtures run, and nothing else: cases are generated only if `generate` of `trueup.toml` or
/// `TRUEUP_GENERATE` says so, while `trueup check` generates all of them by default.
pub fn main(folder: impl AsRef<Path>) -> ExitCode {
    let arguments = Arguments::from_args();
    match prepare(folder.as_ref(), &arguments) {
        Ok(suite) => run(suite, &arguments),
        Err(error) => not_judged(&error),
    }
}

/// Why no case can be run.
#[derive(Debug, thiserror::Error)]
enum LibtestError {
    /// The configuration is wrong.
    #[error("{}", .0.report())]
    Config(#[from] ConfigError),
    /// The suite cannot be run.
    #[error("{}", .0.report())]
    Suite(#[from] SuiteError),
    /// There are neither fixtures nor generated cases.
    #[error("error: there is no case to run")]
    NoCase,
}

/// trueup could not judge, which ends the program with exit code 2.
fn not_judged(error: &LibtestError) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{error}");
    ExitCode::from(2)
}

fn prepare(folder: &Path, arguments: &Arguments) -> Result<Suite, LibtestError> {
    let environment = Environment::read()?;
    let mut settings = resolve(folder, Layer::default(), &environment)?;
    // nextest runs each case in a process of its own, which need not load the others.
    settings.select.only = arguments.filter.clone().filter(|_| arguments.exact);
    let suite = Suite::load(settings)?;
    if suite.cases().is_empty() && !arguments.exact {
        return Err(LibtestError::NoCase);
    }
    Ok(suite)
}

fn run(suite: Suite, arguments: &Arguments) -> ExitCode {
    // libtest-mimic runs trials on threads of its own, so they must be `'static`. The suite is as old
    // as the process, which ends with the trials; what must be stopped is the session, and that is
    // dropped.
    let suite: &'static Suite = Box::leak(Box::new(suite));
    let session = if arguments.list {
        None
    } else {
        match session(suite) {
            Ok(session) => Some(session),
            Err(error) => return not_judged(&error.into()),
        }
    };
    let shared = Arc::new((session, RwLock::new(())));
    let trials = suite
        .cases()
        .iter()
        .map(|scenario| {
            let shared = Arc::clone(&shared);
            Trial::test(scenario.name.clone(), move || {
                let (session, turn) = &*shared;
                let session = session.as_ref().ok_or("the target was not started")?;
                // A poisoned lock only means that another case panicked.
                if scenario.alone {
                    let _turn = turn
                        .write()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    judge(suite, session, scenario)
                } else {
                    let _turn = turn
                        .read()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    judge(suite, session, scenario)
                }
            })
        })
        .collect();
    let conclusion = libtest_mimic::run(arguments, trials);
    drop(shared);
    conclusion.exit_code()
}

/// Makes the target ready. If it is a server that is started here, an interrupt of the tests must
/// not leave it behind.
fn session(suite: &Suite) -> Result<Session<'_>, SuiteError> {
    let (handle, stop) = Stop::new();
    let target = suite.target()?;
    if target.is_command() {
        let end = |handle: &StopHandle, _| {
            handle.kill_processes();
            #[expect(clippy::exit, reason = "the tests were interrupted")]
            std::process::exit(INTERRUPTED);
        };
        on_interrupt(handle, end).map_err(TargetError::EventLoop)?;
    }
    suite.session_on(&target, &stop)
}

fn judge(
    suite: &Suite,
    session: &Session<'_>,
    scenario: &crate::scenario::Scenario,
) -> Result<(), Failed> {
    let outcome = session.run_case(scenario);
    match outcome.verdict {
        Verdict::Passed | Verdict::KnownDeviation => return Ok(()),
        Verdict::Skipped => {
            let reasons = outcome.reasons.join("\n");
            return Err(suite.secrets().mask(&reasons).into_owned().into());
        }
        Verdict::Failed | Verdict::Errored => {}
    }
    Err(describe(suite, &outcome).into())
}

/// The case as the terminal report tells it.
fn describe(suite: &Suite, outcome: &CaseOutcome) -> String {
    let mut text = Vec::new();
    let heading = Heading {
        contract: String::new(),
        target_kind: "",
        notes: Vec::new(),
    };
    Terminal::new(&mut text, heading, suite.secrets(), false).take(Event::CaseEnded(outcome));
    String::from_utf8_lossy(&text).trim().to_owned()
}
