//! What the contract defines about a value beyond its validity: which property is an
//! identifier, a time, a URL, and in what correct servers differ.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::naming::{camel_case, snake_case};
use super::states::Next;
use crate::contract::api::Contract;
use crate::contract::operation::{MediaType, PathTemplate};
use crate::place::pointer;
use crate::schema::{Cursor, Discriminator, Keyword};

/// The greatest number of shapes that are joined from two others. Further ones expect nothing.
const MOST_MERGED: usize = 100_000;

/// Index of a shape among the [`Shapes`].
pub type ShapeId = usize;

/// In what correct servers differ (`x-trueup-varies`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Varies {
    /// The value itself.
    Value,
    /// Whether there is one.
    Null,
    /// The order of the items.
    Order,
    /// Upper and lower case.
    Case,
}

/// A value that names an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// What it names, such as `Build`; the same value may be known by a better name already.
    pub kind: String,
}

/// The shape of the values at one place.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// JSON pointer of the schema.
    pub pointer: String,
    /// `type`.
    pub kind: Option<String>,
    /// `format`.
    pub format: Option<String>,
    /// `pattern`.
    pub pattern: Option<String>,
    /// Properties of an object, in the order of the document.
    pub properties: IndexMap<String, ShapeId, RandomState>,
    /// Names of the properties that are required.
    pub required: Vec<String>,
    /// Items of an array.
    pub items: Option<ShapeId>,
    /// Values of an object used as a map.
    pub additional: Option<ShapeId>,
    /// Whether the schema itself allows more properties.
    pub open: bool,
    /// `x-trueup-url`.
    pub url: Option<PathTemplate>,
    /// `x-trueup-varies`.
    pub varies: Vec<Varies>,
    /// `x-trueup-creation-time`.
    pub creation_time: bool,
    /// `x-trueup-not-before`.
    pub not_before: Option<String>,
    /// `x-trueup-newest-first`.
    pub newest_first: Option<String>,
    /// `x-trueup-next`.
    pub next: Option<Next>,
    /// `x-trueup-http-status`.
    pub http_status: bool,
    /// `x-trueup-ends-with`.
    pub ends_with: Option<String>,
    /// Whether the value names an item.
    pub identifier: Option<Identifier>,
}

/// The shapes that some schemas reach, each built once.
#[derive(Debug, Default)]
pub struct Shapes {
    all: Vec<Shape>,
    by_place: HashMap<String, ShapeId>,
    /// Arrays of the items of sequences, by the places of the schemas of these.
    lists: HashMap<String, ShapeId>,
    /// Whether some shape has states that follow each other.
    states: bool,
    /// Joins the shapes that two branches of a composition define for the same values.
    merged: HashMap<(ShapeId, ShapeId), ShapeId>,
    /// Places of what discriminators choose. It is added when all else is built, since it may
    /// build on that.
    chosen: BTreeMap<ShapeId, BTreeSet<String>>,
}

