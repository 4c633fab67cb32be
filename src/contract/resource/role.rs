//! What operations are to resources.

use std::fmt;

use foldhash::{HashMap, HashSet};

use super::naming::snake_case;
use super::{Resource, ResourceKind};
use crate::contract::operation::{Operations, Outline, PathTemplate};

/// What an operation is to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It creates an item.
    Create,
    /// It lists the items.
    List,
    /// It returns an item.
    Fetch,
    /// It replaces an item as a whole (`PUT`).
    Replace,
    /// It changes some properties of an item.
    Update,
    /// It deletes an item.
    Delete,
    /// It does something else with an item or the collection: `POST /things/{id}/activate`.
    Action,
    /// It returns the items that a query names: `POST /things/search`.
    Search,
    /// It changes several items at once: `DELETE /things`.
    Bulk,
    /// It reads a part or a view of an item or the collection.
    View,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 10] = [
        Self::Create,
        Self::List,
        Self::Fetch,
        Self::Replace,
        Self::Update,
        Self::Delete,
        Self::Action,
        Self::Search,
        Self::Bulk,
        Self::View,
    ];

    /// The name, as `[resources]` of `trueup.toml` and `inspect` write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Fetch => "fetch",
            Self::Replace => "replace",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Action => "action",
            Self::Search => "search",
            Self::Bulk => "bulk",
            Self::View => "view",
        }
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether a resource may have several operations in this role.
    pub fn is_repeatable(self) -> bool {
        matches!(self, Self::Action | Self::Search | Self::Bulk | Self::View)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A resource of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResourceId(pub(super) usize);

impl ResourceId {
    /// The index among the resources whose items have paths; `None` for other kinds.
    pub fn index(self, resources: &[Resource]) -> Option<usize> {
        (self.0 < resources.len()).then_some(self.0)
    }
}

/// Words in the last part of a path that looks for items.
const SEARCH: [&str; 6] = ["search", "find", "query", "lookup", "filter", "searches"];
/// Words in the last part of a path for several items at once.
const BULK: [&str; 5] = ["bulk", "batch", "import", "batches", "multi"];

/// Assigns roles to the operations that do not create, list, fetch, change, delete or view items.
///
/// Only the methods, paths and names of operations count, so none is read for this.
pub(super) fn add_others(resources: &mut [Resource], operations: &Operations) {
    let known: HashSet<String> = resources
        .iter()
        .flat_map(Resource::roles)
        .map(|(_, id)| id.to_owned())
        .collect();
    let mut by_item: HashMap<String, usize> = HashMap::default();
    let mut by_collection: HashMap<String, usize> = HashMap::default();
    for (index, resource) in resources.iter().enumerate() {
        if resource.kind == ResourceKind::Items {
            by_item.entry(resource.item_path.shape()).or_insert(index);
        }
        if resource.kind != ResourceKind::Singleton {
            let shape = resource.collection_path.shape();
            by_collection.entry(shape).or_insert(index);
        }
    }
    for outline in operations.outlines() {
        let is_plain = matches!(outline.method.as_str(), "HEAD" | "OPTIONS" | "TRACE");
        if known.contains(&outline.id) || is_plain {
            continue;
        }
        if let Some((index, role)) = guess(outline, &by_item, &by_collection) {
            let resource = &mut resources[index];
            if !resource.settled.contains(&role) {
                let others = resource.others.entry(role).or_default();
                others.push(outline.id.clone());
            }
        }
    }
}

fn guess(
    outline: &Outline,
    by_item: &HashMap<String, usize>,
    by_collection: &HashMap<String, usize>,
) -> Option<(usize, Role)> {
    let path = &outline.path;
    let is_get = outline.method == "GET";
    if let Some(index) = by_collection.get(&path.shape()) {
        let is_bulk = matches!(outline.method.as_str(), "PUT" | "PATCH" | "DELETE");
        return is_bulk.then_some((*index, Role::Bulk));
    }
    if let Some(index) = by_item.get(&path.shape()) {
        // Beside the operation that updates an item there may be another.
        return matches!(outline.method.as_str(), "POST" | "PATCH")
            .then_some((*index, Role::Update));
    }
    let text = path.to_string();
    let (before, last) = text.trim_end_matches('/').rsplit_once('/')?;
    if last.contains('{') {
        return None;
    }
    let words = snake_case(last);
    let has = |known: &[&str]| words.split('_').any(|word| known.contains(&word));
    let of_collection = by_collection.get(&PathTemplate::parse(before).shape());
    let of_item = || {
        let last = path.parameters().next_back()?;
        by_item.get(&path.up_to(last)?.shape())
    };
    let index = *of_collection.or_else(of_item)?;
    let role = match (has(&SEARCH), has(&BULK)) {
        (true, _) if is_get || outline.method == "POST" => Role::Search,
        (_, true) if !is_get => Role::Bulk,
        _ if is_get => Role::View,
        _ => Role::Action,
    };
    Some((index, role))
}

/// The roles of all operations, by `operationId`. An operation that creates an item and replaces
/// the one that is there has both roles.
pub(super) fn assign(all: &[Resource]) -> HashMap<String, (ResourceId, Vec<Role>)> {
    let mut roles: HashMap<String, (ResourceId, Vec<Role>)> = HashMap::default();
    // A part of an item that can be changed by itself is more than a view of the item.
    let (singletons, others): (Vec<_>, Vec<_>) = all
        .iter()
        .enumerate()
        .partition(|(_, resource)| resource.kind == ResourceKind::Singleton);
    for (index, resource) in singletons.into_iter().chain(others) {
        for (role, operation) in resource.roles() {
            let (owner, roles) = roles
                .entry(operation.to_owned())
                .or_insert_with(|| (ResourceId(index), Vec::new()));
            if owner.0 == index && !roles.contains(&role) {
                roles.push(role);
            }
        }
    }
    roles
}
