//! Schemas that lead back to themselves without a step into the value. Nothing could be judged by
//! them, since there is no end to it; without the way back they mean the same.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::wire::pointer;

/// Keywords whose schemas judge the same value.
const ONE: [&str; 4] = ["not", "if", "then", "else"];
const LIST: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// A reference in one of the schemas.
struct Edge {
    /// JSON pointer of the schema with the `$ref`, below the definition.
    at: String,
    /// The definition that it leads to.
    to: usize,
}

/// Removes every reference that closes a circle. `target` tells which definition the text of a
/// `$ref` names. Returns the name of the definition and the place in it for each.
pub(super) fn open(
    definitions: &mut Map<String, Value>,
    target: impl Fn(&str) -> Option<String>,
) -> Vec<(String, String)> {
    let numbers: HashMap<&str, usize> = definitions
        .keys()
        .enumerate()
        .map(|(number, name)| (name.as_str(), number))
        .collect();
    let edges: Vec<Vec<Edge>> = definitions
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
    let mut closing = Vec::new();
    let mut states = vec![State::New; edges.len()];
    for start in 0..edges.len() {
        walk(start, &edges, &mut states, &mut closing);
    }
    let names: Vec<String> = definitions.keys().cloned().collect();
    closing
        .into_iter()
        .filter_map(|(definition, edge)| {
            let (name, at) = (&names[definition], &edges[definition][edge].at);
            let schema = definitions.get_mut(name)?.pointer_mut(at)?;
            schema.as_object_mut()?.shift_remove("$ref");
            Some((name.clone(), at.clone()))
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// Walks all that can be reached from a definition, with a list of its own in place of recursion.
fn walk(
    start: usize,
    edges: &[Vec<Edge>],
    states: &mut [State],
    closing: &mut Vec<(usize, usize)>,
) {
    if states[start] != State::New {
        return;
    }
    states[start] = State::Open;
    let mut way = vec![(start, 0)];
    while let Some((definition, next)) = way.last_mut() {
        let definition = *definition;
        let Some(edge) = edges[definition].get(*next) else {
            states[definition] = State::Done;
            way.pop();
            continue;
        };
        let index = *next;
        *next += 1;
        match states[edge.to] {
            State::Open => closing.push((definition, index)),
            State::Done => {}
            State::New => {
                states[edge.to] = State::Open;
                way.push((edge.to, 0));
            }
        }
    }
}

/// The references of a schema that judge the same value.
fn collect(schema: &Value, at: &mut String, found: &mut dyn FnMut(&str, &str)) {
    let Value::Object(members) = schema else {
        return;
    };
    if let Some(Value::String(text)) = members.get("$ref") {
        found(at, text);
    }
    let length = at.len();
    for keyword in ONE {
        if let Some(schema) = members.get(keyword) {
            pointer::push(at, keyword);
            collect(schema, at, found);
            at.truncate(length);
        }
    }
    for keyword in LIST {
        for (i, schema) in members
            .get(keyword)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            pointer::push(at, keyword);
            pointer::push(at, &i.to_string());
            collect(schema, at, found);
            at.truncate(length);
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
        assert_eq!(opened, [("cat".to_owned(), "/allOf/0".to_owned())]);
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
        assert_eq!(
            open(&mut definitions, |text| Some(text.to_owned())).len(),
            1
        );
    }
}