impl Shapes {
    /// Builds the shapes of the schemas at these places and of all that they reach.
    pub fn compile<'a>(contract: &Contract, places: impl IntoIterator<Item = &'a str>) -> Self {
        let mut shapes = Self::default();
        for place in places {
            shapes.add(contract, place);
        }
        shapes.complete(contract)
    }

    /// Builds the shapes of bodies of these media types and of all that they reach.
    pub fn of_bodies<'a>(
        contract: &Contract,
        bodies: impl IntoIterator<Item = &'a MediaType>,
    ) -> Self {
        let mut shapes = Self::default();
        for media in bodies {
            if let Some(schema) = &media.schema {
                shapes.add(contract, schema);
            }
            if let Some(schema) = &media.item_schema
                && let Some(items) = shapes.add(contract, schema)
            {
                let list = Shape {
                    items: Some(items),
                    pointer: media.pointer.clone(),
                    ..Shape::default()
                };
                shapes.lists.insert(schema.clone(), shapes.all.len());
                shapes.all.push(list);
            }
        }
        shapes.complete(contract)
    }

    fn complete(mut self, contract: &Contract) -> Self {
        self.add_chosen(contract);
        self.states = self.all.iter().any(|shape| shape.next.is_some());
        self
    }

    fn add_chosen(&mut self, contract: &Contract) {
        while let Some((id, places)) = self.chosen.pop_first() {
            for place in places {
                if let Some(choice) = self.add(contract, &place) {
                    let mut shape = self.all[id].clone();
                    self.absorb(&mut shape, choice);
                    self.all[id] = shape;
                }
            }
        }
    }

    /// The shape of the schema at a place, references followed.
    pub fn at(&self, place: &str) -> Option<&Shape> {
        self.by_place.get(place).map(|id| &self.all[*id])
    }

    /// Whether some value is a state that others follow.
    pub fn have_states(&self) -> bool {
        self.states
    }

    /// The shape of a body of this media type.
    pub fn of_body(&self, media: &MediaType) -> Option<&Shape> {
        let list = || self.lists.get(media.item_schema.as_ref()?);
        match &media.schema {
            Some(schema) => self.at(schema),
            None => list().map(|id| self.get(*id)),
        }
    }

    /// The shape with this index.
    pub fn get(&self, id: ShapeId) -> &Shape {
        &self.all[id]
    }

    /// The shape of a member of an object.
    pub fn member(&self, shape: &Shape, name: &str) -> Option<&Shape> {
        shape
            .properties
            .get(name)
            .copied()
            .or(shape.additional)
            .map(|id| self.get(id))
    }

    /// The shape of the items of an array.
    pub fn items(&self, shape: &Shape) -> Option<&Shape> {
        shape.items.map(|id| self.get(id))
    }

    /// The shape at a JSON pointer below another shape.
    pub fn below<'a>(&'a self, shape: &'a Shape, place: &str) -> Option<&'a Shape> {
        let mut shape = shape;
        for token in pointer::tokens(place) {
            shape = match shape.items {
                Some(items) if token.parse::<usize>().is_ok() => self.get(items),
                _ => self.member(shape, &token)?,
            };
        }
        Some(shape)
    }

    /// All patterns, repeated ones too.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.all.iter().filter_map(|shape| shape.pattern.as_deref())
    }

    fn add(&mut self, contract: &Contract, place: &str) -> Option<ShapeId> {
        let schema = Cursor::resolved_at(&contract.document, place)?;
        let place = schema.place();
        if let Some(id) = self.by_place.get(&**place) {
            return Some(*id);
        }
        let members = schema.members()?;
        let id = self.all.len();
        self.by_place.insert(place.to_string(), id);
        // Of a shape that is not built yet everything may be expected.
        self.all.push(Shape {
            open: true,
            ..Shape::default()
        });
        let mut shape = own(&schema, members);
        let resource = contract.resources.of_schema(place);
        for (name, property) in schema.each_named(Keyword::Properties) {
            let at = property.place();
            let Some(child) = self.add(contract, at) else {
                continue;
            };
            shape.properties.insert(name.to_owned(), child);
            let kind = match resource {
                Some(resource) if resource.id == name => Some(resource.name.clone()),
                _ => {
                    let named = contract.resources.named_by(&snake_case(name));
                    named.map(|resource| resource.name.clone())
                }
            };
            let shared = *self.all[child].pointer != **at;
            if !shared && self.all[child].kind.as_deref() == Some("string") {
                let child = &mut self.all[child];
                let fixed = child.identifier.is_some();
                child.identifier = match kind {
                    Some(kind) => Some(Identifier { kind }),
                    None if fixed => Some(Identifier {
                        kind: identifier_kind(name),
                    }),
                    None => None,
                };
            }
        }
        if let Some(items) = schema.below(Keyword::Items) {
            shape.items = self.add(contract, items.place());
        }
        if let Some(values) = schema.below(Keyword::AdditionalProperties) {
            shape.additional = self.add(contract, values.place());
        }
        if let Some(discriminator) = Discriminator::read(&contract.document, place, members) {
            let places = discriminator.choices.into_iter().map(|(_, place)| place);
            self.chosen.entry(id).or_default().extend(places);
        }
        let branches = branches(&schema);
        let adds = schema.get(Keyword::Properties).is_some() || branches.len() > 1;
        for (keyword, branch) in branches {
            let Some(branch) = self.add(contract, branch.place()) else {
                continue;
            };
            self.absorb(&mut shape, branch);
            // What adds to a schema with a discriminator is one of its choices itself.
            let is_base = adds && keyword == Keyword::AllOf;
            if !is_base && let Some(places) = self.chosen.get(&branch).cloned() {
                self.chosen.entry(id).or_default().extend(places);
            }
        }
        self.all[id] = shape;
        Some(id)
    }

    /// Adds the definitions of a branch of a composition that the schema itself does not have.
    fn absorb(&mut self, shape: &mut Shape, branch: ShapeId) {
        let branch = self.all[branch].clone();
        for (name, id) in branch.properties {
            let known = shape.properties.get(&name).copied();
            let id = known.map_or(id, |known| self.merge(known, id));
            shape.properties.insert(name, id);
        }
        let both =
            |this: &mut Self, known: Option<ShapeId>, new: Option<ShapeId>| match (known, new) {
                (Some(known), Some(new)) => Some(this.merge(known, new)),
                (known, new) => known.or(new),
            };
        shape.items = both(self, shape.items, branch.items);
        shape.additional = both(self, shape.additional, branch.additional);
        shape.open |= branch.open;
        shape.kind = shape.kind.take().or(branch.kind);
        shape.format = shape.format.take().or(branch.format);
        shape.pattern = shape.pattern.take().or(branch.pattern);
        shape.url = shape.url.take().or(branch.url);
        shape.varies.extend(branch.varies);
        shape.not_before = shape.not_before.take().or(branch.not_before);
        shape.newest_first = shape.newest_first.take().or(branch.newest_first);
        shape.next = shape.next.take().or(branch.next);
        shape.http_status |= branch.http_status;
        shape.ends_with = shape.ends_with.take().or(branch.ends_with);
        shape.identifier = shape.identifier.take().or(branch.identifier);
    }

    /// The shape of values that two schemas describe.
    fn merge(&mut self, first: ShapeId, second: ShapeId) -> ShapeId {
        if first == second {
            return first;
        }
        if let Some(id) = self.merged.get(&(first, second)) {
            return *id;
        }
        if self.merged.len() >= MOST_MERGED {
            self.all[first].open = true;
            return first;
        }
        let id = self.all.len();
        self.merged.insert((first, second), id);
        let mut shape = self.all[first].clone();
        self.all.push(Shape {
            open: true,
            ..shape.clone()
        });
        self.absorb(&mut shape, second);
        self.all[id] = shape;
        for part in [first, second] {
            if let Some(places) = self.chosen.get(&part).cloned() {
                self.chosen.entry(id).or_default().extend(places);
            }
        }
        id
    }
}

