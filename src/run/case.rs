//! One case from its first request to its clean-up.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Runner;
use super::cleanup::Created;
use super::encode::{Encoded, Message, encode, follow};
use super::fill::{self, Memory};
use super::identity;
use super::minimize::Sent;
use super::refusal::is_refused;
use super::shared::{Family, Joined};
use super::slot::Slot;
use crate::check::{
    Expectation, ExpectedBody, ExpectedList, Judgement, Sample, States, judge_states,
};
use crate::contract::ExpectedStatus;
use crate::contract::{Operation, PromisedError};
use crate::outcome::{
    CaseOutcome, CheckId, Finding, FindingKind, Level, Origin, ResponsePlace, Verdict,
};
use crate::place::Place;
use crate::scenario::{Argument, Body, Credentials, Scenario, Step, fingerprint};
use crate::snapshot::Names;
use crate::target::Stop;
use crate::wire::{Exchange, Response, curl};

/// Why a case ends early when the run is stopped.
pub(super) const INTERRUPTED: &str = "the run was interrupted";

/// What a case has gathered so far.
pub(super) struct Case<'a> {
    pub(super) runner: &'a Runner<'a>,
    pub(super) scenario: &'a Scenario,
    pub(super) stop: &'a Stop,
    pub(super) slot: Slot,
    pub(super) memory: Memory,
    pub(super) created: Vec<Created>,
    /// The states in which items were seen last.
    states: States,
    pub(super) findings: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
    pub(super) reasons: Vec<String>,
    /// Why the rest was not run, if that is nobody's fault.
    pub(super) skipped: Option<String>,
    pub(super) leftovers: Vec<String>,
    pub(super) requests: usize,
    pub(super) last_answer: Instant,
    /// The steps that were taken, but for those in whose place others were.
    pub(super) trail: Vec<Sent<'a>>,
    /// How many steps there were at the first finding.
    pub(super) failed_after: Option<usize>,
}

/// Whether the steps that follow can run.
pub(super) enum Progress {
    GoOn,
    End,
}

/// Which part of a scenario a step belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It prepares the others.
    Setup,
    /// The scenario is about it.
    Body,
}

/// A step whose templates are filled.
pub(super) struct Filled<'a> {
    pub(super) step: &'a Step,
    pub(super) operation: &'a Operation,
    pub(super) body: Option<Value>,
    pub(super) same_as: Option<Value>,
    pub(super) items: Option<ExpectedList>,
    pub(super) promised: Option<&'a PromisedError>,
}

/// Runs a case, unless something stands against it. If it fails, the steps that it took are told too.
pub(super) async fn run(
    runner: &Runner<'_>,
    scenario: &Scenario,
    skip: Option<String>,
    stop: &Stop,
    slot: Slot,
) -> (CaseOutcome, Option<Scenario>) {
    let started = Instant::now();
    let mut case = Case {
        runner,
        scenario,
        stop,
        slot,
        memory: Memory {
            captures: HashMap::new(),
            names: Names::default(),
            random: fastrand::Rng::with_seed(runner.seed ^ fingerprint(&scenario.name)),
        },
        created: Vec::new(),
        states: States::default(),
        findings: Vec::new(),
        warnings: Vec::new(),
        reasons: Vec::new(),
        skipped: skip.or_else(|| scenario.skip.clone()),
        leftovers: Vec::new(),
        requests: 0,
        last_answer: started,
        trail: Vec::new(),
        failed_after: None,
    };
    let family = runner.shared.and_then(|shared| shared.family(scenario));
    if case.skipped.is_none() {
        case.take_all(family).await;
    }
    if let Some(family) = family {
        case.leave(family);
    }
    case.clean_up().await;
    let verdict = if !case.findings.is_empty() {
        Verdict::Failed
    } else if !case.reasons.is_empty() {
        Verdict::Errored
    } else if case.skipped.is_some() {
        Verdict::Skipped
    } else {
        Verdict::Passed
    };
    if verdict == Verdict::Skipped {
        case.reasons.extend(case.skipped.take());
    }
    for place in case.findings.iter_mut().filter_map(|f| f.promise.as_mut()) {
        // A generated step names a place of the document, whose file and line nobody needed so far.
        if place.file.is_empty() {
            *place = runner.contract.document.place(&place.pointer);
        }
    }
    let taken = case.failed_after.map(|_| case.taken());
    let outcome = CaseOutcome {
        repeat: taken.as_ref().and_then(|taken| case.repeat(taken)),
        name: scenario.name.clone(),
        operation: scenario.operation.clone(),
        origin: scenario.origin.clone(),
        verdict,
        findings: case.findings,
        warnings: case.warnings,
        reasons: case.reasons,
        leftovers: case.leftovers,
        requests: case.requests,
        seconds: started.elapsed().as_secs_f64(),
    };
    (outcome, taken)
}

