//! The schema dialect of `OpenAPI` 3.0 as JSON Schema 2020-12.

use serde_json::{Map, Value, json};

/// Which way a body travels: `readOnly` and `writeOnly` properties belong to one way only
/// (`OpenAPI` 3.0.3, Schema Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client to the server.
    Request,
    /// From the server to the client.
    Response,
}

/// Keywords whose value is one schema.
const ONE: [&str; 3] = ["items", "not", "additionalProperties"];
/// Keywords whose value is a list of schemas.
const LIST: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Keywords that mean the same in both dialects.
const SAME: [&str; 14] = [
    "title",
    "multipleOf",
    "maximum",
    "minimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "enum",
    "x-trueup-max-bytes",
];

/// Translates one schema. Schemas inside it are translated too; references are not followed but
/// rewritten by `reference`, which is given the text of the `$ref`. Keywords keep their places, so
/// a place in the result is a place in the document.
pub fn normalize(
    schema: &Value,
    direction: Direction,
    reference: &mut dyn FnMut(&str) -> String,
) -> Value {
    let Value::Object(schema) = schema else {
        return schema.clone();
    };
    // A Reference Object: what stands beside `$ref` is ignored (OpenAPI 3.0.3, Reference Object).
    if let Some(Value::String(text)) = schema.get("$ref") {
        return json!({ "$ref": reference(text) });
    }
    let mut out = Map::new();
    for (keyword, value) in schema {
        match keyword.as_str() {
            "type" => {
                let nullable = schema.get("nullable") == Some(&Value::Bool(true));
                let value = if nullable {
                    json!([value, "null"])
                } else {
                    value.clone()
                };
                out.insert(keyword.clone(), value);
            }
            "required" => {
                let required = required(value, schema, direction);
                out.insert(keyword.clone(), required);
            }
            "properties" => {
                if let Value::Object(properties) = value {
                    let properties: Map<String, Value> = properties
                        .iter()
                        .map(|(name, schema)| {
                            (name.clone(), normalize(schema, direction, reference))
                        })
                        .collect();
                    out.insert(keyword.clone(), Value::Object(properties));
                }
            }
            "format" | "exclusiveMinimum" | "exclusiveMaximum" => {}
            name if ONE.contains(&name) => {
                out.insert(keyword.clone(), normalize(value, direction, reference));
            }
            name if LIST.contains(&name) => {
                if let Value::Array(schemas) = value {
                    let schemas = schemas
                        .iter()
                        .map(|schema| normalize(schema, direction, reference))
                        .collect();
                    out.insert(keyword.clone(), Value::Array(schemas));
                }
            }
            name if SAME.contains(&name) => {
                out.insert(keyword.clone(), value.clone());
            }
            // `nullable` is part of `type`; everything else is no constraint.
            _ => {}
        }
    }
    if let Some(name) = schema.get("format") {
        format(name, schema, &mut out);
    }
    for (flag, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if schema.get(flag) == Some(&Value::Bool(true))
            && let Some(limit) = out.remove(bound)
        {
            out.insert(flag.to_owned(), limit);
        }
    }
    Value::Object(out)
}

/// The names that are required in this direction.
fn required(names: &Value, schema: &Map<String, Value>, direction: Direction) -> Value {
    let Value::Array(names) = names else {
        return names.clone();
    };
    let foreign = match direction {
        Direction::Request => "readOnly",
        Direction::Response => "writeOnly",
    };
    let is_foreign = |name: &Value| {
        name.as_str()
            .and_then(|name| schema.get("properties")?.get(name)?.get(foreign))
            == Some(&Value::Bool(true))
    };
    Value::Array(names.iter().filter(|n| !is_foreign(n)).cloned().collect())
}

/// Formats of numbers are ranges; `uri-map` is an object of URIs; the rest are asserted by name.
fn format(value: &Value, schema: &Map<String, Value>, out: &mut Map<String, Value>) {
    match value.as_str() {
        Some("int32") if schema.get("type") == Some(&json!("integer")) => {
            extend_all_of(out, json!({ "minimum": i32::MIN, "maximum": i32::MAX }));
        }
        Some("uri-map") => extend_all_of(out, uri_map()),
        Some("int32" | "int64" | "float" | "double" | "binary" | "password") => {}
        _ => {
            out.insert("format".to_owned(), value.clone());
        }
    }
}

/// What the format `uri-map` demands: an object (or null) whose values are absolute URIs.
pub fn uri_map() -> Value {
    json!({ "additionalProperties": { "type": "string", "format": "uri" } })
}

fn extend_all_of(out: &mut Map<String, Value>, schema: Value) {
    let all = out
        .entry("allOf")
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(all) = all {
        all.push(schema);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(schema: &Value) -> Value {
        normalize(schema, Direction::Response, &mut |text| {
            format!("new:{text}")
        })
    }

    #[test]
    fn nullable_widens_the_type_only() {
        assert_eq!(
            response(&json!({"type": "string", "nullable": true, "enum": ["a"]})),
            json!({"type": ["string", "null"], "enum": ["a"]})
        );
        assert_eq!(response(&json!({"nullable": true})), json!({}));
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
    }

    #[test]
    fn siblings_of_a_reference_are_ignored() {
        assert_eq!(
            response(&json!({"properties": {"a": {"$ref": "#/x", "minLength": 3}}})),
            json!({"properties": {"a": {"$ref": "new:#/x"}}})
        );
    }

    #[test]
    fn write_only_properties_are_not_required_in_a_response() {
        let schema = json!({"required": ["a", "b"], "properties": {"a": {"writeOnly": true}}});
        assert_eq!(response(&schema)["required"], json!(["b"]));
    }

    #[test]
    fn unknown_keywords_do_not_constrain() {
        assert_eq!(
            response(&json!({"$id": "x", "const": 1, "x-a": 2, "example": 3})),
            json!({})
        );
    }
}
