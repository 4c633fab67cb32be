//! What an API does beyond its contract. The default of every rule is to do nothing special.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::reason::Refusal;
use super::schema::{Schema, Schemas};
use super::sent::Sent;
use super::state::{Collection, Item, State};
use crate::contract::Resource;
use crate::wire::Status;

/// An item that is about to be created.
pub(super) struct Creation<'a> {
    /// What kind of item it is.
    pub(super) resource: &'a Resource,
    /// Path of the collection that it goes to.
    pub(super) collection: &'a str,
    /// The item that the collection stands below.
    pub(super) parent: Option<&'a Item>,
    /// What was sent, after validation.
    pub(super) sent: &'a Sent,
    /// What was known of it beforehand, by JSON pointer.
    pub(super) known: &'a [(String, Value)],
    /// Limits to keep, by name.
    pub(super) limits: &'a BTreeMap<String, u64>,
    /// All items.
    pub(super) state: &'a State,
    /// All schemas.
    pub(super) schemas: &'a Schemas,
    /// The schema of the item.
    pub(super) schema: &'a Schema,
}

/// A limit that an emulator can be told to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limit {
    /// Name, such as `environment`.
    pub(super) name: String,
    /// The figure that the API documents, if it does.
    pub(super) documented: Option<u64>,
}

/// The rules of one API.
pub(super) trait Rules: Send + Sync {
    /// Limits beside those on the number of items of each resource, and the documented figures of
    /// the latter.
    fn limits(&self) -> Vec<Limit> {
        Vec::new()
    }

    /// What is said when a collection is full.
    fn full(&self, resource: &Resource, limit: u64) -> String {
        format!("{} items of {} are the limit", limit, resource.name)
    }

    /// The account of a user whose name does not fit the property that shows it.
    fn account(&self) -> Option<String> {
        None
    }

    /// The id of the item that goes by another name.
    fn alias(&self, _resource: &Resource, _items: &Collection, _name: &str) -> Option<String> {
        None
    }

    /// The value of a text that should be JSON.
    fn read_json(&self, text: &str) -> Option<Value> {
        serde_json::from_str(text).ok()
    }

    /// Completes the properties of a new item, or refuses it.
    fn create(
        &self,
        _creation: &Creation<'_>,
        _body: &mut Map<String, Value>,
    ) -> Result<(), Refusal> {
        Ok(())
    }

    /// What the creation of an item changes in the item that its collection stands below.
    fn parent_changes(&self, _resource: &Resource, _item: &Item) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// Refuses to change an item to these properties.
    fn update(
        &self,
        _resource: &Resource,
        _items: &Collection,
        _item: &Item,
        _body: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        Ok(())
    }

    /// Whether a list with these filters shows an item. Filters named like a property of the item
    /// have been compared with it.
    fn is_listed(
        &self,
        _resource: &Resource,
        _item: &Item,
        _filters: &[(String, String)],
        _now: OffsetDateTime,
    ) -> bool {
        true
    }

    /// Refuses to delete an item that is needed.
    fn delete(&self, _resource: &Resource, _state: &State, _item: &Item) -> Result<(), Refusal> {
        Ok(())
    }

    /// Changes what is shown of an item as time goes by.
    fn show(
        &self,
        _resource: &Resource,
        _item: &Item,
        _now: OffsetDateTime,
        _body: &mut Map<String, Value>,
    ) {
    }

    /// The members of an error body; `said` is what the contract promises of it.
    fn describe(
        &self,
        refusal: &Refusal,
        _path: &str,
        status: Status,
        _said: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("message".to_owned(), json!(refusal.message));
        members.insert("status".to_owned(), json!(status));
        members
    }

    /// The value of a documented response header.
    fn header(&self, name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        match name.strip_prefix("access-control-")? {
            "allow-origin" => Some("*"),
            "allow-methods" => Some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
            "allow-headers" => Some("Accept, Authorization, Content-Type"),
            "allow-credentials" => Some("true"),
            "expose-headers" => Some("Location"),
            _ => None,
        }
    }
}

/// An API without rules of its own.
pub(super) struct Plain;

impl Rules for Plain {}
