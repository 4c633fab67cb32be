//! Lines of JSON pointers in a source text, looked up on demand.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

use saphyr_parser::{Event, Parser};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::place::pointer;

/// The places in a JSON text that have been looked up so far: a document with thousands of
/// mistakes is read once and not for each of them.
#[derive(Debug, Default)]
pub(super) struct JsonIndex {
    /// By the JSON pointer of an object or array, the parts of the text that its members are.
    members: Mutex<HashMap<String, HashMap<String, Range<usize>>>>,
    /// Offsets of the line breaks.
    breaks: OnceLock<Vec<usize>>,
}

impl JsonIndex {
    /// Line of a place, counted from 1.
    pub(super) fn line(&self, text: &str, place: &str) -> Option<usize> {
        // Nothing half done is left behind.
        let mut known = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        let start = text.len() - text.trim_start().len();
        let mut range = start..text.trim_end().len();
        let mut at = String::new();
        for token in pointer::tokens(place) {
            let members = match known.entry(at.clone()) {
                Entry::Occupied(members) => members.into_mut(),
                Entry::Vacant(new) => new.insert(members_of(text, range)?),
            };
            range = members.get(&token)?.clone();
            pointer::push(&mut at, &token);
        }
        let breaks = || memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        let breaks = self.breaks.get_or_init(breaks);
        Some(breaks.partition_point(|at| *at < range.start) + 1)
    }
}

/// The parts of a text that the members of an object, or the items of an array, are. Of members of
/// the same name the last one counts.
fn members_of(text: &str, range: Range<usize>) -> Option<HashMap<String, Range<usize>>> {
    let node = &text[range];
    let part = |raw: &RawValue| {
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        start..start + raw.get().len()
    };
    if node.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(node).ok()?;
        let items = items.into_iter().enumerate();
        return Some(items.map(|(i, item)| (i.to_string(), part(item))).collect());
    }
    let members: Members<'_> = serde_json::from_str(node).ok()?;
    let members = members.0.into_iter();
    Some(members.map(|(name, value)| (name, part(value))).collect())
}

/// The members of an object, their values unread.
struct Members<'a>(Vec<(String, &'a RawValue)>);

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
                    members.push((name, map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// Lines of all places in a YAML text, counted from 1, by JSON pointer. Places inside an alias
/// have none. Reading stops at the first error.
pub(super) fn index_yaml(text: &str) -> HashMap<String, usize> {
    let mut lines = HashMap::new();
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else {
            break;
        };
        let line = span.start.line();
        match event {
            Event::Scalar(value, ..) => {
                if let Some(Open {
                    collection: Collection::Mapping(key @ None),
                    ..
                }) = open.last_mut()
                {
                    *key = Some((value.into_owned(), line));
                } else {
                    arrive(&mut open, &mut lines, line);
                }
            }
            Event::Alias(_) => {
                arrive(&mut open, &mut lines, line);
            }
            Event::SequenceStart(..) => {
                let pointer = arrive(&mut open, &mut lines, line);
                open.push(Open {
                    pointer,
                    collection: Collection::Sequence(0),
                });
            }
            Event::MappingStart(..) => {
                let pointer = arrive(&mut open, &mut lines, line);
                open.push(Open {
                    pointer,
                    collection: Collection::Mapping(None),
                });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
            }
            _ => {}
        }
    }
    lines
}

/// A collection that is not closed yet.
struct Open {
    pointer: String,
    collection: Collection,
}

enum Collection {
    /// The index of the next item.
    Sequence(usize),
    /// The key whose value comes next, and its line.
    Mapping(Option<(String, usize)>),
}

/// Notes the line of a node that begins, and returns its pointer. A member is where its key is.
fn arrive(open: &mut [Open], lines: &mut HashMap<String, usize>, line: usize) -> String {
    let (pointer, line) = match open.last_mut() {
        None => (String::new(), line),
        Some(Open {
            pointer,
            collection: Collection::Sequence(index),
        }) => {
            let item = pointer::join(pointer, &index.to_string());
            *index += 1;
            (item, line)
        }
        Some(Open {
            pointer,
            collection: Collection::Mapping(key),
        }) => match key.take() {
            Some((key, line)) => (pointer::join(pointer, &key), line),
            None => (pointer.clone(), line),
        },
    };
    lines.insert(pointer.clone(), line);
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_names_with_escapes_and_slashes() {
        let text = "{\"a/b\":\n {\"\\u0063\": [\n0,\n1]}}";
        let index = JsonIndex::default();
        assert_eq!(index.line(text, "/a~1b/c/1"), Some(4));
        assert_eq!(index.line(text, "/a~1b/c/0"), Some(3));
        assert_eq!(index.line(text, "/a~1b/d"), None);
        assert_eq!(index.line(text, ""), Some(1));
    }

    #[test]
    fn yaml_nested() {
        let text =
            "x:\n  a: {b: 1}\n  c:\n    - d: 1\n      e: 2\n    - d: 3\ny: 1\nz:\n  c:\n  - 9\n";
        let lines = index_yaml(text);
        for (place, line) in [
            ("/x/c/0/e", Some(5)),
            ("/x/c/1/d", Some(6)),
            ("/z/c/0", Some(10)),
            ("/x/a/b", Some(2)),
            ("/y/c", None),
            ("", Some(1)),
        ] {
            assert_eq!(lines.get(place).copied(), line, "{place}");
        }
    }
}
