//! The schemas of a contract, read once: what the emulator needs to make and to refuse values.

use std::collections::HashMap;

use regex::Regex;
use serde_json::{Map, Value};

use super::convention;
use crate::contract::{self, Contract, MediaType, PathTemplate};
use crate::place::pointer;
use crate::schema::regex;
use crate::spec::Document;

/// Index of a schema among the [`Schemas`].
pub(super) type Id = usize;

/// `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

/// One schema. What `allOf` adds stands beside what the schema says itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Schema {
    pub(super) place: String,
    pub(super) kind: Option<Kind>,
    pub(super) format: Option<String>,
    pub(super) default: Option<Value>,
    pub(super) example: Option<Value>,
    pub(super) choices: Vec<Value>,
    pub(super) pattern: Option<Regex>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    /// `x-trueup-max-bytes`.
    pub(super) max_bytes: Option<u64>,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) min_properties: Option<u64>,
    pub(super) max_properties: Option<u64>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) required: Vec<String>,
    pub(super) multiple_of: Option<f64>,
    /// The names that members may have, where they may have no others.
    pub(super) only: Option<Only>,
    pub(super) properties: Vec<(String, Id)>,
    /// What members are whose names match a pattern.
    pub(super) patterned: Vec<(Regex, Id)>,
    /// What all other members are.
    pub(super) additional: Option<Id>,
    pub(super) items: Option<Id>,
    pub(super) all_of: Vec<Id>,
    pub(super) any_of: Vec<Id>,
    pub(super) one_of: Vec<Id>,
    pub(super) flags: Flags,
    /// `x-trueup-error`.
    pub(super) error: Option<String>,
    /// `x-trueup-url`.
    pub(super) url: Option<PathTemplate>,
    /// `x-trueup-ends-with`.
    pub(super) ends_with: Option<String>,
}

/// The names that members may have.
#[derive(Debug, Clone, Default)]
pub(super) struct Only {
    pub(super) names: Vec<String>,
    patterns: Vec<Regex>,
}

impl Only {
    /// Whether a member may have this name.
    pub(super) fn allows(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
            || self.patterns.iter().any(|pattern| pattern.is_match(name))
    }

    /// What a schema names itself.
    fn of(schema: &Schema) -> Self {
        Self {
            names: schema
                .properties
                .iter()
                .map(|(name, _)| name.clone())
                .collect(),
            patterns: schema
                .patterned
                .iter()
                .map(|(regex, _)| regex.clone())
                .collect(),
        }
    }
}

/// What a schema says with a plain `true`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flags(u8);

impl Flags {
    pub(super) const NULLABLE: Self = Self(1);
    pub(super) const READ_ONLY: Self = Self(2);
    pub(super) const WRITE_ONLY: Self = Self(4);
    pub(super) const ABOVE_MINIMUM: Self = Self(8);
    pub(super) const BELOW_MAXIMUM: Self = Self(16);
    pub(super) const UNIQUE: Self = Self(32);
    pub(super) const HTTP_STATUS: Self = Self(64);
    /// More members are evaluated than those that are named.
    const OPEN: Self = Self(128);

    const NAMES: [(&'static str, Self); 7] = [
        ("nullable", Self::NULLABLE),
        ("readOnly", Self::READ_ONLY),
        ("writeOnly", Self::WRITE_ONLY),
        ("exclusiveMinimum", Self::ABOVE_MINIMUM),
        ("exclusiveMaximum", Self::BELOW_MAXIMUM),
        ("uniqueItems", Self::UNIQUE),
        ("x-trueup-http-status", Self::HTTP_STATUS),
    ];

    fn read(members: &Map<String, Value>) -> Self {
        Self::NAMES
            .iter()
            .filter(|(name, _)| members.get(*name) == Some(&Value::Bool(true)))
            .fold(Self::default(), |all, (_, flag)| Self(all.0 | flag.0))
    }

    /// The same with one more, if that is so.
    fn with(self, flag: Self, is_so: bool) -> Self {
        if is_so { Self(self.0 | flag.0) } else { self }
    }
}

impl Schema {
    /// Whether a flag is set.
    pub(super) fn is(&self, flag: Flags) -> bool {
        self.flags.0 & flag.0 != 0
    }

