//! Mistakes in a schema that its compiler passes over: keywords that the version does not have or that
//! are misspelt, values of the wrong kind, demands that no value can meet.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::cursor::Cursor;
use super::view::{Limit, View};
use crate::keyword::{Editions, Keyword, Takes, Version};
use crate::spec::nearest;

/// A mistake in a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The keyword that it is about; none for the schema as a whole.
    pub keyword: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// Whether documents make the same mistake in many places, so that it is reported once.
    pub is_common: bool,
}

impl Mistake {
    fn about(keyword: &str, message: String, remedy: impl Into<String>) -> Self {
        Self {
            keyword: Some(keyword.to_owned()),
            message,
            remedy: remedy.into(),
            is_common: false,
        }
    }

    fn common(self) -> Self {
        Self {
            is_common: true,
            ..self
        }
    }
}

/// The mistakes in a schema itself. Those in the schemas inside it are their own.
pub fn mistakes(schema: &Cursor<'_>) -> Vec<Mistake> {
    let Some(members) = schema.members() else {
        return Vec::new();
    };
    let version = schema.version();
    if members.contains_key(Keyword::Ref.name()) && !version.has_json_schema() {
        return ignored_siblings(members);
    }
    let mut found = Vec::new();
    for (name, value) in members {
        match Keyword::of(name) {
            Some(keyword) if !keyword.editions().have(version) => {
                found.extend(foreign(keyword, value, version));
            }
            Some(keyword) => found.extend(misused(keyword, value, version)),
            None => found.extend(unknown(name, version)),
        }
    }
    let is_list = schema.text(Keyword::Type) == Some("array");
    let is_composed = !schema.in_place().is_empty();
    if is_list && !is_composed && !version.has_json_schema() && schema.get(Keyword::Items).is_none()
    {
        let message = format!(
            "an array needs `{}` in {}",
            Keyword::Items,
            version_name(version)
        );
        let remedy = "define its items; `items: {}` allows every value";
        found.push(Mistake::about(Keyword::Type.name(), message, remedy).common());
    }
    found.extend(impossible(schema));
    found
}

/// The keywords beside a reference that demand something, where references are alone.
fn ignored_siblings(members: &Map<String, Value>) -> Vec<Mistake> {
    let names = members.keys();
    let ignored = names.filter(|name| {
        let keyword = Keyword::of(name);
        keyword.is_some_and(|k| k.asserts() || k.holds_schemas() || k == Keyword::Nullable)
    });
    ignored
        .map(|name| {
            let message = format!("`{name}` beside `$ref` is ignored before OpenAPI 3.1");
            let remedy = format!("write `allOf` with the reference, and `{name}` beside that");
            Mistake::about(name, message, remedy).common()
        })
        .collect()
}

/// A keyword that the version does not have.
fn foreign(keyword: Keyword, value: &Value, version: Version) -> Option<Mistake> {
    if keyword == Keyword::XNullable {
        return None;
    }
    let name = version_name(version);
    let effect = if keyword.is_read_in(version) {
        "other tools may ignore it"
    } else {
        "it is ignored"
    };
    let remedy = match (keyword, keyword.editions()) {
        (Keyword::Const, _) => format!("write `enum: [{value}]`"),
        (Keyword::Examples, _) => "write `example`".to_owned(),
        (Keyword::Nullable, _) if version == Version::V2_0 => "write `x-nullable`".to_owned(),
        (Keyword::Nullable, _) => "write a list of types with \"null\" in it".to_owned(),
        (Keyword::Definitions, _) if version.has_json_schema() => "write `$defs`".to_owned(),
        (Keyword::Dependencies, _) if version.has_json_schema() => {
            "write `dependentRequired` or `dependentSchemas`".to_owned()
        }
        (Keyword::AdditionalItems, _) if version.has_json_schema() => {
            "write `items` beside `prefixItems`".to_owned()
        }
        (Keyword::RecursiveRef | Keyword::RecursiveAnchor, _) if version.has_json_schema() => {
            "write `$dynamicRef` and `$dynamicAnchor`".to_owned()
        }
        (_, Editions::Since(first)) => format!(
            "{} added it: raise the version of the document, or remove it",
            version_name(first)
        ),
        _ => "remove it".to_owned(),
    };
    let message = format!("`{keyword}` is not a keyword of schemas in {name}; {effect}");
    Some(Mistake::about(keyword.name(), message, remedy).common())
}