/// The schemas that say more of the same value. What a reference leads to comes last, since what
/// stands beside it is nearer.
fn branches<'a>(schema: &Cursor<'a>) -> Vec<(Keyword, Cursor<'a>)> {
    let mut branches = schema.in_place();
    branches.retain(|(keyword, _)| !matches!(keyword, Keyword::Not | Keyword::DynamicRef));
    branches.sort_by_key(|(keyword, _)| *keyword == Keyword::Ref);
    branches
}

/// Whether a schema says itself that there may be properties which it does not name. What another
/// version means by a keyword is taken for a hint.
fn is_open(schema: &Cursor<'_>, members: &Map<String, Value>) -> bool {
    use Keyword::{
        AdditionalProperties, AllOf, AnyOf, OneOf, PatternProperties, Properties, Ref, Required,
        UnevaluatedProperties,
    };
    let says = |keyword: Keyword| {
        let value = members.get(keyword.name());
        value.is_some_and(|value| *value != Value::Bool(false))
    };
    let has = |keyword: Keyword| members.contains_key(keyword.name());
    let names = [Properties, AllOf, AnyOf, OneOf, Ref, Required];
    let is_map = members
        .get(Keyword::Type.name())
        .is_some_and(|kind| kind == "object")
        && !names.into_iter().chain([AdditionalProperties]).any(has);
    says(PatternProperties)
        || says(UnevaluatedProperties)
        || schema.flag(AdditionalProperties)
        || is_map
}

/// The one type that a schema names, null aside.
fn kind(schema: &Cursor<'_>) -> Option<String> {
    let kinds = schema.types()?;
    let mut kinds = kinds.into_iter().filter(|kind| *kind != "null");
    let kind = kinds.next()?;
    kinds.next().is_none().then(|| kind.to_owned())
}

