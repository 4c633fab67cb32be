//! One attempt at a case, from its first request to its clean-up.

use std::time::Instant;

use super::case::Case;
use super::runner::Runner;
use super::shared::{Made, SharedSetup};
use super::slot::Slot;
use super::trail::Part;
use crate::outcome::CaseOutcome;
use crate::scenario::Scenario;
use crate::target::Stop;

/// Why a case does not run when the run is stopped.
pub(super) const INTERRUPTED: &str = "the run was interrupted";

/// Takes the steps of a case, unless there is a reason to skip it. If it fails, the steps that it
/// has taken are returned too.
pub(super) async fn attempt(
    runner: &Runner<'_>,
    scenario: &Scenario,
    skip: Option<String>,
    stop: &Stop,
    slot: Slot,
) -> (CaseOutcome, Option<Scenario>) {
    let started = Instant::now();
    let skip = skip.or_else(|| scenario.skip.clone());
    let mut case = Case::new(runner, scenario, stop, slot, skip);
    let setup = runner.shared.and_then(|shared| shared.of(scenario));
    if !case.ledger.is_skipped()
        && let Some(shared_steps) = shared_setup(&mut case, setup).await
        && case
            .take(&scenario.setup[shared_steps..], Part::Setup)
            .await
    {
        case.take(&scenario.steps, Part::Body).await;
    }
    if let Some(setup) = setup {
        // The last case has to remove what they shared.
        case.world.inherit(setup.leave());
    }
    case.clean_up().await;
    let taken = case.trail.failed(scenario);
    let repeat = taken.as_ref().and_then(|taken| case.trail.repeat(taken));
    let outcome = case
        .ledger
        .close(runner.contract, scenario, repeat, started);
    (outcome, taken)
}

/// Gets what the setup that a case shares has made: by taking its steps if the case is the first,
/// else from the case that was. Returns how many steps of the setup are done; `None` if the case
/// has failed in them.
async fn shared_setup(case: &mut Case<'_>, setup: Option<&SharedSetup<'_>>) -> Option<usize> {
    let Some(setup) = setup else { return Some(0) };
    let count = setup.len();
    if setup.is_first() {
        let scenario = case.scenario;
        let is_made = case.take(&scenario.setup[..count], Part::Setup).await;
        setup.publish(is_made.then(|| Made {
            captures: case.world.memory.captures.clone(),
            created: case.world.take_created(),
            steps: case.trail.shared(),
        }));
        return is_made.then_some(count);
    }
    case.lend_slot(setup.wait()).await;
    // Where it failed in the other case, this one takes the steps for itself.
    let Some(made) = setup.made() else {
        return Some(0);
    };
    let captures = made.captures.iter();
    let captures = captures.map(|(name, body)| (name.clone(), body.clone()));
    case.world.memory.captures.extend(captures);
    case.trail.inherit(&made.steps);
    Some(count)
}
