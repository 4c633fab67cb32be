//! The values of a body, each with its shape and the objects around it.

use serde_json::{Map, Value};

use crate::contract::{Shape, Shapes};
use crate::place::InstancePath;

/// All values of a body that have a shape, in the order of the text.
pub(super) struct Nodes<'a>(Vec<Entry<'a>>);

struct Entry<'a> {
    /// Index of the value that it is in; none for the body itself.
    above: Option<usize>,
    step: Step<'a>,
    value: &'a Value,
    shape: &'a Shape,
}

/// The last token of a pointer.
enum Step<'a> {
    Whole,
    Member(&'a str),
    Item(usize),
}

/// One value of a body.
#[derive(Clone, Copy)]
pub(super) struct Node<'n, 'a> {
    nodes: &'n Nodes<'a>,
    index: usize,
    pub(super) value: &'a Value,
    pub(super) shape: &'a Shape,
}

impl<'a> Nodes<'a> {
    /// The values of a body.
    pub(super) fn of(shapes: &'a Shapes, body: Option<(&'a Value, &'a Shape)>) -> Self {
        let mut nodes = Self(Vec::new());
        if let Some((value, shape)) = body {
            nodes.descend(shapes, None, Step::Whole, value, shape);
        }
        nodes
    }

    fn descend(
        &mut self,
        shapes: &'a Shapes,
        above: Option<usize>,
        step: Step<'a>,
        value: &'a Value,
        shape: &'a Shape,
    ) {
        let this = Some(self.0.len());
        self.0.push(Entry {
            above,
            step,
            value,
            shape,
        });
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if let Some(shape) = shapes.member(shape, name) {
                        self.descend(shapes, this, Step::Member(name), value, shape);
                    }
                }
            }
            Value::Array(items) => {
                if let Some(shape) = shapes.items(shape) {
                    for (i, item) in items.iter().enumerate() {
                        self.descend(shapes, this, Step::Item(i), item, shape);
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Node<'_, 'a>> {
        (0..self.0.len()).map(|index| self.node(index))
    }

    fn node(&self, index: usize) -> Node<'_, 'a> {
        let entry = &self.0[index];
        Node {
            nodes: self,
            index,
            value: entry.value,
            shape: entry.shape,
        }
    }
}

impl<'n, 'a> Node<'n, 'a> {
    fn above(self) -> Option<Self> {
        let above = self.nodes.0[self.index].above?;
        Some(self.nodes.node(above))
    }

    /// Its place in the body.
    pub(super) fn path(self) -> InstancePath {
        let above = self.above().map_or_else(InstancePath::root, Self::path);
        match self.nodes.0[self.index].step {
            Step::Whole => above,
            Step::Member(name) => above.join(name),
            Step::Item(i) => above.item(i),
        }
    }

    /// The objects that it is in, the nearest first.
    pub(super) fn around(self) -> impl Iterator<Item = &'a Map<String, Value>> + use<'n, 'a> {
        std::iter::successors(self.above(), |node| node.above())
            .filter_map(|node| node.value.as_object())
    }

    /// A member of the nearest object that it is in.
    pub(super) fn beside(self, name: &str) -> Option<&'a Value> {
        self.around().next()?.get(name)
    }
}
