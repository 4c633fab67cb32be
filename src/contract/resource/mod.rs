//! Collections and their items.

mod correction;
mod listing;
mod naming;
mod paging;
mod recognize;
mod resources;
mod shape;
mod states;

use serde_json::Value;

pub use correction::ResourceOverride;
pub(super) use correction::read as read_overrides;
pub use naming::{is_named, singular, snake_case};
pub use paging::{Begin, CountedPages};
pub use resources::Resources;
pub use shape::{Identifier, Shape, ShapeId, Shapes, Varies};
pub use states::Next;

use super::operation::PathTemplate;
use crate::place::pointer;

/// A collection and its items.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Name of one item in `CamelCase`, such as `AssetVersion`.
    pub name: String,
    /// Path of the collection.
    pub collection_path: PathTemplate,
    /// Path of an item.
    pub item_path: PathTemplate,
    /// Path parameter that names the item.
    pub parameter: String,
    /// Property of the item that holds the parameter's value.
    pub id: String,
    /// Index of the parent among the contract's resources.
    pub parent: Option<usize>,
    /// Operation that creates an item.
    pub create: Option<String>,
    /// Operation that lists the items.
    pub list: Option<String>,
    /// Operation that fetches an item.
    pub fetch: Option<String>,
    /// Operation that changes an item.
    pub update: Option<String>,
    /// Operation that deletes an item.
    pub delete: Option<String>,
    /// Operations that read a part or a view of an item.
    pub views: Vec<String>,
    /// JSON pointer of the item's schema; empty if no answer shows an item.
    pub schema: String,
    /// JSON pointer of the item in an answer; empty unless it stands in an envelope.
    pub envelope: String,
    /// Whether the client chooses the id: the operation that creates an item names it in its path.
    pub chosen: bool,
    /// What the body of an item has once others can refer to it (`x-trueup-ready`).
    pub ready: Option<Value>,
}

impl Resource {
    /// The name in `snake_case`.
    pub fn snake_name(&self) -> String {
        snake_case(&self.name)
    }

    /// The id of the item that an answer shows.
    pub fn id_in<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        pointer::get(body, &self.envelope)?.get(&self.id)
    }

    /// How a template names the id in a captured answer: `sid`, `data.id`.
    pub fn id_path(&self) -> String {
        let steps = pointer::tokens(&self.envelope).chain([self.id.clone()]);
        steps.collect::<Vec<_>>().join(".")
    }

    /// All operations of the resource.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        [
            &self.create,
            &self.list,
            &self.fetch,
            &self.update,
            &self.delete,
        ]
        .into_iter()
        .flatten()
        .chain(&self.views)
        .map(String::as_str)
    }
}
