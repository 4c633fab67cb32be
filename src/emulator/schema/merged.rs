//! What a schema and all that it adds to say together, as far as reading requests and finding
//! properties needs it.

use std::sync::Arc;

use serde_json::Value;

use super::node::{Id, NEVER, Node, Types};
use super::pattern::Pattern;
use crate::contract::PathTemplate;

/// The type of the values, where they have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

/// One schema with what `allOf` and references add.
#[derive(Debug, Clone, Default)]
pub(in crate::emulator) struct Schema {
    pub(in crate::emulator) id: Id,
    pub(in crate::emulator) place: String,
    pub(in crate::emulator) kind: Option<Kind>,
    pub(in crate::emulator) format: Option<String>,
    pub(in crate::emulator) default: Option<Value>,
    pub(in crate::emulator) pattern: Option<Arc<Pattern>>,
    pub(in crate::emulator) min_length: Option<u64>,
    pub(in crate::emulator) max_length: Option<u64>,
    pub(in crate::emulator) properties: Vec<(String, Id)>,
    pub(in crate::emulator) items: Option<Id>,
    /// The names that members may have, where they may have no others.
    pub(in crate::emulator) only: Option<Only>,
    pub(in crate::emulator) flags: Flags,
    /// `x-trueup-url`.
    pub(in crate::emulator) url: Option<PathTemplate>,
    /// `x-trueup-ends-with`.
    pub(in crate::emulator) ends_with: Option<String>,
}

/// What a schema says with a plain `true`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::emulator) struct Flags(u8);

impl Flags {
    pub(in crate::emulator) const NULLABLE: Self = Self(1);
    pub(in crate::emulator) const WRITE_ONLY: Self = Self(2);
    pub(in crate::emulator) const HTTP_STATUS: Self = Self(4);
    /// Texts may be of another type than a string, or of several.
    pub(in crate::emulator) const MIXED: Self = Self(8);

    fn add(&mut self, flag: Self, is_so: bool) {
        if is_so {
            self.0 |= flag.0;
        }
    }
}

impl Schema {
    /// Whether a flag is set.
    pub(in crate::emulator) fn is(&self, flag: Flags) -> bool {
        self.flags.0 & flag.0 != 0
    }

    /// The index of a property's schema.
    pub(in crate::emulator) fn property(&self, name: &str) -> Option<Id> {
        let found = self.properties.iter().find(|(own, _)| own == name);
        found.map(|(_, id)| *id)
    }

    /// Whether values are bytes that are sent as a file.
    pub(in crate::emulator) fn is_binary(&self) -> bool {
        self.format.as_deref() == Some("binary")
    }
}

/// The names that members may have.
#[derive(Debug, Clone, Default)]
pub(in crate::emulator) struct Only {
    pub(in crate::emulator) names: Vec<String>,
    patterns: Vec<Arc<Pattern>>,
}

impl Only {
    /// Whether a member may have this name.
    pub(in crate::emulator) fn allows(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
            || self.patterns.iter().any(|pattern| pattern.is_match(name))
    }

    fn add(&mut self, node: &Node) {
        let names = node.properties.iter().map(|(name, _)| name.clone());
        self.names.extend(names);
        let patterns = node.patterned.iter().map(|(pattern, _)| pattern.clone());
        self.patterns.extend(patterns);
    }
}

/// All schemas that a value of one schema keeps in any case: the schema itself, what its
/// references lead to, the branches of `allOf`, and the one branch of `oneOf` or `anyOf` beside
/// which only null is allowed.
pub(in crate::emulator) fn together(nodes: &[Node], id: Id) -> Vec<Id> {
    let mut found = Vec::new();
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        if found.contains(&id) {
            continue;
        }
        found.push(id);
        let node = &nodes[id];
        let single = [&node.one_of, &node.any_of].into_iter().filter_map(|list| {
            let mut others = list.iter().filter(|id| !is_null(&nodes[**id]));
            others.next().filter(|_| others.next().is_none()).copied()
        });
        waiting.extend(single);
        waiting.extend(node.all_of.iter().rev().map(|branch| branch.id));
        waiting.extend(node.references.iter().rev());
    }
    found
}

