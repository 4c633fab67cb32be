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
        let state = self.state();
        let condition = state.operations.get(operation);
        let own = condition.and_then(|condition| condition.closed.as_ref());
        state.closed.as_ref().or(own).cloned()
    }

    /// Notes that an operation is not asked any more, or nothing if none is named.
    pub(super) fn close(&self, operation: Option<&str>, why: String) {
        let mut state = self.state();
        match operation {
            Some(operation) => {
                let condition = state.operations.entry(operation.to_owned());
                condition.or_default().closed.get_or_insert(why);
            }
            None => {
                state.closed.get_or_insert(why);
            }
        }
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
        let condition = state.operations.entry(operation.to_owned()).or_default();
        condition.quiet = condition.quiet.max(Some(until));
    }

    /// Notes that an operation has answered.
    pub(super) fn answered(&self, operation: &str) {
        let mut state = self.state();
        state.silent.clear();
        let condition = state.operations.entry(operation.to_owned()).or_default();
        condition.answered = Some(Instant::now());
    }

    /// Notes that a request of an operation has timed out, and why it is not asked any more if it
    /// is taken for hanging. An operation that answers others meanwhile is not, unless that happens
    /// again: one request may ask for something that takes for ever.
    pub(super) fn timed_out(&self, operation: &str, sent: Instant, why: &str) {
        let mut state = self.state();
        let condition = state.operations.entry(operation.to_owned()).or_default();
        condition.timeouts += 1;
        let answers = condition.answered.is_some_and(|at| at > sent);
        if !answers || condition.timeouts >= TIMEOUTS {
            condition.closed.get_or_insert_with(|| why.to_owned());
        }
        if !state.silent.iter().any(|silent| silent == operation) {
            state.silent.push(operation.to_owned());
        }
        if state.silent.len() >= SILENT {
            let names = state.silent.join(", ");
            let why = format!("not asked: the target answers nothing any more ({names} timed out)");
            state.closed.get_or_insert(why);
        }
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
        health.timed_out("ListPet", sent, "first");
        assert_eq!(health.closed("ListPet").as_deref(), Some("first"));
        assert_eq!(health.closed("FetchPet"), None);
    }

    #[test]
    fn one_request_may_hang_while_others_are_answered() {
        let health = Health::default();
        let sent = Instant::now();
        while Instant::now() == sent {}
        health.answered("ListPet");
        health.timed_out("ListPet", sent, "first");
        assert_eq!(health.closed("ListPet"), None);
        health.timed_out("ListPet", sent, "second");
        assert_eq!(health.closed("ListPet").as_deref(), Some("second"));
    }

    #[test]
    fn a_target_that_answers_nothing_is_closed_whole() {
        let health = Health::default();
        for operation in ["a", "b"] {
            health.timed_out(operation, Instant::now(), "why");
        }
        health.answered("c");
        for operation in ["d", "e"] {
            health.timed_out(operation, Instant::now(), "why");
        }
        assert_eq!(health.closed("f"), None);
        health.timed_out("g", Instant::now(), "why");
        assert!(
            health
                .closed("f")
                .is_some_and(|why| why.contains("d, e, g"))
        );
    }
}
