//! What of a contract is exercised: a list of its promises, made once, and a mark for each that a
//! request or an answer had. Nothing is judged here.

mod input;
mod output;
mod plan;
mod promise;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use serde_json::Value;

use crate::codec::Call;
use crate::contract::{Contract, Operation, Shapes};
use crate::outcome::{self, Axis, CaseOutcome, Covered, OperationCoverage, Origin, Verdict};
use crate::wire::Exchange;
use plan::{Plan, has_properties};

/// The promises of a contract with their marks.
#[derive(Debug)]
pub struct Coverage {
    contract: Arc<Contract>,
    /// The shapes of the answers of operations that are in use.
    shapes: LazyLock<Shapes, Box<dyn FnOnce() -> Shapes + Send>>,
    operations: Vec<OnceLock<Tracked>>,
}

/// One operation.
#[derive(Debug)]
struct Tracked {
    plan: Plan,
    answers: AtomicUsize,
    marks: Vec<AtomicBool>,
}

impl Coverage {
    /// The promises of a contract, none of them exercised. Those of an operation are listed when
    /// its first answer comes; `used` are the names of operations from which answers are expected.
    pub fn plan(contract: &Arc<Contract>, used: Vec<String>) -> Self {
        let shared = Arc::clone(contract);
        let shapes = move || {
            let used = used.iter().filter_map(|id| shared.operation(id));
            shapes(&shared, used)
        };
        Self {
            shapes: LazyLock::new(Box::new(shapes)),
            operations: contract
                .operations
                .outlines()
                .map(|_| OnceLock::new())
                .collect(),
            contract: Arc::clone(contract),
        }
    }

    /// Marks what a request and its answer have.
    pub fn mark(&self, call: &Call<'_>, exchange: &Exchange, body: Option<&Value>) {
        let index = self.contract.operations.position(&call.operation.id);
        let (Some(index), Ok(response)) = (index, &exchange.answer) else {
            return;
        };
        // A request of another method is none of the operation's.
        if exchange.request.method != call.operation.method {
            return;
        }
        let tracked = self.operations[index]
            .get_or_init(|| Tracked::new(&self.contract, &self.shapes, call.operation));
        tracked.answers.fetch_add(1, Ordering::Relaxed);
        let mut mark = |promise: usize| {
            // Most marks are made again and again: looking is cheaper than writing.
            if !tracked.marks[promise].load(Ordering::Relaxed) {
                tracked.marks[promise].store(true, Ordering::Relaxed);
            }
        };
        tracked.plan.request(call, &exchange.request, &mut mark);
        tracked.plan.response(call, response, body, &mut mark);
    }

    /// What was exercised by these cases, and why the rest was not.
    pub fn report(&self, cases: &[CaseOutcome]) -> outcome::Coverage {
        let contract = &self.contract;
        let all = || contract.operations.iter().zip(&self.operations);
        let unasked = all().filter(|(_, tracked)| tracked.get().is_none());
        let shapes = shapes(contract, unasked.map(|(operation, _)| operation));
        let operations = all().map(|(operation, tracked)| {
            tracked
                .get_or_init(|| Tracked::new(contract, &shapes, operation))
                .report(cases)
        });
        outcome::Coverage {
            operations: operations.collect(),
        }
    }
}

/// The shapes of the answers of some operations.
fn shapes<'a>(contract: &Contract, operations: impl Iterator<Item = &'a Operation>) -> Shapes {
    let bodies = operations
        .flat_map(|operation| &operation.responses)
        .flat_map(|response| &response.media)
        .filter(|media| has_properties(media));
    Shapes::of_bodies(contract, bodies)
}

impl Tracked {
    fn new(contract: &Contract, shapes: &Shapes, operation: &Operation) -> Self {
        let plan = Plan::of(contract, shapes, operation);
        let marks = plan.promises.iter().map(|_| AtomicBool::new(false));
        Self {
            marks: marks.collect(),
            answers: AtomicUsize::new(0),
            plan,
        }
    }

    fn report(&self, cases: &[CaseOutcome]) -> OperationCoverage {
        let own: Vec<&CaseOutcome> = cases
            .iter()
            .filter(|case| case.operation == self.plan.operation)
            .collect();
        let answers = self.answers.load(Ordering::Relaxed);
        let unasked = (answers == 0).then(|| why_unasked(&own));
        let mut report = OperationCoverage {
            operation: self.plan.operation.clone(),
            answers,
            axes: BTreeMap::new(),
        };
        for (promise, mark) in self.plan.promises.iter().zip(&self.marks) {
            let exercised = mark.load(Ordering::Relaxed);
            let why = || match &unasked {
                Some(why) => why.clone(),
                None if promise.is_sent => "no case sends it".to_owned(),
                None => "the target never answered so".to_owned(),
            };
            let covered = Covered {
                name: promise.name.clone(),
                exercised,
                why: (!exercised).then(why),
            };
            report.axes.entry(promise.axis).or_default().push(covered);
        }
        let laws: Vec<Covered> = own.iter().filter_map(|case| law(case)).collect();
        if !laws.is_empty() {
            report.axes.insert(Axis::Laws, laws);
        }
        report
    }
}

/// Why an operation has no answer.
fn why_unasked(cases: &[&CaseOutcome]) -> String {
    let skipped = |case: &&&CaseOutcome| case.verdict == Verdict::Skipped;
    let Some(first) = cases.iter().find(skipped).or(cases.first()) else {
        return "no case".to_owned();
    };
    match (first.verdict, first.reasons.first()) {
        (Verdict::Skipped, Some(reason)) => format!("skipped: {reason}"),
        (_, Some(reason)) => format!("not reached: {reason}"),
        (_, None) => "not reached: its cases failed before".to_owned(),
    }
}

/// The law that a case tries, and whether it was judged.
fn law(case: &CaseOutcome) -> Option<Covered> {
    let Origin::Law { says, resource } = &case.origin else {
        return None;
    };
    let exercised = matches!(
        case.verdict,
        Verdict::Passed | Verdict::Failed | Verdict::KnownDeviation
    );
    let why = || match case.reasons.first() {
        Some(reason) => format!("{}: {reason}", case.verdict),
        None => case.verdict.to_string(),
    };
    Some(Covered {
        name: format!("{resource}: {says}"),
        exercised,
        why: (!exercised).then(why),
    })
}
