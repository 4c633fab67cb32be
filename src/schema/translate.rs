//! The schema dialects of all versions as JSON Schema 2020-12.

use serde_json::{Map, Value, json};

use super::discriminator::Discriminator;
use crate::keyword::{Keyword, Takes};
use crate::place::pointer;
use crate::spec::{Document, Problem, Version};

/// Which way a body travels: `readOnly` and `writeOnly` properties belong to one way only
/// (`OpenAPI` 3.0.3, Schema Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client to the server.
    Request,
    /// From the server to the client.
    Response,
}

/// One schema, translated.
#[derive(Debug)]
pub struct Translation {
    /// The schema in JSON Schema 2020-12. Keywords keep their places, so a place in it is a place
    /// in the document.
    pub schema: Value,
    /// Places in the schema that the document does not have, and the keywords that they come from.
    pub moved: Vec<(String, String)>,
    /// References that lead nowhere.
    pub problems: Vec<Problem>,
}

/// How a schema is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reached {
    /// As the schema of a value.
    Whole,
    /// As what another schema adds to: its discriminator chooses nothing then.
    AsBase,
}

/// Translates the schema at a place. Schemas inside it are translated too; references are not
/// followed but rewritten by `link`, which is given the place that a reference names.
pub fn translate(
    document: &Document,
    place: &str,
    direction: Direction,
    reached: Reached,
    link: &mut dyn FnMut(&str, Reached) -> String,
) -> Translation {
    let mut translator = Translator {
        document,
        direction,
        link,
        at: place.to_owned(),
        root: place.len(),
        resource: document.schema_resource(place).as_deref() == Some(place),
        moved: Vec::new(),
        problems: Vec::new(),
    };
    let schema = match document.get(place) {
        Some(schema) => translator.schema(schema, reached),
        None => Value::Bool(true),
    };
    Translation {
        schema,
        moved: translator.moved,
        problems: translator.problems,
    }
}

struct Translator<'a> {
    document: &'a Document,
    direction: Direction,
    link: &'a mut dyn FnMut(&str, Reached) -> String,
    /// The place of the schema that is translated now.
    at: String,
    /// Length of the place where the translation began.
    root: usize,
    /// Whether the schema where it began has an `$id`, so that anchors in it mean something.
    resource: bool,
    moved: Vec<(String, String)>,
    problems: Vec<Problem>,
}

