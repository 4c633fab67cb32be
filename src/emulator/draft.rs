//! From what was sent to the properties of an item.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::engine::Engine;
use super::judge::{coerce, has_kind, validate, validate_answer};
use super::make::{Maker, draw, tells_change, uuid};
use super::place::Place;
use super::reason::{Reason, Refusal};
use super::rules::Creation;
use super::schema::{Kind, Schema, Schemas};
use super::sent::Sent;
use super::state::{Collection, Item, State, timestamp};
use super::value::{plain_text, put};
use crate::contract::{Echo, Operation, Property, Resource, is_named, snake_case};
use crate::place::pointer;

/// How often an id is drawn before a resource counts as full.
const DRAWS: usize = 1000;

/// What is known of a new item.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// What was sent, after validation.
    pub(super) sent: Sent,
    /// Values by JSON pointer.
    pub(super) known: Vec<(String, Value)>,
    /// Pointers of properties that are left out unless they are required.
    pub(super) omitted: HashSet<String>,
    /// What only views show, by name in snake case.
    pub(super) kept: Map<String, Value>,
}

impl Engine {
    /// Creates an item and returns its id.
    pub(super) fn create(
        &self,
        state: &mut State,
        operation: &Operation,
        index: usize,
        place: &Place,
        mut sent: Sent,
    ) -> Result<String, Refusal> {
        let resource = &self.contract.resources[index];
        let nothing = Schema::default();
        let schema = self.schemas.at(&resource.schema).unwrap_or(&nothing);
        self.add_defaults(&mut sent);
        let mut known = self.echoes(operation, schema, &sent)?;
        if let Some(id) = &place.new_id {
            let own = pointer::join("", &resource.id);
            let is_other = |(at, value): &&(String, Value)| *at == own && plain_text(value) != *id;
            if let Some((_, other)) = known.iter().find(is_other) {
                let other = plain_text(other);
                let message = format!("The path names {id}, and the body {other}.");
                return Err(Refusal::invalid(message));
            }
            known.push((own, json!(id)));
        }
        let mut omitted = HashSet::new();
        for property in operation.body.iter().flat_map(|body| &body.properties) {
            if property.echo == Echo::ByName && !sent.values.contains_key(&property.name) {
                let answer = answer_property(schema, property);
                omitted.extend(answer.map(|name| pointer::join("", name)));
            }
        }
        let kept = self.kept(operation, resource, &sent);
        let draft = Draft {
            sent,
            known,
            omitted,
            kept,
        };
        self.add(state, resource, place, draft)
    }

    /// Adds an item to the collection at a place and returns its id.
    pub(super) fn add(
        &self,
        state: &mut State,
        resource: &Resource,
        place: &Place,
        draft: Draft,
    ) -> Result<String, Refusal> {
        let nothing = Schema::default();
        let schema = self.schemas.at(&resource.schema).unwrap_or(&nothing);
        self.refuse_if_full(state, resource, place)?;
        let mut known = self.given(resource, schema, place);
        known.extend(draft.known.iter().cloned());
        let own = pointer::join("", &resource.id);
        let id = match known.get(&own) {
            Some(value) if !value.is_null() => plain_text(value),
            _ => self.new_id(state, resource, schema)?,
        };
        if id.is_empty() || state.find(&place.path, &id).is_some() {
            let message = format!("There is a {} {id} already.", resource.name);
            return Err(Refusal::new(Reason::Conflict, message));
        }
        state.claim(&resource.name, &id);
        let value = schema.property(&resource.id).map_or_else(
            || json!(id),
            |id_schema| coerce(&self.schemas, self.schemas.get(id_schema), &id),
        );
        known.insert(own, value);
        let created = state.now();
        let now = timestamp(created);
        let mut maker = Maker::new(&self.schemas, &now, known);
        maker.omitted = draft.omitted;
        let Value::Object(mut body) = maker.make(schema) else {
            return Err(Refusal::invalid("this cannot be created here"));
        };
        let creation = Creation {
            resource,
            collection: &place.path,
            parent: place.owner(state),
            sent: &draft.sent,
            known: &draft.known,
            limits: &self.limits,
            state,
            schemas: &self.schemas,
            schema,
        };
        self.rules.create(&creation, &mut body)?;
        let item = Item {
            sequence: state.next_sequence(),
            path: place.item_path(resource, &id),
            id: id.clone(),
            body,
            kept: draft.kept,
            created,
        };
        if let Some((collection, parent)) = &place.owner {
            let changes = self.rules.parent_changes(resource, &item);
            self.change_parent(state, resource, collection, parent, changes);
        }
        state.insert(&place.path, item);
        Ok(id)
    }

