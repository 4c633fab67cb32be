//! Whole requests as data: what a step will send, before the ids of real items stand in it.

use serde_json::{Map, Value};

use crate::contract::{Location, MediaType, Operation};
use crate::place::Place;
use crate::scenario::{Argument, Body, Step};

/// A request of an operation.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// Values of parameters. Those that name items are templates.
    pub arguments: Vec<Argument>,
    /// The body.
    pub body: Option<DraftBody<'a>>,
}

/// The body of a draft.
#[derive(Debug, Clone)]
pub struct DraftBody<'a> {
    /// Its media type.
    pub media: &'a MediaType,
    /// The value, with samples where ids of real items will stand.
    pub value: Value,
    /// Places in the value that name items, with the templates that name them.
    pub references: Vec<(String, String)>,
}

impl Draft<'_> {
    /// The step that sends this request.
    pub fn step(self, name: impl Into<String>, place: Place) -> Step {
        let body = match self.body {
            None if self.operation.body.is_none() => None,
            None => Some(Body::Absent),
            Some(body) => Some(Body::Value {
                media: body.media.name.clone(),
                value: body.filled(),
            }),
        };
        Step {
            name: name.into(),
            parameters: self.arguments,
            body,
            ..Step::new(self.operation.id.clone(), place)
        }
    }

    /// How many values it has.
    pub(super) fn size(&self) -> usize {
        let members = |body: &DraftBody<'_>| body.value.as_object().map_or(1, Map::len);
        self.arguments.len() + self.body.as_ref().map_or(0, members)
    }

    /// The value of a parameter.
    pub fn argument(&self, location: Location, name: &str) -> Option<&Value> {
        self.arguments
            .iter()
            .find(|argument| argument.location == location && argument.name == name)
            .map(|argument| &argument.value)
    }

    /// Gives a parameter a value, or another one.
    pub fn set_argument(&mut self, location: Location, name: &str, value: Value) {
        let known = self
            .arguments
            .iter_mut()
            .find(|argument| argument.location == location && argument.name == name);
        match known {
            Some(argument) => argument.value = value,
            None => self.arguments.push(Argument {
                location,
                name: name.to_owned(),
                value,
            }),
        }
    }
}

impl DraftBody<'_> {
    /// The value with templates in place of the samples of ids.
    pub fn filled(mut self) -> Value {
        for (place, template) in self.references {
            if let Some(sample) = self.value.pointer_mut(&place) {
                *sample = Value::from(template);
            }
        }
        self.value
    }
}

/// Whether bodies of a media type can be written.
pub(super) fn is_writable(media: &MediaType) -> bool {
    media.is_json()
        || matches!(
            media.name.as_str(),
            "application/x-www-form-urlencoded" | "multipart/form-data"
        )
}
