//! Requests that keep the contract: the document's examples, all fields, the values of enums, the
//! inner side of every bound.

use serde_json::{Map, Value, json};

use super::cases::{Cases, Change, Title, is_reference};
use super::spot::{At, Spot};
use super::value::{Extent, Making};
use super::{letters, number, own_key, sent, text};
use crate::place::pointer;
use crate::scenario::Step;
use crate::schema::{Cursor, Keyword, is_known_format};

/// Longest text, and most values of an enum, that are tried.
const LONGEST: usize = 20_000;
const MOST_CHOICES: usize = 20;
/// Longest list that is tried.
const MOST_ITEMS: usize = 200;

/// A case for each example of the request's body.
pub(super) fn examples(cases: &mut Cases<'_>) {
    let operation = cases.operation;
    let media = operation.body.iter().flat_map(|body| &body.media);
    for media in media.filter(|media| super::request::is_writable(media)) {
        let document = &cases.maker.contract().document;
        let mut examples: Vec<(String, String)> = Vec::new();
        let single = pointer::join(&media.pointer, "example");
        if document.get(&single).is_some() {
            examples.push(("example".to_owned(), single));
        }
        let several = pointer::join(&media.pointer, "examples");
        let names = document.get(&several).and_then(Value::as_object);
        for name in names.into_iter().flat_map(Map::keys) {
            let place = pointer::join(&several, name);
            if let Ok(place) = document.resolve(&place) {
                examples.push((format!("example {name}"), pointer::join(&place, "value")));
            }
        }
        for (name, place) in examples {
            let Some(value) = document.get(&place) else {
                continue;
            };
            // `inspect` tells of examples that break their own schema.
            if !media
                .schema
                .as_ref()
                .is_some_and(|schema| cases.maker.is_valid(schema, value))
            {
                continue;
            }
            let title = Title {
                slug: name.clone(),
                why: format!("{name} of the document"),
                promise: place,
            };
            cases.add(title, |stage| {
                let simplest = stage.request(Extent::Required)?;
                let mut draft = simplest.clone();
                draft.body = Some(stage.provider.draft_body(
                    stage.operation,
                    media,
                    value.clone(),
                    &mut stage.setup,
                    &mut stage.random,
                )?);
                own_key::agree_after(stage.provider.maker(), &mut draft, &At::Body(String::new()));
                Ok(Some(vec![stage.accepted(&draft, Some(&simplest))]))
            });
        }
    }
}

/// A case with all fields, and one for each value at the inner side of a limit.
pub(super) fn add<'a>(cases: &mut Cases<'a>, spots: &[Spot<'a>]) {
    if spots.iter().any(|spot| !spot.required) {
        let title = Title {
            slug: "all_fields".to_owned(),
            why: "all fields".to_owned(),
            promise: String::new(),
        };
        let is_guessed = spots.iter().any(is_guess);
        cases.add(title, |stage| {
            let simplest = stage.request(Extent::Required)?;
            let draft = stage.request(Extent::Everything)?;
            let control = (!is_guessed).then_some(&simplest);
            Ok(Some(vec![stage.accepted(&draft, control)]))
        });
    }
    for spot in spots {
        if is_reference(cases, spot) {
            continue;
        }
        for (slug, why, keyword, value) in values(cases, spot) {
            try_value(cases, spot, (slug, why, keyword), value);
        }
    }
}

/// Whether the values have a format that nobody knows: then a refusal says nothing.
fn is_guess(spot: &Spot<'_>) -> bool {
    let merged = &spot.merged;
    let is_given = merged.choices.is_some() || !merged.examples.is_empty();
    !is_given && merged.format.is_some_and(|name| !is_known_format(name))
}

type Tried = (String, String, Keyword, Value);