/// Whether null alone keeps a schema.
fn is_null(node: &Node) -> bool {
    node.types == Some(Types::NULL) || node.constant == Some(Value::Null)
}

/// One view of a schema and all that it adds to.
pub(in crate::emulator) fn merged(nodes: &[Node], id: Id, place: &str) -> Schema {
    let mut schema = Schema {
        id,
        place: place.to_owned(),
        ..Schema::default()
    };
    let mut types = Types::ALL;
    let mut is_typed = false;
    let mut integers = false;
    let mut may_be_null = false;
    for part in together(nodes, id) {
        let node = &nodes[part];
        for branch in node.one_of.iter().chain(&node.any_of) {
            may_be_null |= is_null(&nodes[*branch]);
        }
        if let Some(own) = node.types {
            types = types.and(own);
            is_typed = true;
        }
        integers |= node.integers;
        schema.format = schema.format.take().or_else(|| node.format.clone());
        let default = || node.default.clone();
        schema.default = schema.default.take().or_else(default);
        schema.pattern = schema.pattern.take().or_else(|| node.pattern.clone());
        schema.min_length = schema.min_length.max(node.min_length);
        let lengths = [schema.max_length, node.max_length];
        schema.max_length = lengths.into_iter().flatten().min();
        for (name, id) in &node.properties {
            if schema.property(name).is_none() {
                schema.properties.push((name.clone(), *id));
            }
        }
        schema.items = schema.items.or(node.items);
        schema.flags.add(Flags::WRITE_ONLY, node.write_only);
        schema.flags.add(Flags::HTTP_STATUS, node.http_status);
        let url = || node.url.as_deref().map(PathTemplate::parse);
        schema.url = schema.url.take().or_else(url);
        schema.ends_with = schema.ends_with.take().or_else(|| node.ends_with.clone());
        let is_mixed = !node.one_of.is_empty() || !node.any_of.is_empty();
        schema.flags.add(Flags::MIXED, is_mixed);
    }
    schema.kind = match types.without(Types::NULL) {
        _ if !is_typed => (!schema.properties.is_empty()).then_some(Kind::Object),
        Types::STRING => Some(Kind::String),
        Types::NUMBER if integers => Some(Kind::Integer),
        Types::NUMBER => Some(Kind::Number),
        Types::BOOLEAN => Some(Kind::Boolean),
        Types::ARRAY => Some(Kind::Array),
        Types::OBJECT => Some(Kind::Object),
        _ => None,
    };
    let is_mixed = is_typed && schema.kind.is_none();
    schema.flags.add(Flags::MIXED, is_mixed);
    let is_nullable = (is_typed && types.has(Types::NULL)) || may_be_null;
    schema.flags.add(Flags::NULLABLE, is_nullable);
    schema.only = only(nodes, id);
    schema
}

/// The names that members may have, if a schema allows no others.
fn only(nodes: &[Node], id: Id) -> Option<Only> {
    let node = &nodes[id];
    let mut only = Only::default();
    if node.additional == Some(NEVER) {
        only.add(node);
        return Some(only);
    }
    if node.unevaluated != Some(NEVER) {
        return None;
    }
    let mut seen = Vec::new();
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        if seen.contains(&id) {
            continue;
        }
        let node = &nodes[id];
        let is_open = node.additional.is_some_and(|id| id != NEVER)
            || node.unevaluated.is_some_and(|id| id != NEVER)
            || node.condition.is_some()
            || !node.dependent_schemas.is_empty();
        if is_open {
            return None;
        }
        seen.push(id);
        only.add(node);
        waiting.extend(&node.references);
        waiting.extend(node.all_of.iter().map(|branch| branch.id));
        waiting.extend(node.any_of.iter().chain(&node.one_of));
    }
    Some(only)
}