    fn refuse_if_full(
        &self,
        state: &State,
        resource: &Resource,
        place: &Place,
    ) -> Result<(), Refusal> {
        let limit = self.limits.get(&resource.snake_name());
        let count = state.collection(&place.path).map_or(0, Collection::len);
        match limit {
            Some(limit) if count as u64 >= *limit => {
                Err(Refusal::invalid(self.rules.full(resource, *limit)))
            }
            _ => Ok(()),
        }
    }

    /// Changes properties of the item that a new one stands below.
    fn change_parent(
        &self,
        state: &mut State,
        resource: &Resource,
        collection: &str,
        id: &str,
        changes: Vec<(&'static str, Value)>,
    ) {
        let now = state.now();
        let schema = resource
            .parent
            .and_then(|parent| self.schemas.at(&self.contract.resources[parent].schema));
        if let Some(body) = state
            .body_mut(collection, id)
            .filter(|_| !changes.is_empty())
        {
            body.extend(
                changes
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value)),
            );
            self.touch(body, schema, now);
        }
    }

    /// Moves the times that tell of the last change.
    fn touch(&self, body: &mut Map<String, Value>, schema: Option<&Schema>, now: OffsetDateTime) {
        let properties = schema.into_iter().flat_map(|schema| &schema.properties);
        for (name, id) in properties {
            if self.schemas.get(*id).format.as_deref() == Some("date-time") && tells_change(name) {
                body.insert(name.clone(), json!(timestamp(now)));
            }
        }
    }

    /// Changes the item that a place names.
    pub(super) fn update(
        &self,
        state: &mut State,
        operation: &Operation,
        index: usize,
        place: &Place,
        sent: &Sent,
    ) -> Result<(), Refusal> {
        let resource = &self.contract.resources[index];
        let nothing = Schema::default();
        let schema = self.schemas.at(&resource.schema).unwrap_or(&nothing);
        let Some((collection, id)) = &place.owner else {
            return Ok(());
        };
        let Some((items, item)) = state.collection(collection).zip(state.find(collection, id))
        else {
            return Ok(());
        };
        let mut body = item.body.clone();
        let own = pointer::join("", &resource.id);
        let echoes = self.echoes(operation, schema, sent)?;
        for (to, value) in echoes.into_iter().filter(|_| !is_merge_patch(sent)) {
            if to != own {
                put(&mut body, &to, value);
            }
        }
        if is_merge_patch(sent) {
            merge(&mut body, &sent.values, &resource.id, schema, &self.schemas);
        }
        let before = body.clone();
        self.touch(&mut body, Some(schema), state.now());
        // A time that the client sets itself is its own.
        for property in operation.body.iter().flat_map(|body| &body.properties) {
            let name = answer_property(schema, property);
            let name = name.filter(|_| sent.values.contains_key(&property.name));
            if let Some((name, value)) = name.and_then(|name| before.get_key_value(name)) {
                body.insert(name.clone(), value.clone());
            }
        }
        self.rules.update(resource, items, item, &body)?;
        if let Some(kept) = state.body_mut(collection, id) {
            *kept = body;
        }
        Ok(())
    }

    /// Adds the defaults that the schema of the request gives to properties that were not sent.
    fn add_defaults(&self, sent: &mut Sent) {
        let schema = sent
            .schema
            .as_ref()
            .and_then(|place| self.schemas.at(place));
        for (name, id) in schema.into_iter().flat_map(|schema| &schema.properties) {
            if let Some(default) = &self.schemas.get(*id).default {
                sent.values
                    .entry(name.clone())
                    .or_insert_with(|| default.clone());
            }
        }
    }

    /// What the account and the path say of an item, by JSON pointer.
    pub(super) fn given(
        &self,
        resource: &Resource,
        schema: &Schema,
        place: &Place,
    ) -> HashMap<String, Value> {
        let mut known = HashMap::new();
        for (name, id) in &schema.properties {
            if let Some(account) = self.accounts.get(name) {
                known.insert(pointer::join("", name), json!(account));
            }
            let words = snake_case(name);
            let value = place
                .values
                .iter()
                .find(|(parameter, _)| is_named(parameter, &words));
            if let Some((_, text)) = value.filter(|_| *name != resource.id) {
                let value = coerce(&self.schemas, self.schemas.get(*id), text);
                known.insert(pointer::join("", name), value);
            }
        }
        known
    }

    /// What comes back of the values that were sent, by JSON pointer in the answer.
    pub(super) fn echoes(
        &self,
        operation: &Operation,
        schema: &Schema,
        sent: &Sent,
    ) -> Result<Vec<(String, Value)>, Refusal> {
        let mut echoes = Vec::new();
        let properties = operation.body.iter().flat_map(|body| &body.properties);
        for property in properties.filter(|property| !property.is_read_only) {
            let Some(value) = sent.values.get(&property.name) else {
                continue;
            };
            match &property.echo {
                Echo::Never => {}
                Echo::ByName => {
                    let binary = self
                        .schemas
                        .at(&property.schema)
                        .is_some_and(Schema::is_binary);
                    let branches = self.schemas.node(schema.id);
                    let branches = branches.one_of.iter().chain(&branches.any_of);
                    let shown = [schema]
                        .into_iter()
                        .chain(branches.map(|id| self.schemas.get(*id)))
                        .find_map(|schema| {
                            let name = answer_property(schema, property)?;
                            Some((name, schema.property(name)?))
                        })
                        .filter(|_| !binary);
                    match (shown, value) {
                        (Some((name, id)), value) => {
                            if has_kind(self.schemas.get(id), value)
                                && validate_answer(&self.schemas, &[id], value).is_empty()
                            {
                                echoes.push((pointer::join("", name), value.clone()));
                            }
                        }
                        (None, Value::Object(inner)) => {
                            echoes.extend(self.enclosed(schema, inner));
                        }
                        (None, _) => {}
                    }
                }
                Echo::At {
                    to,
                    each,
                    prefix,
                    parse_json,
                    ..
                } => {
                    let mut value = value.clone();
                    if *parse_json && let Value::String(text) = &value {
                        value = self.rules.read_json(text).ok_or_else(|| {
                            Refusal::invalid(format!("{} is not readable", property.name))
                        })?;
                    }
                    if let (Some(prefix), Value::String(text)) = (prefix, &value)
                        && !text.starts_with(prefix)
                    {
                        value = json!(format!("{prefix}{text}"));
                        self.check_echo(schema, property, to, &value)?;
                    }
                    if let (Some(member), Value::Array(items)) = (each, &value) {
                        value = items.iter().map(|item| json!({ member: item })).collect();
                    }
                    echoes.push((to.clone(), value));
                }
            }
        }
        Ok(echoes)
    }

    /// What comes back of an item that was sent in an envelope.
    fn enclosed(&self, schema: &Schema, sent: &Map<String, Value>) -> Vec<(String, Value)> {
        let shown = sent.iter().filter(|(name, value)| {
            let property = schema.property(name).map(|id| self.schemas.get(id));
            property.is_some_and(|property| has_kind(property, value))
        });
        shown
            .map(|(name, value)| (pointer::join("", name), value.clone()))
            .collect()
    }

    /// Refuses a value that fits as sent but not as it would be kept.
    fn check_echo(
        &self,
        schema: &Schema,
        property: &Property,
        to: &str,
        value: &Value,
    ) -> Result<(), Refusal> {
        let Some(answer) = self.schemas.below(schema, to) else {
            return Ok(());
        };
        match validate(&self.schemas, answer, value).first() {
            Some(fault) => Err(Refusal::invalid(fault.sentence(&property.name))),
            None => Ok(()),
        }
    }

    /// What was sent and only a view shows.
    fn kept(&self, operation: &Operation, resource: &Resource, sent: &Sent) -> Map<String, Value> {
        let mut kept = Map::new();
        for property in operation.body.iter().flat_map(|body| &body.properties) {
            let words = snake_case(&property.name);
            let shown = resource.views.iter().any(|view| {
                let schema = self
                    .contract
                    .operation(view)
                    .and_then(|view| self.success_schema(view));
                schema.is_some_and(|schema| {
                    let mut names = schema.properties.iter();
                    names.any(|(name, _)| is_named(name, &words))
                })
            });
            if !shown {
                continue;
            }
            if let Some(bytes) = sent.files.get(&property.name) {
                let text = String::from_utf8_lossy(bytes).into_owned();
                kept.insert(words, Value::String(text));
            } else if property.echo == Echo::Never
                && let Some(value) = sent.values.get(&property.name)
            {
                kept.insert(words, value.clone());
            }
        }
        kept
    }

    fn new_id(
        &self,
        state: &mut State,
        resource: &Resource,
        schema: &Schema,
    ) -> Result<String, Refusal> {
        let nothing = Schema::default();
        let id = schema.property(&resource.id);
        let schema = id.map_or(&nothing, |id| self.schemas.get(id));
        for _ in 0..DRAWS {
            let id = match (schema.kind, &schema.pattern, schema.format.as_deref()) {
                (Some(Kind::Integer | Kind::Number), ..) => {
                    state.next_number(&resource.name).to_string()
                }
                (_, Some(_), _) => match draw(schema) {
                    Some(id) => id,
                    None => break,
                },
                (.., Some("uuid")) => uuid(),
                _ => format!("{:032x}", fastrand::u128(..)),
            };
            if state.claim(&resource.name, &id) {
                return Ok(id);
            }
        }
        let message = format!("There is no id left for a {}.", resource.name);
        Err(Refusal::new(Reason::Conflict, message))
    }
}

