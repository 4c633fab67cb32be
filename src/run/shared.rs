//! Setups that cases share. The first case that needs one takes its steps, all the others use what
//! they made, and the last one removes it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;
use tokio::sync::SetOnce;

use super::trail::SentStep;
use crate::outcome::Item;
use crate::scenario::{Scenario, Step};

/// The setups that the cases of a run share.
#[derive(Debug, Default)]
pub(super) struct SharedSetups<'a> {
    setups: Vec<SharedSetup<'a>>,
    /// Which setup a case shares, by the name of the case.
    by_case: HashMap<&'a str, usize>,
}

/// The steps with which several cases begin.
#[derive(Debug)]
pub(super) struct SharedSetup<'a> {
    steps: &'a [Step],
    /// How many cases have not ended yet.
    cases: AtomicUsize,
    /// Whether a case has begun to take the steps.
    begun: AtomicBool,
    /// What the steps have made; `None` if they failed.
    made: SetOnce<Option<Made>>,
}

/// What the steps of a setup have made.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) captures: HashMap<String, Value>,
    pub(super) created: Vec<Item>,
    pub(super) steps: Vec<SentStep<'static>>,
}

impl<'a> SharedSetups<'a> {
    /// The setups that these cases can share. A single case shares nothing.
    pub(super) fn among(scenarios: impl Iterator<Item = &'a Scenario>) -> Self {
        let mut setups: Vec<SharedSetup<'a>> = Vec::new();
        let mut by_case = HashMap::new();
        for scenario in scenarios {
            let steps = shared_steps(scenario);
            if steps.is_empty() {
                continue;
            }
            let known = setups.iter().position(|setup| setup.steps == steps);
            let index = known.unwrap_or_else(|| {
                setups.push(SharedSetup {
                    steps,
                    cases: AtomicUsize::new(0),
                    begun: AtomicBool::new(false),
                    made: SetOnce::new(),
                });
                setups.len() - 1
            });
            *setups[index].cases.get_mut() += 1;
            by_case.insert(scenario.name.as_str(), index);
        }
        let mut is_shared = setups.iter_mut().map(|setup| *setup.cases.get_mut() > 1);
        let is_shared: Vec<bool> = is_shared.by_ref().collect();
        by_case.retain(|_, index| is_shared[*index]);
        Self { setups, by_case }
    }

    /// The setup that a case shares with others.
    pub(super) fn of(&self, scenario: &Scenario) -> Option<&SharedSetup<'a>> {
        if shared_steps(scenario).is_empty() {
            return None;
        }
        let index = self.by_case.get(scenario.name.as_str())?;
        self.setups.get(*index)
    }
}

impl SharedSetup<'_> {
    /// How many steps are shared.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether the case that calls this is the first, and has to take the steps.
    pub(super) fn is_first(&self) -> bool {
        !self.begun.swap(true, Ordering::AcqRel)
    }

    /// Hands what the steps have made to the other cases; `None` if they failed.
    pub(super) fn publish(&self, made: Option<Made>) {
        // Only the first case sets it.
        let _ = self.made.set(made);
    }

    /// Waits until the first case has taken the steps.
    pub(super) async fn wait(&self) {
        self.made.wait().await;
    }

    /// What the steps have made; `None` if they failed or were not taken yet.
    pub(super) fn made(&self) -> Option<&Made> {
        self.made.get()?.as_ref()
    }

    /// Leaves the setup. The last case gets the items that it has to remove.
    pub(super) fn leave(&self) -> Vec<Item> {
        if self.cases.fetch_sub(1, Ordering::AcqRel) > 1 {
            return Vec::new();
        }
        self.made()
            .map_or_else(Vec::new, |made| made.created.clone())
    }
}

/// The steps of a case that another case may take for it.
fn shared_steps(scenario: &Scenario) -> &[Step] {
    match &scenario.skip {
        Some(_) => &[],
        None => scenario.setup.get(..scenario.shared).unwrap_or_default(),
    }
}
