//! `trueup check`

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use super::args::{Check, MinCoverage, Report, ReportKind};
use super::error::{CliError, Missed};
use super::exit::Exit;
use super::settle::settle;
use crate::outcome::{self, Event, Sink};
use crate::report::{Format, Heading, Run, Terminal};
use crate::suite::Suite;
use crate::target::{Stop, StopHandle, on_interrupt};

pub(super) fn run(check: Check) -> Result<Exit, CliError> {
    let settings = settle(&check.flags)?;
    let seed = settings.select.seed;
    let mut outputs = Outputs::open(check.report)?;
    let suite = Suite::load(settings)?;
    let (handle, stop) = Stop::new();
    stop_on_interrupt(handle)?;
    let session = suite.session_on(&suite.target()?, &stop)?;
    let secrets = suite.secrets();
    let mut sinks = Sinks(Vec::new());
    for (out, progress) in outputs.terminals {
        let contract = suite.contract();
        let heading = Heading {
            contract: format!("{} {}", contract.title, contract.version),
            target_kind: if session.is_emulated() {
                " (embedded emulator)"
            } else {
                ""
            },
            notes: suite.notes.clone(),
        };
        sinks
            .0
            .push(Terminal::new(out, heading, secrets.clone(), progress));
    }
    let coverage = suite.coverage();
    let (summary, cases) = session.run_measured(&coverage, &mut sinks, &stop);
    let coverage = coverage.report(&cases);
    let ended = Run {
        target: session.url(),
        seed,
        summary: &summary,
        coverage: &coverage,
        cases: &cases,
    };
    for (format, out, name) in &mut outputs.ended {
        format
            .write(out, &ended, &secrets)
            .and_then(|()| out.flush())
            .map_err(CliError::write(name.as_str()))?;
    }
    let exit = summary.verdict().into();
    let missed = missed(&check.min_coverage, &coverage);
    if exit == Exit::Kept && !missed.is_empty() {
        return Err(CliError::Coverage(missed));
    }
    Ok(exit)
}

/// The demands that the coverage does not meet.
fn missed(demands: &[MinCoverage], coverage: &outcome::Coverage) -> Vec<Missed> {
    let missed = demands.iter().filter_map(|demand| {
        let share = coverage.share(demand.axis);
        (share.percent() < demand.percent).then_some(Missed {
            axis: demand.axis,
            share,
            wanted: demand.percent,
        })
    });
    missed.collect()
}

type Out = Box<dyn Write>;

/// The reports, their files open before the first request is sent.
struct Outputs {
    terminals: Vec<(Out, bool)>,
    /// Those that are written when the run has ended, with the names of their files.
    ended: Vec<(Format, Out, String)>,
}

impl Outputs {
    fn open(mut reports: Vec<Report>) -> Result<Self, CliError> {
        // A person wants to see the verdict, unless a machine reads the standard output.
        if reports.iter().all(|report| report.file.is_some()) {
            reports.push(Report {
                kind: ReportKind::Terminal,
                file: None,
            });
        }
        if reports.iter().filter(|r| r.file.is_none()).count() > 1 {
            return Err(CliError::SharedOutput);
        }
        let mut outputs = Self {
            terminals: Vec::new(),
            ended: Vec::new(),
        };
        for report in reports {
            let to_screen = report.file.is_none();
            let (out, name) = open(report.file)?;
            match report.kind {
                ReportKind::Terminal => {
                    let progress = to_screen && io::stdout().is_terminal();
                    outputs.terminals.push((out, progress));
                }
                ReportKind::Ended(format) => outputs.ended.push((format, out, name)),
            }
        }
        Ok(outputs)
    }
}

fn open(file: Option<PathBuf>) -> Result<(Out, String), CliError> {
    let Some(path) = file else {
        return Ok((Box::new(io::stdout()), "standard output".to_owned()));
    };
    let name = path.display().to_string();
    let file = File::create(&path).map_err(CliError::write(name.as_str()))?;
    Ok((Box::new(BufWriter::new(file)), name))
}

/// Several reports of one run.
struct Sinks(Vec<Terminal<Out>>);

impl Sink for Sinks {
    fn take(&mut self, event: Event<'_>) {
        for sink in &mut self.0 {
            sink.take(event);
        }
    }
}

/// The first interrupt ends the run after its clean-up; a second one ends the program.
fn stop_on_interrupt(handle: StopHandle) -> Result<(), CliError> {
    let act = |handle: &StopHandle, count| {
        if count > 0 {
            handle.kill_processes();
            std::process::abort();
        }
        handle.stop();
        let _ = writeln!(
            io::stderr(),
            "interrupted: removing what was created (once more to leave it)"
        );
    };
    on_interrupt(handle, act).map_err(CliError::Start)
}
