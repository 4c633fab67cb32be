//! Schemas that lead back to themselves without a step into the value. Nothing could be judged by
//! them, since there is no end to it; without the way back they mean the same.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::walk::each_held;
use crate::keyword::{Applies, Keyword};

/// A reference in one of the schemas.
struct Edge {
    /// JSON pointer of the schema with the `$ref`, below the definition.
    at: String,
    /// The definition that it leads to.
    to: usize,
}

/// Most schemas that one value may be judged by, and most of them one inside the other.
const MOST_SCHEMAS: u64 = 100_000;
const MOST_NESTED: usize = 500;

/// What was found in some definitions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Opened {
    /// Where references closed a circle: names of definitions and places in them.
    pub(super) circles: Vec<(String, String)>,
    /// The definitions by which a value could not be judged in any sensible time.
    pub(super) endless: Vec<String>,
}

/// Removes every reference that closes a circle. `target` tells which definition the text of a
/// `$ref` names.
pub(super) fn open(
    definitions: &mut Map<String, Value>,
    target: impl Fn(&str) -> Option<String>,
) -> Opened {
    let numbers: HashMap<&str, usize> = definitions
        .keys()
        .enumerate()
        .map(|(number, name)| (name.as_str(), number))
        .collect();
    let edges = definitions
        .values()
        .map(|schema| {
            let mut edges = Vec::new();
            collect(schema, &mut String::new(), &mut |at, text| {
                let to = target(text).and_then(|name| numbers.get(name.as_str()).copied());
                edges.extend(to.map(|to| Edge {
                    at: at.to_owned(),
                    to,
                }));
            });
            edges
        })
        .collect();
    let mut walk = Walk::new(edges);
    for start in 0..walk.edges.len() {
        walk.from(start);
    }
    let names: Vec<String> = definitions.keys().cloned().collect();
    let mut opened = Opened::default();
    for (definition, edge) in walk.closing {
        let (name, at) = (&names[definition], &walk.edges[definition][edge].at);
        if let Some(Value::Object(schema)) =
            definitions.get_mut(name).and_then(|s| s.pointer_mut(at))
        {
            schema.shift_remove(Keyword::Ref.name());
            opened.circles.push((name.clone(), at.clone()));
        }
    }
    opened.endless = walk
        .schemas
        .iter()
        .zip(&walk.nested)
        .zip(names)
        .filter(|((schemas, nested), _)| **schemas > MOST_SCHEMAS || **nested > MOST_NESTED)
        .map(|(_, name)| name)
        .collect();
    opened
}

/// A walk over all definitions, with a list of its own in place of recursion.
struct Walk {
    edges: Vec<Vec<Edge>>,
    states: Vec<State>,
    /// How many schemas judge a value, by definition.
    schemas: Vec<u64>,
    /// How many of them are one inside the other.
    nested: Vec<usize>,
    /// Definitions and indexes of the edges that close a circle.
    closing: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

impl Walk {
    fn new(edges: Vec<Vec<Edge>>) -> Self {
        let count = edges.len();
        Self {
            edges,
            states: vec![State::New; count],
            schemas: vec![1; count],
            nested: vec![1; count],
            closing: Vec::new(),
        }
    }

    /// Walks all that can be reached from a definition.
    fn from(&mut self, start: usize) {
        if self.states[start] != State::New {
            return;
        }
        self.states[start] = State::Open;
        let mut way = vec![(start, 0)];
        while let Some((definition, next)) = way.last_mut() {
            let definition = *definition;
            let Some(edge) = self.edges[definition].get(*next) else {
                self.states[definition] = State::Done;
                way.pop();
                if let Some((around, _)) = way.last() {
                    self.count(*around, definition);
                }
                continue;
            };
            let (index, to) = (*next, edge.to);
            *next += 1;
            match self.states[to] {
                State::Open => self.closing.push((definition, index)),
                State::Done => self.count(definition, to),
                State::New => {
                    self.states[to] = State::Open;
                    way.push((to, 0));
                }
            }
        }
    }

    fn count(&mut self, definition: usize, to: usize) {
        let schemas = self.schemas[definition].saturating_add(self.schemas[to]);
        self.schemas[definition] = schemas;
        self.nested[definition] = self.nested[definition].max(self.nested[to] + 1);
    }
}

/// The references of a schema that judge the same value.
fn collect(schema: &Value, at: &mut String, found: &mut dyn FnMut(&str, &str)) {
    let Value::Object(members) = schema else {
        return;
    };
    if let Some(Value::String(text)) = members.get(Keyword::Ref.name()) {
        found(at, text);
    }
    for keyword in Keyword::ALL {
        if keyword.applies() == Applies::InPlace {
            each_held(members, keyword, at, &mut |at, schema| {
                collect(schema, at, found);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_ways_that_stay_at_the_value_are_circles() {
        let Value::Object(mut definitions) = json!({
            "pet": {"oneOf": [{"$ref": "cat"}, {"type": "null"}]},
            "cat": {"allOf": [{"$ref": "pet", "minLength": 1}, {"properties": {"kitten": {"$ref": "cat"}}}]},
        }) else {
            return;
        };
        let opened = open(&mut definitions, |text| Some(text.to_owned()));
        assert_eq!(opened.circles, [("cat".to_owned(), "/allOf/0".to_owned())]);
        assert!(opened.endless.is_empty());
        assert_eq!(definitions["cat"]["allOf"][0], json!({"minLength": 1}));
        assert_eq!(
            definitions["cat"]["allOf"][1]["properties"]["kitten"],
            json!({"$ref": "cat"})
        );
    }

    #[test]
    fn long_ways_need_no_stack() {
        let count = 50_000;
        let mut definitions: Map<String, Value> = (0..count)
            .map(|i| {
                (
                    i.to_string(),
                    json!({"$ref": ((i + 1) % count).to_string()}),
                )
            })
            .collect();
        let opened = open(&mut definitions, |text| Some(text.to_owned()));
        assert_eq!(opened.circles.len(), 1);
        assert_eq!(opened.endless.len(), count - MOST_NESTED);
    }

    #[test]
    fn references_that_multiply_are_reported() {
        let branches = |i: usize| vec![json!({"$ref": (i + 1).to_string()}); 10];
        let mut definitions: Map<String, Value> = (0..8)
            .map(|i| (i.to_string(), json!({ "allOf": branches(i) })))
            .collect();
        definitions.insert("8".to_owned(), json!({}));
        let opened = open(&mut definitions, |text| Some(text.to_owned()));
        assert_eq!(opened.endless, ["0", "1", "2", "3"]);
    }
}