/// A name that no version has as a keyword. JSON Schema allows keywords of one's own, so since 3.1 only
/// what looks misspelt is a mistake.
fn unknown(name: &str, version: Version) -> Option<Mistake> {
    if name.starts_with("x-") {
        return None;
    }
    let known = || {
        let all = Keyword::ALL.into_iter();
        all.filter(|keyword| keyword.editions().have(version))
            .map(Keyword::name)
    };
    let same = known().find(|known| known.eq_ignore_ascii_case(name));
    let question = match same {
        Some(same) => Some(format!("did you mean '{same}'?")),
        None if version.has_json_schema() => close(name, known()),
        None => nearest(name, known()),
    };
    if question.is_none() && version.has_json_schema() {
        return None;
    }
    let message = format!(
        "`{name}` is not a keyword of schemas in {}; it is ignored",
        version_name(version)
    );
    let remedy = question.unwrap_or_else(|| "remove it, or begin its name with `x-`".to_owned());
    Some(Mistake::about(name, message, remedy).common())
}

/// The keyword that differs from a name in one character, if the name is long enough to be sure.
fn close<'k>(name: &str, mut known: impl Iterator<Item = &'k str>) -> Option<String> {
    let is_near = |known: &&str| {
        let (long, short) = if known.len() >= name.len() {
            (*known, name)
        } else {
            (name, *known)
        };
        let ahead = long.bytes().zip(short.bytes());
        let same = ahead.take_while(|(a, b)| a == b).count();
        let (long, short) = (&long.as_bytes()[same..], &short.as_bytes()[same..]);
        match long.len() - short.len() {
            0 => long.get(1..) == short.get(1..),
            1 => long.get(1..) == Some(short),
            _ => false,
        }
    };
    let near = known.find(|known| name.len() >= 5 && is_near(known))?;
    Some(format!("did you mean '{near}'?"))
}

/// A keyword whose value is of the wrong kind, as far as the compiler passes over that.
fn misused(keyword: Keyword, value: &Value, version: Version) -> Option<Mistake> {
    let has_json_schema = version.has_json_schema();
    let about =
        |message: String, remedy: String| Some(Mistake::about(keyword.name(), message, remedy));
    match (keyword.takes(), value) {
        (Takes::Names, Value::Bool(_)) => about(
            format!("`{keyword}` is a list of names in a schema, so this is ignored"),
            "list the property in the `required` of the schema around it".to_owned(),
        ),
        (Takes::Names, value) if !value.is_array() => about(
            format!("`{keyword}` must be a list of names, so it is ignored"),
            "correct the value".to_owned(),
        ),
        (Takes::Bound, Value::Number(bound)) if !has_json_schema => {
            let inclusive = match keyword {
                Keyword::ExclusiveMinimum => Keyword::Minimum,
                _ => Keyword::Maximum,
            };
            about(
                format!("`{keyword}` is true or false before OpenAPI 3.1, so it is ignored"),
                format!("write `{inclusive}: {bound}` and `{keyword}: true`"),
            )
        }
        (Takes::Bound, value) if !has_json_schema && !value.is_boolean() => about(
            format!("`{keyword}` must be true or false, so it is ignored"),
            "correct the value".to_owned(),
        ),
        (Takes::Type, Value::Array(_)) if !has_json_schema => about(
            format!("`{keyword}` is one type before OpenAPI 3.1; other tools may reject a list"),
            "write one type, with `nullable: true` if null is allowed, or raise the version"
                .to_owned(),
        ),
        (Takes::Text, value) if !value.is_string() => about(
            format!("`{keyword}` must be a string"),
            "correct the value; check its quotes".to_owned(),
        ),
        (Takes::Values, value) if keyword == Keyword::Examples && !value.is_array() => about(
            format!("`{keyword}` must be a list of values in a schema"),
            "write a list".to_owned(),
        ),
        (Takes::Object, value) if !value.is_object() => about(
            format!("`{keyword}` must be an object"),
            "correct the value".to_owned(),
        ),
        (Takes::Discriminator, Value::String(_)) if version != Version::V2_0 => about(
            format!("`{keyword}` is an object since OpenAPI 3.0, so it is ignored"),
            format!("write `{keyword}: {{ propertyName: {value} }}`"),
        ),
        (Takes::Discriminator, value) if version == Version::V2_0 && !value.is_string() => about(
            format!("`{keyword}` is the name of a property in Swagger 2.0, so it is ignored"),
            "write the name of the property".to_owned(),
        ),
        (Takes::Discriminator, value) if !value.is_object() && !value.is_string() => about(
            format!("`{keyword}` must be an object, so it is ignored"),
            "correct the value".to_owned(),
        ),
        _ => None,
    }
}

