//! The schemas of a contract, read once: what the emulator needs to make and to judge values.
//!
//! [`Node`] is one schema as it stands, which values are judged by; [`Schema`] is what it says
//! together with all that it adds to.

mod address;
mod merged;
mod node;
mod pattern;
mod read;

pub(super) use merged::{Flags, Kind, Schema, together};
pub(super) use node::{Choice, Id, NEVER, Node, Types};
pub(super) use pattern::Pattern;

use std::collections::HashMap;

use crate::contract::{self, Contract, MediaType};
use crate::place::pointer;
use read::Reader;

/// All schemas that operations reach.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    nodes: Vec<Node>,
    all: Vec<Schema>,
    by_place: HashMap<String, Id>,
    /// Whether one of them says what members or items may be that no other keyword evaluates.
    has_unevaluated: bool,
}

impl Schemas {
    /// Reads the schemas of all operations and resources.
    pub(super) fn compile(contract: &Contract) -> Self {
        let mut reader = Reader::new(&contract.document);
        for operation in contract.operations.iter() {
            let bodies = operation.body.iter().flat_map(|body| &body.media);
            let answers = operation.responses.iter().flat_map(|r| &r.media);
            let headers = operation.responses.iter().flat_map(|r| &r.headers);
            let places = operation
                .parameters
                .iter()
                .filter_map(|parameter| parameter.schema.as_ref())
                .chain(bodies.chain(answers).filter_map(|m| m.schema.as_ref()))
                .chain(headers.filter_map(|header| header.schema.as_ref()));
            for place in places {
                reader.add_root(place);
            }
            for media in operation.responses.iter().flat_map(|r| &r.media) {
                add_sequence(&mut reader, media);
            }
        }
        // A resource has no schema where no response shows an item.
        for resource in contract.resources.iter().filter(|r| !r.schema.is_empty()) {
            reader.add_root(&resource.schema);
        }
        let Reader {
            nodes,
            places,
            by_place,
            ..
        } = reader;
        let all = places.iter().enumerate();
        let mut schemas = Self {
            all: all
                .map(|(id, place)| merged::merged(&nodes, id, place))
                .collect(),
            has_unevaluated: nodes
                .iter()
                .any(|node| node.unevaluated.is_some() || node.unevaluated_items.is_some()),
            nodes,
            by_place,
        };
        for resource in contract.resources.iter() {
            schemas.add_address(resource);
        }
        schemas
    }

    /// Lets the property that holds an item's own address be written as such.
    fn add_address(&mut self, resource: &contract::Resource) {
        let address = self
            .at(&resource.schema)
            .and_then(|schema| address::own_address(resource, schema));
        let Some((id, template)) = address else {
            return;
        };
        let property = &mut self.all[id];
        if property.kind == Some(Kind::String) && property.url.is_none() {
            self.nodes[id].url = Some(template.to_string());
            property.url = Some(template);
        }
    }

    /// The schema with this index.
    pub(super) fn get(&self, id: Id) -> &Schema {
        &self.all[id]
    }

    /// The keywords of the schema with this index.
    pub(super) fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// All keywords by index.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Whether it has to be noted which members and items keywords evaluate.
    pub(super) fn has_unevaluated(&self) -> bool {
        self.has_unevaluated
    }

    /// The schema at a place that the contract names.
    pub(super) fn at(&self, place: &str) -> Option<&Schema> {
        self.by_place.get(place).map(|id| self.get(*id))
    }

    /// The schema at a JSON pointer in the values of another one.
    pub(super) fn below<'a>(&'a self, schema: &'a Schema, place: &str) -> Option<&'a Schema> {
        pointer::tokens(place).try_fold(schema, |schema, token| match schema.items {
            Some(items) if token.parse::<usize>().is_ok() => Some(self.get(items)),
            _ => schema.property(&token).map(|id| self.get(id)),
        })
    }
}

/// Adds the array that a sequence is of whose items alone are described, by the place of its media
/// type.
fn add_sequence(reader: &mut Reader<'_>, media: &MediaType) {
    let is_written = matches!(media.kind(), contract::Kind::Sequence(_));
    let Some(items) = media.item_schema.as_ref().filter(|_| is_written) else {
        return;
    };
    let list = Node {
        types: Some(Types::ARRAY),
        items: Some(reader.add_root(items)),
        ..Node::default()
    };
    reader.add_made(&media.pointer, list);
}
