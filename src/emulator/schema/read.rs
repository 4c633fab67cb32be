//! Reads the schemas of a document, each once.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Number, Value};

use super::node::{
    ANYTHING, Branch, Choice, Condition, Contains, Id, NEVER, Node, Required, Types,
};
use super::pattern::Pattern;
use crate::place::pointer;
use crate::schema::{Discriminator, MAX_BYTES};
use crate::spec::{Document, Version};

/// How deep a property's flags are looked for in what a schema adds to.
const MAX_FLAG_DEPTH: usize = 8;

/// The schemas that have been read.
#[derive(Debug)]
pub(super) struct Reader<'d> {
    document: &'d Document,
    /// Whether schemas are those of JSON Schema 2020-12.
    modern: bool,
    pub(super) nodes: Vec<Node>,
    /// Where each schema stands; empty for the first two, which stand nowhere.
    pub(super) places: Vec<String>,
    pub(super) by_place: HashMap<String, Id>,
    patterns: HashMap<String, Option<Arc<Pattern>>>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let never = Node {
            never: true,
            ..Node::default()
        };
        Self {
            document,
            modern: document.version().is_some_and(Version::has_json_schema),
            nodes: vec![Node::default(), never],
            places: vec![String::new(); 2],
            by_place: HashMap::new(),
            patterns: HashMap::new(),
        }
    }

    /// Adds a schema that stands nowhere by itself, under a place.
    pub(super) fn add_made(&mut self, place: &str, node: Node) -> Id {
        let id = self.nodes.len();
        self.nodes.push(node);
        self.places.push(place.to_owned());
        self.by_place.insert(place.to_owned(), id);
        id
    }

    /// Reads the schema at a place that the contract names, so that it is found by that place.
    pub(super) fn add_root(&mut self, place: &str) {
        let id = self.add(place);
        self.by_place.entry(place.to_owned()).or_insert(id);
    }

    /// Reads the schema at a place with all that it leads to.
    pub(super) fn add(&mut self, place: &str) -> Id {
        if let Some(id) = self.by_place.get(place) {
            return *id;
        }
        // What a reference cannot reach allows everything, as for the checks: the operations that
        // need it are set aside.
        let Ok(resolved) = self.document.resolve_schema(place) else {
            return ANYTHING;
        };
        if let Some(id) = self.by_place.get(&resolved) {
            return *id;
        }
        let members = match self.document.get(&resolved) {
            Some(Value::Object(members)) => members,
            Some(Value::Bool(false)) => return NEVER,
            _ => return ANYTHING,
        };
        let id = self.nodes.len();
        self.nodes.push(Node::default());
        self.places.push(resolved.clone());
        self.by_place.insert(resolved.clone(), id);
        let mut node = self.plain(members);
        self.children(members, &resolved, &mut node);
        self.nodes[id] = node;
        id
    }

    /// The keywords that hold no schemas.
    fn plain(&mut self, members: &Map<String, Value>) -> Node {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let count = |name: &str| members.get(name).and_then(whole);
        let number = |name: &str| members.get(name).and_then(Value::as_number).cloned();
        let flag = |name: &str| members.get(name) == Some(&Value::Bool(true));
        let list = |name: &str| members.get(name).and_then(Value::as_array);
        let (types, integers) = self.types(members);
        let examples = list("examples").filter(|_| self.modern);
        let examples = examples.into_iter().flatten();
        let mut node = Node {
            types,
            integers,
            choices: list("enum").cloned(),
            default: members.get("default").cloned(),
            examples: members
                .get("example")
                .into_iter()
                .chain(examples)
                .cloned()
                .collect(),
            format: text("format").map(str::to_owned),
            pattern: text("pattern").and_then(|pattern| self.pattern(pattern)),
            min_length: count("minLength"),
            max_length: count("maxLength"),
            max_bytes: count(MAX_BYTES),
            minimum: number("minimum"),
            maximum: number("maximum"),
            multiple_of: number("multipleOf"),
            min_items: count("minItems"),
            max_items: count("maxItems"),
            unique: flag("uniqueItems"),
            min_properties: count("minProperties"),
            max_properties: count("maxProperties"),
            write_only: flag("writeOnly"),
            url: text("x-trueup-url").map(str::to_owned),
            ends_with: text("x-trueup-ends-with").map(str::to_owned),
            http_status: flag("x-trueup-http-status"),
            error: text("x-trueup-error").map(str::to_owned),
            ..Node::default()
        };
        if self.modern {
            node.constant = members.get("const").cloned();
            node.above = number("exclusiveMinimum");
            node.below = number("exclusiveMaximum");
            let dependent = members.get("dependentRequired").and_then(Value::as_object);
            for (name, names) in dependent.into_iter().flatten() {
                let names = names.as_array().into_iter().flatten();
                let names = names.filter_map(|name| Some(name.as_str()?.to_owned()));
                node.dependent_required
                    .push((name.clone(), names.collect()));
            }
        } else {
            if flag("exclusiveMinimum") {
                node.above = node.minimum.take();
            }
            if flag("exclusiveMaximum") {
                node.below = node.maximum.take();
            }
        }
        node
    }

    /// The keywords that hold schemas, and those that need them.
    fn children(&mut self, members: &Map<String, Value>, place: &str, node: &mut Node) {
        for name in keys(members, "properties") {
            let at = pointer::join(&pointer::join(place, "properties"), name);
            let child = self.add(&at);
            node.properties.push((name.clone(), child));
        }
        node.items = self.one(members, place, "items");
        node.additional = self.one(members, place, "additionalProperties");
        node.not = self.one(members, place, "not");
        node.any_of = self.list(members, place, "anyOf");
        node.one_of = self.list(members, place, "oneOf");
        let all_of = self.list(members, place, "allOf").into_iter();
        let as_base = !self.stands_for(members, place);
        node.all_of = all_of.map(|id| Branch { id, as_base }).collect();
        if self.modern {
            self.children_of_2020(members, place, node);
        }
        if let Some(read) = Discriminator::read(self.document, place, members) {
            let choices = read.choices.into_iter();
            node.discriminator = Some(Choice {
                property: read.property,
                choices: choices
                    .map(|(name, place)| (name, self.add(&place)))
                    .collect(),
                has_list: read.list.is_some(),
            });
        }
        let required = members.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            node.required.push(Required {
                name: name.to_owned(),
                read_only: self.has_flag(place, members, name, "readOnly", 0),
                write_only: self.has_flag(place, members, name, "writeOnly", 0),
            });
        }
    }

    /// The keywords that only JSON Schema 2020-12 has.
    fn children_of_2020(&mut self, members: &Map<String, Value>, place: &str, node: &mut Node) {
        for keyword in ["$ref", "$dynamicRef"] {
            if let Some(text) = members.get(keyword).and_then(Value::as_str)
                && let Ok(target) = self.document.reference(place, text)
            {
                let id = self.add(&target);
                node.references.push(id);
            }
        }
        for pattern in keys(members, "patternProperties") {
            let at = pointer::join(&pointer::join(place, "patternProperties"), pattern);
            let child = self.add(&at);
            if let Some(pattern) = self.pattern(pattern) {
                node.patterned.push((pattern, child));
            }
        }
        for name in keys(members, "dependentSchemas") {
            let at = pointer::join(&pointer::join(place, "dependentSchemas"), name);
            let child = self.add(&at);
            node.dependent_schemas.push((name.clone(), child));
        }
        node.prefix = self.list(members, place, "prefixItems");
        node.names = self.one(members, place, "propertyNames");
        node.unevaluated = self.one(members, place, "unevaluatedProperties");
        node.unevaluated_items = self.one(members, place, "unevaluatedItems");
        let count = |name: &str| members.get(name).and_then(whole);
        node.contains = self.one(members, place, "contains").map(|id| Contains {
            id,
            least: count("minContains").unwrap_or(1),
            most: count("maxContains"),
        });
        node.condition = self.one(members, place, "if").map(|test| Condition {
            test,
            then: self.one(members, place, "then"),
            otherwise: self.one(members, place, "else"),
        });
    }

    fn one(&mut self, members: &Map<String, Value>, place: &str, keyword: &str) -> Option<Id> {
        members.get(keyword).filter(|value| !value.is_array())?;
        Some(self.add(&pointer::join(place, keyword)))
    }

    fn list(&mut self, members: &Map<String, Value>, place: &str, keyword: &str) -> Vec<Id> {
        let list = members.get(keyword).and_then(Value::as_array);
        let at = pointer::join(place, keyword);
        (0..list.map_or(0, Vec::len))
            .map(|i| self.add(&pointer::join(&at, &i.to_string())))
            .collect()
    }

    /// What `type` allows, and whether its numbers are integers.
    fn types(&self, members: &Map<String, Value>) -> (Option<Types>, bool) {
        let names: Vec<&str> = match members.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => return (None, false),
        };
        let known = names.iter().filter_map(|name| Types::named(name));
        let Some(mut types) = known.reduce(Types::or) else {
            return (None, false);
        };
        let flag = |name: &str| members.get(name) == Some(&Value::Bool(true));
        if !self.modern && (flag("nullable") || flag("x-nullable")) {
            types = types.or(Types::NULL);
        }
        (
            Some(types),
            names.contains(&"integer") && !names.contains(&"number"),
        )
    }

    /// Whether a schema adds nothing to the one schema of its `allOf`, so that it stands for that
    /// one with its discriminator, and is not itself one of the schemas that it chooses between.
    fn stands_for(&self, members: &Map<String, Value>, place: &str) -> bool {
        let only = || {
            let [branch] = members.get("allOf")?.as_array()?.as_slice() else {
                return None;
            };
            let at = pointer::join(&pointer::join(place, "allOf"), "0");
            let target = self
                .document
                .reference(&at, branch.get("$ref")?.as_str()?)
                .ok()?;
            let members = self.document.get(&target)?.as_object()?;
            let discriminator = Discriminator::read(self.document, &target, members)?;
            let mut choices = discriminator.choices.iter();
            Some(choices.all(|(_, choice)| choice != place))
        };
        !members.contains_key("properties") && only() == Some(true)
    }

    /// Whether a property of a schema, or of what the schema adds to, has a flag.
    fn has_flag(
        &self,
        at: &str,
        members: &Map<String, Value>,
        name: &str,
        flag: &str,
        depth: usize,
    ) -> bool {
        let is_set = |schema: &Value| schema.get(flag) == Some(&Value::Bool(true));
        if let Some(property) = members.get("properties").and_then(|p| p.get(name)) {
            let own = pointer::join(&pointer::join(at, "properties"), name);
            let target = || {
                let place = self.document.resolve(&own).ok()?;
                self.document.get(&place)
            };
            return is_set(property)
                || (property.get("$ref").is_some() && target().is_some_and(is_set));
        }
        let branches = members.get("allOf").and_then(Value::as_array);
        depth < MAX_FLAG_DEPTH
            && (0..branches.map_or(0, Vec::len)).any(|i| {
                let branch = pointer::join(&pointer::join(at, "allOf"), &i.to_string());
                let Ok(branch) = self.document.resolve(&branch) else {
                    return false;
                };
                let members = self.document.get(&branch).and_then(Value::as_object);
                members.is_some_and(|m| self.has_flag(&branch, m, name, flag, depth + 1))
            })
    }

    fn pattern(&mut self, text: &str) -> Option<Arc<Pattern>> {
        let known = self
            .patterns
            .entry(text.to_owned())
            .or_insert_with(|| Pattern::new(text).map(Arc::new));
        known.clone()
    }
}

/// A whole number, which may be written as `1.0`.
fn whole(value: &Value) -> Option<u64> {
    let number: &Number = value.as_number()?;
    number.as_u64().or_else(|| {
        let text = number.to_string();
        text.strip_suffix(".0")?.parse().ok()
    })
}

fn keys<'a>(members: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a String> {
    members
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::keys)
}
