//! A schema at its place, and the ways from it to others: where its reference leads, what applies to
//! the same value, what applies to a part of the value. Whoever asks what a schema says goes these
//! ways, so that all follow references alike.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::keyword::{Applies, Keyword, Takes, Version, is_lone_reference};
use crate::place::pointer;
use crate::spec::Document;

/// Most schemas one inside the other that are followed for one value.
pub const MAX_SCHEMA_DEPTH: usize = 64;

/// Most references that lead one to the other.
const MAX_REFERENCES: usize = 100;

/// What schemas stand in: a document, or the schemas that were compiled from one.
pub trait Space: std::fmt::Debug + Sync {
    /// The version whose keywords count.
    fn version(&self) -> Version;

    /// The place and the schema that a `$ref` names, which stands in the schema at a place.
    fn referred(&self, at: &str, reference: &str) -> Option<(String, &Value)>;
}

impl Space for Document {
    fn version(&self) -> Version {
        Document::version(self).unwrap_or(Version::V3_0)
    }

    fn referred(&self, at: &str, reference: &str) -> Option<(String, &Value)> {
        let place = self.reference(at, reference).ok()?;
        let schema = self.get(&place)?;
        Some((place, schema))
    }
}

/// A schema at its place.
#[derive(Debug, Clone)]
pub struct Cursor<'a> {
    space: &'a dyn Space,
    place: Arc<str>,
    schema: &'a Value,
}

impl<'a> Cursor<'a> {
    /// The schema that stands at a place, references not followed; none if nothing stands there.
    pub fn at(document: &'a Document, place: &str) -> Option<Self> {
        let schema = document.get(place)?;
        Some(Self::new(document, place.into(), schema))
    }

    /// The schema at a place; references that have nothing beside them are followed.
    pub fn resolved_at(document: &'a Document, place: &str) -> Option<Self> {
        Self::at(document, place)?.resolved()
    }

    pub(super) fn new(space: &'a dyn Space, place: Arc<str>, schema: &'a Value) -> Self {
        Self {
            space,
            place,
            schema,
        }
    }

    /// The version whose keywords count.
    pub fn version(&self) -> Version {
        self.space.version()
    }

    /// Its place in the document.
    pub fn place(&self) -> &Arc<str> {
        &self.place
    }

