//! Why a request is refused, and the body that says so.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::rules::Rules;
use super::schema::{Flags, Schema, Schemas};
use super::value::{Maker, plain_text};
use crate::contract::{Contract, MediaType, Operation, PromisedError, When, snake_case};
use crate::place::pointer;
use crate::wire::Status;

/// What kind of refusal it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    /// Credentials are missing or wrong.
    Credentials,
    /// The path names what does not exist.
    Unknown,
    /// The path does not know the method.
    Method,
    /// A parameter or the body is not what the contract asks for.
    Invalid,
    /// A constraint is broken that names this error.
    Constraint(String),
    /// The size of a page is out of range.
    PageSize,
    /// A page token is not one of ours.
    PageToken,
    /// It does not go together with what there is.
    Conflict,
    /// The body is too long.
    TooLarge,
    /// The body's media type is not understood.
    MediaType,
    /// The change could not be written to the state file.
    Unsaved,
    /// What the contract says of the operation cannot be used.
    SetAside,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: Reason,
    pub(super) message: String,
}

impl Refusal {
    /// A refusal with its message.
    pub(super) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }

    /// The request is not valid.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Reason::Invalid, message)
    }

    /// The error that an operation promises for this.
    fn promised<'a>(&self, operation: Option<&'a Operation>) -> Option<&'a PromisedError> {
        let errors = &operation?.errors;
        match &self.reason {
            Reason::Credentials => errors.iter().find(|e| e.when == When::Credentials),
            Reason::Unknown => errors.iter().find(|e| e.when == When::Unknown),
            Reason::Conflict => errors.iter().find(|e| e.when == When::Conflict),
            Reason::Constraint(name) => errors.iter().find(|error| error.name == *name),
            _ => None,
        }
    }

    fn status(&self) -> Status {
        Status(match self.reason {
            Reason::Invalid | Reason::Constraint(_) | Reason::PageSize | Reason::PageToken => 400,
            Reason::Credentials => 401,
            Reason::Unknown => 404,
            Reason::Method => 405,
            Reason::Conflict => 409,
            Reason::TooLarge => 413,
            Reason::MediaType => 415,
            Reason::Unsaved => 500,
            Reason::SetAside => 501,
        })
    }
}

/// Status, media type and body of a refusal.
pub(super) fn error_body(
    contract: &Contract,
    schemas: &Schemas,
    rules: &dyn Rules,
    operation: Option<&Operation>,
    refusal: &Refusal,
    path: &str,
) -> (Status, String, Value) {
    let promised = refusal.promised(operation);
    let status = promised.map_or_else(|| refusal.status(), |error| error.status);
    let said = promised.map(|error| error.body.clone()).unwrap_or_default();
    let mut members = rules.describe(refusal, path, status, &said);
    members.extend(said);
    let media = operation
        .and_then(|operation| error_media(operation, status))
        .or_else(|| {
            contract
                .operations
                .iter()
                .find_map(|o| error_media(o, status))
        });
    let schema = media
        .and_then(|media| media.schema.as_ref())
        .and_then(|place| schemas.at(place));
    let body = match schema {
        Some(schema) => shaped(schemas, schema, status, &members),
        None => Value::Object(members),
    };
    let media = media.map_or("application/json", |media| media.name.as_str());
    (status, media.to_owned(), body)
}

fn error_media(operation: &Operation, status: Status) -> Option<&MediaType> {
    let mut media = operation.response(status)?.media.iter();
    media.find(|media| media.is_json())
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
        if let Some(value) = value.filter(|value| super::validate::has_kind(property, value)) {
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
    let mut maker = Maker::new(schemas, "", known);
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
