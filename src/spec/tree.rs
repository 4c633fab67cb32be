//! The JSON of a file. The large parts of a JSON text are read on demand.

use std::ops::Range;
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::data;
use crate::keyword::Keyword;
use crate::place::pointer;
use crate::wire::{JsonFault, parse_json};

/// Members by their token in a JSON pointer.
type Members = IndexMap<String, Member, RandomState>;

#[derive(Debug)]
struct Member {
    /// Its name, where that is not its token.
    name: Option<Box<str>>,
    tree: Tree,
}

impl Member {
    fn name<'a>(&'a self, token: &'a str) -> &'a str {
        self.name.as_deref().unwrap_or(token)
    }
}

/// The values of one file.
#[derive(Debug)]
pub(super) enum Tree {
    /// Read.
    Value(Value),
    /// An object whose members are read one by one.
    Object(Box<Object>),
    /// A piece of the text that is read on demand.
    Text {
        range: Range<usize>,
        value: OnceLock<Box<Result<Value, JsonFault>>>,
    },
}

#[derive(Debug)]
pub(super) struct Object {
    members: Members,
    /// The object in one piece, built on demand.
    whole: OnceLock<Value>,
}

impl Tree {
    /// Divides a JSON text into the parts that are read on demand: members of operations,
    /// components, and the other members of path items and of the root.
    ///
    /// # Errors
    /// The first fault in the text.
    pub(super) fn of_json(text: &str) -> Result<Self, JsonFault> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let part = Part::Root;
        let divided = Divide { text, part }
            .deserialize(&mut deserializer)
            .and_then(|tree| deserializer.end().map(|()| tree));
        match divided {
            Ok(tree) => Ok(tree),
            // A text of another shape is read in one piece, which also reports a fault best.
            Err(_) => parse_json(text.as_bytes()).map(Self::Value),
        }
    }

    /// The value at a JSON pointer. A part that cannot be read has none; see [`Tree::faults`].
    pub(super) fn get(&self, text: &str, place: &str) -> Option<&Value> {
        match self {
            Self::Value(value) => pointer::get(value, place),
            Self::Text { range, value } => {
                let read = || Box::new(parse_json(&text.as_bytes()[range.clone()]));
                let value = value.get_or_init(read).as_ref();
                pointer::get(value.as_ref().ok()?, place)
            }
            Self::Object(object) => match place.strip_prefix('/') {
                Some(rest) => {
                    let (member, rest) = step(&object.members, rest)?;
                    member.get(text, rest)
                }
                None => Some(object.whole.get_or_init(|| {
                    let members = object.members.iter().map(|(token, member)| {
                        let value = member.tree.get(text, "").cloned().unwrap_or_default();
                        (member.name(token).to_owned(), value)
                    });
                    members.collect()
                })),
            },
        }
    }

    /// The names of the members of the object at a JSON pointer, without reading the members.
    pub(super) fn names(&self, text: &str, place: &str) -> Option<Vec<&str>> {
        let Self::Object(object) = self else {
            let members = self.get(text, place)?.as_object()?;
            return Some(members.keys().map(String::as_str).collect());
        };
        if let Some(rest) = place.strip_prefix('/') {
            let (member, rest) = step(&object.members, rest)?;
            return member.names(text, rest);
        }
        let members = object.members.iter();
        Some(members.map(|(token, member)| member.name(token)).collect())
    }

    /// The reference at a JSON pointer, if the place has one.
    pub(super) fn reference(&self, text: &str, place: &str) -> Option<&str> {
        if let Self::Object(object) = self {
            return match place.strip_prefix('/') {
                Some(rest) => {
                    let (member, rest) = step(&object.members, rest)?;
                    member.reference(text, rest)
                }
                None => object
                    .members
                    .get(Keyword::Ref.name())?
                    .tree
                    .get(text, "")?
                    .as_str(),
            };
        }
        self.get(text, place)?.get(Keyword::Ref.name())?.as_str()
    }

    /// All parts that describe something, read, with their JSON pointers. With each comes whether
    /// its members are named by the author of the document.
    pub(super) fn parts<'a>(
        &'a self,
        text: &str,
        at: &mut String,
        names: bool,
        visit: &mut dyn FnMut(&mut String, &'a Value, bool),
    ) {
        // What refers to something is one part.
        if let Self::Object(object) = self
            && (names || !object.members.contains_key(Keyword::Ref.name()))
        {
            let length = at.len();
            for (token, member) in &object.members {
                let name = member.name(token);
                if !names && data::is_data(name) {
                    continue;
                }
                pointer::push(at, name);
                let names = !names && data::holds_names(name);
                member.tree.parts(text, at, names, visit);
                at.truncate(length);
            }
        } else if let Some(value) = self.get(text, "") {
            visit(at, value, names);
        }
    }

    /// The parts that were requested and could not be read.
    pub(super) fn faults<'a>(&'a self, at: &mut String, found: &mut Vec<(String, &'a JsonFault)>) {
        match self {
            Self::Value(_) => {}
            Self::Text { value, .. } => {
                if let Some(Err(fault)) = value.get().map(Box::as_ref) {
                    found.push((at.clone(), fault));
                }
            }
            Self::Object(object) => {
                let length = at.len();
                for (token, member) in &object.members {
                    // Most parts were never requested, and this is called often.
                    if matches!(&member.tree, Self::Text { value, .. } if value.get().is_none()) {
                        continue;
                    }
                    at.push('/');
                    at.push_str(token);
                    member.tree.faults(at, found);
                    at.truncate(length);
                }
            }
        }
    }
}

