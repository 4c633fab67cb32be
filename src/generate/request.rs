//! Whole requests as data: what a step will send, before the ids of real items stand in it.

use serde_json::{Map, Value};

use crate::contract::{Location, MediaType, Operation};
use crate::place::Place;
use crate::scenario::{Argument, Body, Step, is_template};

/// A request of an operation.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// Values of parameters. Those that name items are templates.
    pub arguments: Vec<Argument>,
    /// The body.
    pub body: Option<DraftBody<'a>>,
    /// What the path and the body both name.
    pub(super) keys: Vec<OwnKey>,
}

/// A value that stands in the path and in the body of a request.
#[derive(Debug, Clone)]
pub(super) struct OwnKey {
    /// The path parameter.
    pub(super) parameter: String,
    /// JSON pointer of the property in the body.
    pub(super) place: String,
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
    pub fn step(mut self, name: impl Into<String>, place: Place) -> Step {
        self.follow_path();
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

    /// Writes what the path names into the body, templates too.
    pub(super) fn follow_path(&mut self) {
        for key in &self.keys {
            let mut arguments = self.arguments.iter();
            let named = arguments.find(|argument| {
                argument.location == Location::Path && argument.name == key.parameter
            });
            if let (Some(named), Some(body)) = (named, &mut self.body) {
                body.name_item(&key.place, &named.value);
            }
        }
    }

    /// Whether the path names an item that is there by now, by a template.
    pub(super) fn names_known_item(&self, key: &OwnKey) -> bool {
        let named = self.argument(Location::Path, &key.parameter);
        named.is_some_and(|value| value.as_str().is_some_and(is_template))
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
    /// Names an item at a place, if there is a value: by its template, or by a value of the type
    /// that the place has.
    pub(super) fn name_item(&mut self, place: &str, named: &Value) {
        let Some(own) = self.value.pointer_mut(place) else {
            return;
        };
        self.references.retain(|(at, _)| at != place);
        match named.as_str().filter(|text| is_template(text)) {
            Some(template) => {
                let reference = (place.to_owned(), template.to_owned());
                self.references.push(reference);
            }
            None => *own = of_same_type(own, named),
        }
    }

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

fn of_same_type(own: &Value, named: &Value) -> Value {
    match (own, named) {
        (Value::Number(_), Value::String(text)) => text
            .parse::<i64>()
            .map_or_else(|_| named.clone(), Value::from),
        (Value::String(_), Value::Number(number)) => Value::from(number.to_string()),
        _ => named.clone(),
    }
}
