//! The properties of answers and the values of their enums.

use std::collections::VecDeque;

use foldhash::HashMap;
use serde_json::Value;

use super::promise::Promises;
use crate::contract::{Contract, Shape, ShapeId, Shapes};
use crate::outcome::Axis;
use crate::place::pointer;
use crate::schema::{Cursor, Keyword};
use crate::wire::StatusRange;

/// Properties that are counted of one response, those nearest to its root first. A document may
/// describe answers without end.
const MOST: usize = 500;
/// Items of an array that are looked at.
const ITEMS: usize = 32;

/// What a body may have, as a tree.
#[derive(Debug)]
pub(super) struct Output {
    nodes: Vec<Node>,
}

/// What one place of a body may have.
#[derive(Debug, Default)]
struct Node {
    /// That it is there.
    promise: Option<usize>,
    /// That it has this value.
    values: Vec<(Value, usize)>,
    members: HashMap<String, usize>,
    items: Option<usize>,
}

/// A place that has a node already, and whose shape is still to be looked into.
struct Open<'a> {
    node: usize,
    shape: &'a Shape,
    place: String,
    /// The schemas around it, so that no schema is looked for within itself.
    around: Vec<&'a str>,
}

impl Output {
    pub(super) fn of(
        contract: &Contract,
        shapes: &Shapes,
        root: &Shape,
        status: StatusRange,
        promises: &mut Promises,
    ) -> Self {
        let mut nodes = vec![Node::default()];
        let mut open = VecDeque::from([Open {
            node: 0,
            shape: root,
            place: String::new(),
            around: Vec::new(),
        }]);
        let mut left = MOST;
        while let Some(current) = open.pop_front() {
            let shape = current.shape;
            for value in enum_of(contract, &shape.pointer) {
                let name = format!("{status} {}: {value}", current.place);
                let promise = promises.seen(Axis::EnumValues, name);
                nodes[current.node].values.push((value.clone(), promise));
            }
            if current.around.contains(&shape.pointer.as_str()) {
                continue;
            }
            let mut around = current.around.clone();
            around.push(&shape.pointer);
            if let Some(items) = shapes.items(shape) {
                nodes.push(Node::default());
                let node = nodes.len() - 1;
                nodes[current.node].items = Some(node);
                open.push_back(Open {
                    node,
                    shape: items,
                    place: format!("{}/*", current.place),
                    around: around.clone(),
                });
            }
            for (name, id) in sorted(shape) {
                if left == 0 {
                    break;
                }
                left -= 1;
                let place = pointer::join(&current.place, name);
                nodes.push(Node {
                    promise: Some(promises.seen(Axis::Properties, format!("{status} {place}"))),
                    ..Node::default()
                });
                let node = nodes.len() - 1;
                nodes[current.node].members.insert(name.to_owned(), node);
                open.push_back(Open {
                    node,
                    shape: shapes.get(id),
                    place,
                    around: around.clone(),
                });
            }
        }
        Self { nodes }
    }

    /// Marks what a body has.
    pub(super) fn body(&self, body: &Value, mark: &mut dyn FnMut(usize)) {
        self.descend(0, body, mark);
    }

    fn descend(&self, node: usize, value: &Value, mark: &mut dyn FnMut(usize)) {
        let node = &self.nodes[node];
        if let Some(promise) = node.promise {
            mark(promise);
        }
        for (known, promise) in &node.values {
            if known == value {
                mark(*promise);
            }
        }
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if let Some(node) = node.members.get(name) {
                        self.descend(*node, value, mark);
                    }
                }
            }
            Value::Array(items) => {
                for (node, value) in node.items.iter().flat_map(|node| {
                    let items = items.iter().take(ITEMS);
                    items.map(move |item| (*node, item))
                }) {
                    self.descend(node, value, mark);
                }
            }
            _ => {}
        }
    }
}

fn enum_of<'a>(contract: &'a Contract, schema: &str) -> &'a [Value] {
    let schema = Cursor::at(&contract.document, schema);
    schema.map_or(&[], |schema| schema.values(Keyword::Enum))
}

/// Properties in an order that every run has.
fn sorted(shape: &Shape) -> Vec<(&str, ShapeId)> {
    let properties = shape.properties.iter();
    let mut properties: Vec<(&str, ShapeId)> =
        properties.map(|(name, id)| (name.as_str(), *id)).collect();
    properties.sort_unstable();
    properties
}
