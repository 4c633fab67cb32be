//! Properties that hold for every input, tried with many drawn ones. Equal seeds draw equal inputs,
//! so a failure happens again.

use std::iter::repeat_with;

use fastrand::Rng;
use serde_json::{Map, Value, json};
use trueup::Suite;
use trueup::config::{Environment, Layer, resolve};
use trueup::generate::Size;
use trueup::place::pointer;
use trueup::scenario::{Body, Expression, Segment, Step, Template};
use trueup::schema::{Sampler, regex};

/// Inputs that each property is tried with.
const INPUTS: u64 = 500;

fn each_seed(property: impl Fn(&mut Rng)) {
    for seed in 0..INPUTS {
        property(&mut Rng::with_seed(seed));
    }
}

fn pick<'a, T: ?Sized>(random: &mut Rng, choices: &[&'a T]) -> &'a T {
    choices[random.usize(..choices.len())]
}

fn text(random: &mut Rng, letters: &str, most: usize) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let length = random.usize(..=most);
    repeat_with(|| letters[random.usize(..letters.len())])
        .take(length)
        .collect()
}

// ---- pointers --------------------------------------------------------------------------------------

/// A value whose names have all that a pointer escapes.
fn nested(random: &mut Rng, depth: usize) -> Value {
    match random.u8(..4) {
        0 if depth > 0 => {
            let count = random.usize(..4);
            repeat_with(|| nested(random, depth - 1))
                .take(count)
                .collect()
        }
        1 | 2 if depth > 0 => {
            let count = random.usize(..4);
            let members = repeat_with(|| (text(random, "~/01a% é", 4), nested(random, depth - 1)));
            Value::Object(members.take(count).collect())
        }
        _ => json!(random.u32(..)),
    }
}

fn visit(place: &str, value: &Value, check: &mut impl FnMut(&str, &Value)) {
    check(place, value);
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(&pointer::join(place, &index.to_string()), item, check);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                visit(&pointer::join(place, name), member, check);
            }
        }
        _ => {}
    }
}

#[test]
fn a_pointer_leads_to_the_value_that_it_was_made_for() {
    each_seed(|random| {
        let root = nested(random, 4);
        visit("", &root, &mut |place, value| {
            let found = pointer::get(&root, place).unwrap_or_else(|| panic!("{place} in {root}"));
            assert!(std::ptr::eq(found, value), "{place} in {root}");
            // serde_json follows pointers with code of its own.
            assert_eq!(root.pointer(place), Some(value), "{place}");
        });
    });
}

#[test]
fn tokens_of_a_pointer_are_the_names_that_it_was_made_of() {
    each_seed(|random| {
        let count = random.usize(..5);
        let names: Vec<String> = repeat_with(|| text(random, "~/01a é", 5))
            .take(count)
            .collect();
        let mut place = String::new();
        for name in &names {
            pointer::push(&mut place, name);
        }
        assert_eq!(pointer::tokens(&place).collect::<Vec<_>>(), names);
        let last = pointer::split_last(&place).map(|(_, name)| name);
        assert_eq!(last.as_ref(), names.last(), "{place}");
    });
}

// ---- templates -------------------------------------------------------------------------------------

fn expression(random: &mut Rng) -> Expression {
    let word = |random: &mut Rng| format!("w{}", text(random, "abc_-0", 5));
    match random.u8(..4) {
        0 => Expression::Unique,
        1 => Expression::Repeat(word(random), random.usize(..300)),
        2 => Expression::Unknown(word(random)),
        _ => Expression::Capture {
            name: word(random),
            path: repeat_with(|| word(random)).take(2).collect(),
        },
    }
}

#[test]
fn a_template_reads_back_what_was_written() {
    each_seed(|random| {
        let mut segments: Vec<Segment> = Vec::new();
        for _ in 0..random.usize(1..5) {
            let is_text = matches!(segments.last(), Some(Segment::Text(_)));
            if !is_text && random.bool() {
                segments.push(Segment::Text(format!("t{}", text(random, "a }-", 6))));
            } else {
                segments.push(Segment::Gap(expression(random)));
            }
        }
        let written: String = segments
            .iter()
            .map(|segment| match segment {
                Segment::Text(text) => text.clone(),
                Segment::Gap(expression) => format!("{{{{{expression}}}}}"),
            })
            .collect();
        let read = Template::parse(&written).unwrap();
        assert_eq!(read.0, segments, "{written}");
    });
}

// ---- patterns --------------------------------------------------------------------------------------

/// A pattern of a regular language, anchored or not.
fn pattern(random: &mut Rng, depth: usize) -> String {
    let mut written = String::new();
    for _ in 0..random.usize(1..4) {
        let part = match random.u8(..6) {
            0 if depth > 0 => format!("({}|{})", pattern(random, depth - 1), pattern(random, 0)),
            1 if depth > 0 => format!("(?:{})", pattern(random, depth - 1)),
            2 => pick(random, &["[a-f0-9]", "[^a]", "[A-Za-z_-]", "[é-ü]"]).to_owned(),
            3 => pick(random, &[r"\d", r"\w", r"\.", r"\s"]).to_owned(),
            _ => text(random, "abXY09-", 3),
        };
        let can_repeat = part.chars().count() == 1 || !part.starts_with(char::is_alphanumeric);
        let count = pick(random, &["", "", "?", "*", "+", "{2}", "{1,3}", "{2,}"]);
        written.push_str(&part);
        if can_repeat && !part.is_empty() && !part.starts_with('-') {
            written.push_str(count);
        }
    }
    written
}