impl<'a> Case<'a> {
    /// Takes all steps, those that a family shares only if no other case has done so.
    async fn take_all(&mut self, family: Option<&Family<'_>>) {
        let joined = match family {
            Some(family) => self.join(family).await,
            None => Joined::Alone,
        };
        let first = match (joined, family) {
            (Joined::Ready, Some(family)) => family.len(),
            (Joined::Failed, _) => return,
            _ => 0,
        };
        let scenario = self.scenario;
        if self.take(&scenario.setup[first..], Part::Setup).await {
            self.take(&scenario.steps, Part::Body).await;
        }
    }

    /// Takes steps, and tells whether what follows them can be taken.
    pub(super) async fn take(&mut self, steps: &'a [Step], part: Part) -> bool {
        for group in steps.chunk_by(|_, next| next.along) {
            let progress = match group {
                [only] => self.step(only, part).await,
                steps => self.send_group(steps, part).await,
            };
            match progress {
                Ok(Progress::GoOn) => {}
                Ok(Progress::End) => return false,
                Err(reason) => {
                    // A step that cannot be made after something has failed is a consequence.
                    if self.findings.is_empty() {
                        self.reasons.push(match reason.as_str() {
                            INTERRUPTED => reason,
                            _ => format!("{}: {reason}", group[0].name),
                        });
                    }
                    return false;
                }
            }
        }
        true
    }

    /// The whole way of one step: fill, encode, send, check, follow the pages, compare with the
    /// snapshot, remember.
    pub(super) async fn step(&mut self, step: &'a Step, part: Part) -> Result<Progress, String> {
        let filled = self.fill(step)?;
        let encoded = self.encode(&filled)?;
        self.note(step, part, &encoded);
        self.pause(step.after).await;
        if self.stop.is_set() {
            return Err(INTERRUPTED.to_owned());
        }
        let (exchange, judgement) = self.ask(&filled, &encoded).await;
        self.conclude(&filled, &encoded, &exchange, judgement, part)
            .await
    }

