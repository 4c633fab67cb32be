//! Values without members of known names: texts, numbers, flags and arrays.

use serde_json::Value;

use super::run::{MAX_ITEMS, Run, UNIQUE_DRAWS};
use super::view::View;
use super::{number, text};
use crate::contract::snake_case;
use crate::emulator::judge::{same, validate_answer};
use crate::emulator::schema::{Id, Node, Types};
use crate::place::pointer;

impl<'a> Run<'a, '_> {
    /// A value that has no members of known names: the first candidate that keeps the schemas.
    pub(super) fn leaf(
        &mut self,
        ids: &[Id],
        view: &View<'a>,
        at: &str,
        depth: usize,
        is_nullable: bool,
    ) -> Value {
        let schemas = self.schemas;
        let fits = |value: &Value| validate_answer(schemas, ids, value).is_empty();
        let is_usual = self.salt == 0;
        let formats = view.nodes.iter().filter_map(|node| node.format.as_deref());
        let is_time = formats.clone().any(|format| format == "date-time");
        let mut candidates: Vec<Value> = Vec::new();
        if is_usual && is_time && (tells_now(at) || !is_nullable) {
            candidates.push(Value::from(self.now));
        }
        if is_usual {
            let defaults = view.nodes.iter().filter_map(|node| node.default.as_ref());
            let examples = view.nodes.iter().flat_map(|node| &node.examples);
            candidates.extend(defaults.chain(examples).cloned());
        }
        let constants = view.nodes.iter().filter_map(|node| node.constant.as_ref());
        let choices = view.nodes.iter().filter_map(|node| node.choices.as_ref());
        let mut choices: Vec<&Value> = constants.chain(choices.flatten()).collect();
        if !choices.is_empty() {
            let first = usize::try_from(self.salt).unwrap_or_default() % choices.len();
            choices.rotate_left(first);
        }
        candidates.extend(choices.into_iter().cloned());
        if is_usual && is_nullable {
            candidates.push(Value::Null);
        }
        if let Some(value) = candidates.iter().find(|value| fits(value)) {
            return value.clone();
        }
        self.by_type(view, at, depth, &fits)
            .or_else(|| candidates.into_iter().next())
            .unwrap_or_default()
    }

    /// A value of one of the types that the schemas allow.
    fn by_type(
        &mut self,
        view: &View<'a>,
        at: &str,
        depth: usize,
        fits: &dyn Fn(&Value) -> bool,
    ) -> Option<Value> {
        let mut types = view.types;
        let is_typed = view.nodes.iter().any(|node| node.types.is_some());
        if !is_typed {
            types = hinted(&view.nodes);
        }
        let mut fallback = None;
        for kind in [
            Types::STRING,
            Types::NUMBER,
            Types::BOOLEAN,
            Types::ARRAY,
            Types::OBJECT,
            Types::NULL,
        ] {
            if !types.has(kind) {
                continue;
            }
            let made = match kind {
                Types::STRING => {
                    let wanted = self.text_wanted(view);
                    let mut accept = |text: &str| fits(&Value::from(text));
                    text::find(&wanted, &mut accept).map(Value::from)
                }
                Types::NUMBER => {
                    let wanted = self.number_wanted(view);
                    number::candidates(&wanted)
                        .into_iter()
                        .find(|value| fits(value))
                }
                Types::BOOLEAN => {
                    let first = self.salt % 2 == 1;
                    let mut both = [first, !first].into_iter().map(Value::Bool);
                    both.find(|value| fits(value))
                }
                Types::ARRAY => Some(self.array(view, at, depth)),
                Types::OBJECT => Some(self.object(view, at, depth)),
                _ => Some(Value::Null),
            };
            match made {
                Some(value) if fits(&value) => return Some(value),
                made => fallback = fallback.or(made),
            }
        }
        fallback
    }

    pub(super) fn text_wanted(&self, view: &View<'a>) -> text::Wanted<'a> {
        let nodes = view.nodes.iter();
        let size = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
        let patterns = nodes.clone().filter_map(|node| node.pattern.as_ref());
        text::Wanted {
            formats: nodes
                .clone()
                .filter_map(|node| node.format.as_deref())
                .collect(),
            patterns: patterns.map(|pattern| pattern.as_str()).collect(),
            min_length: nodes
                .clone()
                .filter_map(|n| n.min_length)
                .max()
                .map_or(0, size),
            max_length: nodes
                .flat_map(|node| [node.max_length, node.max_bytes])
                .flatten()
                .min()
                .map(size),
            now: self.now,
            salt: self.salt,
        }
    }

    fn number_wanted(&self, view: &View<'a>) -> number::Wanted<'a> {
        let nodes = view.nodes.iter();
        number::Wanted {
            integers: nodes.clone().any(|node| node.integers),
            least: nodes
                .clone()
                .flat_map(|node| [node.minimum.as_ref(), node.above.as_ref()])
                .flatten()
                .collect(),
            most: nodes
                .clone()
                .flat_map(|node| [node.maximum.as_ref(), node.below.as_ref()])
                .flatten()
                .collect(),
            steps: nodes.filter_map(|node| node.multiple_of.as_ref()).collect(),
            salt: self.salt,
        }
    }

    fn array(&mut self, view: &View<'a>, at: &str, depth: usize) -> Value {
        let parts = view.nodes.iter();
        let contains = parts.clone().filter_map(|node| node.contains.as_ref());
        let least = parts
            .clone()
            .filter_map(|node| node.min_items)
            .chain(contains.map(|contains| contains.least))
            .max();
        let least = usize::try_from(least.unwrap_or_default()).unwrap_or(MAX_ITEMS);
        let is_unique = parts.clone().any(|node| node.unique);
        let mut items: Vec<Value> = Vec::new();
        let salt = self.salt;
        // An array that must differ from others has an item that does.
        let most = parts
            .filter_map(|node| node.max_items)
            .min()
            .unwrap_or(u64::MAX);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let wanted = match self.attempt {
            0..3 => usize::from(salt > 0),
            _ => self.random.usize(..3),
        };
        let count = least.max(wanted.min(most)).min(MAX_ITEMS);
        let mut next_salt = salt;
        for index in 0..count {
            let ids = view.of_item(index);
            let place = pointer::join(at, &index.to_string());
            let final_salt = next_salt + UNIQUE_DRAWS;
            loop {
                self.salt = next_salt;
                let item = self.value(&ids, &place, depth + 1).unwrap_or_default();
                next_salt += u64::from(is_unique);
                if !is_unique || !items.iter().any(|other| same(other, &item)) {
                    items.push(item);
                    break;
                }
                if next_salt > final_salt {
                    break;
                }
            }
        }
        self.salt = salt;
        Value::Array(items)
    }
}

/// The types that keywords speak of where `type` is missing; null if none does.
fn hinted(nodes: &[&Node]) -> Types {
    let mut types = Types::NONE;
    for node in nodes {
        let texts = node.format.is_some() || node.pattern.is_some() || node.min_length.is_some();
        let numbers = node.minimum.is_some() || node.maximum.is_some() || node.above.is_some();
        let arrays = node.items.is_some()
            || node.min_items.is_some()
            || node.contains.is_some()
            || !node.prefix.is_empty();
        let objects = !node.required.is_empty() || node.min_properties.is_some();
        for (is_so, kind) in [
            (texts, Types::STRING),
            (numbers || node.below.is_some(), Types::NUMBER),
            (arrays, Types::ARRAY),
            (objects, Types::OBJECT),
        ] {
            if is_so {
                types = types.or(kind);
            }
        }
    }
    if types == Types::NONE {
        // Anything will do, and null is the least of it unless something is said against it.
        let is_free = nodes.iter().all(|node| node.not.is_none());
        return if is_free { Types::NULL } else { Types::ALL };
    }
    types
}

/// Whether a time at this place is that of the creation or of the last change.
fn tells_now(at: &str) -> bool {
    let words = pointer::split_last(at).map_or_else(String::new, |(_, name)| snake_case(&name));
    words.contains("creat") || tells_change(&words)
}

/// Whether a time by this name is that of the last change.
pub(in crate::emulator) fn tells_change(name: &str) -> bool {
    let words = snake_case(name);
    ["update", "modif", "change"]
        .iter()
        .any(|stem| words.contains(stem))
}
