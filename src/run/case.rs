//! One case from its first request to its clean-up.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cleanup::Created;
use super::encode::{Encoded, encode, follow};
use super::fill::{self, Memory};
use super::slot::Slot;
use super::{Runner, Stop};
use crate::check::{
    Expectation, ExpectedBody, ExpectedList, Judgement, Sample, Status, holds, judge_list,
};
use crate::contract::{Operation, PromisedError};
use crate::outcome::{CaseOutcome, Finding, Level, Origin, Place, Verdict};
use crate::scenario::{ExpectedStatus, Scenario, Step};
use crate::snapshot::{Comparison, Names, Reply, normalize};
use crate::wire::{Exchange, curl};

/// Most pages that are followed; a list that never ends is a finding.
const MAX_PAGES: usize = 1000;

/// Names of the checks that are made here.
pub(super) const UNTIL: &str = "until";
pub(super) const SNAPSHOT: &str = "snapshot";

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
    pub(super) findings: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
    pub(super) reasons: Vec<String>,
    /// Why the rest was not run, if that is nobody's fault.
    pub(super) skipped: Option<String>,
    pub(super) leftovers: Vec<String>,
    pub(super) requests: usize,
    pub(super) last_answer: Instant,
}

/// Whether the steps that follow can run.
enum Progress {
    GoOn,
    End,
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

pub(super) async fn run(
    runner: &Runner<'_>,
    scenario: &Scenario,
    stop: &Stop,
    slot: Slot,
) -> CaseOutcome {
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
        findings: Vec::new(),
        warnings: Vec::new(),
        reasons: Vec::new(),
        skipped: None,
        leftovers: Vec::new(),
        requests: 0,
        last_answer: started,
    };
    let steps = scenario
        .setup
        .iter()
        .map(|step| (step, false))
        .chain(scenario.steps.iter().map(|step| (step, true)));
    for (step, has_snapshot) in steps {
        match case.step(step, has_snapshot).await {
            Ok(Progress::GoOn) => {}
            Ok(Progress::End) => break,
            Err(reason) => {
                // A step that cannot be made after something has failed is a consequence.
                if case.findings.is_empty() {
                    case.reasons.push(match reason.as_str() {
                        INTERRUPTED => reason,
                        _ => format!("{}: {reason}", step.name),
                    });
                }
                break;
            }
        }
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
        case.reasons.extend(case.skipped);
    }
    CaseOutcome {
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
    }
}

