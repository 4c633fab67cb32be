//! The links that the document gives for the answer to a creation lead to answers (`OpenAPI` 3.1.1,
//! Link Object).

use serde_json::Value;

use super::definition::Law;
use super::ground::Ground;
use super::stage::{Item, Stage, way};
use crate::contract::{Link, LinkParameter, Location, Operation};
use crate::generate::value::Extent;
use crate::scenario::Expect;

/// Begins an expression that names a part of the answer's body.
const BODY: &str = "$response.body#";

/// A parameter of a request with its value.
type Argument = (Location, String, Value);

pub(super) const LAW: Law = Law {
    name: "links_of_the_document_lead_on",
    says: "the links that the document gives lead from a new item to an answer",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    let create = ground.create()?;
    links(ground, create).next()?;
    Some(create)
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let create = ground.create().ok_or("no operation creates an item")?;
    let item = stage.item()?;
    for (link, operation) in links(ground, create) {
        let Some(arguments) = arguments(link, operation, &item) else {
            continue;
        };
        let mut draft = stage.request(operation, Extent::Required)?;
        for (location, name, value) in arguments {
            draft.set_argument(location, &name, value);
        }
        stage.send(&draft, Expect::default());
    }
    Ok(())
}

/// The links of a creation whose values are those of the new item, with what they lead to.
fn links<'g, 'a>(
    ground: &'g Ground<'a>,
    create: &'a Operation,
) -> impl Iterator<Item = (&'a Link, &'a Operation)> + 'g {
    let operations = &ground.contract.operations;
    let links = create.successes().flat_map(|response| &response.links);
    links.filter_map(move |link| {
        let operation = link.operation(operations)?;
        let is_known = arguments(link, operation, &Item::sample()).is_some();
        (operation.method == "GET" && is_known).then_some((link, operation))
    })
}

/// The parameters that a link gives, if a template can name all their values.
fn arguments(link: &Link, operation: &Operation, item: &Item) -> Option<Vec<Argument>> {
    let argument = |parameter: &LinkParameter| {
        let mut parameters = operation.parameters.iter();
        let described = parameters.find(|other| {
            let is_there = parameter.location.is_none_or(|l| l == other.location);
            other.name == parameter.name && is_there
        })?;
        let value = match parameter.value.as_str() {
            Some(text) if text.starts_with('$') => {
                Value::from(item.part(&way(text.strip_prefix(BODY)?))?)
            }
            _ => parameter.value.clone(),
        };
        Some((described.location, parameter.name.clone(), value))
    };
    let all: Option<Vec<Argument>> = link.parameters.iter().map(argument).collect();
    all.filter(|all| !all.is_empty())
}
