//! Requests that name one item in their path and in their body: both must name the same one.

use super::request::{Draft, OwnKey};
use super::spot::At;
use super::value::Maker;
use crate::contract::{Contract, Location, Operation};
use crate::place::pointer;

/// The parts of the key of the item that a request is for, where its body has them too.
pub(super) fn of_operation(contract: &Contract, operation: &Operation) -> Vec<OwnKey> {
    let Some(index) = contract.resources.of_item(&operation.path) else {
        return Vec::new();
    };
    let resource = &contract.resources[index];
    // The names of the parameters are those of the operation, which may call them otherwise.
    let own: Vec<&str> = operation.path.parameters().collect();
    let first = own.len().saturating_sub(resource.key.len());
    let parameters = own[first..].iter();
    let parts = parameters.zip(&resource.key);
    parts
        .filter_map(|(parameter, part)| {
            let property = part.property.as_ref()?;
            let mut properties = operation.body.as_ref()?.properties.iter();
            let own = properties.find(|own| own.name == *property && !own.is_read_only)?;
            Some(OwnKey {
                parameter: (*parameter).to_owned(),
                place: pointer::join("", &own.name),
            })
        })
        .collect()
}

/// Lets the body name the item that the path names; the path the one of the body where its schema
/// allows no other.
pub(super) fn agree(maker: &Maker<'_>, draft: &mut Draft<'_>) {
    for key in draft.keys.clone() {
        if !body_follows(maker, draft, &key) {
            path_follows(maker, draft, &key);
        }
    }
}

/// The same after one value was changed: what was changed stays, and the other follows it. Where
/// no valid value is the same, both stay as they are.
pub(super) fn agree_after(maker: &Maker<'_>, draft: &mut Draft<'_>, changed: &At) {
    for key in draft.keys.clone() {
        let is_decided = match changed {
            At::Body(place) if *place == key.place => {
                path_follows(maker, draft, &key);
                true
            }
            At::Body(place) if place.is_empty() => {
                path_follows(maker, draft, &key);
                false
            }
            At::Argument(Location::Path, name) if *name == key.parameter => {
                body_follows(maker, draft, &key);
                true
            }
            _ => false,
        };
        if is_decided {
            draft.keys.retain(|other| other.place != key.place);
        }
    }
    draft.follow_path();
}

/// Whether a change gives an item that is there another id in the body than in the path.
pub(super) fn names_another(draft: &Draft<'_>, changed: &At) -> bool {
    let At::Body(place) = changed else {
        return false;
    };
    let mut keys = draft.keys.iter();
    keys.any(|key| key.place == *place && draft.names_known_item(key))
}

fn body_follows(maker: &Maker<'_>, draft: &mut Draft<'_>, key: &OwnKey) -> bool {
    let Some(named) = draft.argument(Location::Path, &key.parameter).cloned() else {
        return true;
    };
    let Some(body) = draft.body.as_mut() else {
        return true;
    };
    if body.value.pointer(&key.place).is_none() {
        return true;
    }
    let mut followed = body.clone();
    followed.name_item(&key.place, &named);
    let schema = body.media.schema.as_ref();
    if schema.is_some_and(|schema| !maker.is_valid(schema, &followed.value)) {
        return false;
    }
    *body = followed;
    true
}

fn path_follows(maker: &Maker<'_>, draft: &mut Draft<'_>, key: &OwnKey) {
    if draft.names_known_item(key) {
        return;
    }
    let body = draft.body.as_ref();
    let Some(value) = body
        .and_then(|body| body.value.pointer(&key.place))
        .cloned()
    else {
        return;
    };
    let parameter = draft.operation.parameter(Location::Path, &key.parameter);
    let schema = parameter.and_then(|parameter| parameter.schema.as_ref());
    let fits = schema.is_none_or(|schema| maker.is_valid(schema, &value));
    if fits && super::sent::can_travel(Location::Path, &value) {
        draft.set_argument(Location::Path, &key.parameter, value);
    }
}
