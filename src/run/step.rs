//! The way of a step: fill, encode, send, check, follow the pages, compare with the snapshot,
//! remember.

use std::time::Duration;

use super::case::Case;
use super::encode::Encoded;
use super::error::StepError;
use super::filled::Filled;
use super::next::{Asked, Next, decide, goes_on};
use super::refusal::Rejection;
use super::trail::Part;
use crate::outcome::{CheckId, Finding, FindingKind, ResponsePlace};
use crate::scenario::Step;
use crate::wire::Exchange;

/// Whether the steps that follow can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    GoOn,
    End,
}

impl<'a> Case<'a> {
    /// Takes steps, and returns whether what follows them can be taken.
    pub(super) async fn take(&mut self, steps: &'a [Step], part: Part) -> bool {
        for group in steps.chunk_by(|_, next| next.along) {
            let progress = match group {
                [only] => self.step(only, part).await,
                group => self.send_group(group, part).await,
            };
            match progress {
                Ok(Progress::GoOn) => {}
                Ok(Progress::End) => return false,
                Err(error) => {
                    self.ledger.cannot_judge(match error {
                        StepError::Interrupted => error.to_string(),
                        error => format!("{}: {error}", group[0].name),
                    });
                    return false;
                }
            }
        }
        true
    }

    /// The whole way of one step.
    async fn step(&mut self, step: &'a Step, part: Part) -> Result<Progress, StepError> {
        let filled = self.fill(step)?;
        let encoded = self.encode(&filled)?;
        self.trail.add(step, part, &encoded.request);
        self.pause(step.after).await;
        if self.stop.is_set() {
            return Err(StepError::Interrupted);
        }
        let asked = self.ask(&filled, &encoded).await;
        self.conclude(&filled, &encoded, asked, part).await
    }

    /// The way of several steps whose requests are in flight at the same time.
    async fn send_group(&mut self, steps: &'a [Step], part: Part) -> Result<Progress, StepError> {
        let mut requests: Vec<(Filled<'a>, Encoded<'a>)> = Vec::new();
        for step in steps {
            let filled = self.fill(step)?;
            let encoded = self.encode(&filled)?;
            self.trail.add(step, part, &encoded.request);
            requests.push((filled, encoded));
        }
        if self.stop.is_set() {
            return Err(StepError::Interrupted);
        }
        let encoded: Vec<&Encoded<'a>> = requests.iter().map(|(_, encoded)| encoded).collect();
        let exchanges = self.send_concurrently(&encoded).await;
        let first = self.world.created().len();
        let mut whole = Ok(Progress::GoOn);
        // What one response has created is to be removed whatever comes of the others.
        for ((filled, encoded), exchange) in requests.iter().zip(exchanges) {
            let known = self.world.created().len();
            let judgement = self.judge(filled, encoded, &exchange);
            let asked = Asked {
                exchange: exchange.clone(),
                judgement,
                gave_up: None,
            };
            let progress = self.conclude(filled, encoded, asked, part).await;
            if self.world.created().len() > known {
                let finding = self.collision(first, filled, &exchange);
                self.add(finding);
            }
            if matches!(whole, Ok(Progress::GoOn)) {
                whole = progress;
            }
        }
        whole
    }

    async fn pause(&mut self, after: Option<Duration>) {
        let Some(after) = after else { return };
        self.idle_until(self.last_response + after).await;
    }

    /// Acts on what follows from the response to a step.
    async fn conclude(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        asked: Asked,
        part: Part,
    ) -> Result<Progress, StepError> {
        match decide(filled.step, &asked, self.stop.is_set()) {
            Next::Judge => self.accept(filled, encoded, asked, part).await,
            Next::TakeFallback => self.take_fallback(filled.step, part).await,
            Next::ExamineRejection => {
                let exchange = &asked.exchange;
                let rejection = self.examine_rejection(filled, encoded, exchange, part);
                match rejection.await? {
                    Rejection::Fallback => self.take_fallback(filled.step, part).await,
                    Rejection::Broken(findings) => {
                        self.add(findings);
                        Ok(Progress::End)
                    }
                    Rejection::Skip(why) => self.end(Next::Skip(why)),
                }
            }
            next => self.end(next),
        }
    }

    /// Ends the case, for a reason that is no broken promise.
    fn end(&mut self, next: Next) -> Result<Progress, StepError> {
        match next {
            Next::Interrupted => return Err(StepError::Interrupted),
            Next::Skip(why) => self.ledger.skip(why),
            Next::CannotJudge(why) => self.ledger.cannot_judge(why),
            Next::Judge | Next::TakeFallback | Next::ExamineRejection => {}
        }
        Ok(Progress::End)
    }

    /// Records what the checks say of a response, and what it contains.
    async fn accept(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        asked: Asked,
        part: Part,
    ) -> Result<Progress, StepError> {
        let (step, exchange) = (filled.step, asked.exchange);
        self.ledger.add_broken_checks(asked.judgement.broken_rules);
        let mut findings = asked.judgement.findings;
        let mut body = asked.judgement.body;
        // A response with another status says nothing of what was requested.
        let has_other_status = findings.iter().any(|finding| finding.kind.is_status());
        self.remember(filled, encoded, &exchange, body.as_ref());
        let is_list = filled.operation.paging.is_some() || filled.items.is_some();
        let mut stopped = None;
        if let (Some(page), true) = (&mut body, is_list && !has_other_status) {
            let listed = self.list(filled, encoded, &exchange, page).await;
            findings.extend(listed.findings);
            stopped = listed.stopped;
        }
        if part == Part::Body && findings.is_empty() && stopped.is_none() {
            findings.extend(self.snapshot(filled, encoded, &exchange, body.as_ref()));
        }
        self.add(findings);
        if let Some(next) = stopped {
            return self.end(next);
        }
        if let Some(save) = step.save.as_ref().filter(|_| !has_other_status) {
            let kept = self.kept(filled, encoded, &exchange, body);
            if part == Part::Setup && self.is_anonymous(filled, kept.as_ref()) {
                let operation = &filled.operation.id;
                return self.end(Next::Skip(format!(
                    "no answer of {operation} tells the id of what it creates"
                )));
            }
            if let Some(body) = kept {
                self.world.capture(save, body);
            }
        }
        Ok(if goes_on(step, &exchange, has_other_status) {
            Progress::GoOn
        } else {
            Progress::End
        })
    }

    /// Takes the fallback of a step that was rejected.
    async fn take_fallback(
        &mut self,
        rejected: &'a Step,
        part: Part,
    ) -> Result<Progress, StepError> {
        self.trail.forget(rejected);
        for step in &rejected.instead {
            if let Progress::End = Box::pin(self.step(step, part)).await? {
                return Ok(Progress::End);
            }
        }
        Ok(Progress::GoOn)
    }

    /// Whether the newest item has the id of another that was created at the same time, though a
    /// 201 says that there is a new one (RFC 9110 section 15.3.2).
    fn collision(&self, first: usize, filled: &Filled<'_>, exchange: &Exchange) -> Option<Finding> {
        let (newest, others) = self.world.created().get(first..)?.split_last()?;
        let resource = self.runner.contract.resource(&newest.resource)?;
        let is_new = exchange.answer.as_ref().ok()?.status == 201;
        if resource.has_client_assigned_id() || !is_new || !others.contains(newest) {
            return None;
        }
        Some(Self::finding(
            filled,
            exchange,
            CheckId::Identifier,
            ResponsePlace::body(),
            Some(filled.step.place.clone()),
            FindingKind::DuplicateIdentifier {
                id: newest.id.clone(),
            },
        ))
    }
}