impl Translator<'_> {
    fn schema(&mut self, schema: &Value, reached: Reached) -> Value {
        let Value::Object(members) = schema else {
            return schema.clone();
        };
        if self
            .document
            .version()
            .is_some_and(Version::has_json_schema)
        {
            self.json_schema(members, reached)
        } else {
            self.openapi_schema(members, reached)
        }
    }

    /// The dialect of Swagger 2.0 and `OpenAPI` 3.0.
    fn openapi_schema(&mut self, members: &Map<String, Value>, reached: Reached) -> Value {
        // A Reference Object: what stands beside `$ref` is ignored (OpenAPI 3.0.3, Reference
        // Object).
        if let Some(Value::String(text)) = members.get("$ref") {
            return self.linked(text, reached);
        }
        let mut out = Map::new();
        for (name, value) in members {
            let known = Keyword::of(name).filter(|known| known.is_read_in(Version::V3_0));
            let Some(keyword) = known else { continue };
            match keyword {
                Keyword::Type => {
                    if let Some(kind) = nullable_type(value, members) {
                        out.insert(name.clone(), kind);
                    }
                }
                // They are flags here.
                Keyword::ExclusiveMinimum | Keyword::ExclusiveMaximum => {}
                keyword => self.keyword(keyword, value, members, &mut out),
            }
        }
        for (flag, bound) in [
            ("exclusiveMinimum", "minimum"),
            ("exclusiveMaximum", "maximum"),
        ] {
            if members.get(flag) == Some(&Value::Bool(true))
                && let Some(limit) = out.remove(bound)
            {
                out.insert(flag.to_owned(), limit);
            }
        }
        self.format(members, &mut out);
        self.discriminator(members, reached, &mut out);
        Value::Object(out)
    }

    /// JSON Schema 2020-12, which `OpenAPI` 3.1 and 3.2 use.
    fn json_schema(&mut self, members: &Map<String, Value>, reached: Reached) -> Value {
        let inside = self.at.len() > self.root;
        if inside && self.document.schema_resource(&self.at).as_deref() == Some(&self.at) {
            return json!({ "$ref": (self.link)(&self.at, Reached::Whole) });
        }
        let mut out = Map::new();
        for (name, value) in members {
            let known = Keyword::of(name).filter(|known| known.is_read_in(Version::V3_1));
            let Some(keyword) = known else { continue };
            match keyword {
                Keyword::Ref => {
                    if let Some(text) = value.as_str()
                        && let Value::Object(linked) = self.linked(text, reached)
                    {
                        out.extend(linked);
                    }
                }
                Keyword::DynamicRef | Keyword::DynamicAnchor if self.resource => {
                    out.insert(name.clone(), value.clone());
                }
                Keyword::Defs if !self.resource => {}
                keyword => self.keyword(keyword, value, members, &mut out),
            }
        }
        // Without an `$id` around it there is one scope only, and the anchor has one meaning.
        if let Some(Value::String(text)) = members.get("$dynamicRef")
            && !self.resource
        {
            let linked = self.linked(text, reached);
            let moved = self.and(&mut out, linked);
            self.moved
                .push((moved, pointer::join(&self.at, "$dynamicRef")));
        }
        self.format(members, &mut out);
        self.discriminator(members, reached, &mut out);
        Value::Object(out)
    }

    /// A keyword that means the same in all dialects that have it.
    fn keyword(
        &mut self,
        keyword: Keyword,
        value: &Value,
        schema: &Map<String, Value>,
        out: &mut Map<String, Value>,
    ) {
        let name = keyword.name();
        match keyword.takes() {
            // What is in a text is judged by whoever reads the text.
            _ if keyword == Keyword::ContentSchema => {}
            _ if keyword == Keyword::Required => out.extend(self.required(value, schema)),
            Takes::SchemaMap => out.extend(self.map(name, value)),
            Takes::Schemas => {
                let reached = self.branches_are(keyword, schema);
                out.extend(self.list(name, value, reached));
            }
            Takes::Schema | Takes::SchemaOrFlag => {
                out.insert(name.to_owned(), self.below(name, value));
            }
            _ if keyword.asserts() => {
                out.insert(name.to_owned(), value.clone());
            }
            _ => {}
        }
    }

    fn linked(&mut self, reference: &str, reached: Reached) -> Value {
        match self.document.reference(&self.at, reference) {
            Ok(target) => json!({ "$ref": (self.link)(&target, reached) }),
            Err(error) => {
                self.problems.extend(error.problems);
                json!({})
            }
        }
    }

    /// The schema under a keyword.
    fn below(&mut self, keyword: &str, schema: &Value) -> Value {
        self.step(keyword, schema, Reached::Whole)
    }

    fn step(&mut self, token: &str, schema: &Value, reached: Reached) -> Value {
        let length = self.at.len();
        pointer::push(&mut self.at, token);
        let schema = self.schema(schema, reached);
        self.at.truncate(length);
        schema
    }

    /// A keyword with schemas by name.
    fn map(&mut self, keyword: &str, value: &Value) -> Option<(String, Value)> {
        let members = value.as_object()?;
        let length = self.at.len();
        pointer::push(&mut self.at, keyword);
        let schemas: Map<String, Value> = members
            .iter()
            .map(|(name, schema)| (name.clone(), self.below(name, schema)))
            .collect();
        self.at.truncate(length);
        Some((keyword.to_owned(), Value::Object(schemas)))
    }

    /// How the schemas of a list are reached. What adds nothing to the one schema of its `allOf`
    /// stands for it, unless it is one of the schemas that that one chooses between.
    fn branches_are(&self, keyword: Keyword, schema: &Map<String, Value>) -> Reached {
        if keyword != Keyword::AllOf {
            return Reached::Whole;
        }
        let stands_for = || {
            let [branch] = schema.get("allOf")?.as_array()?.as_slice() else {
                return None;
            };
            let list = pointer::join(&self.at, "allOf");
            let reference = branch.get("$ref")?.as_str()?;
            let target = self
                .document
                .reference(&pointer::join(&list, "0"), reference)
                .ok()?;
            let members = self.document.get(&target)?.as_object()?;
            let discriminator = Discriminator::read(self.document, &target, members)?;
            Some(
                discriminator
                    .choices
                    .iter()
                    .all(|(_, place)| *place != self.at),
            )
        };
        if !schema.contains_key("properties") && stands_for() == Some(true) {
            Reached::Whole
        } else {
            Reached::AsBase
        }
    }

    /// A keyword with a list of schemas.
    fn list(&mut self, keyword: &str, value: &Value, reached: Reached) -> Option<(String, Value)> {
        let items = value.as_array()?;
        let length = self.at.len();
        pointer::push(&mut self.at, keyword);
        let schemas: Vec<Value> = items
            .iter()
            .enumerate()
            .map(|(i, schema)| self.step(&i.to_string(), schema, reached))
            .collect();
        self.at.truncate(length);
        // An empty list constrains nothing, and JSON Schema does not allow it.
        (!schemas.is_empty()).then(|| (keyword.to_owned(), Value::Array(schemas)))
    }

    /// The names that are required in this direction. The flag of a Swagger 2.0 parameter is no
    /// list.
    fn required(&self, names: &Value, schema: &Map<String, Value>) -> Option<(String, Value)> {
        let foreign = match self.direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
        };
        let names = names.as_array()?;
        let kept = names.iter().filter(|name| {
            name.as_str()
                .is_none_or(|name| !self.has_flag(&self.at, schema, name, foreign, 0))
        });
        Some(("required".to_owned(), kept.cloned().collect()))
    }

    /// Whether a property of a schema, or of what the schema adds to, has a flag.
    fn has_flag(
        &self,
        at: &str,
        schema: &Map<String, Value>,
        name: &str,
        flag: &str,
        depth: usize,
    ) -> bool {
        let own = pointer::join(&pointer::join(at, "properties"), name);
        let flagged = |place: &str| {
            let schema = self.document.get(place);
            schema.and_then(|schema| schema.get(flag)) == Some(&Value::Bool(true))
        };
        let property = schema.get("properties").and_then(|p| p.get(name));
        if let Some(property) = property {
            return property.get(flag) == Some(&Value::Bool(true))
                || (property.get("$ref").is_some()
                    && self
                        .document
                        .resolve(&own)
                        .is_ok_and(|place| flagged(&place)));
        }
        let branches = schema.get("allOf").and_then(Value::as_array);
        depth < 8
            && (0..branches.map_or(0, Vec::len)).any(|i| {
                let branch = pointer::join(&pointer::join(at, "allOf"), &i.to_string());
                let Ok(branch) = self.document.resolve(&branch) else {
                    return false;
                };
                let members = self.document.get(&branch).and_then(Value::as_object);
                members
                    .is_some_and(|members| self.has_flag(&branch, members, name, flag, depth + 1))
            })
    }

    /// Formats of numbers are ranges; the rest are asserted by name.
    fn format(&mut self, schema: &Map<String, Value>, out: &mut Map<String, Value>) {
        let Some(Value::String(name)) = schema.get("format") else {
            return;
        };
        let numeric = match schema.get("type") {
            Some(Value::String(kind)) => is_number(kind),
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(is_number),
            _ => false,
        };
        let constraint = match name.as_str() {
            "uri-map" => uri_map(),
            _ if numeric => match range(name) {
                Some((minimum, maximum)) => json!({ "minimum": minimum, "maximum": maximum }),
                None => return,
            },
            _ => {
                out.insert("format".to_owned(), Value::from(name.as_str()));
                return;
            }
        };
        let moved = self.and(out, constraint);
        self.moved.push((moved, pointer::join(&self.at, "format")));
    }

    /// Adds a schema that must hold too, and returns its place.
    fn and(&self, out: &mut Map<String, Value>, schema: Value) -> String {
        let list = pointer::join(&self.at, "allOf");
        let all = out
            .entry("allOf")
            .or_insert_with(|| Value::Array(Vec::new()));
        let index = match all {
            Value::Array(all) => {
                all.push(schema);
                all.len() - 1
            }
            _ => 0,
        };
        pointer::join(&list, &index.to_string())
    }

    /// The value of the discriminating property chooses the schema.
    fn discriminator(
        &mut self,
        schema: &Map<String, Value>,
        reached: Reached,
        out: &mut Map<String, Value>,
    ) {
        let Some(discriminator) = Discriminator::read(self.document, &self.at, schema) else {
            return;
        };
        let named_list = discriminator.list;
        let branches = named_list.and_then(|list| out.shift_remove(list));
        if reached == Reached::AsBase || discriminator.choices.is_empty() {
            if let (Some(list), Some(branches), Reached::Whole) = (named_list, branches, reached) {
                out.insert(list.to_owned(), branches);
            }
            return;
        }
        let property = &discriminator.property;
        let is = |value: Value| {
            json!({
                "type": "object",
                "required": [property],
                "properties": { property: value },
            })
        };
        let mut cases = Vec::new();
        for (name, place) in &discriminator.choices {
            let then = (self.link)(place, Reached::Whole);
            cases.push(json!({ "if": is(json!({ "const": name })), "then": { "$ref": then } }));
        }
        let constraint = match branches {
            Some(branches) => {
                let names: Vec<&String> = discriminator.choices.iter().map(|(n, _)| n).collect();
                json!({
                    "if": is(json!({ "enum": names })),
                    "then": { "allOf": cases },
                    "else": { "anyOf": branches },
                })
            }
            None => json!({ "allOf": cases }),
        };
        let moved = self.and(out, constraint);
        let keyword = named_list.unwrap_or("discriminator");
        self.moved.push((moved, pointer::join(&self.at, keyword)));
    }
}