/// The shape that a schema defines by itself.
fn own(schema: &Cursor<'_>, members: &Map<String, Value>) -> Shape {
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let length = |keyword: Keyword| schema.count(keyword);
    let pattern = schema.text(Keyword::Pattern).map(str::to_owned);
    let format = schema.text(Keyword::Format).map(str::to_owned);
    // A text of one fixed length with a pattern, or a UUID, is made to name something.
    let fixed = pattern.is_some()
        && length(Keyword::MinLength)
            .is_some_and(|min| min >= 8 && length(Keyword::MaxLength) == Some(min));
    let identifier = (fixed || format.as_deref() == Some("uuid")).then(|| Identifier {
        kind: "Id".to_owned(),
    });
    let varies = match members.get("x-trueup-varies") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    Shape {
        pointer: schema.place().to_string(),
        kind: kind(schema),
        open: is_open(schema, members),
        format,
        pattern,
        required: schema.names(Keyword::Required).map(str::to_owned).collect(),
        url: text("x-trueup-url").map(|template| PathTemplate::parse(&template)),
        varies: varies
            .into_iter()
            .filter_map(|name| match name {
                "value" => Some(Varies::Value),
                "order" => Some(Varies::Order),
                "case" => Some(Varies::Case),
                "null" => Some(Varies::Null),
                _ => None,
            })
            .collect(),
        creation_time: members.get("x-trueup-creation-time") == Some(&Value::Bool(true)),
        not_before: text("x-trueup-not-before"),
        newest_first: text("x-trueup-newest-first"),
        next: members.get(Next::KEYWORD).and_then(Next::read),
        http_status: members.get("x-trueup-http-status") == Some(&Value::Bool(true)),
        ends_with: text("x-trueup-ends-with"),
        identifier,
        ..Shape::default()
    }
}

/// `account_sid` names an `Account`.
fn identifier_kind(property: &str) -> String {
    let words = snake_case(property);
    let stem = ["_sid", "_id", "_uuid"]
        .iter()
        .find_map(|suffix| words.strip_suffix(suffix))
        .unwrap_or(&words);
    camel_case(stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::build;
    use crate::spec::{Files, load};

    const FILES: Files = Files::Bundle(&[(
        "a.yaml",
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    \
         pet:\n      discriminator: {propertyName: kind}\n      properties: {kind: {type: string}}\n    \
         cat:\n      allOf:\n      - {$ref: '#/components/schemas/pet'}\n      \
         - {properties: {claws: {type: integer}}}\n    \
         answer:\n      oneOf:\n      - {properties: {data: {properties: {a: {}}}}}\n      \
         - {properties: {data: {properties: {b: {}}}}}\n    \
         wrap: {allOf: [{$ref: '#/components/schemas/pet'}]}\n    \
         more:\n      $ref: '#/components/schemas/cat'\n      properties: {more: {type: [string, 'null']}}\n    \
         map:\n      properties: {a: {}}\n      patternProperties: {^x: {}}\n    \
         free:\n      anyOf:\n      - {properties: {a: {}}}\n      - {type: object}\n",
    )]);

    #[test]
    fn compositions_know_the_properties_of_all_branches() {
        let contract = build(load(&FILES, "a.yaml", &[]).unwrap()).unwrap();
        let place = |name: &str| format!("/components/schemas/{name}");
        let all = ["cat", "pet", "answer", "wrap", "more", "map", "free"].map(place);
        let shapes = Shapes::compile(&contract, all.iter().map(String::as_str));
        let names = |at: &str| {
            let mut names: Vec<&str> = shapes
                .at(at)
                .unwrap()
                .properties
                .keys()
                .map(String::as_str)
                .collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(&place("pet")), ["claws", "kind"]);
        assert_eq!(names(&place("cat")), ["claws", "kind"]);
        assert_eq!(names(&place("wrap")), ["claws", "kind"]);
        assert_eq!(names(&place("more")), ["claws", "kind", "more"]);
        let answer = shapes.at(&place("answer")).unwrap();
        let data = shapes.member(answer, "data").unwrap();
        assert_eq!(data.properties.len(), 2);
        let more = shapes.at(&place("more")).unwrap();
        assert_eq!(
            shapes.member(more, "more").unwrap().kind.as_deref(),
            Some("string")
        );
        let open = |name: &str| shapes.at(&place(name)).unwrap().open;
        assert!(open("map") && open("free"));
        assert!(!open("pet") && !open("cat") && !open("answer") && !open("more"));
    }
}
