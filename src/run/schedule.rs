//! Many cases at once.

use futures_util::stream::{FuturesUnordered, StreamExt};
use std::time::Instant;

use super::slot::Slots;
use super::{Runner, Stop};
use crate::outcome::{CaseOutcome, Event, Sink, Summary};
use crate::scenario::Scenario;

/// Cases that are open, for each that may run: those that wait lend their places to others, but
/// what they have created stays on the target.
const OPEN: usize = 4;

/// How many cases run at once.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// Number of cases in flight, at least 1.
    pub jobs: usize,
}

/// Runs cases and tells a sink what happens. Cases that must be alone come last, one by one.
pub async fn run(
    runner: &Runner<'_>,
    scenarios: &[&Scenario],
    order: Order,
    stop: &Stop,
    sink: &mut dyn Sink,
) -> (Summary, Vec<CaseOutcome>) {
    let started = Instant::now();
    sink.take(Event::Started {
        target: &runner.target.base,
        cases: scenarios.len(),
        seed: runner.seed,
    });
    let mut summary = Summary::default();
    let mut outcomes: Vec<(usize, CaseOutcome)> = Vec::with_capacity(scenarios.len());
    let (alone, together): (Vec<_>, Vec<_>) = scenarios
        .iter()
        .copied()
        .enumerate()
        .partition(|(_, scenario)| scenario.alone);
    let jobs = order.jobs.max(1);
    for (cases, jobs, open) in [(together, jobs, jobs * OPEN), (alone, 1, 1)] {
        let slots = Slots::new(jobs);
        let mut waiting = cases.into_iter().peekable();
        let mut flying = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some((index, outcome)) = flying.next() => {
                    summary.add(&outcome);
                    sink.take(Event::Case(&outcome));
                    outcomes.push((index, outcome));
                }
                slot = slots.take(), if waiting.peek().is_some() && flying.len() < open => {
                    flying.extend(waiting.next().map(|(index, scenario)| async move {
                        (index, runner.run_in(slot, scenario, stop).await)
                    }));
                }
                else => break,
            }
        }
    }
    summary.seconds = started.elapsed().as_secs_f64();
    outcomes.sort_by_key(|(index, _)| *index);
    let outcomes: Vec<CaseOutcome> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    if let Some(coverage) = runner.coverage {
        sink.take(Event::Covered(&coverage.report(&outcomes)));
    }
    sink.take(Event::Finished(&summary));
    (summary, outcomes)
}
