//! The ids of new items: in the answer, in `Location`, or in the request that created them.

use serde_json::{Map, Value};

use super::case::Case;
use super::encode::Encoded;
use super::filled::Filled;
use super::runner::Runner;
use crate::contract::{IdSource, Resource};
use crate::outcome::{Item, Origin};
use crate::place::pointer;
use crate::wire::{Exchange, Response};

/// The id of the item that a successful answer has created.
pub(super) fn of_new(
    runner: &Runner<'_>,
    resource: &Resource,
    encoded: &Encoded<'_>,
    response: &Response,
    body: Option<&Value>,
) -> Option<Value> {
    if resource.has_client_assigned_id() {
        let (_, id) = encoded.call.path.last()?;
        return Some(Value::from(id.as_str()));
    }
    let told = body.and_then(|body| match &resource.id_source {
        IdSource::Body(at) => pointer::get(body, at).or_else(|| resource.id_in(body)),
        IdSource::Value => Some(body).filter(|id| id.is_string() || id.is_number()),
        _ => resource.id_in(body),
    });
    told.filter(|id| runner.checker.is_id(resource, id))
        .cloned()
        .or_else(|| located(runner, resource, response))
        .or_else(|| encoded.call.fields.get(&resource.id).cloned())
}

/// The id that `Location` names (RFC 9110 section 10.2.2).
fn located(runner: &Runner<'_>, resource: &Resource, response: &Response) -> Option<Value> {
    let location = response.headers.text("location")?;
    let base = &runner.target.base;
    let path = base
        .strip(&location)
        .or_else(|| location.strip_prefix(base.path()))
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

impl<'a> Case<'a> {
    /// Whether what is kept of a creation has no id, so that nothing can be asked of the new item.
    pub(super) fn is_anonymous(&self, filled: &Filled<'a>, kept: Option<&Value>) -> bool {
        let contract = self.runner.contract;
        let resource = contract.resource_served_by(filled.operation);
        let created = resource.filter(|r| r.create.as_ref() == Some(&filled.operation.id));
        created.is_some_and(|resource| kept.and_then(|kept| resource.id_in(kept)).is_none())
    }

    /// What is captured of an answer: its body, and the id of an item that it has created.
    pub(super) fn kept(
        &self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        body: Option<Value>,
    ) -> Option<Value> {
        let runner = self.runner;
        let created = runner
            .contract
            .resource_served_by(filled.operation)
            .filter(|resource| resource.create.as_ref() == Some(&filled.operation.id));
        let new = created
            .zip(exchange.answer.as_ref().ok())
            .filter(|(_, r)| r.status.is_success());
        let id = new.and_then(|(resource, response)| {
            let id = of_new(runner, resource, encoded, response, body.as_ref())?;
            Some((resource, id))
        });
        match id {
            Some((resource, id)) => Some(with_id(resource, id, body)),
            None => body,
        }
    }

    /// Records what the request has created or deleted, and names the ids of the response.
    pub(super) fn remember(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        body: Option<&Value>,
    ) {
        let Ok(response) = &exchange.answer else {
            return;
        };
        if !response.status.is_success() {
            return;
        }
        let contract = self.runner.contract;
        let operation = filled.operation;
        if let Some(resource) = contract.resource_served_by(operation) {
            if resource.create.as_ref() == Some(&operation.id)
                && let Some(id) = of_new(self.runner, resource, encoded, response, body)
            {
                let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
                let path = encoded.call.path.iter().map(|(_, v)| v.clone());
                let own = usize::from(resource.has_client_assigned_id());
                let item = Item {
                    resource: resource.name.clone(),
                    parents: path.take(encoded.call.path.len() - own).collect(),
                    id,
                };
                if let Some(reporter) = &self.runner.reporter {
                    reporter.created(&self.scenario.name, &item);
                }
                self.world.add(item);
            }
            if resource.delete.as_ref() == Some(&operation.id)
                && let Some((_, id)) = encoded.call.path.last()
                && let Some(item) = self.world.forget(&resource.name, id)
            {
                self.report_removed(&item);
            }
        }
        let checker = self.runner.checker;
        // Snapshots are taken of fixtures alone.
        if let (Some(body), Some(shape)) = (body, checker.body_shape(operation, response.status))
            && matches!(self.scenario.origin, Origin::Fixture { .. })
            && filled
                .step
                .expect
                .items
                .as_ref()
                .is_none_or(|i| i.exactly.is_some())
        {
            self.world.memory.names.learn(checker.shapes(), shape, body);
        }
    }
}
