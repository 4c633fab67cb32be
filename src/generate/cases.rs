//! The cases of one operation.

use std::collections::HashSet;

use serde_json::Value;

use super::provide::Provider;
use super::request::Draft;
use super::setup::Setup;
use super::spot::{At, Spot};
use super::value::{Extent, Maker};
use super::{own_key, sent};
use crate::contract::{ExpectedStatus, Location, Operation, singular, snake_case};
use crate::outcome::Origin;
use crate::place::Place;
use crate::place::pointer;
use crate::scenario::{Expect, Scenario, Step, fingerprint};

/// Longest name of a case, in characters.
const LONGEST: usize = 120;

/// Gathers the cases of one operation.
pub(super) struct Cases<'a> {
    pub(super) maker: &'a Maker<'a>,
    pub(super) provider: Provider<'a>,
    pub(super) operation: &'a Operation,
    seed: u64,
    /// What all cases begin with whose requests must be refused.
    refused: Setup,
    names: HashSet<String>,
    pub(super) scenarios: Vec<Scenario>,
    /// The simplest request and the fullest one, as samples that are never sent.
    samples: Option<(Draft<'a>, Draft<'a>)>,
}

/// What a case is called, and why it exists.
pub(super) struct Title {
    pub(super) slug: String,
    pub(super) why: String,
    /// JSON pointer of the promise that it tries; empty for the operation itself.
    pub(super) promise: String,
}

/// What is done to a value.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Set(Value),
    Remove,
}

/// Makes the steps of a case: its setup grows as they need it.
pub(super) struct Stage<'a> {
    pub(super) setup: Setup,
    pub(super) random: fastrand::Rng,
    pub(super) place: Place,
    pub(super) provider: Provider<'a>,
    pub(super) operation: &'a Operation,
}

impl<'a> Cases<'a> {
    pub(super) fn new(provider: Provider<'a>, operation: &'a Operation, seed: u64) -> Self {
        let maker = provider.maker();
        Self {
            maker,
            provider,
            operation,
            seed,
            refused: Setup::of_refused(maker.contract(), operation, seed),
            names: HashSet::new(),
            scenarios: Vec::new(),
            samples: None,
        }
    }

    /// The simplest request. If there is none, the case is skipped, and there are no others.
    pub(super) fn base(&mut self) -> bool {
        let title = Title {
            slug: "required_fields_only".to_owned(),
            why: "only what is required".to_owned(),
            promise: String::new(),
        };
        self.add(title, |stage| {
            let draft = stage.request(Extent::Required)?;
            Ok(Some(vec![stage.accepted(&draft, None)]))
        });
        self.scenarios
            .iter()
            .all(|scenario| scenario.skip.is_none())
    }

    /// Adds a case, unless it turns out to show nothing. One whose steps cannot be made is skipped
    /// for that reason.
    pub(super) fn add(
        &mut self,
        title: Title,
        steps: impl FnOnce(&mut Stage<'a>) -> Result<Option<Vec<Step>>, String>,
    ) {
        self.add_after(Setup::default(), title, steps);
    }

    /// Adds a case like [`Cases::add`], all of whose steps must be refused.
    pub(super) fn add_refused(
        &mut self,
        title: Title,
        steps: impl FnOnce(&mut Stage<'a>) -> Result<Option<Vec<Step>>, String>,
    ) {
        self.add_after(self.refused.clone(), title, steps);
    }

    fn add_after(
        &mut self,
        setup: Setup,
        title: Title,
        steps: impl FnOnce(&mut Stage<'a>) -> Result<Option<Vec<Step>>, String>,
    ) {
        let name = self.name(&title.slug);
        let pointer = if title.promise.is_empty() {
            self.operation.pointer.clone()
        } else {
            title.promise
        };
        let mut stage = Stage {
            setup,
            random: random(self.seed, &name),
            place: Place {
                file: String::new(),
                line: None,
                pointer,
            },
            provider: self.provider,
            operation: self.operation,
        };
        let (steps, skip) = match steps(&mut stage) {
            Ok(Some(steps)) => (steps, None),
            Ok(None) => {
                self.names.remove(&name);
                return;
            }
            Err(reason) => (Vec::new(), Some(reason)),
        };
        let shared = match skip {
            Some(_) => 0,
            None => stage.setup.shared,
        };
        self.scenarios.push(Scenario {
            name,
            operation: self.operation.id.clone(),
            origin: Origin::Generated { why: title.why },
            setup: if skip.is_some() {
                Vec::new()
            } else {
                stage.setup.steps
            },
            steps,
            shared,
            alone: false,
            skip,
        });
    }

    /// A source of chance for something of this operation.
    pub(super) fn random(&self, what: &str) -> fastrand::Rng {
        random(self.seed, &format!("{}::{what}", self.operation.id))
    }

    /// A name that no other case of the operation has.
    fn name(&mut self, slug: &str) -> String {
        let slug: String = snake_case(slug).chars().take(LONGEST).collect();
        let mut name = format!("{}::{slug}", self.operation.id);
        let mut number = 2;
        while !self.names.insert(name.clone()) {
            name = format!("{}::{slug}_{number}", self.operation.id);
            number += 1;
        }
        name
    }

    /// The places of the operation's requests that can be given other values.
    pub(super) fn spots(&mut self) -> Vec<Spot<'a>> {
        let mut random = self.random("");
        let mut setup = Setup::default();
        let mut request = |extent| {
            self.provider
                .request(self.operation, extent, &mut setup, &mut random)
        };
        let Ok(simplest) = request(Extent::Required) else {
            return Vec::new();
        };
        let fullest = request(Extent::Everything).unwrap_or_else(|_| simplest.clone());
        let schemas = self.maker.schemas();
        let mut spots = super::spot::of_arguments(schemas, &fullest);
        if let Some(body) = &fullest.body {
            spots.extend(super::spot::of_body(schemas, body));
        }
        self.samples = Some((simplest, fullest));
        spots
    }

    /// A sample with one change: of the simplest request where that has what is changed, of the
    /// fullest otherwise.
    pub(super) fn sample(&self, at: &At, change: &Change) -> Option<Draft<'a>> {
        let (simplest, fullest) = self.samples.as_ref()?;
        let place = match at {
            At::Body(place) => place,
            At::Argument(..) => return Some(simplest.clone()),
            At::Member(location, name, member) => {
                let mut draft = simplest.clone();
                let whole = fullest.argument(*location, name)?.clone();
                draft.set_argument(*location, name, with_member(whole, member, change));
                return Some(draft);
            }
        };
        let body = simplest.body.as_ref()?;
        let mut draft = if lacks(&body.value, place, change) {
            fullest.clone()
        } else {
            simplest.clone()
        };
        apply(&mut draft.body.as_mut()?.value, place, change).ok()?;
        Some(draft)
    }

    /// A sample of the fullest request.
    pub(super) fn fullest(&self) -> Option<&Draft<'a>> {
        self.samples.as_ref().map(|(_, fullest)| fullest)
    }
}

