//! Compiling schemas, and finding all that are malformed where the compiler tells of one. Those are
//! put out of the way, so that the others can be used.

use std::collections::{BTreeMap, HashMap, HashSet};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, ValidationError, ValidationOptions, Validator};
use serde_json::{Map, Value, json};

use super::definitions::{BASE, Faults, Store, decoded, original, source, target};
use super::max_bytes::MaxBytes;
use super::{annex_b, format};
use crate::keyword::{Keyword, Takes};
use crate::place::pointer;
use crate::spec::{Document, Level, LoadError, Problem, nearest};

/// How far a regular expression may go back before it counts as runaway.
const BACKTRACK_LIMIT: usize = 100_000;

/// The types of JSON Schema.
const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "array", "object", "null",
];

/// Faulty definitions that are told of one place.
const MOST_FAULTS: usize = 100;

const REMEDY: &str =
    "correct the schema (JSON Schema 2020-12, or the dialect of the document's version)";

/// Definitions that are compiled under one root.
pub(super) struct Compiled {
    pub(super) validator: Validator,
    /// What is to be known of definitions that can be used all the same.
    pub(super) notes: Vec<Problem>,
    /// The definitions that one leads to, if any cannot be used.
    links: HashMap<String, Vec<String>>,
}

/// Compiles the definitions of a store, and references to some of them as the properties `0`, `1`
/// and so on. Faults that are found are added to those of the store; a definition that has one is
/// made to allow everything.
///
/// # Errors
/// When no single definition is at fault.
pub(super) fn compile<'r>(
    store: &mut Store<'_>,
    references: impl Iterator<Item = &'r str>,
) -> Result<Compiled, LoadError> {
    let slots: Map<String, Value> = references
        .enumerate()
        .map(|(slot, reference)| (slot.to_string(), json!({ "$ref": reference })))
        .collect();
    let mut root = json!({ "properties": slots, "$defs": {} });
    if store.faults.is_empty()
        && let Ok(validator) = build(&mut root, &mut store.definitions)
    {
        return Ok(Compiled {
            validator,
            notes: Vec::new(),
            links: HashMap::new(),
        });
    }
    let links = all_links(&store.definitions);
    let notes = search(store);
    loop {
        for name in store.faults.keys() {
            store.definitions.insert(name.clone(), Value::Bool(true));
        }
        match build(&mut root, &mut store.definitions) {
            Err(error) => blame(store, &error)?,
            Ok(validator) => {
                return Ok(Compiled {
                    validator,
                    notes,
                    links,
                });
            }
        }
    }
}

/// Compiles a root with these definitions in it, which come back unchanged.
fn build(
    root: &mut Value,
    definitions: &mut Map<String, Value>,
) -> Result<Validator, ValidationError<'static>> {
    root["$defs"] = Value::Object(std::mem::take(definitions));
    let built = options().build(root);
    if let Value::Object(back) = root["$defs"].take() {
        *definitions = back;
    }
    built
}

impl Compiled {
    /// The faults of the definitions that a reference leads to, the first of them where there are
    /// very many.
    pub(super) fn faults_behind(&self, reference: &str, faults: &Faults) -> Vec<Problem> {
        let mut waiting: Vec<String> = target(reference).into_iter().collect();
        let mut seen: HashSet<String> = waiting.iter().cloned().collect();
        let mut found = BTreeMap::new();
        while let Some(name) = waiting.pop() {
            if found.len() >= MOST_FAULTS {
                break;
            }
            found.extend(faults.get_key_value(&name));
            for next in self.links.get(&name).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    waiting.push(next.clone());
                }
            }
        }
        found.into_values().flatten().cloned().collect()
    }
}

fn options() -> ValidationOptions<'static> {
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_base_uri(BASE)
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .with_keyword(Keyword::MaxBytes.name(), |_, limit, _| {
            Ok(Box::new(MaxBytes::new(limit)))
        })
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT));
    format::CHECKED
        .iter()
        .fold(options, |options, (name, check)| {
            options.with_format(*name, *check)
        })
}

/// Adds an error to the faults of the definition that it is about. Each is right by itself.
fn blame(store: &mut Store<'_>, error: &ValidationError<'_>) -> Result<(), LoadError> {
    let found = unusable(store, error);
    let name = definition_of(error).filter(|name| store.definitions.contains_key(name));
    match name {
        Some(name) if !store.faults.contains_key(&name) => {
            store.faults.insert(name, found.problems);
            Ok(())
        }
        _ => Err(found),
    }
}

fn unusable(store: &Store<'_>, error: &ValidationError<'_>) -> LoadError {
    let place = place_of(error, &store.moved)
        .unwrap_or_else(|| source(error.instance_path().as_str(), &store.moved));
    LoadError {
        problems: vec![problem(store.document, &place, error)],
    }
}

fn problem(document: &Document, place: &str, error: &ValidationError<'_>) -> Problem {
    let (message, remedy) = match unknown_type(place, error) {
        Some(kind) => (
            format!("there is no type '{kind}'"),
            nearest(kind, TYPES.into_iter())
                .unwrap_or_else(|| format!("use one of {}", TYPES.join(", "))),
        ),
        None => (error.to_string(), REMEDY.to_owned()),
    };
    let message = format!("the schema cannot be used: {message}");
    document.problem(Level::Error, place, message, remedy)
}

