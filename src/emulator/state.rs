//! What an emulator remembers: items in collections, each known by its path.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// One item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Item {
    /// Place in the order of creation, over all collections.
    pub(super) sequence: u64,
    /// Path with the ids of all parents; no alias stands in it.
    pub(super) path: String,
    /// Value of the path parameter that names it.
    pub(super) id: String,
    /// Properties, without URLs.
    pub(super) body: Map<String, Value>,
    /// What was sent and only views show, by its name in snake case.
    pub(super) kept: Map<String, Value>,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) created: OffsetDateTime,
}

/// The items of one path.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<Item>")]
pub(super) struct Collection {
    items: BTreeMap<u64, Item>,
    by_id: HashMap<String, u64>,
}

impl Collection {
    /// The item with this id.
    pub(super) fn get(&self, id: &str) -> Option<&Item> {
        self.items.get(self.by_id.get(id)?)
    }

    /// The items, newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Item> {
        self.items.values().rev()
    }

    /// The number of items.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    fn insert(&mut self, item: Item) {
        self.by_id.insert(item.id.clone(), item.sequence);
        self.items.insert(item.sequence, item);
    }
}

impl From<Vec<Item>> for Collection {
    fn from(items: Vec<Item>) -> Self {
        let mut collection = Self::default();
        for item in items {
            collection.insert(item);
        }
        collection
    }
}

impl Serialize for Collection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.items.values())
    }
}

/// All items of an emulator.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State {
    collections: BTreeMap<String, Collection>,
    /// The ids that each resource ever had.
    used: BTreeMap<String, HashSet<String>>,
    /// The last number of each resource whose ids are numbers.
    numbers: BTreeMap<String, u64>,
    sequence: u64,
    #[serde(with = "time::serde::rfc3339")]
    now: OffsetDateTime,
    /// Grows with every change.
    #[serde(skip)]
    revision: u64,
}

impl State {
    /// No items.
    pub(super) fn new() -> Self {
        Self {
            collections: BTreeMap::new(),
            used: BTreeMap::new(),
            numbers: BTreeMap::new(),
            sequence: 0,
            now: OffsetDateTime::UNIX_EPOCH,
            revision: 0,
        }
    }

    /// Looks at the clock, once a request. The time never goes back, even if the clock does.
    pub(super) fn tick(&mut self) {
        self.now = self.now.max(OffsetDateTime::now_utc());
    }

    /// The time of the request under way.
    pub(super) fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// A number that differs after every change.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// The collection at a path, if it ever had an item.
    pub(super) fn collection(&self, path: &str) -> Option<&Collection> {
        self.collections.get(path)
    }

    /// The item with this id in the collection at a path.
    pub(super) fn find(&self, collection: &str, id: &str) -> Option<&Item> {
        self.collection(collection)?.get(id)
    }

    /// The properties of an item, for changing them.
    pub(super) fn body_mut(
        &mut self,
        collection: &str,
        id: &str,
    ) -> Option<&mut Map<String, Value>> {
        let collection = self.collections.get_mut(collection)?;
        let sequence = collection.by_id.get(id)?;
        self.revision += 1;
        collection
            .items
            .get_mut(sequence)
            .map(|item| &mut item.body)
    }

    /// All items whose path begins with this path and a slash.
    pub(super) fn below(&self, path: &str) -> impl Iterator<Item = &Item> {
        self.paths_below(path)
            .flat_map(|(_, collection)| collection.items.values())
    }

    fn paths_below(&self, path: &str) -> impl Iterator<Item = (&String, &Collection)> {
        let prefix = format!("{path}/");
        self.collections
            .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
            .take_while({
                let prefix = prefix.clone();
                move |(path, _)| path.starts_with(&prefix)
            })
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Whether an id is new among all that a resource ever had, and notes it.
    pub(super) fn claim(&mut self, resource: &str, id: &str) -> bool {
        let used = self.used.entry(resource.to_owned()).or_default();
        used.insert(id.to_owned())
    }

    /// The next number of a resource whose ids are numbers.
    pub(super) fn next_number(&mut self, resource: &str) -> u64 {
        let number = self.numbers.entry(resource.to_owned()).or_default();
        *number += 1;
        *number
    }

    /// The next place in the order of creation.
    pub(super) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// Adds an item.
    pub(super) fn insert(&mut self, collection: &str, item: Item) {
        self.revision += 1;
        let collection = self.collections.entry(collection.to_owned()).or_default();
        collection.insert(item);
    }

    /// Removes an item and all that stands below it.
    pub(super) fn remove(&mut self, collection: &str, id: &str) -> Option<Item> {
        let owner = self.collections.get_mut(collection)?;
        let sequence = owner.by_id.remove(id)?;
        let item = owner.items.remove(&sequence)?;
        self.revision += 1;
        let gone: Vec<String> = self
            .paths_below(&item.path)
            .map(|(path, _)| path.clone())
            .collect();
        for path in gone {
            self.collections.remove(&path);
        }
        Some(item)
    }
}

/// The time by the clock, as `2018-11-10T20:00:00Z`.
pub(super) fn clock() -> String {
    timestamp(OffsetDateTime::now_utc())
}

/// A time as `2018-11-10T20:00:00Z`.
pub(super) fn timestamp(time: OffsetDateTime) -> String {
    let time = time.replace_nanosecond(0).unwrap_or(time);
    time.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(state: &mut State, collection: &str, id: &str) {
        let sequence = state.next_sequence();
        let created = state.now();
        let item = Item {
            sequence,
            path: format!("{collection}/{id}"),
            id: id.to_owned(),
            body: Map::new(),
            kept: Map::new(),
            created,
        };
        state.insert(collection, item);
    }

    #[test]
    fn what_stands_below_goes_too_and_nothing_else() {
        let mut state = State::new();
        for (collection, id) in [
            ("/s", "1"),
            ("/s", "12"),
            ("/s/1/a", "x"),
            ("/s/1/a/x/v", "y"),
            ("/s/12/a", "z"),
        ] {
            add(&mut state, collection, id);
        }
        assert_eq!(state.below("/s/1").count(), 2);
        assert!(state.remove("/s", "1").is_some());
        assert!(state.remove("/s", "1").is_none());
        assert_eq!(state.below("/s/1").count(), 0);
        assert_eq!(state.below("/s/12").count(), 1);
        assert!(state.find("/s", "12").is_some());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut state = State::new();
        state.tick();
        add(&mut state, "/s", "1");
        add(&mut state, "/s", "2");
        state.remove("/s", "2");
        state.claim("S", "2");
        assert_eq!(state.next_number("N"), 1);
        let text = serde_json::to_string(&state).unwrap();
        let mut again: State = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), text);
        assert_eq!(again.find("/s", "1").unwrap().path, "/s/1");
        assert!(again.find("/s", "2").is_none() && !again.claim("S", "2"));
        assert_eq!((again.next_number("N"), again.next_sequence()), (2, 3));
        assert_eq!(again.now(), state.now());
    }

    #[test]
    fn times_are_told_to_the_second() {
        let time = OffsetDateTime::from_unix_timestamp_nanos(1_541_880_000_987_654_321).unwrap();
        assert_eq!(timestamp(time), "2018-11-10T20:00:00Z");
    }
}
