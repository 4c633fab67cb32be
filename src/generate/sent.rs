//! What a request says once it is sent: a form or a query carries texts, so types are lost, and an
//! empty list is gone. A violation counts only if every reading of what was sent breaks the schema.

use serde_json::{Map, Value};

use super::request::{Draft, DraftBody};
use super::value::Maker;
use crate::contract::{Encoding, Kind, Location, MediaType, Parameter};
use crate::scenario::{Argument, is_template};
use crate::schema::{Direction, Violation};

/// Most readings of one value that are looked at.
const MOST: usize = 64;

/// How a body breaks its schema as sent; none if some reading of it does not. `field` is the
/// member that was changed: what stands in it is read in every way that a text can be.
pub(super) fn body_violations(
    maker: &Maker<'_>,
    body: &DraftBody<'_>,
    field: Option<&str>,
) -> Vec<Violation> {
    let Some(schema) = &body.media.schema else {
        return Vec::new();
    };
    if body.media.is_json() {
        return every_reading(maker, schema, [body.value.clone()]);
    }
    let Value::Object(members) = &body.value else {
        return Vec::new();
    };
    let changed = field.and_then(|field| Some((field, members.get(field)?)));
    if let Some((name, value)) =
        changed.filter(|(name, value)| is_json_part(body.media, name, value))
    {
        // Who asks for a text takes any.
        let as_text = Value::from(value.to_string());
        let readings = [value.clone(), as_text].map(|reading| {
            let mut members = without_empty_lists(members);
            members.insert(name.to_owned(), reading);
            Value::Object(members)
        });
        return every_reading(maker, schema, readings);
    }
    if !changed.is_none_or(|(_, value)| is_flat(value)) {
        return Vec::new();
    }
    let readings = form_readings(members, field).into_iter();
    every_reading(maker, schema, readings.map(Value::Object))
}

/// Whether a request keeps the contract.
pub(super) fn is_valid(maker: &Maker<'_>, draft: &Draft<'_>) -> bool {
    let keeps = |schema: Option<&String>, value: &Value| {
        schema.is_none_or(|schema| maker.is_valid(schema, value))
    };
    let mut arguments = draft.arguments.iter();
    let are_right = arguments.all(|argument| {
        let Argument {
            location,
            name,
            value,
        } = argument;
        let is_item = value.as_str().is_some_and(is_template);
        let parameter = draft.operation.parameter(*location, name);
        let schema = parameter.and_then(|parameter| parameter.schema.as_ref());
        is_item || keeps(schema, value)
    });
    let mut body = draft.body.iter();
    are_right && body.all(|body| keeps(body.media.schema.as_ref(), &body.value))
}

/// How an object in a parameter breaks its schema as sent, member by member, one of which was
/// changed.
pub(super) fn member_violations(
    maker: &Maker<'_>,
    parameter: &Parameter,
    members: &Map<String, Value>,
    changed: &str,
) -> Vec<Violation> {
    let Some(schema) = &parameter.schema else {
        return Vec::new();
    };
    let readings = form_readings(members, Some(changed)).into_iter();
    every_reading(maker, schema, readings.map(Value::Object))
}

/// How all of these values break a schema, told of the first; none if one of them does not.
fn every_reading(
    maker: &Maker<'_>,
    schema: &str,
    readings: impl IntoIterator<Item = Value>,
) -> Vec<Violation> {
    let mut first = None;
    for mut reading in readings {
        let violations = maker
            .validators()
            .violations(schema, Direction::Request, &mut reading);
        if violations.is_empty() {
            return violations;
        }
        first.get_or_insert(violations);
    }
    first.unwrap_or_default()
}

/// How the value of a parameter breaks its schema as sent.
pub(super) fn argument_violations(
    maker: &Maker<'_>,
    parameter: &Parameter,
    value: &Value,
) -> Vec<Violation> {
    let Some(schema) = &parameter.schema else {
        return Vec::new();
    };
    // Where members are sent one by one, what is no object is another parameter.
    let is_apart = matches!(&parameter.encoding, Encoding::Style(how) if how.is_apart());
    if !is_flat(value) || is_apart && is_object(maker, schema) {
        return Vec::new();
    }
    let readings = readings(value);
    // An empty list sends nothing at all.
    if readings.is_empty() && !parameter.required {
        return Vec::new();
    }
    every_reading(maker, schema, readings)
}

fn is_object(maker: &Maker<'_>, schema: &str) -> bool {
    let schemas = maker.schemas();
    let node = schemas.at(schema);
    node.is_some_and(|node| schemas.merge(&node, 0).kind() == Some("object"))
}

