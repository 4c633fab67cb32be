//! The JSON of a file. The large parts of a JSON text are read when somebody asks for them.

use std::ops::Range;
use std::sync::OnceLock;

use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::data;
use crate::wire::{JsonFault, parse_json, pointer};

/// Members by their token in a JSON pointer, each with its name.
type Members = IndexMap<String, (String, Tree)>;

/// The values of one file.
#[derive(Debug)]
pub(super) enum Tree {
    /// Read.
    Value(Value),
    /// An object whose members are read one by one.
    Object {
        members: Members,
        /// The object in one piece, made when somebody asks for it.
        whole: OnceLock<Value>,
    },
    /// A piece of the text that is read when somebody asks for it.
    Text {
        range: Range<usize>,
        value: OnceLock<Result<Value, JsonFault>>,
    },
}

impl Tree {
    /// Divides a JSON text into the parts that are read on demand: path items, components, and
    /// the other members of the root.
    ///
    /// # Errors
    /// The first fault in the text.
    pub(super) fn of_json(text: &str) -> Result<Self, JsonFault> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let divided = Divide { text, part: "" }
            .deserialize(&mut deserializer)
            .and_then(|tree| deserializer.end().map(|()| tree));
        match divided {
            Ok(tree) => Ok(tree),
            // A text of another shape is read in one piece; that also tells a fault best.
            Err(_) => parse_json(text.as_bytes()).map(Self::Value),
        }
    }

    /// The value at a JSON pointer. A part that cannot be read has none; see [`Tree::faults`].
    pub(super) fn get(&self, text: &str, place: &str) -> Option<&Value> {
        match self {
            Self::Value(value) => pointer::get(value, place),
            Self::Text { range, value } => {
                let value = value.get_or_init(|| parse_json(&text.as_bytes()[range.clone()]));
                pointer::get(value.as_ref().ok()?, place)
            }
            Self::Object { members, whole } => match place.strip_prefix('/') {
                Some(rest) => {
                    let (member, rest) = step(members, rest)?;
                    member.get(text, rest)
                }
                None => Some(whole.get_or_init(|| {
                    let members = members.values().map(|(name, member)| {
                        let value = member.get(text, "").cloned().unwrap_or_default();
                        (name.clone(), value)
                    });
                    members.collect()
                })),
            },
        }
    }

    /// The names of the members of the object at a JSON pointer, nothing of it being read.
    pub(super) fn names(&self, text: &str, place: &str) -> Option<Vec<&str>> {
        let Self::Object { members, .. } = self else {
            let members = self.get(text, place)?.as_object()?;
            return Some(members.keys().map(String::as_str).collect());
        };
        match place.strip_prefix('/') {
            Some(rest) => {
                let (member, rest) = step(members, rest)?;
                member.names(text, rest)
            }
            None => Some(members.values().map(|(name, _)| name.as_str()).collect()),
        }
    }

    /// All parts that describe something, read, with their JSON pointers.
    pub(super) fn parts<'a>(
        &'a self,
        text: &str,
        at: &mut String,
        names: bool,
        visit: &mut dyn FnMut(&mut String, &'a Value),
    ) {
        if let Self::Object { members, .. } = self {
            let length = at.len();
            for (name, member) in members.values() {
                if !names && data::is_data(name) {
                    continue;
                }
                pointer::push(at, name);
                member.parts(text, at, !names && data::holds_names(name), visit);
                at.truncate(length);
            }
        } else if let Some(value) = self.get(text, "") {
            visit(at, value);
        }
    }

    /// The parts that were asked for and could not be read.
    pub(super) fn faults<'a>(&'a self, at: &mut String, found: &mut Vec<(String, &'a JsonFault)>) {
        match self {
            Self::Value(_) => {}
            Self::Text { value, .. } => {
                if let Some(Err(fault)) = value.get() {
                    found.push((at.clone(), fault));
                }
            }
            Self::Object { members, .. } => {
                let length = at.len();
                for (name, member) in members.values() {
                    pointer::push(at, name);
                    member.faults(at, found);
                    at.truncate(length);
                }
            }
        }
    }
}

/// The member that the first token names, and the pointer that is left.
fn step<'a, 'p>(members: &'a Members, rest: &'p str) -> Option<(&'a Tree, &'p str)> {
    let end = rest.find('/').unwrap_or(rest.len());
    let token = &rest[..end];
    let (_, member) = members.get(token)?;
    Some((member, &rest[end..]))
}

/// Divides the object that comes next. `part` is the name of the object: the root has none.
struct Divide<'a> {
    text: &'a str,
    part: &'a str,
}

impl Divide<'_> {
    /// Whether the member of this name is divided again.
    fn goes_on(&self, name: &str) -> bool {
        match self.part {
            "" => matches!(
                name,
                "paths" | "components" | "definitions" | "parameters" | "responses"
            ),
            "components" => !name.starts_with("x-"),
            _ => false,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Divide<'_> {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Divide<'_> {
    type Value = Tree;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut members = Members::new();
        while let Some(name) = map.next_key::<String>()? {
            let tree = if self.goes_on(&name) {
                map.next_value_seed(Divide {
                    text: self.text,
                    part: &name,
                })?
            } else {
                let raw: &'de RawValue = map.next_value()?;
                let start = raw.get().as_ptr() as usize - self.text.as_ptr() as usize;
                Tree::Text {
                    range: start..start + raw.get().len(),
                    value: OnceLock::new(),
                }
            };
            let token = pointer::join("", &name).split_off(1);
            if members.insert(token, (name, tree)).is_some() {
                return Err(A::Error::custom("the same name twice"));
            }
        }
        Ok(Tree::Object {
            members,
            whole: OnceLock::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TEXT: &str = r#"{"openapi": "3.0.3", "paths": {"/a/{b}": {"get": {"x": [1, 2]}}},
        "components": {"schemas": {"A": {"type": "string"}, "B": {"k": 1, "k": 2}}}}"#;

    #[test]
    fn parts_are_found_as_in_one_piece() {
        let tree = Tree::of_json(TEXT).unwrap();
        assert_eq!(tree.get(TEXT, "/paths/~1a~1{b}/get/x/1"), Some(&json!(2)));
        assert_eq!(
            tree.get(TEXT, "/paths"),
            Some(&json!({"/a/{b}": {"get": {"x": [1, 2]}}}))
        );
        assert_eq!(tree.get(TEXT, "/components/schemas/C"), None);
        assert_eq!(
            tree.names(TEXT, "/components/schemas"),
            Some(vec!["A", "B"])
        );
        assert_eq!(tree.names(TEXT, "/paths/~1a~1{b}"), Some(vec!["get"]));
    }

    #[test]
    fn a_fault_is_told_when_its_part_is_read() {
        let tree = Tree::of_json(TEXT).unwrap();
        let faults = |tree: &Tree| {
            let mut found = Vec::new();
            tree.faults(&mut String::new(), &mut found);
            found.len()
        };
        assert_eq!(faults(&tree), 0);
        assert_eq!(tree.get(TEXT, "/components/schemas/B"), None);
        assert_eq!(faults(&tree), 1);
    }

    #[test]
    fn other_shapes_are_read_in_one_piece() {
        for text in ["[1]", r#"{"paths": [1]}"#] {
            let tree = Tree::of_json(text).unwrap();
            assert!(matches!(tree, Tree::Value(_)), "{text}");
        }
        assert_eq!(
            Tree::of_json(r#"{"paths": {}, "paths": {}}"#).unwrap_err(),
            JsonFault::DuplicateName("/paths".into())
        );
    }
}
