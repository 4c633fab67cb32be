//! Parameters in every style, and by media types.

use serde_json::{Value, json};

use super::values::{Random, Texts, VALUES, contract};
use crate::codec::parameter::{self, WrittenParameter};
use crate::contract::{Contract, Encoding, Location, Parameter, Style};

fn scalar_types() -> [Value; 4] {
    ["string", "integer", "number", "boolean"].map(|kind| json!({"type": kind}))
}

/// Schemas of each kind: the scalars, arrays of them, and an object of them.
fn schemas() -> Vec<Value> {
    let mut schemas = scalar_types().to_vec();
    schemas.extend(scalar_types().map(|items| json!({"type": "array", "items": items})));
    schemas.push(json!({"type": "object", "properties": {
        "a": {"type": "string"}, "b e": {"type": "integer"}, "c": {"type": "boolean"},
    }}));
    schemas
}

/// Writes a value as a parameter, and reads it from the text of its place.
fn through(contract: &Contract, parameter: &Parameter, value: &Value) -> (String, Option<Value>) {
    let text = match parameter::write(contract, parameter, value).unwrap() {
        WrittenParameter::Path(text) | WrittenParameter::Header(text) => text,
        WrittenParameter::Query(pairs) => pairs.join("&"),
        WrittenParameter::Cookie(pairs) => pairs.unwrap_or_default(),
    };
    // What stands beside it at its place is not its own.
    let placed = match parameter.location {
        Location::Query => format!("other=1&{text}&another=x%20y"),
        Location::Cookie => format!("other=1; {text}; another=2"),
        _ => text,
    };
    let read = parameter::read(contract, parameter, &placed).unwrap();
    (placed, read)
}

/// The texts that a style can hold in the items of an array and the members of an object.
fn texts(location: Location, style: Style, explode: bool, reserved: bool) -> Texts {
    let mut texts = Texts::default();
    match (location, style) {
        (Location::Path, Style::Label) if explode => texts = texts.without("."),
        (Location::Query, Style::SpaceDelimited) => texts = texts.without(" "),
        (Location::Query, Style::PipeDelimited) => texts = texts.without("|"),
        (Location::Query, Style::TabDelimited) => texts = texts.without("\t"),
        (Location::Header, _) => texts = texts.without(", =\t\r\n"),
        (Location::Cookie, Style::Cookie) => texts = texts.without(",; =\t\r\n"),
        _ => {}
    }
    if reserved && location == Location::Path {
        texts = texts.without(",;=.");
    } else if reserved && !explode {
        texts = texts.without(",");
    }
    if location == Location::Path || location == Location::Header {
        texts = texts.not_empty();
    }
    texts
}

#[test]
fn parameters_in_every_style() {
    let styles = [
        ("path", &["simple", "label", "matrix"][..]),
        (
            "query",
            &[
                "form",
                "spaceDelimited",
                "pipeDelimited",
                "tabDelimited",
                "deepObject",
            ],
        ),
        ("header", &["simple"]),
        ("cookie", &["form", "cookie"]),
    ];
    let mut parameters = Vec::new();
    for (location, styles) in styles {
        for style in styles {
            for explode in [false, true] {
                for reserved in [false, true] {
                    if reserved && matches!(location, "header" | "cookie") {
                        continue;
                    }
                    for schema in schemas() {
                        parameters.push(json!({
                            "name": format!("p{}", parameters.len()),
                            "in": location,
                            "required": location == "path",
                            "style": style,
                            "explode": explode,
                            "allowReserved": reserved,
                            "schema": schema,
                        }));
                    }
                }
            }
        }
    }
    let contract = contract(&parameters, &Value::Null);
    let mut random = Random::new(1);
    let read = &contract.operations[0].parameters;
    assert_eq!(read.len(), parameters.len());
    for (parameter, given) in read.iter().zip(&parameters) {
        let Encoding::Style(how) = parameter.encoding else {
            panic!("{given}");
        };
        let schema = &given["schema"];
        let (location, style) = (parameter.location, how.style);
        let texts = texts(location, style, how.explode, how.allow_reserved);
        for _ in 0..VALUES {
            let value = random.value(schema, &texts);
            let is_ambiguous = match &value {
                // A number with a point.
                Value::Array(items) if style == Style::Label && how.explode => {
                    items.iter().any(|item| item.to_string().contains('.'))
                }
                // An escaped comma may be a delimiter.
                Value::Array(items) => {
                    !how.explode && items.len() == 1 && items[0].to_string().contains(',')
                }
                // The name of a member has a blank.
                Value::Object(_) => style == Style::SpaceDelimited && !how.explode,
                _ => false,
            };
            if is_ambiguous {
                continue;
            }
            let (text, read) = through(&contract, parameter, &value);
            assert_eq!(read, Some(value), "{given} as {text:?}");
        }
    }
}

#[test]
fn nested_objects_in_deep_object() {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": "object", "properties": {
            "b": {"type": "array", "items": {"type": "integer"}},
            "c d": {"type": "object", "properties": {"e": {"type": "string"}}},
        }},
        "f": {"type": "array", "items": {"type": "string"}},
    }});
    let parameter = json!({
        "name": "p", "in": "query", "style": "deepObject", "explode": true, "schema": schema,
    });
    let contract = contract(&[parameter], &Value::Null);
    let parameter = &contract.operations[0].parameters[0];
    let mut random = Random::new(2);
    for _ in 0..4 * VALUES {
        let value = random.value(&schema, &Texts::default());
        let (text, read) = through(&contract, parameter, &value);
        assert_eq!(read, Some(value), "{text}");
    }
}

#[test]
fn parameters_that_a_media_type_describes() {
    let object = json!({"type": "object", "properties": {
        "a": {"type": "string"},
        "b": {"type": "array", "items": {"type": "integer"}},
        "c": {"type": "object", "properties": {"d": {"type": "number"}}},
    }});
    let flat = json!({"type": "object", "properties": {
        "a": {"type": "string"}, "b": {"type": "array", "items": {"type": "integer"}},
    }});
    let mut parameters = Vec::new();
    for location in ["path", "query", "header", "cookie", "querystring"] {
        for (media, schema) in [
            ("application/json", &object),
            ("text/plain", &json!({"type": "integer"})),
            ("application/x-www-form-urlencoded", &flat),
        ] {
            parameters.push(json!({
                "name": format!("p{}", parameters.len()),
                "in": location,
                "required": location == "path",
                "content": {media: {"schema": schema}},
            }));
        }
    }
    let mut random = Random::new(3);
    for given in parameters {
        let contract = contract(std::slice::from_ref(&given), &Value::Null);
        let parameter = &contract.operations[0].parameters[0];
        let (media, described) = given["content"].as_object().unwrap().iter().next().unwrap();
        let texts = match (parameter.location, media.as_str()) {
            (Location::Header, _) => Texts::default().without("\t\r\n"),
            _ => Texts::default(),
        };
        for _ in 0..VALUES {
            let value = random.value(&described["schema"], &texts);
            let (text, read) = through(&contract, parameter, &value);
            assert_eq!(read, Some(value), "{given} as {text:?}");
        }
    }
}