/// Demands of a schema that no value can meet, unless a schema that applies to the same value has
/// them already.
fn impossible(schema: &Cursor<'_>) -> Vec<Mistake> {
    use Keyword::{AdditionalProperties, AllOf, Enum, MaxItems, MaxLength, MaxProperties, Maximum};
    let has = |keyword: Keyword| schema.get(keyword).is_some();
    let is_composed = has(AllOf) || has(Keyword::Ref);
    let is_bounded = [
        Maximum,
        Keyword::ExclusiveMaximum,
        MaxItems,
        MaxLength,
        MaxProperties,
    ];
    if !is_composed && !has(Enum) && !has(AdditionalProperties) && !is_bounded.into_iter().any(has)
    {
        return Vec::new();
    }
    let view = View::of_every_value(schema);
    let mut found = demands(&view);
    if found.is_empty() {
        return found;
    }
    for (keyword, branch) in schema.in_place() {
        if matches!(keyword, AllOf | Keyword::Ref) {
            let known = demands(&View::of_every_value(&branch));
            found.retain(|mistake| !known.contains(mistake));
        }
    }
    found
}

/// Demands that no value can meet.
fn demands(view: &View<'_>) -> Vec<Mistake> {
    let mut found = crossing(view);
    found.extend(forbidden(view));
    if view.types.as_ref().is_some_and(Vec::is_empty) {
        let message = "the types that `allOf` joins exclude each other".to_owned();
        found.push(Mistake {
            keyword: None,
            message: format!("{message}, so no value is valid"),
            remedy: "join schemas of one type".to_owned(),
            is_common: false,
        });
    }
    found.extend(untyped(view));
    found
}

/// Bounds of which the lower one is above the upper one.
fn crossing(view: &View<'_>) -> Vec<Mistake> {
    use Keyword::{
        MaxItems, MaxLength, MaxProperties, Maximum, MinItems, MinLength, MinProperties, Minimum,
    };
    let mut found = Vec::new();
    let mut cross = |least: Keyword, most: Keyword, low: &dyn ToString, high: &dyn ToString| {
        let (low, high) = (low.to_string(), high.to_string());
        found.push(Mistake::about(
            most.name(),
            format!("`{least}` is {low} and `{most}` is {high}, so no value is valid"),
            "correct one of the two",
        ));
    };
    for (least, most, low, high) in [
        (MinLength, MaxLength, view.min_length, view.max_length),
        (MinItems, MaxItems, view.min_items, view.max_items),
        (
            MinProperties,
            MaxProperties,
            view.min_properties,
            view.max_properties,
        ),
    ] {
        if let Some(high) = high.filter(|high| *high < low) {
            cross(least, most, &low, &high);
        }
    }
    if let (Some(low), Some(high)) = (view.minimum, view.maximum) {
        let Limit {
            value: a,
            exclusive: above,
        } = low;
        let Limit {
            value: b,
            exclusive: below,
        } = high;
        if a > b || (a >= b && (above || below)) {
            cross(Minimum, Maximum, &a, &b);
        }
    }
    found
}

/// Properties that one part requires and another one forbids, since it allows only those that it
/// names.
fn forbidden(view: &View<'_>) -> Vec<Mistake> {
    let closed = view.parts.iter().filter(|part| {
        part.get(Keyword::AdditionalProperties) == Some(&Value::Bool(false))
            && part.get(Keyword::PatternProperties).is_none()
    });
    let mut found = Vec::new();
    for part in closed {
        let named: BTreeSet<&str> = part
            .each_named(Keyword::Properties)
            .map(|(name, _)| name)
            .collect();
        for name in view.required.iter().filter(|name| !named.contains(*name)) {
            found.push(Mistake {
                keyword: None,
                message: format!(
                    "the property `{name}` is required, and `additionalProperties: false` forbids \
                     it, so no object is valid"
                ),
                remedy: "add it to the properties of the part that forbids other properties"
                    .to_owned(),
                is_common: false,
            });
        }
    }
    found
}

/// Values of `enum` that have none of the types.
fn untyped(view: &View<'_>) -> Option<Mistake> {
    let types = view.types.as_ref().filter(|types| !types.is_empty())?;
    let mut parts = view.parts.iter();
    let listed = parts.find_map(|part| part.get(Keyword::Enum)?.as_array())?;
    let odd: Vec<String> = listed
        .iter()
        .filter(|value| !types.iter().any(|kind| is_of(value, kind)))
        .map(Value::to_string)
        .collect();
    if odd.is_empty() {
        return None;
    }
    Some(Mistake::about(
        Keyword::Enum.name(),
        format!(
            "{} in `enum` is not of type {}",
            odd.join(", "),
            types.join(" or ")
        ),
        "correct the value, or the type",
    ))
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        // The compiler says that there is no such type.
        _ => true,
    }
}

/// The name of a version as people write it.
fn version_name(version: Version) -> &'static str {
    match version {
        Version::V2_0 => "Swagger 2.0",
        Version::V3_0 => "OpenAPI 3.0",
        Version::V3_1 => "OpenAPI 3.1",
        Version::V3_2 => "OpenAPI 3.2",
    }
}
