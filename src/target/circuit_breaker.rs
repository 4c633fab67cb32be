//! The circuit breaker of a target. Requests that would meet an already reported fault are not
//! sent, so a hanging target costs one timeout and an unreachable one is reported once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Operations that time out one after the other, with no response of any between them, before the
/// whole target counts as hanging.
const MAX_SILENT_OPERATIONS: usize = 3;
/// Timeouts of one operation before it counts as hanging, although it responds to other requests.
const MAX_TIMEOUTS: usize = 2;

/// The circuit breaker of one target, shared by all cases and event loops.
#[derive(Debug, Default)]
pub(super) struct CircuitBreaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Why no request is sent any more.
    open: Option<String>,
    operations: HashMap<String, Condition>,
    /// Operations that have timed out since the last response.
    silent: Vec<String>,
}

/// What gets no requests any more.
#[derive(Clone, Copy)]
pub(super) enum Circuit {
    Operation,
    Target,
}

/// The condition of one operation.
#[derive(Debug, Default)]
struct Condition {
    /// Why it gets no requests any more.
    open: Option<String>,
    /// When it last responded.
    responded: Option<Instant>,
    timeouts: usize,
    /// It gets no requests until then.
    backoff_until: Option<Instant>,
}

impl CircuitBreaker {
    fn state(&self) -> MutexGuard<'_, State> {
        // A case that panicked has left nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why an operation gets no requests any more; `None` if it does.
    pub(super) fn opened(&self, operation: &str) -> Option<String> {
        self.state().opened(operation)
    }

    /// Sends no more requests of an operation, or to the target.
    ///
    /// # Errors
    /// Why the operation gets no requests already.
    pub(super) fn open(&self, operation: &str, what: Circuit, why: &str) -> Result<(), String> {
        let mut state = self.state();
        state.opened(operation).map_or(Ok(()), Err)?;
        let opened = match what {
            Circuit::Operation => &mut state.condition(operation).open,
            Circuit::Target => &mut state.open,
        };
        *opened = Some(why.to_owned());
        Ok(())
    }

    /// Until when an operation gets no requests; `None` if it does.
    pub(super) fn backoff_until(&self, operation: &str) -> Option<Instant> {
        let state = self.state();
        let until = state.operations.get(operation)?.backoff_until?;
        (until > Instant::now()).then_some(until)
    }

    /// Sends no request of an operation until then.
    pub(super) fn back_off(&self, operation: &str, until: Instant) {
        let mut state = self.state();
        let condition = state.condition(operation);
        condition.backoff_until = condition.backoff_until.max(Some(until));
    }

    /// Records that an operation has responded.
    pub(super) fn responded(&self, operation: &str) {
        let mut state = self.state();
        state.silent.clear();
        state.condition(operation).responded = Some(Instant::now());
    }

    /// Records that a request of an operation has timed out, and why the operation gets no more
    /// requests if it counts as hanging. An operation that responds to other requests meanwhile
    /// does not, unless that happens again: one request may start something that takes for ever.
    ///
    /// # Errors
    /// Why the operation gets no requests already.
    pub(super) fn timed_out(
        &self,
        operation: &str,
        sent: Instant,
        why: &str,
    ) -> Result<(), String> {
        let mut state = self.state();
        state.opened(operation).map_or(Ok(()), Err)?;
        let condition = state.condition(operation);
        condition.timeouts += 1;
        let responds = condition.responded.is_some_and(|at| at > sent);
        if !responds || condition.timeouts >= MAX_TIMEOUTS {
            condition.open = Some(why.to_owned());
        }
        if !state.silent.iter().any(|silent| silent == operation) {
            state.silent.push(operation.to_owned());
        }
        if state.silent.len() >= MAX_SILENT_OPERATIONS {
            let names = state.silent.join(", ");
            let why = format!("not asked: the target answers nothing any more ({names} timed out)");
            state.open = Some(why);
        }
        Ok(())
    }
}

impl State {
    fn opened(&self, operation: &str) -> Option<String> {
        let condition = self.operations.get(operation);
        let own = condition.and_then(|condition| condition.open.as_ref());
        self.open.as_ref().or(own).cloned()
    }

    fn condition(&mut self, operation: &str) -> &mut Condition {
        self.operations.entry(operation.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_that_responds_to_no_request_is_opened_at_once() {
        let breaker = CircuitBreaker::default();
        breaker.responded("ListPet");
        let sent = Instant::now();
        assert_eq!(breaker.timed_out("ListPet", sent, "first"), Ok(()));
        assert_eq!(breaker.opened("ListPet").as_deref(), Some("first"));
        assert_eq!(breaker.opened("FetchPet"), None);
    }

    #[test]
    fn a_known_fault_is_reported_by_one_case_alone() {
        let breaker = CircuitBreaker::default();
        let sent = Instant::now();
        let timed_out = |why| breaker.timed_out("ListPet", sent, why);
        assert_eq!(timed_out("first"), Ok(()));
        assert_eq!(timed_out("second"), Err("first".to_owned()));
        let own = |why| breaker.open("FetchPet", Circuit::Operation, why);
        let all = |operation, why| breaker.open(operation, Circuit::Target, why);
        assert_eq!(own("it is busy"), Ok(()));
        assert_eq!(all("FetchPet", "all is gone"), Err("it is busy".to_owned()));
        assert_eq!(all("DropPet", "all is gone"), Ok(()));
        assert_eq!(all("FetchCat", "again"), Err("all is gone".to_owned()));
    }

    #[test]
    fn one_request_may_hang_while_others_get_a_response() {
        let breaker = CircuitBreaker::default();
        let sent = Instant::now();
        while Instant::now() == sent {}
        breaker.responded("ListPet");
        assert_eq!(breaker.timed_out("ListPet", sent, "first"), Ok(()));
        assert_eq!(breaker.opened("ListPet"), None);
        assert_eq!(breaker.timed_out("ListPet", sent, "second"), Ok(()));
        assert_eq!(breaker.opened("ListPet").as_deref(), Some("second"));
    }

    #[test]
    fn a_target_that_never_responds_is_opened_whole() {
        let breaker = CircuitBreaker::default();
        for operation in ["a", "b"] {
            assert_eq!(breaker.timed_out(operation, Instant::now(), "why"), Ok(()));
        }
        breaker.responded("c");
        for operation in ["d", "e"] {
            assert_eq!(breaker.timed_out(operation, Instant::now(), "why"), Ok(()));
        }
        assert_eq!(breaker.opened("f"), None);
        assert_eq!(breaker.timed_out("g", Instant::now(), "why"), Ok(()));
        assert!(
            breaker
                .opened("f")
                .is_some_and(|why| why.contains("d, e, g"))
        );
    }
}
