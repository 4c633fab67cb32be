//! The problems of a whole document, including the parts that no request reaches. A run reads what it
//! uses; this reads all.

mod census;
mod grammar;
mod strength;
mod version;

pub use census::Census;
pub use strength::Strength;

use super::api::Contract;
use super::operation::{MediaType, Operation, content_schemas};
use crate::place::pointer;
use crate::schema::{Direction, Validators, unknown_format_warnings};
use crate::spec::{Document, Level, Problem, Version, broken_references};

/// All problems of the document: those of the contract first.
pub fn audit(contract: &Contract) -> Vec<Problem> {
    let document = &contract.document;
    contract.operations.read_all();
    let mut problems = contract.problems();
    // What cannot be used is missing in one of the counts.
    if problems.iter().all(|problem| problem.level < Level::Error) {
        add(
            &mut problems,
            census::compare(document, &contract.operations),
        );
    }
    add(&mut problems, broken_references(document));
    add(&mut problems, grammar::mistakes(document));
    add(&mut problems, unknown_format_warnings(document));
    add(&mut problems, document.faults());
    let used = contract.operations.iter();
    let used = used.flat_map(|operation| schemas(document, operation));
    match Validators::salvage(document, used.chain(components(document))) {
        Err(error) => add(&mut problems, error.problems),
        Ok(validators) => {
            note_faults(contract, &validators);
            // The grammar may have reported it.
            let is_new = |problem: &&Problem| {
                let same =
                    |known: &Problem| known.level == Level::Error && known.place == problem.place;
                !problems.iter().any(same)
            };
            let broken = validators.broken().iter().filter(is_new);
            let broken: Vec<Problem> = broken.cloned().collect();
            add(&mut problems, broken);
            add(&mut problems, validators.notes().to_vec());
            let circles = validators.circles().iter().map(|place| {
                document.problem(
                    Level::Warning,
                    place,
                    "this reference makes the schema refer to itself for the same value",
                    "remove it; it is ignored",
                )
            });
            add(&mut problems, circles.collect());
        }
    }
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.level));
    problems
}

/// Notes which operations cannot be used for the sake of their schemas.
fn note_faults(contract: &Contract, validators: &Validators) {
    for operation in contract.operations.iter() {
        for (place, direction) in schemas(&contract.document, operation) {
            let faults = validators.faults(&place, direction);
            contract.operations.note(&operation.id, faults);
        }
    }
}

/// Adds those that are not reported yet.
fn add(problems: &mut Vec<Problem>, found: Vec<Problem>) {
    for problem in found {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
}

/// The places of the schemas among the components, used or not.
fn components(document: &Document) -> impl Iterator<Item = (String, Direction)> {
    let base = match document.version() {
        Some(Version::V2_0) => "0#/definitions",
        _ => "/components/schemas",
    };
    let names = document.names(base).unwrap_or_default();
    let places = names.into_iter().map(move |name| pointer::join(base, name));
    places.map(|place| (place, Direction::Response))
}

/// The places of all schemas that requests and responses of an operation are validated against.
fn schemas(document: &Document, operation: &Operation) -> Vec<(String, Direction)> {
    let parameters = operation.parameters.iter().filter_map(|p| p.schema.clone());
    let bodies = operation.body.iter().flat_map(|body| &body.media);
    let requests = parameters.chain(bodies.flat_map(MediaType::schemas));
    let responses = operation.responses.iter().flat_map(|response| {
        let media = response.media.iter().flat_map(|media| {
            let contents = content_schemas(document, media);
            media.schemas().chain(contents)
        });
        media.chain(response.headers.iter().filter_map(|h| h.schema.clone()))
    });
    let requests = requests.map(|place| (place, Direction::Request));
    requests
        .chain(responses.map(|place| (place, Direction::Response)))
        .collect()
}
