//! Reads the schemas of a document, each once.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Number, Value};

use super::node::{
    ANYTHING, Branch, Choice, Condition, Contains, Id, NEVER, Node, Required, Types,
};
use super::pattern::Pattern;
use crate::schema::{Cursor, Discriminator, Keyword};
use crate::spec::Document;

/// How deep a property's flags are looked for in what a schema adds to.
const MAX_FLAG_DEPTH: usize = 8;

/// The schemas that have been read.
#[derive(Debug)]
pub(super) struct Reader<'d> {
    document: &'d Document,
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
    pub(super) fn add_root(&mut self, place: &str) -> Id {
        if let Some(id) = self.by_place.get(place) {
            return *id;
        }
        let id = Cursor::at(self.document, place).map_or(ANYTHING, |schema| self.add(&schema));
        *self.by_place.entry(place.to_owned()).or_insert(id)
    }

    /// Reads a schema with all that it leads to.
    fn add(&mut self, schema: &Cursor<'d>) -> Id {
        // What a reference cannot reach allows everything, as for the checks: the operations that
        // need it are set aside.
        let Some(schema) = schema.resolved() else {
            return ANYTHING;
        };
        let place: &str = schema.place();
        if let Some(id) = self.by_place.get(place) {
            return *id;
        }
        match schema.value() {
            Value::Object(_) => {}
            Value::Bool(false) => return NEVER,
            _ => return ANYTHING,
        }
        let id = self.nodes.len();
        self.nodes.push(Node::default());
        self.places.push(place.to_owned());
        self.by_place.insert(place.to_owned(), id);
        let mut node = self.plain(&schema);
        self.children(&schema, &mut node);
        self.nodes[id] = node;
        id
    }

    /// The keywords that hold no schemas.
    fn plain(&mut self, schema: &Cursor<'d>) -> Node {
        let extension = |name: &str| schema.value().get(name);
        let extension_text = |name: &str| {
            let text = extension(name).and_then(Value::as_str);
            text.map(str::to_owned)
        };
        let count = |keyword| schema.get(keyword).and_then(whole);
        let number = |keyword| schema.get(keyword).and_then(Value::as_number).cloned();
        let (types, integers) = types(schema);
        let listed = schema.get(Keyword::Enum).and_then(Value::as_array);
        let examples = schema.get(Keyword::Example).into_iter();
        let examples = examples.chain(schema.values(Keyword::Examples));
        let mut node = Node {
            types,
            integers,
            choices: listed.cloned(),
            constant: schema.get(Keyword::Const).cloned(),
            default: schema.get(Keyword::Default).cloned(),
            examples: examples.cloned().collect(),
            format: schema.text(Keyword::Format).map(str::to_owned),
            pattern: schema
                .text(Keyword::Pattern)
                .and_then(|pattern| self.pattern(pattern)),
            min_length: count(Keyword::MinLength),
            max_length: count(Keyword::MaxLength),
            max_bytes: count(Keyword::MaxBytes),
            minimum: number(Keyword::Minimum),
            maximum: number(Keyword::Maximum),
            above: number(Keyword::ExclusiveMinimum),
            below: number(Keyword::ExclusiveMaximum),
            multiple_of: number(Keyword::MultipleOf),
            min_items: count(Keyword::MinItems),
            max_items: count(Keyword::MaxItems),
            unique: schema.flag(Keyword::UniqueItems),
            min_properties: count(Keyword::MinProperties),
            max_properties: count(Keyword::MaxProperties),
            write_only: schema.flag(Keyword::WriteOnly),
            url: extension_text("x-trueup-url"),
            ends_with: extension_text("x-trueup-ends-with"),
            http_status: extension("x-trueup-http-status") == Some(&Value::Bool(true)),
            error: extension_text("x-trueup-error"),
            ..Node::default()
        };
        // Until 3.0 an exclusive bound is a flag beside the other one.
        if !schema.version().has_json_schema() {
            (node.above, node.below) = (None, None);
            if schema.flag(Keyword::ExclusiveMinimum) {
                node.above = node.minimum.take();
            }
            if schema.flag(Keyword::ExclusiveMaximum) {
                node.below = node.maximum.take();
            }
        }
        let dependent = schema.get(Keyword::DependentRequired);
        let dependent = dependent.and_then(Value::as_object).into_iter().flatten();
        for (name, names) in dependent {
            let names = names.as_array().into_iter().flatten();
            let names = names.filter_map(|name| Some(name.as_str()?.to_owned()));
            node.dependent_required
                .push((name.clone(), names.collect()));
        }
        node
    }

    /// The keywords that hold schemas, and those that need them.
    fn children(&mut self, schema: &Cursor<'d>, node: &mut Node) {
        for (name, child) in schema.each_named(Keyword::Properties) {
            node.properties.push((name.to_owned(), self.add(&child)));
        }
        for (pattern, child) in schema.each_named(Keyword::PatternProperties) {
            let child = self.add(&child);
            if let Some(pattern) = self.pattern(pattern) {
                node.patterned.push((pattern, child));
            }
        }
        for (name, child) in schema.each_named(Keyword::DependentSchemas) {
            node.dependent_schemas
                .push((name.to_owned(), self.add(&child)));
        }
        node.items = self.one(schema, Keyword::Items);
        node.prefix = self.list(schema, Keyword::PrefixItems);
        node.unevaluated_items = self.one(schema, Keyword::UnevaluatedItems);
        node.additional = self.one(schema, Keyword::AdditionalProperties);
        node.names = self.one(schema, Keyword::PropertyNames);
        node.unevaluated = self.one(schema, Keyword::UnevaluatedProperties);
        node.not = self.one(schema, Keyword::Not);
        node.any_of = self.list(schema, Keyword::AnyOf);
        node.one_of = self.list(schema, Keyword::OneOf);
        let as_base = !self.stands_for(schema);
        let all_of = self.list(schema, Keyword::AllOf).into_iter();
        node.all_of = all_of.map(|id| Branch { id, as_base }).collect();
        // A reference that has something beside it. Without an `$id` around it a dynamic one has
        // one meaning.
        for keyword in [Keyword::Ref, Keyword::DynamicRef] {
            if let Some(text) = schema.text(keyword)
                && let Ok(target) = self.document.reference(schema.place(), text)
            {
                node.references.push(self.add_root(&target));
            }
        }
        node.contains = self.one(schema, Keyword::Contains).map(|id| Contains {
            id,
            least: schema.count(Keyword::MinContains).unwrap_or(1),
            most: schema.count(Keyword::MaxContains),
        });
        node.condition = self.one(schema, Keyword::If).map(|test| Condition {
            test,
            then: self.one(schema, Keyword::Then),
            otherwise: self.one(schema, Keyword::Else),
        });
        let read = schema
            .members()
            .and_then(|members| Discriminator::read(self.document, schema.place(), members));
        node.discriminator = read.map(|read| Choice {
            property: read.property,
            choices: read
                .choices
                .into_iter()
                .map(|(name, place)| (name, self.add_root(&place)))
                .collect(),
            has_list: read.list.is_some(),
        });
        for name in schema.names(Keyword::Required) {
            node.required.push(Required {
                name: name.to_owned(),
                read_only: has_flag(schema, name, Keyword::ReadOnly, 0),
                write_only: has_flag(schema, name, Keyword::WriteOnly, 0),
            });
        }
    }

    fn one(&mut self, schema: &Cursor<'d>, keyword: Keyword) -> Option<Id> {
        let below = schema.below(keyword)?;
        (!below.value().is_array()).then(|| self.add(&below))
    }

    fn list(&mut self, schema: &Cursor<'d>, keyword: Keyword) -> Vec<Id> {
        schema
            .each(keyword)
            .map(|branch| self.add(&branch))
            .collect()
    }

    /// Whether a schema adds nothing to the one schema of its `allOf`, so that it stands for that
    /// one with its discriminator, and is not itself one of the schemas that it chooses between.
    fn stands_for(&self, schema: &Cursor<'d>) -> bool {
        let only = || {
            let mut branches = schema.each(Keyword::AllOf);
            let branch = branches.next().filter(|_| branches.next().is_none())?;
            let target = branch.target()?;
            let read = Discriminator::read(self.document, target.place(), target.members()?)?;
            let own: &str = schema.place();
            Some(read.choices.iter().all(|(_, choice)| choice != own))
        };
        schema.get(Keyword::Properties).is_none() && only() == Some(true)
    }

    fn pattern(&mut self, text: &str) -> Option<Arc<Pattern>> {
        let known = self
            .patterns
            .entry(text.to_owned())
            .or_insert_with(|| Pattern::new(text).map(Arc::new));
        known.clone()
    }
}

