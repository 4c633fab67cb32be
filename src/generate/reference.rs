//! Which values of a request name items.

use serde_json::Value;

use crate::contract::{Contract, Operation, Resource, singular, snake_case};
use crate::wire::pointer;

/// The places in a body whose values are ids of items, with the index of the resource.
pub(super) fn in_body(
    contract: &Contract,
    operation: &Operation,
    body: &Value,
) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    walk(
        contract,
        operation,
        "",
        body,
        &mut String::new(),
        &mut found,
    );
    found
}

fn walk(
    contract: &Contract,
    operation: &Operation,
    name: &str,
    value: &Value,
    at: &mut String,
    found: &mut Vec<(String, usize)>,
) {
    let length = at.len();
    match value {
        Value::Object(members) => {
            for (member, value) in members {
                pointer::push(at, member);
                walk(contract, operation, member, value, at, found);
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            let one = singular(name);
            for (i, item) in items.iter().enumerate() {
                pointer::push(at, &i.to_string());
                walk(contract, operation, &one, item, at, found);
                at.truncate(length);
            }
            // A list called like a resource holds ids of its items.
            if items
                .iter()
                .all(|item| item.is_string() || item.is_number())
            {
                let owner = contract
                    .resources
                    .iter()
                    .position(|resource| resource.snake_name() == snake_case(&one));
                for (i, item) in items.iter().enumerate() {
                    let place = pointer::join(at, &i.to_string());
                    if let Some(owner) = owner.filter(|o| fits(contract, *o, item))
                        && !found.iter().any(|(known, _)| *known == place)
                    {
                        found.push((place, owner));
                    }
                }
            }
        }
        Value::String(_) | Value::Number(_) => {
            if let Some(index) =
                named(contract, operation, name).filter(|index| fits(contract, *index, value))
            {
                found.push((at.clone(), index));
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// The resource whose item a parameter or property of this name refers to.
pub(super) fn named(contract: &Contract, operation: &Operation, name: &str) -> Option<usize> {
    let words = snake_case(name);
    let own = contract.resource_served_by(operation).map(|r| &r.name);
    let mut best: Option<(usize, usize)> = None;
    for (index, resource) in contract.resources.iter().enumerate() {
        for candidate in names(resource) {
            let whole = words == candidate;
            // A property called like the id of the item itself chooses that id.
            let refers = if own == Some(&resource.name) {
                words.ends_with(&format!("_{candidate}"))
            } else {
                whole || words.ends_with(&format!("_{candidate}"))
            };
            if refers && best.is_none_or(|(_, length)| candidate.len() > length) {
                best = Some((index, candidate.len()));
            }
        }
    }
    best.map(|(index, _)| index)
}

/// How others call the id of an item: `build_sid`, `pet_id`.
fn names(resource: &Resource) -> Vec<String> {
    let own = resource.snake_name();
    let id = snake_case(&resource.id);
    let mut names = vec![format!("{own}_{id}")];
    for usual in ["id", "sid", "uuid"] {
        let name = format!("{own}_{usual}");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let parameter = snake_case(&resource.parameter);
    // `{Sid}` says nothing of what it names.
    if parameter.contains('_') && parameter != id && !names.contains(&parameter) {
        names.push(parameter);
    }
    names
}

/// Whether a value has the type of a resource's ids.
fn fits(contract: &Contract, index: usize, value: &Value) -> bool {
    let resource = &contract.resources[index];
    let place = pointer::join(&pointer::join(&resource.schema, "properties"), &resource.id);
    let document = &contract.document;
    let schema = document
        .resolve(&place)
        .ok()
        .and_then(|place| document.get(&place));
    match schema
        .and_then(|schema| schema.get("type"))
        .and_then(Value::as_str)
    {
        Some("string") => value.is_string(),
        Some("integer" | "number") => value.is_number(),
        _ => true,
    }
}
