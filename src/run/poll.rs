//! Asking again until something holds.

use std::time::Instant;

use serde_json::Value;

use super::case::Case;
use super::encode::Encoded;
use super::filled::Filled;
use super::next::Asked;
use crate::check::{final_state, holds};
use crate::outcome::{CheckId, Excerpt, FindingKind, PollProblem, ResponsePlace};
use crate::scenario::Until;
use crate::wire::Exchange;

impl<'a> Case<'a> {
    /// Sends the request, again and again if the step says until when, and judges the answers.
    pub(super) async fn ask(&mut self, filled: &Filled<'a>, encoded: &Encoded<'a>) -> Asked {
        let Some(until) = &filled.step.until else {
            let exchange = self.exchange(filled, encoded).await;
            let judgement = self.judge(filled, encoded, &exchange);
            return Asked {
                exchange,
                judgement,
                gave_up: None,
            };
        };
        let started = Instant::now();
        loop {
            let asked = Instant::now();
            let exchange = self.send(encoded).await;
            let mut judgement = self.judge(filled, encoded, &exchange);
            let body = judgement.body.as_ref();
            let arrived =
                body.is_some_and(|body| until.bodies.iter().any(|wanted| holds(wanted, body)));
            let has_failed = !judgement.findings.is_empty() || exchange.answer.is_err();
            if arrived || has_failed || self.stop.is_set() {
                return Asked {
                    exchange,
                    judgement,
                    gave_up: None,
                };
            }
            let is_late = started.elapsed() + until.every > until.within;
            let ended = self.ended_otherwise(until, encoded, &exchange, body);
            if is_late || ended.is_some() {
                let problem = ended.unwrap_or(PollProblem::Late(until.within));
                let mut gave_up = None;
                if until.due {
                    let kind = FindingKind::StateNotReached {
                        problem,
                        expected: until.bodies.iter().map(Excerpt::of).collect(),
                        actual: Excerpt::of_optional(body),
                    };
                    judgement.findings.push(Self::finding(
                        filled,
                        &exchange,
                        CheckId::Until,
                        ResponsePlace::body(),
                        Some(filled.step.place.clone()),
                        kind,
                    ));
                } else {
                    gave_up = Some(format!("{}: {problem}", filled.operation.id));
                }
                return Asked {
                    exchange,
                    judgement,
                    gave_up,
                };
            }
            self.idle_until(asked + until.every).await;
        }
    }

    /// Why it is no use to ask again, if the item has come to an end that is not waited for.
    fn ended_otherwise(
        &self,
        until: &Until,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        body: Option<&Value>,
    ) -> Option<PollProblem> {
        let runner = self.runner;
        let body = body?;
        let (at, state) = final_state(
            runner.checker,
            runner.contract,
            &encoded.call,
            exchange,
            body,
        )?;
        let is_waited_for = |wanted: &Value| wanted.pointer(&at).is_some_and(Value::is_string);
        let other = until.bodies.iter().all(is_waited_for);
        other.then_some(PollProblem::OtherEnd { state, at })
    }
}