/// The member that the first token names, and the pointer that is left.
fn step<'a, 'p>(members: &'a Members, rest: &'p str) -> Option<(&'a Tree, &'p str)> {
    let end = memchr::memchr(b'/', rest.as_bytes()).unwrap_or(rest.len());
    let token = &rest[..end];
    let member = members.get(token)?;
    Some((&member.tree, &rest[end..]))
}

/// An object whose members are read one by one.
#[derive(Clone, Copy)]
enum Part {
    Root,
    Components,
    Paths,
    PathItem,
    /// One whose members are all read in one piece each: an operation, components of one kind.
    Last,
}

impl Part {
    /// What the member of this name is, if it is divided too.
    fn member(self, name: &str) -> Option<Self> {
        match (self, name) {
            (Self::Root, "components") => Some(Self::Components),
            (Self::Root, "paths") => Some(Self::Paths),
            (Self::Paths, name) if name.starts_with('/') => Some(Self::PathItem),
            (Self::Root, "definitions" | "parameters" | "responses") => Some(Self::Last),
            (Self::Components, name) if !name.starts_with("x-") => Some(Self::Last),
            (Self::PathItem, name) if METHODS.contains(&name) => Some(Self::Last),
            _ => None,
        }
    }
}

/// The members of a path item that are operations.
const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// Divides the object that comes next.
struct Divide<'a> {
    text: &'a str,
    part: Part,
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
        let mut members = Members::default();
        while let Some(name) = map.next_key::<String>()? {
            let tree = if let Some(part) = self.part.member(&name) {
                let text = self.text;
                map.next_value_seed(Divide { text, part })?
            } else {
                let raw: &'de RawValue = map.next_value()?;
                let start = raw.get().as_ptr() as usize - self.text.as_ptr() as usize;
                Tree::Text {
                    range: start..start + raw.get().len(),
                    value: OnceLock::new(),
                }
            };
            let (token, name) = if pointer::is_token(&name) {
                (name, None)
            } else {
                (pointer::join("", &name).split_off(1), Some(name.into()))
            };
            if members.insert(token, Member { name, tree }).is_some() {
                return Err(A::Error::custom("the same name twice"));
            }
        }
        Ok(Tree::Object(Box::new(Object {
            members,
            whole: OnceLock::new(),
        })))
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
        assert_eq!(tree.reference(TEXT, "/components/schemas/A"), None);
    }

    #[test]
    fn what_refers_is_one_part() {
        let text =
            r##"{"paths": {"/a": {"$ref": "#/b"}, "/c": {"get": {"responses": {"200": 1}}}}}"##;
        let tree = Tree::of_json(text).unwrap();
        assert_eq!(tree.reference(text, "/paths/~1a"), Some("#/b"));
        let mut parts = Vec::new();
        tree.parts(text, &mut String::new(), false, &mut |at, _, names| {
            parts.push((at.clone(), names));
        });
        assert_eq!(
            parts,
            [
                ("/paths/~1a".to_owned(), false),
                ("/paths/~1c/get/responses".to_owned(), true)
            ]
        );
    }

    #[test]
    fn a_fault_is_reported_when_its_part_is_read() {
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
        for text in [
            "[1]",
            r#"{"paths": [1]}"#,
            r#"{"paths": {"/": {"get": 1}}}"#,
        ] {
            let tree = Tree::of_json(text).unwrap();
            assert!(matches!(tree, Tree::Value(_)), "{text}");
        }
        assert_eq!(
            Tree::of_json(r#"{"paths": {}, "paths": {}}"#).unwrap_err(),
            JsonFault::DuplicateName("/paths".into())
        );
    }
}
