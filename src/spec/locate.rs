//! The line of a JSON pointer in the source text, looked up only when somebody asks for it.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::wire::pointer;

/// Line of a place in a JSON text, counted from 1.
pub(super) fn in_json(text: &str, place: &str) -> Option<usize> {
    let mut node: &str = text.trim();
    for token in pointer::tokens(place) {
        node = if node.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(node).ok()?;
            items.get(token.parse::<usize>().ok()?)?.get()
        } else {
            let members: Members<'_> = serde_json::from_str(node).ok()?;
            members
                .0
                .iter()
                .rev()
                .find(|(name, _)| *name == token)?
                .1
                .get()
        };
    }
    let offset = node.as_ptr() as usize - text.as_ptr() as usize;
    Some(text[..offset].bytes().filter(|b| *b == b'\n').count() + 1)
}

/// The members of an object, their values unread.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    members.push((Cow::Owned(name), map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// Line of a place in a YAML text, counted from 1. A place inside an alias is not found.
pub(super) fn in_yaml(text: &str, place: &str) -> Option<usize> {
    let wanted: Vec<String> = pointer::tokens(place).collect();
    // The collections around the current node: the next index, or the pending key.
    let mut path: Vec<Step> = Vec::new();
    // How many of the innermost steps still match what is wanted.
    let mut matched = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let line = span.start.line();
        match event {
            Event::Scalar(value, ..) => {
                if let Some(Step::Mapping(key @ None)) = path.last_mut() {
                    *key = Some((value.into_owned(), line));
                } else {
                    if let Some(line) = arrives(&path, &wanted, &mut matched, line) {
                        return Some(line);
                    }
                    leave(&mut path, &mut matched);
                }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if let Some(line) = arrives(&path, &wanted, &mut matched, line) {
                    return Some(line);
                }
                path.push(match event {
                    Event::SequenceStart(..) => Step::Sequence(0),
                    _ => Step::Mapping(None),
                });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                path.pop();
                leave(&mut path, &mut matched);
            }
            Event::Alias(_) => {
                if let Some(line) = arrives(&path, &wanted, &mut matched, line) {
                    return Some(line);
                }
                leave(&mut path, &mut matched);
            }
            _ => {}
        }
    }
    None
}

enum Step {
    Sequence(usize),
    Mapping(Option<(String, usize)>),
}

/// Called when a node begins: whether it is the wanted one. Keeps `matched` true.
fn arrives(path: &[Step], wanted: &[String], matched: &mut usize, line: usize) -> Option<usize> {
    if path.is_empty() {
        return wanted.is_empty().then_some(line);
    }
    let depth = path.len();
    if *matched + 1 != depth || depth > wanted.len() {
        return None;
    }
    let (same, line) = match &path[depth - 1] {
        Step::Sequence(index) => (wanted[depth - 1] == index.to_string(), line),
        Step::Mapping(Some((key, key_line))) => (wanted[depth - 1] == *key, *key_line),
        Step::Mapping(None) => (false, line),
    };
    if !same {
        return None;
    }
    if depth == wanted.len() {
        return Some(line);
    }
    *matched = depth;
    None
}

/// Called when a node has ended: the collection around it goes on to its next item.
fn leave(path: &mut [Step], matched: &mut usize) {
    let depth = path.len();
    match path.last_mut() {
        Some(Step::Sequence(index)) => *index += 1,
        Some(Step::Mapping(key)) => *key = None,
        None => {}
    }
    if depth > 0 {
        *matched = (*matched).min(depth - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_names_with_escapes_and_slashes() {
        let text = "{\"a/b\":\n {\"\\u0063\": [\n0,\n1]}}";
        assert_eq!(in_json(text, "/a~1b/c/1"), Some(4));
        assert_eq!(in_json(text, "/a~1b/d"), None);
        assert_eq!(in_json(text, ""), Some(1));
    }

    #[test]
    fn yaml_nested() {
        let text =
            "x:\n  a: {b: 1}\n  c:\n    - d: 1\n      e: 2\n    - d: 3\ny: 1\nz:\n  c:\n  - 9\n";
        assert_eq!(in_yaml(text, "/x/c/0/e"), Some(5));
        assert_eq!(in_yaml(text, "/x/c/1/d"), Some(6));
        assert_eq!(in_yaml(text, "/z/c/0"), Some(10));
        assert_eq!(in_yaml(text, "/x/a/b"), Some(2));
        assert_eq!(in_yaml(text, "/y/c"), None);
        assert_eq!(in_yaml(text, ""), Some(1));
    }
}
