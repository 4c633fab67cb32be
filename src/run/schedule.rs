//! Many cases at once.

use futures_util::stream::{FuturesUnordered, StreamExt};
use std::time::Instant;

use super::case::INTERRUPTED;
use super::{Runner, Stop};
use crate::outcome::{CaseOutcome, Event, Sink, Summary, Verdict};
use crate::scenario::Scenario;

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
    for (cases, jobs) in [(together, order.jobs.max(1)), (alone, 1)] {
        let mut waiting = cases.into_iter();
        let mut flying = FuturesUnordered::new();
        let start =
            |(index, scenario)| async move { (index, case_or_skip(runner, scenario, stop).await) };
        flying.extend(waiting.by_ref().take(jobs).map(start));
        while let Some((index, outcome)) = flying.next().await {
            flying.extend(waiting.next().map(start));
            summary.add(&outcome);
            sink.take(Event::Case(&outcome));
            outcomes.push((index, outcome));
        }
    }
    summary.seconds = started.elapsed().as_secs_f64();
    sink.take(Event::Finished(&summary));
    outcomes.sort_by_key(|(index, _)| *index);
    let outcomes = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    (summary, outcomes)
}

async fn case_or_skip(runner: &Runner<'_>, scenario: &Scenario, stop: &Stop) -> CaseOutcome {
    if !stop.is_set() {
        return runner.run_case(scenario, stop).await;
    }
    CaseOutcome {
        name: scenario.name.clone(),
        operation: scenario.operation.clone(),
        origin: scenario.origin.clone(),
        verdict: Verdict::Skipped,
        findings: Vec::new(),
        warnings: Vec::new(),
        reasons: vec![INTERRUPTED.to_owned()],
        leftovers: Vec::new(),
        requests: 0,
        seconds: 0.0,
    }
}
