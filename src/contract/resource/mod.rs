//! Collections and their items.

mod array;
mod convention;
mod correction;
mod listing;
mod naming;
mod paging;
mod recognize;
mod resources;
mod role;
mod shape;
mod single;
mod states;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub use convention::{
    PAGE_NUMBERS, PAGE_SIZES, chooses_part, counts_pages, is_opaque_token, is_page_marker,
};
pub use correction::ResourceOverride;
pub(super) use correction::read as read_overrides;
pub use naming::{is_named, singular, snake_case};
pub use paging::{Begin, CountedPages};
pub use resources::Resources;
pub use role::{ResourceId, Role};
pub use shape::{Identifier, Shape, ShapeId, Shapes, Varies};
pub use states::Next;

use super::operation::PathTemplate;
use crate::place::pointer;

/// What the paths of a contract name of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// Items that have paths.
    Items,
    /// One item at a path of its own, such as `/settings`.
    Singleton,
    /// A collection whose items have no paths.
    Itemless,
}

/// Where the id of a new item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdSource {
    /// In the path of the request: the client chooses it.
    Path,
    /// In the body of the response, at this JSON pointer.
    Body(String),
    /// In the `Location` header of the response.
    Location,
    /// The body of the response is the id.
    Value,
    /// In this property of the request's body, or nowhere.
    Request(String),
}

/// One part of an item's key: a path parameter, and the property that holds its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPart {
    /// The path parameter.
    pub parameter: String,
    /// The property of the item, if there is one.
    pub property: Option<String>,
}

/// A collection and its items.
#[derive(Debug, Clone)]
pub struct Resource {
    /// What its paths name.
    pub kind: ResourceKind,
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
    /// Operation that replaces an item as a whole.
    pub replace: Option<String>,
    /// Operation that changes an item: the one that replaces it if there is no other.
    pub update: Option<String>,
    /// Operation that deletes an item.
    pub delete: Option<String>,
    /// Operations that read a part or a view of an item.
    pub views: Vec<String>,
    /// Operations in roles that a resource may have several of, views aside.
    pub(in crate::contract) others: BTreeMap<Role, Vec<String>>,
    /// Roles that the user has settled, so that none is guessed.
    pub(in crate::contract) settled: BTreeSet<Role>,
    /// JSON pointer of the item's schema; empty if no response shows an item.
    pub schema: String,
    /// JSON pointer of the item in a response; empty unless the response has an envelope.
    pub envelope: String,
    /// Where the id of a new item is.
    pub id_source: IdSource,
    /// What names an item below its parent, in the order of the path: more than one for composite
    /// keys. The last part is `parameter` and `id`.
    pub key: Vec<KeyPart>,
    /// What the body of an item has once others can refer to it (`x-trueup-ready`).
    pub ready: Option<Value>,
}

impl Resource {
    /// The name in `snake_case`.
    pub fn snake_name(&self) -> String {
        snake_case(&self.name)
    }

    /// The id of the item that a response shows.
    pub fn id_in<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        pointer::get(body, &self.envelope)?.get(&self.id)
    }

    /// How a template names the id in a captured response: `sid`, `data.id`.
    pub fn id_path(&self) -> String {
        let steps = pointer::tokens(&self.envelope).chain([self.id.clone()]);
        steps.collect::<Vec<_>>().join(".")
    }

    /// Whether the client chooses the id: the operation that creates an item names it in its path.
    pub fn has_client_assigned_id(&self) -> bool {
        self.id_source == IdSource::Path
    }

    /// The operations with their roles. One may have two: it creates an item, and replaces the one
    /// that is there.
    pub fn roles(&self) -> impl Iterator<Item = (Role, &str)> {
        // If no other operation updates an item, the one that replaces it does.
        let updates = self.update.as_ref().filter(|_| self.update != self.replace);
        let single = [
            (Role::Create, self.create.as_ref()),
            (Role::List, self.list.as_ref()),
            (Role::Fetch, self.fetch.as_ref()),
            (Role::Replace, self.replace.as_ref()),
            (Role::Update, updates),
            (Role::Delete, self.delete.as_ref()),
        ];
        let single = single
            .into_iter()
            .filter_map(|(role, id)| Some((role, id?)));
        let views = self.views.iter().map(|id| (Role::View, id));
        let others = self.others.iter();
        let others = others.flat_map(|(role, ids)| ids.iter().map(|id| (*role, id)));
        let all = single.chain(views).chain(others);
        all.map(|(role, id)| (role, id.as_str()))
    }

    /// The operations that create, list, fetch, change or delete items, and those that show a view
    /// of one. No other operation need show an item.
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