impl<'a> Stage<'a> {
    /// A valid request of the operation.
    pub(super) fn request(&mut self, extent: Extent) -> Result<Draft<'a>, String> {
        self.provider
            .request(self.operation, extent, &mut self.setup, &mut self.random)
    }

    /// A step whose request keeps the contract. If it is refused for its form, `control` is asked.
    pub(super) fn accepted(&self, draft: &Draft<'_>, control: Option<&Draft<'_>>) -> Step {
        let mut step = self.step(draft, ExpectedStatus::SuccessOrSkip);
        step.control = control.map(|draft| {
            let mut control = self.step(draft, ExpectedStatus::SuccessOrSkip);
            "control".clone_into(&mut control.name);
            Box::new(control)
        });
        step
    }

    /// A step whose request breaks what the contract says of requests.
    pub(super) fn violating(&self, draft: &Draft<'_>, status: ExpectedStatus) -> Step {
        Step {
            violates: true,
            ..self.step(draft, status)
        }
    }

    /// A step of which this is expected.
    pub(super) fn step(&self, draft: &Draft<'_>, status: ExpectedStatus) -> Step {
        Step {
            expect: Expect {
                status,
                ..Expect::default()
            },
            ..draft
                .clone()
                .step(format!("1_{}", self.operation.id), self.place.clone())
        }
    }

    /// The simplest request with one change, and the simplest request itself.
    pub(super) fn changed(
        &mut self,
        at: &At,
        change: &Change,
    ) -> Result<(Draft<'a>, Draft<'a>), String> {
        let simplest = self.request(Extent::Required)?;
        let mut draft = simplest.clone();
        self.change(&mut draft, at, change)?;
        Ok((draft, simplest))
    }

    /// The steps in place of a simple request that was changed, should it be refused for what no schema
    /// knows: one with all fields and the same change.
    pub(super) fn fuller(&mut self, simple: &Draft<'a>, at: &At, change: &Change) -> Vec<Step> {
        let Some(setup) = self.setup.instead(self.operation) else {
            return Vec::new();
        };
        let mut own = Stage {
            setup,
            random: self.random.fork(),
            place: self.place.clone(),
            ..*self
        };
        let Ok(mut fullest) = own.request(Extent::Everything) else {
            return Vec::new();
        };
        let is_changed = own.change(&mut fullest, at, change).is_ok();
        let is_fuller = fullest.size() > simple.size();
        if !(is_changed && is_fuller && sent::is_valid(self.provider.maker(), &fullest)) {
            return Vec::new();
        }
        let last = own.accepted(&fullest, None);
        own.setup.steps.push(last);
        own.setup.steps
    }

    /// Changes one value of a request.
    pub(super) fn change(
        &mut self,
        draft: &mut Draft<'a>,
        at: &At,
        change: &Change,
    ) -> Result<(), String> {
        match at {
            At::Argument(location, name) => match change {
                Change::Set(value) => draft.set_argument(*location, name, value.clone()),
                Change::Remove => draft
                    .arguments
                    .retain(|a| a.location != *location || a.name != *name),
            },
            At::Member(location, name, member) => {
                let parameter = self.operation.parameter(*location, name);
                let schema = parameter.and_then(|parameter| parameter.schema.as_ref());
                let whole = match (draft.argument(*location, name), schema) {
                    (Some(whole), _) => whole.clone(),
                    (None, Some(schema)) => self.provider.maker().value(
                        schema,
                        name,
                        Extent::Everything,
                        &mut self.random,
                    )?,
                    (None, None) => Value::Null,
                };
                draft.set_argument(*location, name, with_member(whole, member, change));
            }
            At::Body(place) => self.change_body(draft, place, change)?,
        }
        own_key::agree_after(self.provider.maker(), draft, at);
        Ok(())
    }

    fn change_body(
        &mut self,
        draft: &mut Draft<'a>,
        place: &str,
        change: &Change,
    ) -> Result<(), String> {
        let body = draft.body.take().ok_or("the operation has no body")?;
        let mut value = body.value;
        if let (true, Some(schema), Some(field)) = (
            lacks(&value, place, change),
            &body.media.schema,
            pointer::tokens(place).next(),
        ) {
            let mut whole = self.provider.maker().value(
                schema,
                "body",
                Extent::Everything,
                &mut self.random,
            )?;
            if let (Some(members), Some(member)) = (value.as_object_mut(), whole.get_mut(&field)) {
                members.insert(field, member.take());
            }
        }
        apply(&mut value, place, change)?;
        let mut body = self.provider.draft_body(
            self.operation,
            body.media,
            value,
            &mut self.setup,
            &mut self.random,
        )?;
        // What was changed stays as it is.
        let below = format!("{place}/");
        body.references
            .retain(|(at, _)| at != place && !at.starts_with(&below));
        draft.body = Some(body);
        Ok(())
    }
}