/// What `type` allows, and whether its numbers are integers.
fn types(schema: &Cursor<'_>) -> (Option<Types>, bool) {
    let names = schema.types().unwrap_or_default();
    let known = names.iter().filter_map(|name| Types::named(name));
    // A type that nobody knows, such as `file` in Swagger 2.0, says nothing.
    let types = known
        .reduce(Types::or)
        .filter(|types| *types != Types::NULL || names == ["null"]);
    let integers = names.contains(&"integer") && !names.contains(&"number");
    (types, integers)
}

/// Whether a property of a schema, or of what the schema adds to, has a flag.
fn has_flag(schema: &Cursor<'_>, name: &str, flag: Keyword, depth: usize) -> bool {
    if let Some(property) = schema.property(name) {
        let target = || {
            property
                .resolved()
                .or_else(|| property.target()?.resolved())
        };
        return property.flag(flag) || target().is_some_and(|target| target.flag(flag));
    }
    depth < MAX_FLAG_DEPTH
        && schema.each(Keyword::AllOf).any(|branch| {
            let branch = branch.resolved();
            branch.is_some_and(|branch| has_flag(&branch, name, flag, depth + 1))
        })
}

/// A whole number, which may be written as `1.0`.
fn whole(value: &Value) -> Option<u64> {
    let number: &Number = value.as_number()?;
    number.as_u64().or_else(|| {
        let text = number.to_string();
        text.strip_suffix(".0")?.parse().ok()
    })
}