#[test]
fn texts_drawn_for_a_pattern_match_it() {
    each_seed(|random| {
        let written = format!("^{}$", pattern(random, 2));
        let expected = regex(&written).unwrap_or_else(|| panic!("{written}"));
        let sampler = Sampler::new(&written).unwrap_or_else(|| panic!("{written}"));
        let (least, most) = sampler.lengths();
        for _ in 0..5 {
            let drawn = sampler.draw(random);
            assert!(expected.is_match(&drawn), "{drawn:?} for {written}");
            let length = drawn.chars().count();
            let fits = length >= least && most.is_none_or(|most| length <= most);
            assert!(fits, "{drawn:?} for {written}: {least} to {most:?}");
        }
        for length in least..least + 4 {
            if let Some(drawn) = sampler.draw_exactly(length, random) {
                assert_eq!(drawn.chars().count(), length, "{drawn:?} for {written}");
                assert!(expected.is_match(&drawn), "{drawn:?} for {written}");
            }
        }
    });
}

// ---- generated cases against a validator -----------------------------------------------------------

/// A schema of one of the kinds that APIs are made of.
fn schema(random: &mut Rng, depth: usize) -> Value {
    let kind = random.u8(..if depth > 0 { 10 } else { 7 });
    match kind {
        0 => {
            let least = random.u32(..5);
            json!({"type": "string", "minLength": least, "maxLength": least + random.u32(1..20)})
        }
        1 => json!({"type": "string", "pattern": pick(random, &["^[a-z]{3,6}$", "^A-\\d+$"])}),
        2 => json!({"type": "string", "format": pick(random, &["date", "date-time", "uuid"])}),
        3 => {
            let least = random.i32(-50..50);
            json!({"type": "integer", "minimum": least, "maximum": least + random.i32(1..90)})
        }
        4 => json!({"type": "integer", "multipleOf": random.u8(2..7), "exclusiveMinimum": 0}),
        5 => json!({"type": "boolean"}),
        6 => json!({"enum": ["red", "green", "blue"], "type": "string"}),
        7 => {
            let least = random.u32(..3);
            json!({
                "type": "array", "items": schema(random, depth - 1),
                "minItems": least, "maxItems": least + random.u32(1..4),
            })
        }
        _ => object(random, depth - 1),
    }
}

fn object(random: &mut Rng, depth: usize) -> Value {
    let names = &["kind", "size", "colour", "tags", "note"][..random.usize(1..5)];
    let properties: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), schema(random, depth)))
        .collect();
    let required: Vec<&&str> = names.iter().filter(|_| random.bool()).collect();
    let mut object = json!({"type": "object", "properties": properties, "required": required});
    if random.bool() {
        object["additionalProperties"] = json!(false);
    }
    object
}

/// A step with all that may be sent in its place or beside it.
fn requests(step: &Step) -> Vec<&Step> {
    let others = step.control.as_deref().into_iter().chain(&step.instead);
    std::iter::once(step)
        .chain(others.flat_map(requests))
        .collect()
}

/// The JSON body of a step; none if the run fills in a part of it.
fn body(step: &Step) -> Option<&Value> {
    match &step.body {
        Some(Body::Value { media, value }) if media == "application/json" => {
            (!value.to_string().contains("{{")).then_some(value)
        }
        _ => None,
    }
}

/// The validator is used directly, with nothing of ours between: it knows JSON Schema 2020-12,
/// which is what a schema of OpenAPI 3.1 is.
#[test]
fn generated_bodies_keep_their_schema_or_break_it_as_their_case_says() {
    let (mut kept, mut broken) = (0, 0);
    for seed in 0..40 {
        let schema = object(&mut Rng::with_seed(seed), 2);
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {"/things": {"post": {
                "operationId": "make",
                "requestBody": {
                    "required": true, "content": {"application/json": {"schema": schema}},
                },
                "responses": {
                    "201": {"description": "made"}, "400": {"description": "refused"},
                },
            }}},
        });
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("api.json"), document.to_string()).unwrap();
        let flags = Layer::default()
            .spec("api.json".to_owned())
            .generate(Size::Full)
            .seed(seed);
        let settings = resolve(folder.path(), flags, &Environment::default()).unwrap();
        let suite = Suite::load(settings).unwrap();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        for case in suite.cases() {
            let steps = case.setup.iter().chain(&case.steps);
            for step in steps.flat_map(requests).filter(|s| s.method.is_none()) {
                let Some(body) = body(step) else { continue };
                let name = &case.name;
                if step.violates {
                    assert!(!validator.is_valid(body), "{name}: {body} keeps {schema}");
                    broken += 1;
                } else if !step.must_be_refused() {
                    assert!(validator.is_valid(body), "{name}: {body} breaks {schema}");
                    kept += 1;
                }
            }
        }
    }
    assert!(kept > 200 && broken > 200, "{kept} kept, {broken} broken");
}
