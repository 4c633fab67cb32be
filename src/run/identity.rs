//! The ids of new items: in the answer, in `Location`, or in the path that created them.

use serde_json::{Map, Value};

use super::Runner;
use super::encode::Encoded;
use crate::contract::Resource;
use crate::wire::{Response, pointer};

/// The id of the item that a successful answer has created.
pub(super) fn of_new(
    runner: &Runner<'_>,
    resource: &Resource,
    encoded: &Encoded<'_>,
    response: &Response,
    body: Option<&Value>,
) -> Option<Value> {
    if resource.chosen {
        let (_, id) = encoded.call.path.last()?;
        return Some(Value::from(id.as_str()));
    }
    body.and_then(|body| resource.id_in(body))
        .filter(|id| runner.checker.is_id(resource, id))
        .cloned()
        .or_else(|| located(runner, resource, response))
}

/// The id that `Location` names (RFC 9110 section 10.2.2).
fn located(runner: &Runner<'_>, resource: &Resource, response: &Response) -> Option<Value> {
    let location = response.headers.text("location")?;
    let base = &runner.target.base;
    let base_path = base
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]))
        .unwrap_or_default();
    let path = location
        .strip_prefix(base.as_str())
        .or_else(|| location.strip_prefix(base_path))
        .unwrap_or(&location);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (_, id) = resource.item_path.matches(path)?.pop()?;
    Some(Value::from(id))
}

/// What is kept of an answer: the body, and the id where the body does not have it.
pub(super) fn with_id(resource: &Resource, id: Value, body: Option<Value>) -> Value {
    let mut body = body
        .filter(Value::is_object)
        .unwrap_or_else(|| Value::Object(Map::new()));
    if resource.id_in(&body).is_some() {
        return body;
    }
    let mut at = &mut body;
    for step in pointer::tokens(&resource.envelope) {
        let Value::Object(members) = at else {
            break;
        };
        at = members
            .entry(step)
            .or_insert_with(|| Value::Object(Map::new()));
    }
    if let Value::Object(members) = at {
        members.insert(resource.id.clone(), id);
    }
    body
}
