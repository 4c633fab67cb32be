//! Lines of JSON pointers in a source text, looked up only when somebody asks for them.

use std::borrow::Cow;
use std::collections::HashMap;

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
        assert_eq!(in_json(text, "/a~1b/c/1"), Some(4));
        assert_eq!(in_json(text, "/a~1b/d"), None);
        assert_eq!(in_json(text, ""), Some(1));
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
