//! Objects, and which branches of a schema a value follows.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::text;
use super::view::{Fork, View};
use crate::emulator::judge::validate_answer;
use crate::emulator::schema::{Flags, Id, NEVER, Schema, Schemas, Types, together};
use crate::place::pointer;

/// Deepest nesting at which optional members are made.
const MAX_OPTIONAL_DEPTH: usize = 8;
/// Deepest nesting at which anything is made.
const MAX_DEPTH: usize = 40;
/// Most items that are made for the sake of a bound.
pub(super) const MAX_ITEMS: usize = 5000;
/// How often a unique item is drawn.
pub(super) const UNIQUE_DRAWS: u64 = 200;

/// One attempt at a value.
pub(super) struct Run<'a, 'm> {
    pub(super) schemas: &'a Schemas,
    /// The time that dates get.
    pub(super) now: &'a str,
    /// What is known, by JSON pointer.
    pub(super) known: &'m HashMap<String, Value>,
    /// Pointers of optional properties that are left out.
    pub(super) omitted: &'m HashSet<String>,
    /// Whether optional properties that are not known are left out.
    pub(super) sparse: bool,
    /// How many attempts went before.
    pub(super) attempt: u64,
    /// What differs between values that must not be equal.
    pub(super) salt: u64,
    pub(super) random: fastrand::Rng,
}

