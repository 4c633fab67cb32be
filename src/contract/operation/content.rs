//! What stands in the data of an event: `contentMediaType` and `contentSchema` (`OpenAPI` 3.2.0,
//! Special Considerations for Server-Sent Events).

use std::collections::HashSet;

use serde_json::Value;

use super::media::{Framing, Kind, MediaType};
use crate::place::pointer;
use crate::spec::Document;
use crate::wire::media_type_essence;

/// The keyword that describes the value which a text holds.
pub const CONTENT_SCHEMA: &str = "contentSchema";
/// The keyword that names the media type of a text.
pub const CONTENT_MEDIA_TYPE: &str = "contentMediaType";

/// Takes branches of which not all need to hold, and tells which do.
type Choose<'c> = &'c mut dyn FnMut(Vec<String>) -> Vec<String>;

/// The places of the schemas that the data of events of this media type is judged by.
pub fn content_schemas(document: &Document, media: &MediaType) -> Vec<String> {
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
    let contents = found
        .iter()
        .map(|place| pointer::join(place, CONTENT_SCHEMA));
    let contents = contents.filter(|place| document.get(place).is_some());
    contents.chain(of_events).chain(of_data).collect()
}

/// The places of the schemas that say of the data of an event that it is JSON, where the event is
/// described by this schema.
pub fn contents(
    document: &Document,
    schema: &str,
    of_event: Choose<'_>,
    of_data: Choose<'_>,
) -> Vec<String> {
    let is_json = |place: &String| {
        let media = document.get(&pointer::join(place, CONTENT_MEDIA_TYPE));
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
