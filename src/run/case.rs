//! A case that runs: what it has, and how it sends and judges one request.

use std::time::Instant;

use super::encode::Encoded;
use super::error::StepError;
use super::filled::Filled;
use super::ledger::Ledger;
use super::runner::Runner;
use super::slot::Slot;
use super::trail::Trail;
use super::world::World;
use crate::check::{Expectation, ExpectedBody, Judgement, Sample, judge_states};
use crate::contract::ExpectedStatus;
use crate::outcome::{CheckId, Finding, FindingKind, Level, ResponsePlace};
use crate::place::Place;
use crate::scenario::{Scenario, Step, fingerprint};
use crate::target::Stop;
use crate::wire::{Exchange, Response, curl};

/// A case that runs.
pub(super) struct Case<'a> {
    pub(super) runner: &'a Runner<'a>,
    pub(super) scenario: &'a Scenario,
    pub(super) stop: &'a Stop,
    pub(super) slot: Slot,
    pub(super) ledger: Ledger,
    pub(super) world: World,
    pub(super) trail: Trail<'a>,
    /// When the last response arrived.
    pub(super) last_response: Instant,
}

impl<'a> Case<'a> {
    /// A case that has sent nothing, and does not run if there is a reason for that.
    pub(super) fn new(
        runner: &'a Runner<'a>,
        scenario: &'a Scenario,
        stop: &'a Stop,
        slot: Slot,
        skip: Option<String>,
    ) -> Self {
        Self {
            runner,
            scenario,
            stop,
            slot,
            ledger: Ledger::new(skip),
            world: World::new(runner.seed ^ fingerprint(&scenario.name)),
            trail: Trail::default(),
            last_response: Instant::now(),
        }
    }

    /// Fills the templates of a step.
    pub(super) fn fill(&mut self, step: &'a Step) -> Result<Filled<'a>, StepError> {
        Filled::new(self.runner, &mut self.world.memory, step)
    }

    /// The request of a step.
    pub(super) fn encode(&mut self, filled: &Filled<'a>) -> Result<Encoded<'a>, StepError> {
        filled.encode(self.runner, &mut self.world.memory)
    }

    /// Records broken promises, and after how many steps the first one occurred.
    pub(super) fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.ledger.add(findings);
        if self.ledger.has_findings() {
            self.trail.fail();
        }
    }

    /// Waits, and lends its slot in the schedule to another case meanwhile.
    pub(super) async fn lend_slot(&mut self, wait: impl Future<Output = ()>) {
        self.slot.lend(wait).await;
    }

    /// Checks a response against the contract and the expectations of its step.
    pub(super) fn judge(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
    ) -> Judgement {
        let status = &filled.step.expect.status;
        self.judge_as(status, filled, encoded, exchange)
    }

    /// The same, with this expectation of the status.
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
                &mut self.world.states,
            ));
        }
        if filled.step.violates && runner.lenience.covers(&filled.operation.id) {
            allow(exchange, &mut judgement);
        }
        for warning in judgement.warnings.drain(..) {
            self.ledger.warn(warning);
        }
        judgement
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
