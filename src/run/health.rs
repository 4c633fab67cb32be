//! What is known of the target's condition. What would meet a fault that has been told already is
//! not asked, so that a target that hangs costs its timeout once and a dead one is told once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Operations that time out one after the other, with no answer of any between them, before the
/// whole target is taken for hanging.
const SILENT: usize = 3;
/// Requests of one operation that time out before it is taken for hanging, though it answers others.
const TIMEOUTS: usize = 2;

/// The target's condition, shared by all cases.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Why nothing is asked any more.
    closed: Option<String>,
    operations: HashMap<String, Condition>,
    /// Operations that have timed out since anything was answered.
    silent: Vec<String>,
}

/// What is not asked any more.
#[derive(Clone, Copy)]
pub(super) enum Closed {
    Operation,
    Target,
}

/// The condition of one operation.
#[derive(Debug, Default)]
struct Condition {
    /// Why it is not asked any more.
    closed: Option<String>,
    /// When it last answered.
    answered: Option<Instant>,
    timeouts: usize,
    /// It wants to be left in peace until then.
    quiet: Option<Instant>,
}

impl Health {
    fn state(&self) -> MutexGuard<'_, State> {
        // Another case that panicked has left nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why an operation is not asked any more, if it is not.
    pub(super) fn closed(&self, operation: &str) -> Option<String> {
        self.state().closed(operation)
    }

    /// Notes what is not asked any more after a request of an operation.
    ///
    /// # Errors
    /// Why the operation was not asked any more, when that is known already.
    pub(super) fn close(&self, operation: &str, what: Closed, why: &str) -> Result<(), String> {
        let mut state = self.state();
        state.closed(operation).map_or(Ok(()), Err)?;
        let closed = match what {
            Closed::Operation => &mut state.condition(operation).closed,
            Closed::Target => &mut state.closed,
        };
        *closed = Some(why.to_owned());
        Ok(())
    }

    /// Until when an operation wants to be left in peace.
    pub(super) fn quiet(&self, operation: &str) -> Option<Instant> {
        let state = self.state();
        let until = state.operations.get(operation)?.quiet?;
        (until > Instant::now()).then_some(until)
    }

    /// Notes that an operation wants to be left in peace.
    pub(super) fn leave_in_peace(&self, operation: &str, until: Instant) {
        let mut state = self.state();
        let condition = state.condition(operation);
        condition.quiet = condition.quiet.max(Some(until));
    }

    /// Notes that an operation has answered.
    pub(super) fn answered(&self, operation: &str) {
        let mut state = self.state();
        state.silent.clear();
        state.condition(operation).answered = Some(Instant::now());
    }

    /// Notes that a request of an operation has timed out, and why it is not asked any more if it
    /// is taken for hanging. An operation that answers others meanwhile is not, unless that happens
    /// again: one request may ask for something that takes for ever.
    ///
    /// # Errors
    /// Why the operation was not asked any more, when that is known already.
    pub(super) fn timed_out(
        &self,
        operation: &str,
        sent: Instant,
        why: &str,
    ) -> Result<(), String> {
        let mut state = self.state();
        state.closed(operation).map_or(Ok(()), Err)?;
        let condition = state.condition(operation);
        condition.timeouts += 1;
        let answers = condition.answered.is_some_and(|at| at > sent);
        if !answers || condition.timeouts >= TIMEOUTS {
            condition.closed = Some(why.to_owned());
        }
        if !state.silent.iter().any(|silent| silent == operation) {
            state.silent.push(operation.to_owned());
        }
        if state.silent.len() >= SILENT {
            let names = state.silent.join(", ");
            let why = format!("not asked: the target answers nothing any more ({names} timed out)");
            state.closed = Some(why);
        }
        Ok(())
    }
}

impl State {
    fn closed(&self, operation: &str) -> Option<String> {
        let condition = self.operations.get(operation);
        let own = condition.and_then(|condition| condition.closed.as_ref());
        self.closed.as_ref().or(own).cloned()
    }

    fn condition(&mut self, operation: &str) -> &mut Condition {
        self.operations.entry(operation.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_that_answers_no_one_is_closed_at_once() {
        let health = Health::default();
        health.answered("ListPet");
        let sent = Instant::now();
        assert_eq!(health.timed_out("ListPet", sent, "first"), Ok(()));
        assert_eq!(health.closed("ListPet").as_deref(), Some("first"));
        assert_eq!(health.closed("FetchPet"), None);
    }

    #[test]
    fn what_is_known_already_is_told_by_one_alone() {
        let health = Health::default();
        let sent = Instant::now();
        let told = |why| health.timed_out("ListPet", sent, why);
        assert_eq!(told("first"), Ok(()));
        assert_eq!(told("second"), Err("first".to_owned()));
        let own = |why| health.close("FetchPet", Closed::Operation, why);
        let all = |operation, why| health.close(operation, Closed::Target, why);
        assert_eq!(own("it is busy"), Ok(()));
        assert_eq!(all("FetchPet", "all is gone"), Err("it is busy".to_owned()));
        assert_eq!(all("DropPet", "all is gone"), Ok(()));
        assert_eq!(all("FetchCat", "again"), Err("all is gone".to_owned()));
    }

    #[test]
    fn one_request_may_hang_while_others_are_answered() {
        let health = Health::default();
        let sent = Instant::now();
        while Instant::now() == sent {}
        health.answered("ListPet");
        assert_eq!(health.timed_out("ListPet", sent, "first"), Ok(()));
        assert_eq!(health.closed("ListPet"), None);
        assert_eq!(health.timed_out("ListPet", sent, "second"), Ok(()));
        assert_eq!(health.closed("ListPet").as_deref(), Some("second"));
    }

    #[test]
    fn a_target_that_answers_nothing_is_closed_whole() {
        let health = Health::default();
        for operation in ["a", "b"] {
            assert_eq!(health.timed_out(operation, Instant::now(), "why"), Ok(()));
        }
        health.answered("c");
        for operation in ["d", "e"] {
            assert_eq!(health.timed_out(operation, Instant::now(), "why"), Ok(()));
        }
        assert_eq!(health.closed("f"), None);
        assert_eq!(health.timed_out("g", Instant::now(), "why"), Ok(()));
        assert!(
            health
                .closed("f")
                .is_some_and(|why| why.contains("d, e, g"))
        );
    }
}