    /// The index of a property's schema.
    pub(super) fn property(&self, name: &str) -> Option<Id> {
        let found = self.properties.iter().find(|(own, _)| own == name);
        found.map(|(_, id)| *id)
    }

    /// Whether a property is required.
    pub(super) fn requires(&self, name: &str) -> bool {
        self.required.iter().any(|required| required == name)
    }

    /// Whether values are bytes that came as a file.
    pub(super) fn is_binary(&self) -> bool {
        self.format.as_deref() == Some("binary")
    }
}

/// All schemas that operations reach.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    all: Vec<Schema>,
    by_place: HashMap<String, Id>,
    patterns: HashMap<String, Option<Regex>>,
}

impl Schemas {
    /// Reads the schemas of all operations and resources.
    pub(super) fn compile(contract: &Contract) -> Self {
        let mut schemas = Self::default();
        for operation in contract.operations.iter() {
            let bodies = operation.body.iter().flat_map(|body| &body.media);
            let answers = operation.responses.iter().flat_map(|r| &r.media);
            let headers = operation.responses.iter().flat_map(|r| &r.headers);
            let places = operation
                .parameters
                .iter()
                .filter_map(|parameter| parameter.schema.as_ref())
                .chain(bodies.chain(answers).filter_map(|m| m.schema.as_ref()))
                .chain(headers.filter_map(|header| header.schema.as_ref()));
            for place in places {
                schemas.add(&contract.document, place);
            }
            for media in operation.responses.iter().flat_map(|r| &r.media) {
                schemas.add_sequence(&contract.document, media);
            }
        }
        for resource in contract.resources.iter() {
            let id = schemas.add(&contract.document, &resource.schema);
            let address = id.and_then(|id| convention::own_address(resource, schemas.get(id)));
            if let Some((id, template)) = address {
                let property = &mut schemas.all[id];
                let is_text = property.kind == Some(Kind::String);
                property.url = property.url.take().or(is_text.then_some(template));
            }
        }
        schemas
    }

    /// The schema with this index.
    pub(super) fn get(&self, id: Id) -> &Schema {
        &self.all[id]
    }

    /// The schema at a place that the contract names.
    pub(super) fn at(&self, place: &str) -> Option<&Schema> {
        self.by_place.get(place).map(|id| self.get(*id))
    }

    /// The schema at a JSON pointer in the values of another one.
    pub(super) fn below<'a>(&'a self, schema: &'a Schema, place: &str) -> Option<&'a Schema> {
        pointer::tokens(place).try_fold(schema, |schema, token| match schema.items {
            Some(items) if token.parse::<usize>().is_ok() => Some(self.get(items)),
            _ => schema.property(&token).map(|id| self.get(id)),
        })
    }

    /// Adds the array that a sequence is of whose items alone are described, by the place of its
    /// media type.
    fn add_sequence(&mut self, document: &Document, media: &MediaType) {
        let is_written = matches!(media.kind(), contract::Kind::Sequence(_));
        let Some(items) = media.item_schema.as_ref().filter(|_| is_written) else {
            return;
        };
        let list = Schema {
            place: media.pointer.clone(),
            kind: Some(Kind::Array),
            items: self.add(document, items),
            ..Schema::default()
        };
        self.by_place.insert(media.pointer.clone(), self.all.len());
        self.all.push(list);
    }