/// A number that depends on a name alone (FNV-1a).
fn fingerprint(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl<'a> Case<'a> {
    /// The whole way of one step: fill, encode, send, check, follow the pages, compare with the
    /// snapshot, remember.
    async fn step(&mut self, step: &'a Step, has_snapshot: bool) -> Result<Progress, String> {
        let filled = self.fill(step)?;
        let encoded = self.encode(&filled)?;
        self.pause(step.after).await;
        if self.stop.is_set() {
            return Err(INTERRUPTED.to_owned());
        }
        let (exchange, judgement) = self.ask(&filled, &encoded).await;
        if self.got_nothing_to_judge(step, &exchange) {
            return Ok(Progress::End);
        }
        if self.stop.is_set() && step.until.is_some() {
            return Err(INTERRUPTED.to_owned());
        }
        self.reasons.extend(judgement.broken_rules);
        let mut findings = judgement.findings;
        let mut body = judgement.body;
        self.remember(&filled, &encoded, &exchange, body.as_ref());
        if let (Some(page), Some(_)) = (&mut body, &filled.operation.paging) {
            findings.extend(self.list(&filled, &encoded, &exchange, page).await);
        }
        if has_snapshot && findings.is_empty() {
            findings.extend(self.snapshot(&filled, &encoded, &exchange, body.as_ref()));
        }
        let answered = exchange.answer.is_ok();
        self.findings.extend(findings);
        if let (Some(save), Some(body)) = (&step.save, body) {
            self.memory.captures.insert(save.clone(), body);
        }
        Ok(if answered {
            Progress::GoOn
        } else {
            Progress::End
        })
    }

    fn fill(&mut self, step: &'a Step) -> Result<Filled<'a>, String> {
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

    fn encode(&mut self, filled: &Filled<'a>) -> Result<Encoded<'a>, String> {
        let (contract, target) = (self.runner.contract, self.runner.target);
        let (step, operation) = (filled.step, filled.operation);
        if let Some(url) = &step.follow {
            let url = fill::value(contract, &mut self.memory, &Value::from(url.as_str()))?;
            let url = url
                .as_str()
                .ok_or_else(|| format!("there is no URL to follow: {url}"))?;
            return follow(contract, target, operation, url, step.credentials);
        }
        let values = fill::object(contract, &mut self.memory, &step.with)?;
        encode(contract, target, operation, &values, step.credentials)
    }

    async fn pause(&mut self, after: Option<Duration>) {
        let Some(after) = after else { return };
        self.idle_until(self.last_answer + after).await;
    }

    /// Sends the request, again and again if the step says until when, and judges the answers.
    async fn ask(&mut self, filled: &Filled<'a>, encoded: &Encoded<'a>) -> (Exchange, Judgement) {
        let Some(until) = &filled.step.until else {
            let exchange = self.exchange(filled, encoded).await;
            let judgement = self.judge(filled, encoded, &exchange);
            return (exchange, judgement);
        };
        let started = Instant::now();
        loop {
            let asked = Instant::now();
            let exchange = self.send(encoded).await;
            let mut judgement = self.judge(filled, encoded, &exchange);
            let arrived = judgement
                .body
                .as_ref()
                .is_some_and(|body| holds(&until.body, body));
            if arrived || !judgement.findings.is_empty() || exchange.answer.is_err() {
                return (exchange, judgement);
            }
            if self.stop.is_set() {
                return (exchange, judgement);
            }
            if started.elapsed() + until.every > until.within {
                let seen = judgement
                    .body
                    .as_ref()
                    .map_or_else(|| "no JSON body".to_owned(), ToString::to_string);
                judgement.findings.push(Self::finding(
                    filled,
                    &exchange,
                    UNTIL,
                    "body",
                    Some(filled.step.place.clone()),
                    format!("not reached within {:?}", until.within),
                    until.body.to_string(),
                    seen,
                ));
                return (exchange, judgement);
            }
            self.idle_until(asked + until.every).await;
        }
    }

    fn judge(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
    ) -> Judgement {
        let status = match (&filled.step.expect.status, filled.promised) {
            (ExpectedStatus::Success, _) => Status::Success,
            (ExpectedStatus::Exact(status), _) => Status::Exact(*status),
            (ExpectedStatus::Refused, _) => Status::Refused,
            (ExpectedStatus::Error(_), Some(error)) => Status::Promised(error),
            (ExpectedStatus::Error(_), None) => Status::Documented,
        };
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
        for warning in judgement.warnings.drain(..) {
            self.warn(warning);
        }
        judgement
    }

    /// Fetches the pages that follow, if the step says so, and judges the list as a whole. The
    /// items of all pages come to stand in the first page's body.
    async fn list(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        first: &Exchange,
        body: &mut Value,
    ) -> Vec<Finding> {
        let Some(paging) = &filled.operation.paging else {
            return Vec::new();
        };
        let items_of = |body: &Value| {
            body.pointer(&paging.items)
                .and_then(Value::as_array)
                .cloned()
        };
        let Some(mut items) = items_of(body) else {
            return Vec::new();
        };
        let next_of = |body: &Value| {
            let next = paging.next.as_deref().and_then(|next| body.pointer(next));
            next.and_then(Value::as_str).map(str::to_owned)
        };
        let mut findings = Vec::new();
        let mut next = next_of(body).filter(|_| filled.step.walk);
        let mut pages = 1;
        let mut followed = Vec::new();
        while let Some(url) = next {
            let (runner, credentials) = (self.runner, filled.step.credentials);
            let target = runner.target;
            let problem = match follow(runner.contract, target, filled.operation, &url, credentials)
            {
                Ok(_) if followed.contains(&url) => {
                    "the list comes back to a page that was there already".to_owned()
                }
                Ok(encoded) if pages < MAX_PAGES => {
                    pages += 1;
                    followed.push(url);
                    let exchange = self.exchange(filled, &encoded).await;
                    if self.got_nothing_to_judge(filled.step, &exchange) {
                        return findings;
                    }
                    let page = Filled {
                        body: None,
                        same_as: None,
                        items: None,
                        ..*filled
                    };
                    let judgement = self.judge(&page, &encoded, &exchange);
                    next = judgement
                        .body
                        .as_ref()
                        .filter(|_| judgement.findings.is_empty())
                        .and_then(next_of);
                    findings.extend(judgement.findings);
                    items.extend(
                        judgement
                            .body
                            .as_ref()
                            .and_then(items_of)
                            .unwrap_or_default(),
                    );
                    continue;
                }
                Ok(_) => format!("the list does not end within {MAX_PAGES} pages"),
                Err(problem) => problem,
            };
            findings.push(Self::finding(
                filled,
                first,
                "paging",
                &format!("body {}", paging.next.as_deref().unwrap_or_default()),
                Some(runner.contract.document.place(&paging.pointer)),
                problem,
                "a list that ends",
                url,
            ));
            break;
        }
        let expected = filled.items.clone().unwrap_or_default();
        findings.extend(judge_list(
            self.runner.checker,
            self.runner.contract,
            &encoded.call,
            first,
            &items,
            &expected,
            &filled.step.place,
        ));
        if pages > 1
            && let Some(array) = body.pointer_mut(&paging.items)
        {
            *array = Value::Array(items);
        }
        findings
    }

    /// Notes what the answer has created, and names its identifiers.
    fn remember(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        body: Option<&Value>,
    ) {
        let Ok(response) = &exchange.answer else {
            return;
        };
        if response.status / 100 != 2 {
            return;
        }
        let contract = self.runner.contract;
        let operation = filled.operation;
        if let Some(resource) = contract.resource_served_by(operation) {
            if resource.create.as_ref() == Some(&operation.id)
                && let Some(id) = body.and_then(|body| body.get(&resource.id))
                && self.runner.checker.is_id(resource, id)
            {
                self.created.push(Created {
                    resource: resource.name.clone(),
                    parents: encoded.call.path.iter().map(|(_, v)| v.clone()).collect(),
                    id: id.as_str().map_or_else(|| id.to_string(), str::to_owned),
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
        if let (Some(body), Some(shape)) = (body, checker.body_shape(operation, response.status))
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

    /// Compares the answer with its snapshot.
    fn snapshot(
        &self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        body: Option<&Value>,
    ) -> Option<Finding> {
        let store = self.runner.snapshots?;
        let response = exchange.answer.as_ref().ok()?;
        let checker = self.runner.checker;
        // As written: what a template made of another answer is different in every run.
        let pinned: Vec<Value> = filled
            .step
            .expect
            .body
            .iter()
            .chain(filled.step.until.as_ref().map(|until| &until.body))
            .cloned()
            .chain(
                filled
                    .promised
                    .map(|error| Value::Object(error.body.clone())),
            )
            .collect();
        let paging = filled.operation.paging.as_ref();
        let has = |pointer: Option<&String>| {
            pointer
                .and_then(|pointer| body?.pointer(pointer))
                .is_some_and(Value::is_string)
        };
        let part = paging.is_some_and(|paging| {
            has(paging.previous.as_ref()) || has(paging.next.as_ref()) && !filled.step.walk
        });
        let reply = Reply {
            request: (&encoded.request.method, &encoded.request.url),
            followed: filled.step.follow.is_some(),
            response,
            body,
            shape: checker.body_shape(filled.operation, response.status),
            open_status: filled.step.expect.status == ExpectedStatus::Refused,
            pinned: &pinned.iter().collect::<Vec<_>>(),
            paging,
            partial: part,
            only_known: filled.items.as_ref().is_some_and(|i| i.exactly.is_none()),
            base: &self.runner.target.base,
        };
        let text = normalize(
            self.runner.contract,
            checker.shapes(),
            &self.memory.names,
            &reply,
        );
        let text = self.runner.secrets.mask(&text).into_owned();
        let Origin::Fixture { file, .. } = &self.scenario.origin;
        let (place, message, seen) =
            match store.compare(&self.scenario.name, &filled.step.name, file, &text) {
                Comparison::Same => return None,
                Comparison::Missing { place, pending } => {
                    (place, reviewable("there is no snapshot yet", pending), text)
                }
                Comparison::Differs {
                    place,
                    diff,
                    pending,
                } => (
                    place,
                    reviewable("the answer differs from its snapshot", pending),
                    diff,
                ),
                Comparison::Broken(message) => (
                    Place {
                        file: store.name(&self.scenario.name, &filled.step.name),
                        line: None,
                        pointer: String::new(),
                    },
                    message,
                    text,
                ),
            };
        Some(Self::finding(
            filled,
            exchange,
            SNAPSHOT,
            "response",
            Some(place),
            message,
            "the reviewed snapshot",
            seen,
        ))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is one member of the finding"
    )]
    fn finding(
        filled: &Filled<'_>,
        exchange: &Exchange,
        check: &'static str,
        place: &str,
        promise: Option<Place>,
        message: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Finding {
        Finding {
            level: Level::Failure,
            check,
            operation: filled.operation.id.clone(),
            place: place.to_owned(),
            promise,
            message: message.into(),
            expected: expected.into(),
            actual: actual.into(),
            curl: curl(&exchange.request),
        }
    }
}

fn reviewable(message: &str, pending: Option<String>) -> String {
    match pending {
        Some(name) => format!("{message}; review {name} with `cargo insta review`"),
        None => message.to_owned(),
    }
}
