//! The body of a response that rejects a request.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::judge::has_kind;
use super::make::Maker;
use super::reason::Refusal;
use super::rules::Rules;
use super::schema::{Flags, Schema, Schemas};
use super::state::clock;
use super::value::plain_text;
use super::written::{self, body_media};
use crate::contract::{Contract, MediaType, Operation, snake_case};
use crate::place::pointer;
use crate::wire::Status;

/// Status, content type and body of a refusal.
pub(super) fn error_body(
    contract: &Contract,
    schemas: &Schemas,
    rules: &dyn Rules,
    operation: Option<&Operation>,
    refusal: &Refusal,
    path: &str,
) -> (Status, String, Vec<u8>) {
    let promised = refusal.promised(operation);
    let status = promised.map_or_else(|| refusal.status(), |error| error.status);
    let said = promised.map(|error| error.body.clone()).unwrap_or_default();
    let mut members = rules.describe(refusal, path, status, &said);
    members.extend(said);
    let usual = MediaType {
        name: "application/json".to_owned(),
        ..MediaType::default()
    };
    let media = match operation.and_then(|operation| operation.response(status)) {
        // What the operation documents itself, in whatever media type.
        Some(response) => body_media(response),
        None => contract
            .operations
            .iter()
            .filter_map(|operation| operation.response(status))
            .find_map(|response| response.media.iter().find(|media| media.is_json())),
    };
    let media = media.unwrap_or(&usual);
    let schema = media.schema.as_ref().and_then(|place| schemas.at(place));
    let body = match schema {
        Some(schema) => shaped(schemas, schema, status, &members),
        None if media.is_json() => Value::Object(members),
        None => written::message(media, &refusal.message),
    };
    let (content_type, bytes) = written::written(contract, media, &body);
    (status, content_type, bytes)
}

/// A body after the contract's schema for errors.
fn shaped(
    schemas: &Schemas,
    schema: &Schema,
    status: Status,
    members: &Map<String, Value>,
) -> Value {
    let mut known = HashMap::new();
    for (name, id) in &schema.properties {
        let property = schemas.get(*id);
        let value = if property.is(Flags::HTTP_STATUS) {
            Some(json!(status))
        } else {
            members
                .get(name)
                .or_else(|| {
                    let meaning = meaning(name)?;
                    members.get(meaning)
                })
                .cloned()
        };
        if let Some(value) = value.filter(|value| has_kind(property, value)) {
            known.insert(pointer::join("", name), value);
        }
    }
    for (name, id) in &schema.properties {
        let place = pointer::join("", name);
        if let Some(other) = &schemas.get(*id).ends_with
            && let Some(end) = known.get(&pointer::join("", other))
            && !known.contains_key(&place)
        {
            let url = format!("http://localhost/{}", plain_text(end));
            known.insert(place, json!(url));
        }
    }
    let now = clock();
    let mut maker = Maker::new(schemas, &now, known);
    maker.sparse = true;
    maker.make(schema)
}

/// The plain member that a property of another name stands for.
fn meaning(property: &str) -> Option<&'static str> {
    match snake_case(property).as_str() {
        "message" | "detail" | "title" | "error" | "error_message" | "reason" | "description"
        | "msg" => Some("message"),
        "status" | "status_code" | "code" => Some("status"),
        _ => None,
    }
}