    fn add(&mut self, document: &Document, place: &str) -> Option<Id> {
        let place = document.resolve_schema(place).ok()?;
        if let Some(id) = self.by_place.get(&place) {
            return Some(*id);
        }
        let members = document.get(&place)?.as_object()?;
        let id = self.all.len();
        self.by_place.insert(place.clone(), id);
        self.all.push(Schema::default());
        let mut schema = self.own(members);
        for name in keys(members, "properties") {
            let at = pointer::join(&pointer::join(&place, "properties"), name);
            if let Some(child) = self.add(document, &at) {
                schema.properties.push((name.clone(), child));
            }
        }
        for pattern in keys(members, "patternProperties") {
            let at = pointer::join(&pointer::join(&place, "patternProperties"), pattern);
            if let (Some(regex), Some(child)) = (self.pattern(pattern), self.add(document, &at)) {
                schema.patterned.push((regex, child));
            }
        }
        if members.contains_key("items") {
            schema.items = self.add(document, &pointer::join(&place, "items"));
        }
        schema.additional = self.add(document, &pointer::join(&place, "additionalProperties"));
        if is_false(members, "additionalProperties") {
            schema.only = Some(Only::of(&schema));
        }
        schema.all_of = self.branches(document, members, &place, "allOf");
        // What a reference leads to applies beside the keywords around it.
        if let Some(Value::String(reference)) = members.get("$ref")
            && let Ok(target) = document.reference(&place, reference)
        {
            schema.all_of.extend(self.add(document, &target));
        }
        schema.any_of = self.branches(document, members, &place, "anyOf");
        schema.one_of = self.branches(document, members, &place, "oneOf");
        for branch in schema.all_of.clone() {
            let branch = self.all[branch].clone();
            absorb(&mut schema, branch);
        }
        if is_false(members, "unevaluatedProperties") {
            schema.only = schema
                .only
                .take()
                .or_else(|| self.evaluated(&schema, members));
        }
        schema.place = place;
        self.all[id] = schema;
        Some(id)
    }

    /// The names that a schema and all that it is made of evaluate; none if some of that cannot be
    /// told.
    fn evaluated(&self, schema: &Schema, members: &Map<String, Value>) -> Option<Only> {
        const OTHERS: [&str; 4] = [
            "if",
            "dependentSchemas",
            "$dynamicRef",
            "additionalProperties",
        ];
        if OTHERS.iter().any(|keyword| members.contains_key(*keyword)) {
            return None;
        }
        let mut only = Only::of(schema);
        let mut waiting: Vec<Id> = [&schema.all_of, &schema.any_of, &schema.one_of]
            .into_iter()
            .flatten()
            .copied()
            .collect();
        let mut seen = Vec::new();
        while let Some(id) = waiting.pop() {
            let branch = self.get(id);
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            if branch.is(Flags::OPEN) {
                return None;
            }
            let own = Only::of(branch);
            only.names.extend(own.names);
            only.patterns.extend(own.patterns);
            let further = [&branch.all_of, &branch.any_of, &branch.one_of];
            waiting.extend(further.into_iter().flatten());
        }
        Some(only)
    }

    fn branches(
        &mut self,
        document: &Document,
        members: &Map<String, Value>,
        place: &str,
        keyword: &str,
    ) -> Vec<Id> {
        let count = members
            .get(keyword)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let list = pointer::join(place, keyword);
        (0..count)
            .filter_map(|i| self.add(document, &pointer::join(&list, &i.to_string())))
            .collect()
    }

    /// What a schema says without others.
    fn own(&mut self, members: &Map<String, Value>) -> Schema {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let count = |name: &str| members.get(name).and_then(Value::as_u64);
        let number = |name: &str| members.get(name).and_then(Value::as_f64);
        let (kind, may_be_null) = types(members);
        let list = |name: &str| members.get(name).and_then(Value::as_array);
        let (minimum, above) = bound(members, "minimum", "exclusiveMinimum", f64::max);
        let (maximum, below) = bound(members, "maximum", "exclusiveMaximum", f64::min);
        let constant = members.get("const").map(|value| vec![value.clone()]);
        let is_open = OPENING.iter().any(|name| {
            members
                .get(*name)
                .is_some_and(|value| *value != Value::Bool(false))
        });
        Schema {
            kind,
            format: text("format").map(str::to_owned),
            default: members.get("default").cloned(),
            example: members.get("example").cloned(),
            choices: constant.or(list("enum").cloned()).unwrap_or_default(),
            pattern: text("pattern").and_then(|pattern| self.pattern(pattern)),
            min_length: count("minLength"),
            max_bytes: count("x-trueup-max-bytes"),
            max_length: count("maxLength"),
            minimum,
            maximum,
            multiple_of: number("multipleOf").filter(|of| *of > 0.0),
            min_properties: count("minProperties"),
            max_properties: count("maxProperties"),
            min_items: count("minItems"),
            max_items: count("maxItems"),
            required: list("required")
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            flags: Flags::read(members)
                .with(Flags::NULLABLE, may_be_null)
                .with(Flags::ABOVE_MINIMUM, above)
                .with(Flags::BELOW_MAXIMUM, below)
                .with(Flags::OPEN, is_open),
            error: text("x-trueup-error").map(str::to_owned),
            url: text("x-trueup-url").map(PathTemplate::parse),
            ends_with: text("x-trueup-ends-with").map(str::to_owned),
            ..Schema::default()
        }
    }

