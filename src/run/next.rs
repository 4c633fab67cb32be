//! What follows from the response to a step, as a decision that changes nothing.

use crate::check::Judgement;
use crate::contract::ExpectedStatus;
use crate::scenario::{Credentials, Step};
use crate::wire::{Exchange, TransportFault};

/// The response to a step, and what the checks say of it.
pub(super) struct Asked {
    pub(super) exchange: Exchange,
    pub(super) judgement: Judgement,
    /// Why the response is not the one that was waited for, if that breaks no promise.
    pub(super) gave_up: Option<String>,
}

/// What follows from the response to a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The rest of the case is skipped for this reason.
    Skip(String),
    /// trueup cannot judge the target for this reason.
    CannotJudge(String),
    /// The run was stopped.
    Interrupted,
    /// A request that keeps the contract was rejected: what that means is to be found out.
    ExamineRejection,
    /// The target may reject the request; other steps are taken instead.
    TakeFallback,
    /// The response is judged.
    Judge,
}

/// Decides what follows from the response to a step.
pub(super) fn decide(step: &Step, asked: &Asked, is_stopped: bool) -> Next {
    let exchange = &asked.exchange;
    if let Some(next) = nothing_to_judge(step, exchange) {
        return next;
    }
    if is_stopped && step.until.is_some() {
        return Next::Interrupted;
    }
    if let Some(why) = &asked.gave_up {
        return Next::Skip(why.clone());
    }
    if !is_rejected(exchange) {
        return Next::Judge;
    }
    match step.expect.status {
        ExpectedStatus::SuccessOrSkip => Next::ExamineRejection,
        ExpectedStatus::SuccessOrClientError
            if asked.judgement.findings.is_empty() && !step.instead.is_empty() =>
        {
            Next::TakeFallback
        }
        _ => Next::Judge,
    }
}

/// What follows where there is no response although the target has broken no promise.
pub(super) fn nothing_to_judge(step: &Step, exchange: &Exchange) -> Option<Next> {
    match &exchange.answer {
        Err(TransportFault::NotAsked(why)) => Some(Next::Skip(why.clone())),
        Err(fault) if !fault.is_broken_promise() => {
            Some(Next::CannotJudge(format!("{}: {fault}", step.name)))
        }
        _ => None,
    }
}

/// Whether the steps behind one with this response make sense.
pub(super) fn goes_on(step: &Step, exchange: &Exchange, has_other_status: bool) -> bool {
    let must_be_rejected = step.violates || step.credentials != Credentials::Right;
    exchange.answer.is_ok()
        && !(has_other_status && step.save.is_some())
        // What rests on the rejection is a consequence.
        && (is_rejected(exchange) || !must_be_rejected)
}

/// Whether the target has rejected the request.
pub(super) fn is_rejected(exchange: &Exchange) -> bool {
    let response = exchange.answer.as_ref();
    response.is_ok_and(|response| response.status.is_client_error())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::place::Place;
    use crate::scenario::Until;
    use crate::wire::{Headers, Request, Response, Status};

    fn step(status: ExpectedStatus) -> Step {
        let place = Place {
            file: String::new(),
            line: None,
            pointer: String::new(),
        };
        let mut step = Step::new("GetPet", place);
        step.expect.status = status;
        step
    }

    fn asked(answer: Result<u16, TransportFault>) -> Asked {
        let request = Request {
            method: "GET".to_owned(),
            url: "http://h/".to_owned(),
            headers: Headers::default(),
            body: Vec::new(),
        };
        Asked {
            exchange: Exchange {
                request: Arc::new(request),
                answer: answer.map(|status| Response {
                    status: Status(status),
                    headers: Headers::default(),
                    body: Vec::new(),
                }),
                elapsed: Duration::ZERO,
                ended: SystemTime::UNIX_EPOCH,
            },
            judgement: Judgement::default(),
            gave_up: None,
        }
    }

    #[test]
    fn a_rejection_is_examined_where_the_request_keeps_the_contract() {
        let next = |status, code| decide(&step(status), &asked(Ok(code)), false);
        assert_eq!(
            next(ExpectedStatus::SuccessOrSkip, 422),
            Next::ExamineRejection
        );
        assert_eq!(next(ExpectedStatus::SuccessOrSkip, 500), Next::Judge);
        assert_eq!(next(ExpectedStatus::Success, 422), Next::Judge);
        assert_eq!(next(ExpectedStatus::SuccessOrClientError, 422), Next::Judge);
        let mut with_fallback = step(ExpectedStatus::SuccessOrClientError);
        with_fallback.instead.push(step(ExpectedStatus::Success));
        assert_eq!(
            decide(&with_fallback, &asked(Ok(422)), false),
            Next::TakeFallback
        );
        assert_eq!(decide(&with_fallback, &asked(Ok(200)), false), Next::Judge);
    }

    #[test]
    fn what_was_not_sent_is_skipped_and_what_did_not_arrive_cannot_be_judged() {
        let next = |fault| decide(&step(ExpectedStatus::Success), &asked(Err(fault)), false);
        let why = || "why".to_owned();
        assert_eq!(next(TransportFault::NotAsked(why())), Next::Skip(why()));
        let unreachable = next(TransportFault::Unreachable(why()));
        assert!(matches!(unreachable, Next::CannotJudge(text) if text.starts_with("GetPet: ")));
        assert_eq!(next(TransportFault::NoAnswer(why())), Next::Judge);
    }

    #[test]
    fn polling_ends_with_the_run_or_in_vain() {
        let mut polling = step(ExpectedStatus::Success);
        polling.until = Some(Until {
            bodies: Vec::new(),
            every: Duration::ZERO,
            within: Duration::ZERO,
            due: false,
        });
        assert_eq!(decide(&polling, &asked(Ok(200)), true), Next::Interrupted);
        let mut in_vain = asked(Ok(200));
        in_vain.gave_up = Some("never ready".to_owned());
        let next = decide(&polling, &in_vain, false);
        assert_eq!(next, Next::Skip("never ready".to_owned()));
    }

    #[test]
    fn nothing_follows_a_request_that_was_wrongly_accepted() {
        let mut broken = step(ExpectedStatus::AnyClientError);
        broken.violates = true;
        assert!(goes_on(&broken, &asked(Ok(422)).exchange, false));
        assert!(!goes_on(&broken, &asked(Ok(200)).exchange, false));
        let mut saved = step(ExpectedStatus::Success);
        assert!(goes_on(&saved, &asked(Ok(500)).exchange, true));
        saved.save = Some("pet".to_owned());
        assert!(!goes_on(&saved, &asked(Ok(500)).exchange, true));
    }
}