/// Valid values of special interest: slug, reason, keyword, value.
fn values<'a>(cases: &Cases<'a>, spot: &Spot<'a>) -> Vec<Tried> {
    let merged = &spot.merged;
    let slug = spot.slug();
    let name = &spot.name;
    let mut random = cases.random(&slug);
    let mut found: Vec<Tried> = Vec::new();
    if merged.only_returned {
        return found;
    }
    if let Some(choices) = &merged.choices {
        for choice in choices.iter().filter(|c| !c.is_null()).take(MOST_CHOICES) {
            let word = choice
                .as_str()
                .map_or_else(|| choice.to_string(), str::to_owned);
            found.push((
                format!("{slug}_is_{word}"),
                format!("enum value {word} of {name}"),
                Keyword::Enum,
                (*choice).clone(),
            ));
        }
        return found;
    }
    match merged.kind() {
        Some("boolean") => {
            for flag in [true, false] {
                found.push((
                    format!("{slug}_is_{flag}"),
                    format!("{flag} for {name}"),
                    Keyword::Type,
                    json!(flag),
                ));
            }
        }
        Some("string") => {
            let bounds = [
                (Keyword::MinLength, "characters", Some(merged.min_length)),
                (Keyword::MaxLength, "characters", merged.max_length),
                (Keyword::MaxBytes, "bytes", merged.max_bytes),
            ];
            for (keyword, unit, length) in bounds {
                let Some(length) = length.filter(|n| (1..=LONGEST).contains(n)) else {
                    continue;
                };
                if let Some(text) = text::exactly(merged, length, &mut random) {
                    found.push((
                        format!("{slug}_of_{length}_{unit}"),
                        format!("{keyword} {length} just kept in {name}"),
                        keyword,
                        json!(text),
                    ));
                }
            }
            if let Some(text) = text::in_capitals(merged, &mut random)
                && !letters::is_formed(spot)
            {
                found.push((
                    format!("{slug}_in_capitals"),
                    format!("capitals, which the pattern of {name} names"),
                    Keyword::Pattern,
                    json!(text),
                ));
            }
        }
        Some(kind @ ("integer" | "number")) => {
            let whole = kind == "integer";
            let bounds = [
                (Keyword::Minimum, number::smallest(merged, whole)),
                (Keyword::Maximum, number::largest(merged, whole)),
            ];
            for (keyword, value) in bounds {
                let Some(value) = value else { continue };
                found.push((
                    format!("{slug}_of_{}", spelled(&value)),
                    format!("{keyword} just kept in {name}"),
                    keyword,
                    value,
                ));
            }
        }
        Some("array") => {
            let fewest = (merged.min_items > 1).then_some(merged.min_items);
            let most = merged.max_items.filter(|most| *most <= MOST_ITEMS);
            for (keyword, count) in [(Keyword::MinItems, fewest), (Keyword::MaxItems, most)] {
                let Some(count) = count else { continue };
                if let Some(items) = items(cases, spot, count) {
                    found.push((
                        format!("{slug}_of_{count}_items"),
                        format!("{keyword} {count} just kept in {name}"),
                        keyword,
                        items,
                    ));
                }
            }
        }
        _ => {}
    }
    found
}

/// A number as a part of the name of a case.
pub(super) fn spelled(number: &Value) -> String {
    number.to_string().replace('-', "minus_")
}

/// So many items of a list.
pub(super) fn items<'a>(cases: &Cases<'a>, spot: &Spot<'a>, count: usize) -> Option<Value> {
    let mut random = cases.random(&spot.name);
    let mut making = Making {
        schemas: cases.maker.schemas(),
        random: &mut random,
        extent: Extent::Required,
        attempt: 0,
    };
    making
        .items(&spot.merged, count, &spot.name, 0)
        .map(Value::Array)
}

/// Adds a case with this value, if it is valid.
fn try_value(
    cases: &mut Cases<'_>,
    spot: &Spot<'_>,
    (slug, why, keyword): (String, String, Keyword),
    value: Value,
) {
    let maker = cases.maker;
    if let At::Argument(location, name) = &spot.at {
        let parameter = cases.operation.parameter(*location, name);
        let schema = parameter.and_then(|parameter| parameter.schema.as_ref());
        if !sent::can_travel(*location, &value)
            || !schema.is_some_and(|schema| maker.is_valid(schema, &value))
        {
            return;
        }
    }
    let title = Title {
        slug,
        why,
        promise: place_of(&spot.node, keyword),
    };
    cases.add(title, |stage| {
        let change = Change::Set(value);
        let (draft, simplest) = stage.changed(&spot.at, &change)?;
        let is_renaming = own_key::names_another(&simplest, &spot.at);
        if is_renaming || !sent::is_valid(maker, &draft) {
            return Ok(None);
        }
        Ok(Some(vec![Step {
            instead: stage.fuller(&draft, &spot.at, &change),
            ..stage.accepted(&draft, Some(&simplest))
        }]))
    });
}

/// The place of a keyword in the document.
pub(super) fn place_of(node: &Cursor<'_>, keyword: Keyword) -> String {
    pointer::join(node.place(), keyword.name())
}
