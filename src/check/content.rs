//! The data of an event holds what `contentMediaType` and `contentSchema` say (`OpenAPI` 3.2.0,
//! Special Considerations for Server-Sent Events).

use std::collections::HashSet;

use serde_json::Value;

use super::view::{View, body_place, show};
use crate::contract::{Framing, Kind, MediaType, Violation};
use crate::outcome::Finding;
use crate::spec::{Direction, Document};
use crate::wire::{media_type_essence, parse_json, pointer};

pub(super) const ID: &str = "content";

/// Takes branches of which not all need to hold, and tells which do.
type Choose<'c> = &'c mut dyn FnMut(Vec<String>) -> Vec<String>;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(media), Some(Value::Array(events))) = (view.media, view.body) else {
        return Vec::new();
    };
    let (Some(schema), Some(Kind::Sequence(Framing::Events))) = (&media.item_schema, view.kind)
    else {
        return Vec::new();
    };
    let events = events.iter().enumerate();
    events
        .filter_map(|(i, event)| Some((i, event, event.get("data")?)))
        .flat_map(|(i, event, data)| {
            let document = &view.contract.document;
            let found = contents(
                document,
                schema,
                &mut |branches| the_one(view, branches, event),
                &mut |branches| the_one(view, branches, data),
            );
            let place = format!("/{i}/data");
            let text = data.as_str().unwrap_or_default();
            let judged = found.into_iter();
            judged.flat_map(move |content| judge_one(view, &content, &place, text))
        })
        .collect()
}

/// The schemas that events of this media type are judged by here.
pub(super) fn schemas(document: &Document, media: &MediaType) -> Vec<String> {
    let Some(schema) = &media.item_schema else {
        return Vec::new();
    };
    if media.kind() != Kind::Sequence(Framing::Events) {
        return Vec::new();
    }
    let mut of_events = Vec::new();
    let mut of_data = Vec::new();
    let found = contents(
        document,
        schema,
        &mut |branches| {
            of_events.extend(branches.iter().cloned());
            branches
        },
        &mut |branches| {
            of_data.extend(branches.iter().cloned());
            branches
        },
    );
    let contents = found.iter().map(|place| pointer::join(place, SCHEMA));
    let contents = contents.filter(|place| document.get(place).is_some());
    contents.chain(of_events).chain(of_data).collect()
}

const SCHEMA: &str = "contentSchema";
const MEDIA_TYPE: &str = "contentMediaType";

/// The places of the schemas that say of the data of an event that it is JSON.
fn contents(
    document: &Document,
    schema: &str,
    of_event: Choose<'_>,
    of_data: Choose<'_>,
) -> Vec<String> {
    let is_json = |place: &String| {
        let media = document.get(&pointer::join(place, MEDIA_TYPE));
        let media = media.and_then(Value::as_str).map(media_type_essence);
        media.is_some_and(|media| Kind::of(&media) == Kind::Json)
    };
    let data = applying(document, schema, of_event)
        .into_iter()
        .map(|place| pointer::join(&pointer::join(&place, "properties"), "data"))
        .filter(|place| document.get(place).is_some());
    let mut all = Vec::new();
    for place in data {
        all.extend(applying(document, &place, of_data));
    }
    all.retain(is_json);
    all
}

/// The schema at a place and all others that hold where it does.
fn applying(document: &Document, schema: &str, choose: Choose<'_>) -> Vec<String> {
    let mut waiting = vec![schema.to_owned()];
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    while let Some(place) = waiting.pop() {
        let Ok(place) = document.resolve_schema(&place) else {
            continue;
        };
        let Some(Value::Object(members)) = document.get(&place) else {
            continue;
        };
        if !seen.insert(place.clone()) {
            continue;
        }
        if members.contains_key("$ref") {
            waiting.extend(document.resolve(&place));
        }
        for (keyword, value) in members {
            let at = pointer::join(&place, keyword);
            let count = value.as_array().map_or(0, Vec::len);
            let branches = (0..count).map(|i| pointer::join(&at, &i.to_string()));
            match keyword.as_str() {
                "allOf" => waiting.extend(branches),
                "anyOf" | "oneOf" => waiting.extend(choose(branches.collect())),
                _ => {}
            }
        }
        found.push(place);
    }
    found
}

/// The branch that a value keeps, if that is only one: where several hold, one of them may have
/// nothing to say of the data.
fn the_one(view: &View<'_>, branches: Vec<String>, value: &Value) -> Vec<String> {
    let validators = &view.checker.validators;
    let holds = |branch: &String| validators.is_valid(branch, Direction::Response, value);
    let kept: Vec<String> = branches.into_iter().filter(holds).collect();
    if kept.len() == 1 { kept } else { Vec::new() }
}

/// Judges the data of one event by a schema that says that it is JSON.
fn judge_one(view: &View<'_>, schema: &str, place: &str, data: &str) -> Vec<Finding> {
    let mut value = match parse_json(data.as_bytes()) {
        Ok(value) => value,
        Err(fault) => {
            return vec![view.finding(
                ID,
                body_place(place),
                &pointer::join(schema, MEDIA_TYPE),
                format!("the data is not well-formed JSON: {fault}"),
                "one JSON value",
                show(&Value::from(data)),
            )];
        }
    };
    let content = pointer::join(schema, SCHEMA);
    let validators = &view.checker.validators;
    let violations = validators.violations(&content, Direction::Response, &mut value);
    let violations = violations.into_iter();
    violations
        .map(|violation| {
            let seen = value.pointer(&violation.instance);
            let (below, message) = told(&violation);
            view.finding(
                ID,
                body_place(&format!("{place}{below}")),
                &violation.schema,
                message,
                &violation.expected,
                seen.map_or_else(|| "nothing".to_owned(), show),
            )
        })
        .collect()
}

/// The place in the data that a violation is about, and what is wrong there.
fn told(violation: &Violation) -> (String, String) {
    let Violation {
        keyword, instance, ..
    } = violation;
    match &violation.property {
        Some(name) if keyword == "required" => (
            pointer::join(instance, name),
            format!("the required property '{name}' is missing"),
        ),
        Some(name) => (
            pointer::join(instance, name),
            format!("the property '{name}' is not documented"),
        ),
        None => (
            instance.clone(),
            format!("the value in the data breaks '{keyword}'"),
        ),
    }
}