/// Whether a body says what changes, and null in it what goes (RFC 7396).
fn is_merge_patch(sent: &Sent) -> bool {
    sent.media == "application/merge-patch+json"
}

/// Applies a merge patch to what is known of an item, as far as its schema allows it: what it
/// requires stays, and the id is not for clients to change.
fn merge(
    body: &mut Map<String, Value>,
    patch: &Map<String, Value>,
    own: &str,
    schema: &Schema,
    schemas: &Schemas,
) {
    for (name, value) in patch {
        let Some(id) = schema.property(name).filter(|_| name != own) else {
            continue;
        };
        match value {
            Value::Null => {
                let node = schemas.node(schema.id);
                let is_required = node.required.iter().any(|required| required.name == *name);
                if !is_required {
                    body.remove(name);
                } else if validate_answer(schemas, &[id], value).is_empty() {
                    body.insert(name.clone(), Value::Null);
                }
            }
            Value::Object(inner) if body.get(name).is_some_and(Value::is_object) => {
                if let Some(Value::Object(members)) = body.get_mut(name) {
                    merge(members, inner, "", schemas.get(id), schemas);
                }
            }
            value => {
                if validate_answer(schemas, &[id], value).is_empty() {
                    body.insert(name.clone(), value.clone());
                }
            }
        }
    }
}

/// The property of an answer that shows a property of the request.
fn answer_property<'a>(schema: &'a Schema, property: &Property) -> Option<&'a str> {
    let words = snake_case(&property.name);
    let mut names = schema.properties.iter().map(|(name, _)| name.as_str());
    names
        .clone()
        .find(|name| *name == property.name)
        .or_else(|| names.find(|name| is_named(name, &words)))
}
