//! What stands in the data of an event: `contentMediaType` and `contentSchema` (`OpenAPI` 3.2.0,
//! Special Considerations for Server-Sent Events).

use std::collections::HashSet;

use super::media::{Framing, Kind, MediaType};
use crate::schema::{Cursor, Keyword};
use crate::spec::Document;
use crate::wire::media_type_essence;

/// Receives branches of which not all need to hold, and returns those that do.
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
        .filter_map(|place| content_schema(document, place));
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
    let is_json = |schema: &Cursor<'_>| {
        let media = schema
            .text(Keyword::ContentMediaType)
            .map(media_type_essence);
        media.is_some_and(|media| Kind::of(&media) == Kind::Json)
    };
    let mut all = Vec::new();
    for event in applying(document, schema, of_event) {
        if let Some(data) = event.property("data") {
            all.extend(applying(document, data.place(), of_data));
        }
    }
    let of_json = all.iter().filter(|schema| is_json(schema));
    of_json.map(|schema| schema.place().to_string()).collect()
}

/// The place of the schema of what is in the text that a schema at a place describes.
fn content_schema(document: &Document, place: &str) -> Option<String> {
    let content = Cursor::at(document, place)?.below(Keyword::ContentSchema)?;
    Some(content.place().to_string())
}

/// The schema at a place and all others that hold where it does.
fn applying<'a>(document: &'a Document, schema: &str, choose: Choose<'_>) -> Vec<Cursor<'a>> {
    let mut waiting = vec![schema.to_owned()];
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    while let Some(place) = waiting.pop() {
        let schema = Cursor::resolved_at(document, &place);
        let Some(schema) = schema.filter(|schema| schema.members().is_some()) else {
            continue;
        };
        if !seen.insert(schema.place().clone()) {
            continue;
        }
        let all = [Keyword::Ref, Keyword::AllOf].into_iter();
        waiting.extend(all.flat_map(|keyword| places(&schema, keyword)));
        for list in [Keyword::AnyOf, Keyword::OneOf] {
            waiting.extend(choose(places(&schema, list)));
        }
        found.push(schema);
    }
    found
}

/// The places of the schemas that a keyword holds.
fn places(schema: &Cursor<'_>, keyword: Keyword) -> Vec<String> {
    let held = schema.held(keyword).into_iter();
    held.map(|schema| schema.place().to_string()).collect()
}
