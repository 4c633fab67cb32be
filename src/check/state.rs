//! A state moves only forward: over several answers about one item, each of its states is the one
//! before or follows it.

use std::collections::HashMap;

use serde_json::Value;

use super::checker::Checker;
use crate::codec::Call;
use crate::contract::{Contract, Next};
use crate::outcome::{CheckId, Finding, FindingKind, Level};
use crate::place::{InstancePath, pointer};
use crate::wire::{Exchange, curl};

/// The states in which items were seen last.
#[derive(Debug, Default)]
pub struct States(HashMap<Key, String>);

/// Name of the resource, id of the item, name of the property.
type Key = (String, String, String);

/// A state of an item that an answer shows.
struct Seen<'a> {
    key: Key,
    /// JSON pointer in the answer.
    at: String,
    /// JSON pointer of the schema.
    schema: &'a str,
    next: &'a Next,
    state: &'a str,
}

/// Judges the states of the item that a successful answer shows, and remembers them.
pub fn judge_states(
    checker: &Checker,
    contract: &Contract,
    call: &Call<'_>,
    exchange: &Exchange,
    body: &Value,
    states: &mut States,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seen in shown(checker, contract, call, exchange, body) {
        let Some(before) = states.0.insert(seen.key, seen.state.to_owned()) else {
            continue;
        };
        if seen.next.leads(&before, seen.state) {
            continue;
        }
        let promise = pointer::join(seen.schema, Next::KEYWORD);
        findings.push(Finding {
            level: Level::Failure,
            check: CheckId::State,
            operation: call.operation.id.clone(),
            place: InstancePath::new(seen.at).into(),
            promise: Some(contract.document.place(&promise)),
            kind: FindingKind::StateBackwards {
                allowed: seen.next.allowed_after(&before),
                before,
                actual: seen.state.to_owned(),
            },
            curl: curl(&exchange.request),
        });
    }
    findings
}

/// The place and the state of the item that a successful answer shows, if no state follows it.
pub fn final_state(
    checker: &Checker,
    contract: &Contract,
    call: &Call<'_>,
    exchange: &Exchange,
    body: &Value,
) -> Option<(String, String)> {
    shown(checker, contract, call, exchange, body)
        .into_iter()
        .find(|seen| seen.next.is_final(seen.state))
        .map(|seen| (seen.at, seen.state.to_owned()))
}

fn shown<'a>(
    checker: &'a Checker,
    contract: &Contract,
    call: &Call<'_>,
    exchange: &Exchange,
    body: &'a Value,
) -> Vec<Seen<'a>> {
    let told = || {
        let response = exchange.answer.as_ref().ok()?;
        checker.shapes().have_states().then_some(())?;
        let (status, operation) = (response.status, call.operation);
        let shape = checker
            .body_shape(operation, status)
            .filter(|_| status.is_success())?;
        let resource = contract.resource_served_by(operation)?;
        let id = resource.id_in(body)?.to_string();
        let shape = checker.shapes().below(shape, &resource.envelope)?;
        let item = pointer::get(body, &resource.envelope)?.as_object()?;
        let seen = item.iter().filter_map(|(name, state)| {
            let member = checker.shapes().get(*shape.properties.get(name)?);
            let next = member.next.as_ref()?;
            Some(Seen {
                key: (resource.name.clone(), id.clone(), name.clone()),
                at: pointer::join(&resource.envelope, name),
                schema: &member.pointer,
                next,
                state: state.as_str()?,
            })
        });
        Some(seen.collect())
    };
    told().unwrap_or_default()
}
