//! What a case knows of the target.

use std::collections::HashMap;

use serde_json::Value;

use super::fill::Memory;
use crate::check::States;
use crate::outcome::Item;
use crate::snapshot::Names;

/// What a case knows of the target.
#[derive(Debug)]
pub(super) struct World {
    /// Captured bodies, and names of made-up values.
    pub(super) memory: Memory,
    /// Items that the case has to remove, in the order of their creation.
    created: Vec<Item>,
    /// The states in which items were seen last.
    pub(super) states: States,
}

impl World {
    /// The world of a case that has sent nothing. The seed decides its made-up values.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            memory: Memory {
                captures: HashMap::new(),
                names: Names::default(),
                random: fastrand::Rng::with_seed(seed),
            },
            created: Vec::new(),
            states: States::default(),
        }
    }

    /// Keeps the body of a response under a name.
    pub(super) fn capture(&mut self, name: &str, body: Value) {
        self.memory.captures.insert(name.to_owned(), body);
    }

    /// Items that the case has to remove.
    pub(super) fn created(&self) -> &[Item] {
        &self.created
    }

    /// Records an item that the case has to remove.
    pub(super) fn add(&mut self, item: Item) {
        self.created.push(item);
    }

    /// Hands over all items that were to be removed.
    pub(super) fn take_created(&mut self) -> Vec<Item> {
        std::mem::take(&mut self.created)
    }

    /// Records items that were there before those of the case, and are removed after them.
    pub(super) fn inherit(&mut self, items: impl IntoIterator<Item = Item>) {
        self.created.splice(0..0, items);
    }

    /// Forgets an item that is gone; `None` if the case has not created it.
    pub(super) fn forget(&mut self, resource: &str, id: &str) -> Option<Item> {
        let mut items = self.created.iter();
        let at = items.position(|item| item.resource == resource && item.id == id)?;
        let gone = self.created.remove(at);
        self.created
            .retain(|item| item.resource != resource || item.id != id);
        Some(gone)
    }
}