    fn pattern(&mut self, text: &str) -> Option<Regex> {
        let known = self
            .patterns
            .entry(text.to_owned())
            .or_insert_with(|| regex(text));
        known.clone()
    }
}

/// Keywords by which a schema evaluates members that it does not name, unless they are false.
const OPENING: [&str; 5] = [
    "additionalProperties",
    "unevaluatedProperties",
    "if",
    "dependentSchemas",
    "$dynamicRef",
];

fn is_false(members: &Map<String, Value>, name: &str) -> bool {
    members.get(name) == Some(&Value::Bool(false))
}

/// A bound, and whether it is itself out of bounds: since 3.1 that is a number of its own, which
/// counts if it is the `stricter` one.
fn bound(
    members: &Map<String, Value>,
    inclusive: &str,
    exclusive: &str,
    stricter: fn(f64, f64) -> f64,
) -> (Option<f64>, bool) {
    let number = |name: &str| members.get(name).and_then(Value::as_f64);
    match (number(inclusive), number(exclusive)) {
        (bound, None) => (bound, false),
        (None, Some(bound)) => (Some(bound), true),
        (Some(a), Some(b)) => {
            let bound = stricter(a, b);
            (Some(bound), bound.total_cmp(&b).is_eq())
        }
    }
}

/// What `type` says: the kind of the values, if they are of one, and whether null is one of them.
fn types(members: &Map<String, Value>) -> (Option<Kind>, bool) {
    let names: Vec<&str> = match members.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ if members.contains_key("properties") => vec!["object"],
        _ => Vec::new(),
    };
    let others: Vec<&str> = names.iter().copied().filter(|n| *n != "null").collect();
    let kind = match others.as_slice() {
        ["string"] => Some(Kind::String),
        ["integer"] => Some(Kind::Integer),
        ["number"] => Some(Kind::Number),
        ["boolean"] => Some(Kind::Boolean),
        ["array"] => Some(Kind::Array),
        ["object"] => Some(Kind::Object),
        _ => None,
    };
    (kind, others.len() < names.len())
}

/// Adds what a branch of `allOf` says where the schema says nothing itself.
fn absorb(schema: &mut Schema, branch: Schema) {
    for (name, id) in branch.properties {
        if schema.property(&name).is_none() {
            schema.properties.push((name, id));
        }
    }
    schema.required.extend(branch.required);
    schema.kind = schema.kind.or(branch.kind);
    schema.format = schema.format.take().or(branch.format);
    schema.default = schema.default.take().or(branch.default);
    schema.example = schema.example.take().or(branch.example);
    schema.pattern = schema.pattern.take().or(branch.pattern);
    schema.min_length = schema.min_length.or(branch.min_length);
    schema.max_bytes = schema.max_bytes.or(branch.max_bytes);
    schema.max_length = schema.max_length.or(branch.max_length);
    schema.minimum = schema.minimum.or(branch.minimum);
    schema.items = schema.items.or(branch.items);
    schema.url = schema.url.take().or(branch.url);
    if schema.choices.is_empty() {
        schema.choices = branch.choices;
    }
}

fn keys<'a>(members: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a String> {
    members
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn types_of_every_version() {
        for (schema, expected) in [
            (json!({"type": "string"}), (Some(Kind::String), false)),
            (
                json!({"type": ["string", "null"]}),
                (Some(Kind::String), true),
            ),
            (
                json!({"type": ["null", "array"]}),
                (Some(Kind::Array), true),
            ),
            (json!({"type": ["string", "integer"]}), (None, false)),
            (json!({"properties": {}}), (Some(Kind::Object), false)),
            (json!({}), (None, false)),
        ] {
            assert_eq!(types(schema.as_object().unwrap()), expected, "{schema}");
        }
    }
}