    /// What follows from the answer to a step.
    pub(super) async fn conclude(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        judgement: Judgement,
        part: Part,
    ) -> Result<Progress, String> {
        let step = filled.step;
        if self.got_nothing_to_judge(step, exchange) {
            return Ok(Progress::End);
        }
        if self.stop.is_set() && step.until.is_some() {
            return Err(INTERRUPTED.to_owned());
        }
        if self.skipped.is_some() {
            return Ok(Progress::End);
        }
        if step.expect.status == ExpectedStatus::SuccessOrSkip && is_refused(exchange) {
            return self.refused(filled, encoded, exchange, part).await;
        }
        let is_open = step.expect.status == ExpectedStatus::SuccessOrClientError;
        let takes_others = is_open && is_refused(exchange) && judgement.findings.is_empty();
        if takes_others && !step.instead.is_empty() {
            return self.instead(step, part).await;
        }
        self.reasons.extend(judgement.broken_rules);
        let mut findings = judgement.findings;
        let mut body = judgement.body;
        // An answer of another kind says nothing of what was asked for.
        let is_of_another_kind = findings.iter().any(|finding| finding.kind.is_status());
        self.remember(filled, encoded, exchange, body.as_ref());
        let is_list = filled.operation.paging.is_some() || filled.items.is_some();
        if let (Some(page), true) = (&mut body, is_list && !is_of_another_kind) {
            findings.extend(self.list(filled, encoded, exchange, page).await);
        }
        if part == Part::Body && findings.is_empty() {
            findings.extend(self.snapshot(filled, encoded, exchange, body.as_ref()));
        }
        let is_due = step.violates || step.credentials != Credentials::Right;
        let goes_on = exchange.answer.is_ok()
            && !(is_of_another_kind && step.save.is_some())
            // What rests on its refusal is a consequence.
            && (is_refused(exchange) || !is_due);
        self.add(findings);
        if let Some(save) = step.save.as_ref().filter(|_| !is_of_another_kind) {
            let kept = self.kept(filled, encoded, exchange, body);
            if part == Part::Setup && self.is_anonymous(filled, kept.as_ref()) {
                self.skipped = Some(format!(
                    "no answer of {} tells the id of what it creates",
                    filled.operation.id
                ));
                return Ok(Progress::End);
            }
            self.memory
                .captures
                .extend(kept.map(|body| (save.clone(), body)));
        }
        Ok(if goes_on {
            Progress::GoOn
        } else {
            Progress::End
        })
    }

