//! What is wrong with a document anywhere, also where no request ever leads. A run reads what it
//! uses; this reads all.

use super::{Contract, Operation, Validators, census, format};
use crate::spec::{Direction, Level, Problem, broken_references};

/// All problems of the document: those of the contract first.
pub fn audit(contract: &Contract) -> Vec<Problem> {
    let document = &contract.document;
    let mut problems = contract.problems.clone();
    let mut add = |found: Vec<Problem>| {
        for problem in found {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    };
    add(census::compare(document, &contract.operations));
    add(broken_references(document));
    add(format::report(document));
    add(document.faults());
    match Validators::compile(document, contract.operations.iter().flat_map(schemas)) {
        Err(error) => add(error.problems),
        Ok(validators) => {
            let circles = validators.circles().iter().map(|place| {
                document.problem(
                    Level::Warning,
                    place,
                    "this reference leads the schema back to itself, at the same value",
                    "it is taken as if it were not there; remove it",
                )
            });
            add(circles.collect());
        }
    }
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.level));
    problems
}

/// The places of all schemas that requests and answers of an operation are judged by.
pub(super) fn schemas(operation: &Operation) -> Vec<(String, Direction)> {
    let parameters = operation.parameters.iter().filter_map(|p| p.schema.clone());
    let bodies = operation.body.iter().flat_map(|body| &body.media);
    let requests = parameters.chain(bodies.filter_map(|media| media.schema.clone()));
    let responses = operation.responses.iter().flat_map(|response| {
        let media = response.media.iter().filter_map(|m| m.schema.clone());
        media.chain(response.headers.iter().filter_map(|h| h.schema.clone()))
    });
    let requests = requests.map(|place| (place, Direction::Request));
    requests
        .chain(responses.map(|place| (place, Direction::Response)))
        .collect()
}