/// The type that there is not, if an error is about that.
fn unknown_type<'e>(place: &str, error: &'e ValidationError<'_>) -> Option<&'e str> {
    let is_choice = matches!(error.kind(), ValidationErrorKind::AnyOf { .. });
    if !is_choice || !place.ends_with("/type") {
        return None;
    }
    let given = match error.instance().as_ref() {
        Value::Array(many) => many.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut unknown = given.iter().filter_map(Value::as_str);
    unknown.find(|kind| !TYPES.contains(kind))
}

/// The place in the document of the keyword that an error is about.
pub(super) fn place_of(
    error: &ValidationError<'_>,
    moved: &HashMap<String, String>,
) -> Option<String> {
    let (name, below) = in_definition(error)?;
    Some(match name {
        Some(name) => original(format!("{}{below}", &name[1..]), moved),
        None => source(&below, moved),
    })
}

/// The name of the definition that an error is about.
fn definition_of(error: &ValidationError<'_>) -> Option<String> {
    let name = |place: &str| {
        let mut tokens = pointer::tokens(place);
        tokens.next().filter(|token| token == "$defs")?;
        tokens.next()
    };
    match in_definition(error) {
        Some((Some(name), _)) => Some(name),
        Some((None, below)) => name(&below),
        None => name(error.instance_path().as_str()),
    }
}

/// The name of the schema resource that the keyword of an error stands in, and its place there.
fn in_definition(error: &ValidationError<'_>) -> Option<(Option<String>, String)> {
    let uri = error.absolute_keyword_location()?.to_string();
    let (uri, fragment) = uri.split_once('#')?;
    let name = uri.strip_prefix(BASE)?.strip_prefix('/').map(decoded);
    Some((name, decoded(fragment)))
}

/// The definitions that each one leads to.
fn all_links(definitions: &Map<String, Value>) -> HashMap<String, Vec<String>> {
    let links = definitions.iter().map(|(name, schema)| {
        let mut links = Vec::new();
        let mut waiting = vec![schema];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Object(members) => {
                    let reference = members.get("$ref").and_then(Value::as_str);
                    links.extend(reference.and_then(target));
                    waiting.extend(members.values());
                }
                Value::Array(items) => waiting.extend(items),
                _ => {}
            }
        }
        (name.clone(), links)
    });
    links.collect()
}

/// Adds everything that is wrong with each definition by itself. Patterns that can be read in
/// another way are rewritten, which is noted.
fn search(store: &mut Store<'_>) -> Vec<Problem> {
    let mut notes = Vec::new();
    let meta = jsonschema::draft202012::meta::validator();
    let document = store.document;
    for (name, schema) in &mut store.definitions {
        let place = |below: &str| original(format!("{}{below}", &name[1..]), &store.moved);
        let errors = meta.iter_errors(schema);
        let mut problems: Vec<Problem> = errors
            .map(|error| problem(document, &place(error.instance_path().as_str()), &error))
            .collect();
        patterns(schema, &mut String::new(), &mut |at, pattern| {
            let Err(error) = options().build(&json!({ "pattern": pattern })) else {
                return;
            };
            let other = annex_b::with_unicode(pattern);
            match other.filter(|other| options().build(&json!({ "pattern": other })).is_ok()) {
                Some(other) => {
                    notes.push(document.problem(
                        Level::Note,
                        &place(at),
                        format!("the pattern '{pattern}' is one without the flag u only"),
                        format!("it is read as '{other}', which says the same; write that"),
                    ));
                    *pattern = other;
                }
                None => problems.push(problem(document, &place(at), &error)),
            }
        });
        if !problems.is_empty() {
            store
                .faults
                .entry(name.clone())
                .or_default()
                .extend(problems);
        }
    }
    notes
}

/// Visits every pattern of a schema, with its place.
fn patterns(schema: &mut Value, at: &mut String, visit: &mut dyn FnMut(&str, &mut String)) {
    let Value::Object(members) = schema else {
        return;
    };
    let length = at.len();
    if let Some(Value::Object(by_pattern)) = members.get_mut("patternProperties") {
        let mut renamed = Map::new();
        for (mut pattern, schema) in std::mem::take(by_pattern) {
            pointer::push(at, "patternProperties");
            pointer::push(at, &pattern);
            visit(at, &mut pattern);
            at.truncate(length);
            renamed.insert(pattern, schema);
        }
        *by_pattern = renamed;
    }
    for (name, value) in members {
        let Some(keyword) = Keyword::of(name) else {
            continue;
        };
        pointer::push(at, name);
        let inner = at.len();
        match (keyword.takes(), value) {
            (Takes::Pattern, Value::String(pattern)) => visit(at, pattern),
            (Takes::SchemaMap, Value::Object(named)) => {
                for (name, schema) in named {
                    pointer::push(at, name);
                    patterns(schema, at, visit);
                    at.truncate(inner);
                }
            }
            (Takes::Schemas, Value::Array(list)) => {
                for (i, schema) in list.iter_mut().enumerate() {
                    pointer::push(at, &i.to_string());
                    patterns(schema, at, visit);
                    at.truncate(inner);
                }
            }
            (Takes::Schema | Takes::SchemaOrFlag, schema) => patterns(schema, at, visit),
            _ => {}
        }
        at.truncate(length);
    }
}