/// The type, with null where the schema is nullable. `file` in Swagger 2.0 is no type of JSON.
fn nullable_type(kind: &Value, schema: &Map<String, Value>) -> Option<Value> {
    if kind == "file" {
        return None;
    }
    let nullable = ["nullable", "x-nullable"]
        .iter()
        .any(|flag| schema.get(*flag) == Some(&Value::Bool(true)));
    Some(if nullable && kind.is_string() {
        json!([kind, "null"])
    } else {
        kind.clone()
    })
}

fn is_number(kind: &str) -> bool {
    matches!(kind, "integer" | "number")
}

/// The range of a format of numbers (`OpenAPI` Format Registry).
fn range(format: &str) -> Option<(Value, Value)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0.into(), u8::MAX.into()),
        "uint16" => (0.into(), u16::MAX.into()),
        "uint32" => (0.into(), u32::MAX.into()),
        "uint64" => (0.into(), u64::MAX.into()),
        "double-int" => ((-(1_i64 << 53) + 1).into(), ((1_i64 << 53) - 1).into()),
        _ => return None,
    })
}

/// What the format `uri-map` demands: an object (or null) whose values are absolute URIs.
pub fn uri_map() -> Value {
    json!({ "additionalProperties": { "type": "string", "format": "uri" } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Files, load};

    /// The translation of the schema `s`, with every reference as the place that it names.
    fn translated(version: &str, schema: &Value, direction: Direction) -> Value {
        let others = json!({
            "x": { "type": "string" },
            "base": {
                "type": "object",
                "discriminator": { "propertyName": "kind" },
                "properties": { "kind": { "type": "string" } },
            },
            "heir": { "allOf": [{ "$ref": "#/components/schemas/base" }] },
            "secret": { "writeOnly": true },
        });
        let mut components = others;
        components["s"] = schema.clone();
        let text = json!({ "openapi": version, "components": { "schemas": components } });
        let text: &'static str = Box::leak(text.to_string().into_boxed_str());
        let files: &'static [(&str, &str)] = Box::leak(Box::new([("a.json", text)]));
        let document = load(&Files::Bundle(files), "a.json", &[]).unwrap();
        let place = "/components/schemas/s";
        let mut link = |place: &str, reached: Reached| {
            let name = place.rsplit('/').next().unwrap_or_default();
            match reached {
                Reached::Whole => name.to_owned(),
                Reached::AsBase => format!("{name} as base"),
            }
        };
        translate(&document, place, direction, Reached::Whole, &mut link).schema
    }

    fn response(schema: &Value) -> Value {
        translated("3.0.3", schema, Direction::Response)
    }

    fn modern(schema: &Value) -> Value {
        translated("3.1.0", schema, Direction::Response)
    }

    #[test]
    fn nullable_widens_the_type_only() {
        assert_eq!(
            response(&json!({"type": "string", "nullable": true, "enum": ["a"]})),
            json!({"type": ["string", "null"], "enum": ["a"]})
        );
        assert_eq!(response(&json!({"nullable": true})), json!({}));
        assert_eq!(
            modern(&json!({"type": "string", "nullable": true})),
            json!({"type": "string"})
        );
    }

    #[test]
    fn exclusive_bounds_become_numbers() {
        assert_eq!(
            response(
                &json!({"minimum": 1, "exclusiveMinimum": true, "maximum": 9,
                            "exclusiveMaximum": false})
            ),
            json!({"exclusiveMinimum": 1, "maximum": 9})
        );
        let same = json!({"exclusiveMinimum": 1, "minimum": 0});
        assert_eq!(modern(&same), same);
    }

    #[test]
    fn siblings_of_a_reference_count_since_3_1() {
        let schema = json!({"properties": {"a": {
            "$ref": "#/components/schemas/x", "minLength": 3}}});
        assert_eq!(
            response(&schema),
            json!({"properties": {"a": {"$ref": "x"}}})
        );
        assert_eq!(
            modern(&schema),
            json!({"properties": {"a": {"$ref": "x", "minLength": 3}}})
        );
    }

    #[test]
    fn flags_belong_to_one_direction() {
        let schema = json!({
            "required": ["a", "b", "c", "d"],
            "properties": {
                "a": {"writeOnly": true},
                "b": {"readOnly": true},
                "c": {"$ref": "#/components/schemas/secret"},
            },
            "allOf": [{"properties": {"d": {"writeOnly": true}}}],
        });
        let required = |direction| translated("3.0.3", &schema, direction)["required"].clone();
        assert_eq!(required(Direction::Response), json!(["b"]));
        assert_eq!(required(Direction::Request), json!(["a", "c", "d"]));
    }

    #[test]
    fn unknown_keywords_do_not_constrain() {
        assert_eq!(
            response(&json!({"$id": "x", "const": 1, "x-a": 2, "example": 3, "if": {}})),
            json!({})
        );
        assert_eq!(
            modern(&json!({"$schema": "x", "$comment": "y", "x-a": 2, "example": 3, "if": {}})),
            json!({"if": {}})
        );
    }

    #[test]
    fn formats_of_numbers_are_ranges() {
        assert_eq!(
            modern(&json!({"type": ["integer", "null"], "format": "uint8"})),
            json!({"type": ["integer", "null"], "allOf": [{"minimum": 0, "maximum": 255}]})
        );
        assert_eq!(
            response(&json!({"type": "string", "format": "int64"})),
            json!({"type": "string", "format": "int64"})
        );
    }

    #[test]
    fn a_discriminator_chooses_among_branches() {
        let schema = json!({
            "oneOf": [{"$ref": "#/components/schemas/x"}, {"$ref": "#/components/schemas/base"}],
            "discriminator": {"propertyName": "kind", "mapping": {"b": "base"}},
        });
        let out = response(&schema);
        assert!(out.get("oneOf").is_none());
        let rule = &out["allOf"][0];
        assert_eq!(
            rule["if"]["properties"]["kind"]["enum"],
            json!(["b", "x", "base"])
        );
        assert_eq!(rule["then"]["allOf"][0]["then"], json!({"$ref": "base"}));
        assert_eq!(
            rule["else"]["anyOf"],
            json!([{"$ref": "x"}, {"$ref": "base"}])
        );
    }

    #[test]
    fn a_base_chooses_its_heirs_unless_an_heir_asks() {
        let property = json!({"properties": {"p": {"$ref": "#/components/schemas/base"}}});
        assert_eq!(
            response(&property)["properties"]["p"],
            json!({"$ref": "base"})
        );
        let heir = json!({"allOf": [{"$ref": "#/components/schemas/base"}], "properties": {}});
        assert_eq!(response(&heir)["allOf"][0], json!({"$ref": "base as base"}));
    }
}