/// An object with one change to a member.
fn with_member(mut whole: Value, member: &str, change: &Change) -> Value {
    if let Value::Object(members) = &mut whole {
        match change {
            Change::Set(value) => members.insert(member.to_owned(), value.clone()),
            Change::Remove => members.shift_remove(member),
        };
    }
    whole
}

/// Whether a request has not got what a change is about.
fn lacks(value: &Value, place: &str, change: &Change) -> bool {
    let holder = pointer::split_last(place).map_or("", |(holder, _)| holder);
    match change {
        Change::Set(_) => value.pointer(holder).is_none() || is_item(place),
        Change::Remove => value.pointer(place).is_none(),
    }
}

/// Changes one value of a body.
fn apply(value: &mut Value, place: &str, change: &Change) -> Result<(), String> {
    let (holder, last) = pointer::split_last(place).unwrap_or_default();
    match (change, value.pointer_mut(holder)) {
        (Change::Set(new), _) if place.is_empty() => *value = new.clone(),
        (Change::Set(new), Some(Value::Object(members))) => {
            members.insert(last, new.clone());
        }
        (Change::Set(new), Some(Value::Array(items))) => {
            if let Some(item) = last.parse().ok().and_then(|i: usize| items.get_mut(i)) {
                *item = new.clone();
            }
        }
        (Change::Remove, Some(Value::Object(members))) => {
            members.shift_remove(&last);
        }
        _ => return Err(format!("no request has a '{place}'")),
    }
    Ok(())
}

fn is_item(place: &str) -> bool {
    pointer::split_last(place).is_some_and(|(_, last)| last.bytes().all(|b| b.is_ascii_digit()))
}

/// A source of chance that depends on the seed and on the name of a case.
pub(super) fn random(seed: u64, name: &str) -> fastrand::Rng {
    fastrand::Rng::with_seed(seed ^ fingerprint(name))
}

/// Whether the value names an item or stands before one in a path, so that no made-up value will do.
pub(super) fn is_reference(cases: &Cases<'_>, spot: &Spot<'_>) -> bool {
    let contract = cases.maker.contract();
    let names = cases.maker.names();
    match &spot.at {
        At::Argument(Location::Path, name) => {
            let segments = cases.operation.path.parameters();
            let mut behind = segments.skip_while(|n| n != name).skip(1);
            return behind.any(|n| contract.resource_index_of(cases.operation, n).is_some());
        }
        At::Argument(_, name) => return names.referred(cases.operation, name).is_some(),
        At::Body(_) | At::Member(..) => {}
    }
    let name = spot.name.rsplit(' ').find(|word| *word != "item");
    name.is_some_and(|name| {
        names.referred(cases.operation, name).is_some() || names.item(&singular(name)).is_some()
    })
}