impl<'a> Run<'a, '_> {
    /// The value at a pointer; none for what is written later or belongs to requests only.
    pub(super) fn value(&mut self, ids: &[Id], at: &str, depth: usize) -> Option<Value> {
        if let Some(value) = self.known.get(at) {
            return Some(value.clone());
        }
        let schemas = self.schemas;
        let merged = ids.iter().map(|id| schemas.get(*id));
        let is_foreign = |schema: &Schema| schema.url.is_some() || schema.is(Flags::WRITE_ONLY);
        if merged.clone().any(is_foreign) {
            return None;
        }
        if depth > MAX_DEPTH {
            return Some(Value::Null);
        }
        let is_known_below = self.knows_below(at);
        let has_url = || ids.iter().any(|id| self.has_url(schemas.get(*id), 0));
        let has_members = merged.clone().any(|schema| !schema.properties.is_empty());
        let is_wanted = is_known_below || has_url();
        let is_nullable = merged.clone().all(|schema| schema.is(Flags::NULLABLE));
        if has_members && is_nullable && !ids.is_empty() && !is_wanted && self.salt == 0 {
            return Some(Value::Null);
        }
        let view = View::of(schemas, ids, &mut |view, fork| self.choose(view, fork, at));
        let is_object = has_members || view.nodes.iter().any(|node| !node.properties.is_empty());
        if is_object && view.types.has(Types::OBJECT) {
            return Some(self.object(&view, at, depth));
        }
        Some(self.leaf(ids, &view, at, depth, is_nullable))
    }

    fn knows_below(&self, at: &str) -> bool {
        self.known.keys().any(|place| {
            place
                .strip_prefix(at)
                .is_some_and(|rest| rest.starts_with('/'))
        })
    }

    fn has_url(&self, schema: &Schema, depth: usize) -> bool {
        schema.url.is_some()
            || (depth < MAX_OPTIONAL_DEPTH
                && schema
                    .properties
                    .iter()
                    .any(|(_, id)| self.has_url(self.schemas.get(*id), depth + 1)))
    }

    /// Chooses a branch: the one that what is known fits best, and later any.
    fn choose(&mut self, view: &View<'a>, fork: &Fork<'a>, at: &str) -> usize {
        let types = |branch: &[Id]| {
            let ids = branch
                .iter()
                .flat_map(|id| together(self.schemas.nodes(), *id));
            let types = ids.filter_map(|id| self.schemas.node(id).types);
            types.fold(view.types, Types::and)
        };
        let usable: Vec<usize> = (0..fork.branches.len())
            .filter(|i| types(&fork.branches[*i]) != Types::NONE || view.types == Types::NONE)
            .filter(|i| !fork.branches[*i].contains(&NEVER))
            .collect();
        if usable.is_empty() {
            return 0;
        }
        if self.attempt >= 2 {
            return usable[self.random.usize(..usable.len())];
        }
        let mut best = (i64::MIN, 0);
        for index in usable {
            let mut score = self.score(&fork.branches[index], at);
            if let Some(choice) = fork.discriminator {
                let place = pointer::join(at, &choice.property);
                let known = self.known.get(&place).and_then(Value::as_str);
                let branch = &fork.branches[index];
                let chosen = choice.choices.iter().any(|(name, id)| {
                    branch.contains(id) && known.is_some_and(|known| known == name)
                });
                score += if chosen { 100 } else { 0 };
            }
            // The second attempt takes the last of equals.
            if score > best.0 || (score == best.0 && self.attempt == 1) {
                best = (score, index);
            }
        }
        best.1
    }

    /// How well what is known fits a branch.
    fn score(&self, branch: &[Id], at: &str) -> i64 {
        let mut score = 0;
        for (place, value) in self.known {
            let Some((parent, name)) = pointer::split_last(place) else {
                continue;
            };
            if parent != at {
                continue;
            }
            for id in branch {
                let property = self.schemas.get(*id).property(&name);
                score += match property {
                    Some(id) if validate_answer(self.schemas, &[id], value).is_empty() => 1,
                    Some(_) => -5,
                    None => 0,
                };
            }
        }
        score
    }

    pub(super) fn object(&mut self, view: &View<'a>, at: &str, depth: usize) -> Value {
        let mut names: Vec<&str> = Vec::new();
        let mut needed: HashSet<&str> = HashSet::new();
        for node in &view.nodes {
            for (name, _) in &node.properties {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
        for node in &view.nodes {
            let required = node.required.iter().filter(|required| !required.write_only);
            for required in required {
                needed.insert(&required.name);
                if !names.contains(&required.name.as_str()) {
                    names.push(&required.name);
                }
            }
        }
        for (name, _) in &view.pinned {
            needed.insert(name);
            if !names.contains(name) {
                names.push(name);
            }
        }
        self.add_known(at, &mut needed, &names);
        add_dependent(view, &mut needed, &mut names);
        let most = view
            .nodes
            .iter()
            .filter_map(|node| node.max_properties)
            .min();
        let mut room = most.map_or(usize::MAX, |most| {
            usize::try_from(most)
                .unwrap_or(usize::MAX)
                .saturating_sub(needed.len())
        });
        let mut members = Map::new();
        for name in names {
            let place = pointer::join(at, name);
            let ids = view.of_member(name);
            if !needed.contains(name) {
                if room == 0 || !self.shows(view, &ids, name, &place, depth) {
                    continue;
                }
                room -= 1;
            }
            let mut pinned = view.pinned.iter();
            let pinned = pinned
                .find(|(own, _)| *own == name)
                .map(|(_, value)| *value);
            let value = match pinned {
                Some(value) => Some(Value::from(value)),
                None => self.value(&ids, &place, depth + 1),
            };
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        }
        self.fill_up(view, &mut members, at, depth);
        Value::Object(members)
    }

    /// Adds the members of which something is known.
    fn add_known(&self, at: &str, needed: &mut HashSet<&'a str>, names: &[&'a str]) {
        for name in names {
            let place = pointer::join(at, name);
            if self.known.contains_key(&place) || self.knows_below(&place) {
                needed.insert(name);
            }
        }
    }

    /// Whether an optional member is shown.
    fn shows(
        &mut self,
        view: &View<'a>,
        ids: &[Id],
        name: &str,
        place: &str,
        depth: usize,
    ) -> bool {
        let children = ids.iter().map(|id| self.schemas.get(*id));
        let has_members = children.clone().any(|child| !child.properties.is_empty());
        let is_nested =
            depth > 0 && has_members && !children.clone().any(|child| self.has_url(child, 0));
        let needs_others = view.nodes.iter().any(|node| {
            node.dependent_required.iter().any(|(own, _)| own == name)
                || node.dependent_schemas.iter().any(|(own, _)| own == name)
        });
        // Later attempts show more: what is least may fit too much.
        let is_usual = self.attempt < 3;
        let is_left_out = if is_usual {
            self.sparse || is_nested
        } else {
            self.random.bool()
        };
        !(is_left_out
            || needs_others
            || depth > MAX_OPTIONAL_DEPTH
            || ids.contains(&NEVER)
            || self.omitted.contains(place))
    }

    /// Adds members under names of their own, as many as are missing.
    fn fill_up(
        &mut self,
        view: &View<'a>,
        members: &mut Map<String, Value>,
        at: &str,
        depth: usize,
    ) {
        let least = view
            .nodes
            .iter()
            .filter_map(|node| node.min_properties)
            .max();
        let least = usize::try_from(least.unwrap_or_default()).unwrap_or_default();
        let names: Vec<Id> = view.nodes.iter().filter_map(|node| node.names).collect();
        let patterns: Vec<&str> = view
            .nodes
            .iter()
            .flat_map(|node| node.patterned.iter().map(|(pattern, _)| pattern.as_str()))
            .collect();
        let mut salt = 0;
        while members.len() < least.min(MAX_ITEMS) && salt < UNIQUE_DRAWS + least as u64 {
            let optional = view.nodes.iter().flat_map(|node| &node.properties);
            let mut optional = optional.map(|(name, _)| name.clone());
            let name = optional
                .find(|name| !members.contains_key(name) && !view.of_member(name).contains(&NEVER))
                .or_else(|| {
                    let names = View::of(self.schemas, &names, &mut |_, _| 0);
                    let mut wanted = self.text_wanted(&names);
                    wanted.salt = salt;
                    wanted.min_length = wanted.min_length.max(3);
                    if salt % 2 == 0 {
                        wanted.patterns.extend(&patterns);
                    }
                    text::find(&wanted, &mut |name| {
                        !members.contains_key(name)
                            && !view.of_member(name).contains(&NEVER)
                            && validate_answer(self.schemas, &names.ids, &json!(name)).is_empty()
                    })
                });
            salt += 1;
            let Some(name) = name else { continue };
            let ids = view.of_member(&name);
            let value = self.value(&ids, &pointer::join(at, &name), depth + 1);
            members.insert(name, value.unwrap_or_default());
        }
    }
}

/// Adds the members that others need beside them.
fn add_dependent<'a>(view: &View<'a>, needed: &mut HashSet<&'a str>, names: &mut Vec<&'a str>) {
    loop {
        let before = needed.len();
        for (name, others) in view.nodes.iter().flat_map(|node| &node.dependent_required) {
            if needed.contains(name.as_str()) {
                for other in others {
                    needed.insert(other);
                    if !names.contains(&other.as_str()) {
                        names.push(other);
                    }
                }
            }
        }
        if needed.len() == before {
            return;
        }
    }
}