    /// The schema itself.
    pub fn value(&self) -> &'a Value {
        self.schema
    }

    /// Its members; none if it is `true` or `false`.
    pub fn members(&self) -> Option<&'a Map<String, Value>> {
        self.schema.as_object()
    }

    /// The value of a keyword, if the version has that keyword.
    pub fn get(&self, keyword: Keyword) -> Option<&'a Value> {
        let value = self.schema.get(keyword.name())?;
        keyword.is_read_in(self.version()).then_some(value)
    }

    /// The text of a keyword.
    pub fn text(&self, keyword: Keyword) -> Option<&'a str> {
        self.get(keyword)?.as_str()
    }

    /// The number of a keyword.
    pub fn number(&self, keyword: Keyword) -> Option<f64> {
        self.get(keyword)?.as_f64()
    }

    /// The whole number of a keyword that is not negative.
    pub fn count(&self, keyword: Keyword) -> Option<u64> {
        self.get(keyword)?.as_u64()
    }

    /// Whether a keyword says `true`.
    pub fn flag(&self, keyword: Keyword) -> bool {
        self.get(keyword) == Some(&Value::Bool(true))
    }

    /// The values of a keyword that has a list of them.
    pub fn values(&self, keyword: Keyword) -> &'a [Value] {
        let list = self.get(keyword).and_then(Value::as_array);
        list.map_or(&[], Vec::as_slice)
    }

    /// The names in a keyword that has a list of them.
    pub fn names(&self, keyword: Keyword) -> impl Iterator<Item = &'a str> + use<'a> {
        self.values(keyword).iter().filter_map(Value::as_str)
    }

    /// The types that it allows; none if it names no type. Null is one of them where the dialect says
    /// so with a flag.
    pub fn types(&self) -> Option<Vec<&'a str>> {
        Some(match self.get(Keyword::Type)? {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            Value::String(kind) if self.is_nullable() => vec![kind, "null"],
            kind => kind.as_str().into_iter().collect(),
        })
    }

    /// Whether a flag says that values may be null.
    pub fn is_nullable(&self) -> bool {
        self.flag(Keyword::Nullable) || self.flag(Keyword::XNullable)
    }

    /// The values that it allows, by `const` or `enum`.
    pub fn choices(&self) -> Option<Vec<&'a Value>> {
        match (self.get(Keyword::Const), self.get(Keyword::Enum)) {
            (Some(only), _) => Some(vec![only]),
            (None, Some(Value::Array(values))) => Some(values.iter().collect()),
            _ => None,
        }
    }

    /// The schema that its `$ref` names. What stands there may be a reference again.
    pub fn target(&self) -> Option<Self> {
        self.referred(Keyword::Ref)
    }

    fn referred(&self, keyword: Keyword) -> Option<Self> {
        let reference = self.text(keyword)?;
        let (place, schema) = self.space.referred(&self.place, reference)?;
        Some(Self::new(self.space, place.into(), schema))
    }

    /// Where it leads: itself, unless it is a reference with nothing beside it. None if the references
    /// lead nowhere.
    pub fn resolved(&self) -> Option<Self> {
        let version = self.version();
        let is_reference = |schema: &Self| {
            let members = schema.members();
            members.is_some_and(|members| is_lone_reference(members, version))
        };
        let mut schema = self.clone();
        let mut followed = 0;
        while is_reference(&schema) {
            schema = schema.target().filter(|_| followed < MAX_REFERENCES)?;
            followed += 1;
        }
        Some(schema)
    }

    /// The one schema of a keyword.
    pub fn below(&self, keyword: Keyword) -> Option<Self> {
        let schema = self.get(keyword)?;
        Some(self.step(pointer::join(&self.place, keyword.name()), schema))
    }

    /// The schema of a keyword that stands under a name.
    pub fn named(&self, keyword: Keyword, name: &str) -> Option<Self> {
        let schema = self.get(keyword)?.get(name)?;
        let map = pointer::join(&self.place, keyword.name());
        Some(self.step(pointer::join(&map, name), schema))
    }

    /// The schema of a property.
    pub fn property(&self, name: &str) -> Option<Self> {
        self.named(Keyword::Properties, name)
    }

    /// The schemas of a keyword with the names that they stand under.
    pub fn each_named(&self, keyword: Keyword) -> impl Iterator<Item = (&'a str, Self)> {
        let members = self.get(keyword).and_then(Value::as_object);
        let map = pointer::join(&self.place, keyword.name());
        let members = members.into_iter().flatten();
        members.map(move |(name, schema)| {
            let schema = self.step(pointer::join(&map, name), schema);
            (name.as_str(), schema)
        })
    }

    /// The schemas of a keyword that has a list of them.
    pub fn each(&self, keyword: Keyword) -> impl Iterator<Item = Self> {
        let list = pointer::join(&self.place, keyword.name());
        let schemas = self.values(keyword).iter().enumerate();
        schemas.map(move |(i, schema)| self.step(pointer::join(&list, &i.to_string()), schema))
    }

    fn step(&self, place: String, schema: &'a Value) -> Self {
        Self::new(self.space, place.into(), schema)
    }

    /// The schemas that a keyword holds.
    pub fn held(&self, keyword: Keyword) -> Vec<Self> {
        match keyword.takes() {
            Takes::Reference => self.referred(keyword).into_iter().collect(),
            Takes::Schemas => self.each(keyword).collect(),
            Takes::SchemaMap => {
                let named = self.each_named(keyword);
                named.map(|(_, schema)| schema).collect()
            }
            Takes::Schema | Takes::SchemaOrFlag => self.below(keyword).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The schemas that apply to the same value, with the keywords that apply them. Where the version
    /// has it so, a reference is alone.
    pub fn in_place(&self) -> Vec<(Keyword, Self)> {
        self.applying(Applies::InPlace)
    }

    /// The schemas that apply to parts of the value, with the keywords that apply them.
    pub fn children(&self) -> Vec<(Keyword, Self)> {
        self.applying(Applies::ToChild)
    }

    fn applying(&self, to: Applies) -> Vec<(Keyword, Self)> {
        let Some(members) = self.members() else {
            return Vec::new();
        };
        let alone = self.get(Keyword::Ref).is_some() && !self.version().has_json_schema();
        let mut found = Vec::new();
        for keyword in Keyword::ALL {
            let counts = !alone || keyword == Keyword::Ref;
            if counts && keyword.applies() == to && members.contains_key(keyword.name()) {
                let held = self.held(keyword).into_iter();
                found.extend(held.map(|schema| (keyword, schema)));
            }
        }
        found
    }

    /// The schema and all that apply to the same value by keywords that are `wanted`, each place once,
    /// references that have nothing beside them followed.
    pub fn closure(&self, wanted: impl Fn(Keyword) -> bool) -> Vec<Self> {
        let mut found = Vec::new();
        self.gather(&wanted, 0, &mut HashSet::new(), &mut found);
        found
    }

    fn gather(
        &self,
        wanted: &dyn Fn(Keyword) -> bool,
        depth: usize,
        seen: &mut HashSet<Arc<str>>,
        found: &mut Vec<Self>,
    ) {
        let Some(schema) = self.resolved().filter(|_| depth < MAX_SCHEMA_DEPTH) else {
            return;
        };
        if schema.members().is_none() || !seen.insert(Arc::clone(&schema.place)) {
            return;
        }
        found.push(schema.clone());
        for (keyword, branch) in schema.in_place() {
            if wanted(keyword) {
                branch.gather(wanted, depth + 1, seen, found);
            }
        }
    }

    /// The schema and what it refers to.
    pub fn chain(&self) -> Vec<Self> {
        self.closure(|keyword| keyword == Keyword::Ref)
    }

    /// The schema and all that say more of every value that it allows: what it refers to, and the
    /// schemas of `allOf`.
    pub fn parts(&self) -> Vec<Self> {
        self.closure(|keyword| matches!(keyword, Keyword::Ref | Keyword::AllOf))
    }

    /// The schema and all that may say more of a value that it allows: what it refers to, and the
    /// schemas of `allOf`, `anyOf` and `oneOf`.
    pub fn alternatives(&self) -> Vec<Self> {
        use Keyword::{AllOf, AnyOf, OneOf, Ref};
        self.closure(|keyword| matches!(keyword, Ref | AllOf | AnyOf | OneOf))
    }
}
