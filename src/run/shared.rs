//! Parents that cases share. The first case that needs them creates them, all the others use them,
//! and the last one removes them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;
use tokio::sync::SetOnce;

use super::case::{Case, Part};
use super::cleanup::Created;
use super::minimize::Sent;
use crate::scenario::{Scenario, Step};
use crate::wire::Request;

/// What the cases of a run share, by the steps that create it.
#[derive(Debug, Default)]
pub(super) struct Shared<'a> {
    families: Vec<Family<'a>>,
}

/// Cases that begin with the same steps.
#[derive(Debug)]
pub(super) struct Family<'a> {
    steps: &'a [Step],
    /// How many cases have not ended yet.
    members: AtomicUsize,
    /// Whether a case has begun to take the steps.
    begun: AtomicBool,
    /// What came of them; nothing if they failed.
    made: SetOnce<Option<Made>>,
}

/// How a case stands to its family.
pub(super) enum Joined {
    /// It has what the steps make.
    Ready,
    /// It has taken the steps and failed.
    Failed,
    /// The steps have failed in another case; it must take them for itself.
    Alone,
}

/// What the steps have made.
#[derive(Debug)]
struct Made {
    captures: HashMap<String, Value>,
    created: Vec<Created>,
    sent: Vec<(Step, Arc<Request>)>,
}

impl<'a> Shared<'a> {
    /// What these cases can share. A single one shares nothing.
    pub(super) fn among(scenarios: impl Iterator<Item = &'a Scenario>) -> Self {
        let mut families: Vec<Family<'a>> = Vec::new();
        for scenario in scenarios {
            let steps = shared_steps(scenario);
            if steps.is_empty() {
                continue;
            }
            match families.iter_mut().find(|family| family.steps == steps) {
                Some(family) => *family.members.get_mut() += 1,
                None => families.push(Family {
                    steps,
                    members: AtomicUsize::new(1),
                    begun: AtomicBool::new(false),
                    made: SetOnce::new(),
                }),
            }
        }
        families.retain_mut(|family| *family.members.get_mut() > 1);
        Self { families }
    }

    /// The family of a case.
    pub(super) fn family(&self, scenario: &Scenario) -> Option<&Family<'a>> {
        let steps = shared_steps(scenario);
        let mut families = self.families.iter();
        families.find(|family| !steps.is_empty() && family.steps == steps)
    }
}

impl Family<'_> {
    /// How many steps are shared.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }
}

/// The steps of a case that others may take for it.
fn shared_steps(scenario: &Scenario) -> &[Step] {
    match &scenario.skip {
        Some(_) => &[],
        None => scenario.setup.get(..scenario.shared).unwrap_or_default(),
    }
}

impl Case<'_> {
    /// Takes the steps that a family shares, or what came of them when another case did.
    pub(super) async fn join(&mut self, family: &Family<'_>) -> Joined {
        if !family.begun.swap(true, Ordering::AcqRel) {
            let scenario = self.scenario;
            let is_made = self
                .take(&scenario.setup[..family.len()], Part::Setup)
                .await;
            let made = is_made.then(|| Made {
                captures: self.memory.captures.clone(),
                created: std::mem::take(&mut self.created),
                sent: self.sent().collect(),
            });
            // Nobody else sets it.
            let _ = family.made.set(made);
            return if is_made {
                Joined::Ready
            } else {
                Joined::Failed
            };
        }
        let wait = async {
            family.made.wait().await;
        };
        self.slot.lend(wait).await;
        let Some(Some(made)) = family.made.get() else {
            return Joined::Alone;
        };
        let captures = made.captures.iter();
        let captures = captures.map(|(name, body)| (name.clone(), body.clone()));
        self.memory.captures.extend(captures);
        self.trail
            .extend(made.sent.iter().map(|(step, request)| Sent {
                step: Cow::Owned(step.clone()),
                part: Part::Setup,
                request: Arc::clone(request),
            }));
        Joined::Ready
    }

    /// Leaves a family. The last one has what they shared to remove.
    pub(super) fn leave(&mut self, family: &Family<'_>) {
        if family.members.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        if let Some(Some(made)) = family.made.get() {
            self.created.splice(0..0, made.created.iter().cloned());
        }
    }
}