    pub(super) fn fill(&mut self, step: &'a Step) -> Result<Filled<'a>, String> {
        let contract = self.runner.contract;
        let memory = &mut self.memory;
        let operation = contract
            .operation(&step.operation)
            .ok_or_else(|| format!("the contract has no operation '{}'", step.operation))?;
        let mut optional = |value: Option<&Value>| {
            value
                .map(|value| fill::value(contract, memory, value))
                .transpose()
        };
        let body = optional(step.expect.body.as_ref())?;
        let same_as = optional(step.expect.same_as.as_ref().map(|sample| &sample.body))?;
        let items = match &step.expect.items {
            None => None,
            Some(items) => {
                let mut all = |values: &[Value]| {
                    values
                        .iter()
                        .map(|value| fill::value(contract, &mut self.memory, value))
                        .collect::<Result<Vec<_>, _>>()
                };
                Some(ExpectedList {
                    exactly: items.exactly.as_deref().map(&mut all).transpose()?,
                    include: all(&items.include)?,
                    exclude: all(&items.exclude)?,
                    most: items.most,
                    except: items.except.clone(),
                })
            }
        };
        let promised = match &step.expect.status {
            ExpectedStatus::Error(name) => operation.error(name),
            _ => None,
        };
        Ok(Filled {
            step,
            operation,
            body,
            same_as,
            items,
            promised,
        })
    }

    pub(super) fn encode(&mut self, filled: &Filled<'a>) -> Result<Encoded<'a>, String> {
        let (contract, target) = (self.runner.contract, self.runner.target);
        let (step, operation) = (filled.step, filled.operation);
        if let Some(url) = &step.follow {
            let url = fill::value(contract, &mut self.memory, &Value::from(url.as_str()))?;
            let url = url
                .as_str()
                .ok_or_else(|| format!("there is no URL to follow: {url}"))?;
            return follow(contract, target, operation, url, step.credentials)
                .map_err(|error| error.to_string());
        }
        let memory = &mut self.memory;
        let arguments = step
            .parameters
            .iter()
            .map(|argument| {
                Ok(Argument {
                    location: argument.location,
                    name: argument.name.clone(),
                    value: fill::value(contract, memory, &argument.value)?,
                })
            })
            .collect::<Result<_, String>>()?;
        let body = match &step.body {
            Some(Body::Value { media, value }) => Some(Body::Value {
                media: media.clone(),
                value: fill::value(contract, memory, value)?,
            }),
            other => other.clone(),
        };
        let message = Message {
            values: fill::object(contract, memory, &step.with)?,
            arguments,
            body,
            method: step.method.as_deref(),
            credentials: step.credentials,
        };
        encode(contract, target, operation, message).map_err(|error| error.to_string())
    }

    async fn pause(&mut self, after: Option<Duration>) {
        let Some(after) = after else { return };
        self.idle_until(self.last_answer + after).await;
    }

    pub(super) fn judge(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
    ) -> Judgement {
        let status = &filled.step.expect.status;
        self.judge_as(status, filled, encoded, exchange)
    }

    pub(super) fn judge_as(
        &mut self,
        status: &ExpectedStatus,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
    ) -> Judgement {
        let mut body = Vec::new();
        body.extend(filled.body.as_ref().map(ExpectedBody::Part));
        if let (Some(sample), Some(same_as)) = (&filled.same_as, &filled.step.expect.same_as) {
            body.push(ExpectedBody::Same(Sample {
                body: sample,
                except: &same_as.except,
            }));
        }
        let expectation = Expectation {
            status,
            body,
            place: Some(&filled.step.place),
        };
        let runner = self.runner;
        let mut judgement =
            runner
                .checker
                .judge(runner.contract, &encoded.call, exchange, &expectation);
        if let Some(coverage) = runner.coverage {
            coverage.mark(&encoded.call, exchange, judgement.body.as_ref());
        }
        if let Some(body) = &judgement.body {
            judgement.findings.extend(judge_states(
                runner.checker,
                runner.contract,
                &encoded.call,
                exchange,
                body,
                &mut self.states,
            ));
        }
        if filled.step.violates && runner.lenience.covers(&filled.operation.id) {
            allow(exchange, &mut judgement);
        }
        for warning in judgement.warnings.drain(..) {
            self.warn(warning);
        }
        judgement
    }

    /// Notes what the answer has created, and names its identifiers.
    pub(super) fn remember(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        body: Option<&Value>,
    ) {
        let Ok(response) = &exchange.answer else {
            return;
        };
        if !response.status.is_success() {
            return;
        }
        let contract = self.runner.contract;
        let operation = filled.operation;
        if let Some(resource) = contract.resource_served_by(operation) {
            if resource.create.as_ref() == Some(&operation.id)
                && let Some(id) = identity::of_new(self.runner, resource, encoded, response, body)
            {
                let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
                let path = encoded.call.path.iter().map(|(_, v)| v.clone());
                let own = usize::from(resource.has_client_assigned_id());
                self.created.push(Created {
                    resource: resource.name.clone(),
                    parents: path.take(encoded.call.path.len() - own).collect(),
                    id,
                });
            }
            if resource.delete.as_ref() == Some(&operation.id)
                && let Some((_, id)) = encoded.call.path.last()
            {
                self.created
                    .retain(|item| item.resource != resource.name || item.id != *id);
            }
        }
        let checker = self.runner.checker;
        // Snapshots are taken of fixtures alone.
        if let (Some(body), Some(shape)) = (body, checker.body_shape(operation, response.status))
            && matches!(self.scenario.origin, Origin::Fixture { .. })
            && filled
                .step
                .expect
                .items
                .as_ref()
                .is_none_or(|i| i.exactly.is_some())
        {
            self.memory.names.learn(checker.shapes(), shape, body);
        }
    }

    /// A finding of a check that the runner makes itself.
    pub(super) fn finding(
        filled: &Filled<'_>,
        exchange: &Exchange,
        check: CheckId,
        place: ResponsePlace,
        promise: Option<Place>,
        kind: FindingKind,
    ) -> Finding {
        Finding {
            level: Level::Failure,
            check,
            operation: filled.operation.id.clone(),
            place,
            promise,
            kind,
            curl: curl(&exchange.request),
        }
    }
}

/// Makes a warning of the finding that a request was not refused.
fn allow(exchange: &Exchange, judgement: &mut Judgement) {
    let is_taken = |response: &Response| response.status.is_success();
    if exchange.answer.as_ref().is_ok_and(is_taken) {
        let taken = judgement
            .findings
            .extract_if(.., |finding| finding.kind.is_status());
        judgement.warnings.extend(taken.map(|finding| Finding {
            level: Level::Warning,
            ..finding
        }));
    }
}
