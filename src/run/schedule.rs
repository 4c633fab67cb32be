//! Many cases at once.

use std::collections::VecDeque;
use std::sync::mpsc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::events::{Report, Reporter};
use super::runner::Runner;
use super::shared::SharedSetups;
use super::slot::Slots;
use super::worker::Worker;
use crate::outcome::{CaseOutcome, Event, Sink, Summary};
use crate::scenario::Scenario;
use crate::target::Stop;

/// Open cases for each case that may run: a waiting case lends its slot to another, but what it has
/// created stays on the target.
const OPEN_CASES_PER_JOB: usize = 4;

/// How many cases run at once.
#[derive(Debug, Clone, Copy)]
pub struct Concurrency {
    /// Number of cases in flight, at least 1.
    pub jobs: usize,
}

/// Cases that nobody has taken yet, each with its number.
struct Queue<'a>(Mutex<VecDeque<(usize, &'a Scenario)>>);

impl<'a> Queue<'a> {
    fn cases(&self) -> MutexGuard<'_, VecDeque<(usize, &'a Scenario)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs cases and hands a sink what happens. Cases that must be alone come last, one by one.
pub fn run(
    runner: &Runner<'_>,
    workers: &[Worker],
    scenarios: &[&Scenario],
    concurrency: Concurrency,
    stop: &Stop,
    sink: &mut dyn Sink,
) -> (Summary, Vec<CaseOutcome>) {
    let started = Instant::now();
    sink.take(Event::RunStarted {
        target: runner.target.base.as_str(),
        cases: scenarios.len(),
        seed: runner.seed,
    });
    let mut summary = Summary::default();
    let mut outcomes: Vec<(usize, CaseOutcome)> = Vec::with_capacity(scenarios.len());
    let cases = scenarios.iter().copied().enumerate();
    let (alone, together): (VecDeque<_>, VecDeque<_>) =
        cases.partition(|(_, scenario)| scenario.alone);
    for (cases, jobs) in [(together, concurrency.jobs.max(1)), (alone, 1)] {
        let shared = SharedSetups::among(cases.iter().map(|(_, scenario)| *scenario));
        let queue = Queue(Mutex::new(cases));
        let slots = Slots::new(jobs);
        let workers = &workers[..workers.len().min(jobs)];
        let open = (jobs * OPEN_CASES_PER_JOB).div_ceil(workers.len());
        let (sender, reports) = mpsc::channel();
        let reporter = Reporter::new(sender, sink.wants_exchanges());
        std::thread::scope(|scope| {
            for worker in workers {
                let (queue, slots) = (&queue, &slots);
                let runner = runner.on(worker, &shared, reporter.clone());
                let reporter = reporter.clone();
                scope.spawn(move || {
                    worker.block_on(work(&runner, queue, slots, open, stop, &reporter));
                });
            }
            // The reports end with the last worker.
            drop(reporter);
            for report in reports {
                if let Report::Ended(_, outcome) = &report {
                    summary.add(outcome);
                }
                report.deliver(sink);
                if let Report::Ended(index, outcome) = report {
                    outcomes.push((index, *outcome));
                }
            }
        });
    }
    summary.seconds = started.elapsed().as_secs_f64();
    outcomes.sort_by_key(|(index, _)| *index);
    let outcomes: Vec<CaseOutcome> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    if let Some(coverage) = runner.coverage {
        sink.take(Event::Covered(&coverage.report(&outcomes)));
    }
    sink.take(Event::RunEnded(&summary));
    (summary, outcomes)
}

/// Runs cases of a queue, of which so many may be open here, until there are no more.
async fn work(
    runner: &Runner<'_>,
    queue: &Queue<'_>,
    slots: &Slots,
    open: usize,
    stop: &Stop,
    reporter: &Reporter,
) {
    let mut flying = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some((index, outcome)) = flying.next() => {
                reporter.send(Report::Ended(index, Box::new(outcome)));
            }
            slot = slots.take(), if flying.len() < open && !queue.cases().is_empty() => {
                let next = queue.cases().pop_front();
                flying.extend(next.map(|(index, scenario)| async move {
                    (index, runner.run_in(slot, scenario, stop).await)
                }));
            }
            else => break,
        }
    }
}
