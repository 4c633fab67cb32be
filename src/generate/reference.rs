//! Which values of a request name items.

use std::collections::HashMap;

use serde_json::Value;

use crate::contract::{Contract, Operation, Resource, singular, snake_case};
use crate::wire::pointer;

/// How requests of a contract call its items and their ids.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// `build_sid`, `pet_id`: what the id of an item is called elsewhere.
    ids: HashMap<String, usize>,
    /// `build`, `pet`.
    items: HashMap<String, usize>,
}

impl Names {
    pub(super) fn new(contract: &Contract) -> Self {
        let mut names = Self::default();
        for (index, resource) in contract.resources.iter().enumerate() {
            for name in id_names(resource) {
                names.ids.entry(name).or_insert(index);
            }
            names.items.entry(resource.snake_name()).or_insert(index);
        }
        names
    }

    /// The resource whose item a parameter or property of this name refers to.
    pub(super) fn referred(
        &self,
        contract: &Contract,
        operation: &Operation,
        name: &str,
    ) -> Option<usize> {
        let words = snake_case(name);
        let mut rest = words.as_str();
        loop {
            if let Some(index) = self.ids.get(rest) {
                let resource = &contract.resources[*index];
                // A property called like the id of the item itself chooses that id.
                let is_own = rest == words && resource.operations().any(|id| id == operation.id);
                return (!is_own).then_some(*index);
            }
            rest = &rest[rest.find('_')? + 1..];
        }
    }

    /// The resource of this name.
    pub(super) fn item(&self, name: &str) -> Option<usize> {
        self.items.get(&snake_case(name)).copied()
    }

    /// The places in a body whose values are ids of items, with the index of the resource.
    pub(super) fn in_body(
        &self,
        contract: &Contract,
        operation: &Operation,
        body: &Value,
    ) -> Vec<(String, usize)> {
        let mut walk = Walk {
            names: self,
            contract,
            operation,
            found: Vec::new(),
        };
        walk.value("", body, &mut String::new());
        walk.found
    }
}

struct Walk<'a> {
    names: &'a Names,
    contract: &'a Contract,
    operation: &'a Operation,
    found: Vec<(String, usize)>,
}

impl Walk<'_> {
    fn value(&mut self, name: &str, value: &Value, at: &mut String) {
        let length = at.len();
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    pointer::push(at, member);
                    self.value(member, value, at);
                    at.truncate(length);
                }
            }
            Value::Array(items) => {
                let one = singular(name);
                // A list called like a resource holds ids of its items.
                let owner = self.names.item(&one);
                for (i, item) in items.iter().enumerate() {
                    pointer::push(at, &i.to_string());
                    match owner.filter(|owner| is_scalar(item) && fits(self.contract, *owner, item))
                    {
                        Some(owner) => self.found.push((at.clone(), owner)),
                        None => self.value(&one, item, at),
                    }
                    at.truncate(length);
                }
            }
            Value::String(_) | Value::Number(_) => {
                let referred = self.names.referred(self.contract, self.operation, name);
                if let Some(index) = referred.filter(|index| fits(self.contract, *index, value)) {
                    self.found.push((at.clone(), index));
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number()
}

/// How others call the id of an item: `build_sid`, `pet_id`.
fn id_names(resource: &Resource) -> Vec<String> {
    let own = resource.snake_name();
    let id = snake_case(&resource.id);
    let mut names = vec![format!("{own}_{id}")];
    names.extend(["id", "sid", "uuid"].map(|usual| format!("{own}_{usual}")));
    let parameter = snake_case(&resource.parameter);
    // `{Sid}` says nothing of what it names.
    if parameter.contains('_') && parameter != id {
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
