//! The schemas that are compiled together, translated to JSON Schema 2020-12, each under a name that
//! tells its place.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};

use super::translate::{Direction, Reached, translate};
use crate::place::pointer;
use crate::spec::{Document, Problem};

/// Base URI of the compiled schemas; errors name their places below it.
pub(super) const BASE: &str = "trueup:///contract";

/// The schemas that are compiled together, each under a name that tells its place.
pub(super) struct Store<'a> {
    pub(super) document: &'a Document,
    pub(super) definitions: Map<String, Value>,
    waiting: Vec<Key>,
    known: HashSet<Key>,
    /// The keywords that places come from which the document does not have.
    pub(super) moved: HashMap<String, String>,
    /// What is wrong with a definition, by its name.
    pub(super) faults: Faults,
}

/// What is wrong with definitions, by their names.
pub(super) type Faults = BTreeMap<String, Vec<Problem>>;

/// What is translated by itself.
pub(super) type Key = (String, Direction, Reached);

impl<'a> Store<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self {
            document,
            definitions: Map::new(),
            waiting: Vec::new(),
            known: HashSet::new(),
            moved: HashMap::new(),
            faults: Faults::new(),
        }
    }

    /// The reference to the schema at a place, which is translated later.
    pub(super) fn link(&mut self, place: &str, direction: Direction, reached: Reached) -> String {
        // Anchors mean something within their schema resource only, so that stays in one piece.
        let (definition, below) = match self.document.schema_resource(place) {
            Some(resource) => (resource.clone(), place[resource.len()..].to_owned()),
            None => (place.to_owned(), String::new()),
        };
        let has_discriminator = || {
            let schema = self.document.get(&definition);
            schema.is_some_and(|schema| schema.get("discriminator").is_some())
        };
        let reached = match reached {
            Reached::AsBase if below.is_empty() && has_discriminator() => Reached::AsBase,
            _ => Reached::Whole,
        };
        let key = (definition, direction, reached);
        let name = name(&key);
        if !self.known.contains(&key) {
            self.known.insert(key.clone());
            self.waiting.push(key.clone());
        }
        if self.is_resource(&key.0) {
            format!("{}#{}", uri(&name), encoded(&below))
        } else {
            format!("#{}", encoded(&pointer::join("/$defs", &name)))
        }
    }

    fn is_resource(&self, place: &str) -> bool {
        self.document.schema_resource(place).as_deref() == Some(place)
    }

    /// Translates all that is linked, and all that this links.
    pub(super) fn translate(&mut self) {
        let document = self.document;
        while let Some(key) = self.waiting.pop() {
            let (place, direction, reached) = &key;
            let is_inside = self.is_resource(place);
            let translation = translate(document, place, *direction, *reached, &mut |to, how| {
                let reference = self.link(to, *direction, how);
                // A fragment alone would mean a place within that resource.
                match reference.strip_prefix('#') {
                    Some(fragment) if is_inside => format!("{BASE}#{fragment}"),
                    _ => reference,
                }
            });
            let name = name(&key);
            let mut schema = translation.schema;
            if let Value::Object(members) = &mut schema
                && is_inside
            {
                members.insert("$id".to_owned(), Value::from(uri(&name)));
            }
            self.moved.extend(translation.moved);
            if !translation.problems.is_empty() {
                self.faults.insert(name.clone(), translation.problems);
            }
            self.definitions.insert(name, schema);
        }
    }
}

/// The name of a definition: one sign for how it is used, then its place.
pub(super) fn name((place, direction, reached): &Key) -> String {
    let sign = match (direction, reached) {
        (Direction::Request, Reached::Whole) => '>',
        (Direction::Request, Reached::AsBase) => '}',
        (Direction::Response, Reached::Whole) => '<',
        (Direction::Response, Reached::AsBase) => '{',
    };
    format!("{sign}{place}")
}

/// The URI of a definition that is a schema resource.
fn uri(name: &str) -> String {
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("{BASE}/{name}")
}

fn encoded(pointer: &str) -> String {
    percent_encoding::utf8_percent_encode(pointer, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2F", "/")
}

pub(super) fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// The name of the definition that a reference leads to.
pub(super) fn target(reference: &str) -> Option<String> {
    let (uri, fragment) = reference.split_once('#')?;
    match uri.strip_prefix(BASE) {
        Some(name) if !name.is_empty() => Some(decoded(name.strip_prefix('/')?)),
        _ => pointer::tokens(&decoded(fragment)).nth(1),
    }
}

/// The place in the document that a place in the compiled root stands for.
pub(super) fn source(in_root: &str, moved: &HashMap<String, String>) -> String {
    let mut tokens = pointer::tokens(in_root);
    let (Some(defs), Some(name)) = (tokens.next(), tokens.next()) else {
        return String::new();
    };
    if defs != "$defs" {
        return String::new();
    }
    let mut place = name[1..].to_owned();
    for token in tokens {
        pointer::push(&mut place, &token);
    }
    original(place, moved)
}

/// The keyword that a place comes from which the document does not have.
pub(super) fn original(place: String, moved: &HashMap<String, String>) -> String {
    if moved.is_empty() {
        return place;
    }
    let mut around = place.as_str();
    loop {
        if let Some(keyword) = moved.get(around) {
            return keyword.clone();
        }
        match around.rfind('/') {
            Some(end) => around = &around[..end],
            None => return place,
        }
    }
}