/// Whether a value can be sent at this place at all.
pub(super) fn can_travel(location: Location, value: &Value) -> bool {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match location {
        Location::Query | Location::QueryString => true,
        // No path segment is empty, and dots are resolved on the way.
        Location::Path => !text.is_empty() && text != "." && text != "..",
        Location::Header | Location::Cookie => {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b';')
        }
    }
}

/// Whether a value is a text or a list of texts where there are no types. How objects and nulls
/// are written there differs too much to tell what is read.
pub(super) fn is_flat(value: &Value) -> bool {
    match value {
        Value::Object(_) | Value::Null => false,
        Value::Array(items) => items.iter().all(|item| !item.is_array() && is_flat(item)),
        _ => true,
    }
}

/// Whether the body of a media type carries values with their types.
pub(super) fn is_typed(media: &MediaType) -> bool {
    media.is_json()
}

/// Whether an object is sent as JSON, in a part of its own (`OpenAPI` 3.1.1, Encoding Object).
fn is_json_part(media: &MediaType, name: &str, value: &Value) -> bool {
    let is_json = media.encoding(name).is_none_or(|encoding| {
        let content_type = encoding.content_type.as_deref();
        encoding.style.is_none() && content_type.is_none_or(|one| Kind::of(one) == Kind::Json)
    });
    media.kind() == Kind::Multipart && value.is_object() && is_json
}

/// The members of a form that are sent: an empty list is none.
fn without_empty_lists(members: &Map<String, Value>) -> Map<String, Value> {
    let is_sent = |value: &Value| value.as_array().is_none_or(|items| !items.is_empty());
    let members = members.iter().filter(|(_, value)| is_sent(value));
    members
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The readings of a form, one member of which was changed.
fn form_readings(members: &Map<String, Value>, field: Option<&str>) -> Vec<Map<String, Value>> {
    let mut rest = without_empty_lists(members);
    rest.retain(|name, _| Some(name.as_str()) != field);
    let changed = field.and_then(|field| Some((field, members.get(field)?)));
    let Some((name, value)) = changed else {
        return vec![rest];
    };
    let readings = readings(value);
    if readings.is_empty() {
        return vec![rest];
    }
    readings
        .into_iter()
        .map(|reading| {
            let mut members = rest.clone();
            members.insert(name.to_owned(), reading);
            members
        })
        .collect()
}

/// All that a value may be taken for once it is text; nothing for an empty list.
fn readings(value: &Value) -> Vec<Value> {
    let Value::Array(items) = value else {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let mut found = text_readings(&text);
        let lists: Vec<Value> = found
            .iter()
            .map(|reading| Value::Array(vec![reading.clone()]))
            .collect();
        found.extend(lists);
        return found;
    };
    let mut lists: Vec<Vec<Value>> = vec![Vec::new()];
    for item in items {
        let text = match item {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let readings = text_readings(&text);
        lists = lists
            .into_iter()
            .flat_map(|list| {
                readings.iter().map(move |reading| {
                    let mut list = list.clone();
                    list.push(reading.clone());
                    list
                })
            })
            .take(MOST)
            .collect();
    }
    match items.len() {
        0 => Vec::new(),
        1 => lists
            .into_iter()
            .flat_map(|list| {
                [
                    list.first().cloned().unwrap_or_default(),
                    Value::Array(list),
                ]
            })
            .collect(),
        _ => lists.into_iter().map(Value::Array).collect(),
    }
}

fn text_readings(text: &str) -> Vec<Value> {
    let mut found = vec![Value::from(text)];
    if text.is_empty() {
        found.push(Value::Null);
    }
    // Numbers, words and JSON texts, in any spelling that some reader takes.
    found.extend(serde_json::from_str::<Value>(text.trim()).ok());
    if let Ok(number) = text.trim().parse::<f64>() {
        found.extend(serde_json::Number::from_f64(number).map(Value::Number));
    }
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => found.push(Value::Bool(true)),
        "false" | "0" | "no" | "off" => found.push(Value::Bool(false)),
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_have_no_types() {
        assert!(readings(&json!(5)).contains(&json!("5")));
        assert!(readings(&json!("5")).contains(&json!(5)));
        assert!(readings(&json!("TRUE")).contains(&json!(true)));
        assert!(readings(&json!("x")).contains(&json!(["x"])));
        assert!(readings(&json!(["1", "2"])).contains(&json!([1, 2])));
        assert!(readings(&json!([])).is_empty());
    }

    #[test]
    fn an_empty_list_is_no_member() {
        let members = json!({"a": [], "b": "x"});
        let readings = form_readings(members.as_object().unwrap(), Some("a"));
        assert_eq!(readings.len(), 1);
        assert!(!readings[0].contains_key("a"));
    }
}
