//! What the path of a request names.

use super::state::{Item, State};
use crate::contract::Resource;

/// What a path names.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// The path parameters; other names of items replaced by their ids.
    pub(super) values: Vec<(String, String)>,
    /// The path with those values.
    pub(super) path: String,
    /// Collection and id of the item that stands last in the path.
    pub(super) owner: Option<(String, String)>,
    /// The id that the client chooses for a new item.
    pub(super) new_id: Option<String>,
}

impl Place {
    /// The item that the path names last.
    pub(super) fn owner<'a>(&self, state: &'a State) -> Option<&'a Item> {
        let (collection, id) = self.owner.as_ref()?;
        state.find(collection, id)
    }

    /// The path of an item in the collection at this place.
    pub(super) fn item_path(&self, resource: &Resource, id: &str) -> String {
        let mut values = self.values.iter().map(|(_, value)| value.as_str());
        resource
            .item_path
            .expand(|_| Some(values.next().unwrap_or(id).into()))
            .unwrap_or_default()
    }

    /// The collection of a resource below the same parents: what an operation does to it need not
    /// be at its path.
    pub(super) fn of_collection(&self, resource: &Resource) -> Self {
        let mut values = self.values.iter();
        let own: Vec<(String, String)> = resource
            .collection_path
            .parameters()
            .filter_map(|_| values.next().cloned())
            .collect();
        let mut texts = own.iter().map(|(_, value)| value.as_str());
        let path = resource
            .collection_path
            .expand(|_| texts.next().map(Into::into));
        Self {
            path: path.unwrap_or_default(),
            values: own,
            owner: self.owner.clone(),
            new_id: self.new_id.clone(),
        }
    }
}
