//! What an API does beyond its contract. The default of every rule is to do nothing special.

use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use super::schema::{Schema, Schemas};
use super::state::{Collection, Item, State};
use crate::contract::{Operation, Resource};

/// An item that is about to be created.
pub(super) struct Creation<'a> {
    /// The operation that creates it.
    pub(super) operation: &'a Operation,
    /// Path of the collection that it goes to.
    pub(super) collection: &'a str,
    /// The item that the collection stands below.
    pub(super) parent: Option<&'a Item>,
    /// What was sent, after validation.
    pub(super) sent: &'a Map<String, Value>,
    /// All items.
    pub(super) state: &'a State,
    /// All schemas.
    pub(super) schemas: &'a Schemas,
    /// The schema of the item.
    pub(super) schema: &'a Schema,
}

/// The rules of one API.
pub(super) trait Rules: Send + Sync {
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

    /// Refuses to delete an item that is needed.
    fn delete(&self, _operation: &Operation, _state: &State, _item: &Item) -> Result<(), Refusal> {
        Ok(())
    }

    /// Changes what is shown of an item as time goes by.
    fn show(&self, _resource: &Resource, _item: &Item, _body: &mut Map<String, Value>) {}

    /// The members of an error body; `said` is what the contract promises of it.
    fn describe(
        &self,
        refusal: &Refusal,
        _path: &str,
        status: u16,
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
