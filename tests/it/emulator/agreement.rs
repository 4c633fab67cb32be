//! The emulator has readers of its own, so that a mistake of the codec cannot hide itself. Here both
//! read the same requests, written by the codec, in every style and every body encoding that the
//! emulator reads. That it does not read XML, sequences and parts without names is by decision.
//!
//! Each schema allows one value only, so the emulator accepts a request if it reads that value, and
//! rejects it if it reads another one.

use std::fs;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use trueup::codec::parameter::{self, WrittenParameter};
use trueup::codec::{Description, Entity, body};
use trueup::contract::{Contract, Operation, build};
use trueup::emulator::{Engine, Settings, engine};
use trueup::spec::{Files, load};
use trueup::wire::{Headers, Request, media_type_essence};

const STYLES: [(&str, &str); 12] = [
    ("query", "form"),
    ("query", "spaceDelimited"),
    ("query", "pipeDelimited"),
    ("query", "tabDelimited"),
    ("query", "deepObject"),
    ("header", "simple"),
    ("cookie", "form"),
    ("cookie", "cookie"),
    ("query", "json"),
    ("header", "json"),
    ("cookie", "json"),
    ("query", "reserved"),
];

/// Values for each row.
const VALUES: usize = 6;

struct Generator(fastrand::Rng);

impl Generator {
    fn text(&mut self, without: &str) -> String {
        let alphabet: Vec<char> = "abZ09-._~ ,;:=&+%#?/@!|[]\"\\äß€"
            .chars()
            .filter(|c| !without.contains(*c))
            .collect();
        let length = self.0.usize(1..6);
        (0..length)
            .map(|_| alphabet[self.0.usize(..alphabet.len())])
            .collect()
    }

    fn scalar(&mut self, kind: &str, without: &str) -> Value {
        match kind {
            "integer" => Value::from(self.0.i32(..)),
            "number" => Value::from(f64::from(self.0.i32(..)) / 8.0),
            "boolean" => Value::from(self.0.bool()),
            _ => Value::from(self.text(without)),
        }
    }

    /// Two items at least: a single one with an escaped delimiter has two readings.
    fn list(&mut self, kind: &str, without: &str) -> Value {
        (0..self.0.usize(2..4))
            .map(|_| self.scalar(kind, without))
            .collect()
    }

    /// An object of the type that [`object`] describes.
    fn object(&mut self, without: &str) -> Value {
        json!({
            "a": self.text(without), "b": self.scalar("integer", ""), "c": self.scalar("boolean", ""),
        })
    }
}

fn object() -> Value {
    json!({"type": "object", "properties": {
        "a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": "boolean"},
    }})
}

/// What the items of a style cannot hold, since it divides them.
fn delimiters(location: &str, style: &str) -> &'static str {
    match (location, style) {
        ("header", _) => ", =",
        (_, "cookie") => ",; =&",
        (_, "spaceDelimited") => " ",
        (_, "pipeDelimited") => "|",
        _ => "",
    }
}

/// A schema and a value of it, which is the only one that the schema allows.
fn row(random: &mut Generator, kind: &str, without: &str) -> (Value, Value) {
    let (mut schema, value) = match kind.split_once(' ') {
        Some((_, items)) => (
            json!({"type": "array", "items": {"type": items}}),
            random.list(items, without),
        ),
        None if kind == "object" => (object(), random.object(without)),
        None => (json!({"type": kind}), random.scalar(kind, without)),
    };
    schema["const"] = value.clone();
    (schema, value)
}

const KINDS: [&str; 8] = [
    "string",
    "integer",
    "number",
    "boolean",
    "list string",
    "list integer",
    "list boolean",
    "object",
];

/// A contract of these operations, each with a path of its own, and the emulator of it.
fn open(operations: Vec<Value>) -> (Arc<Contract>, Engine) {
    let mut paths = Map::new();
    for (i, mut operation) in operations.into_iter().enumerate() {
        operation["operationId"] = json!(format!("op{i}"));
        operation["responses"] = json!({"200": {"description": "d"}});
        paths.insert(format!("/op{i}/run"), json!({"post": operation}));
    }
    let document = json!({
        "openapi": "3.2.0", "info": {"title": "t", "version": "1"}, "paths": paths,
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), document.to_string()).unwrap();
    let document = load(&Files::Disk(folder.path().to_owned()), "a.json", &[]).unwrap();
    let contract = Arc::new(build(document).unwrap());
    let problems: Vec<String> = contract
        .problems()
        .iter()
        .map(|p| p.message.clone())
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
    let engine = engine(Arc::clone(&contract), Settings::new("me", "secret")).unwrap();
    (contract, engine)
}

/// The operation with this number.
fn operation(contract: &Contract, number: usize) -> &Operation {
    contract.operation(&format!("op{number}")).unwrap()
}

/// Whether the emulator accepts a request, and what it says.
fn accepts(
    engine: &Engine,
    number: usize,
    query: &str,
    headers: Headers,
    body: Vec<u8>,
) -> (bool, String) {
    let request = Request {
        method: "POST".to_owned(),
        url: format!("http://127.0.0.1/op{number}/run{query}"),
        headers,
        body,
    };
    let response = engine.answer(&request);
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let told = format!(
        "{}{query} {:?}: {} {text}",
        request.url, request.headers, response.status
    );
    assert!(matches!(response.status.0, 200 | 400), "{told}");
    (response.status.0 == 200, told)
}

#[test]
fn parameters_mean_the_same_to_the_emulator_and_the_codec() {
    let mut random = Generator(fastrand::Rng::with_seed(1));
    let mut operations = Vec::new();
    let mut values = Vec::new();
    for (location, style) in STYLES {
        for explode in [false, true] {
            for kind in KINDS {
                for _ in 0..VALUES {
                    let divided = delimiters(location, style);
                    let without = match style {
                        "reserved" if !explode => ",&",
                        _ => divided,
                    };
                    let (schema, value) = row(&mut random, kind, without);
                    let mut parameter = json!({"name": "p", "in": location, "required": true});
                    match style {
                        "json" => {
                            parameter["content"] = json!({"application/json": {"schema": schema}});
                        }
                        style => {
                            let is_reserved = style == "reserved";
                            let style = if is_reserved { "form" } else { style };
                            parameter["schema"] = schema;
                            parameter["style"] = json!(style);
                            parameter["explode"] = json!(explode);
                            parameter["allowReserved"] = json!(is_reserved);
                        }
                    }
                    operations.push(json!({"parameters": [parameter]}));
                    values.push(value);
                }
            }
        }
    }
    let (contract, engine) = open(operations);
    let mut wrong = Vec::new();
    for (number, value) in values.iter().enumerate() {
        let parameter = &operation(&contract, number).parameters[0];
        let other = &values[(number + 1) % values.len()];
        for (value, is_own) in [(value, true), (other, false)] {
            if !is_own && other == &values[number] {
                continue;
            }
            let mut headers = Headers::default();
            let (mut query, text);
            query = String::new();
            match parameter::write(&contract, parameter, value).unwrap() {
                WrittenParameter::Query(pairs) => {
                    text = pairs.join("&");
                    query = format!("?{text}");
                }
                WrittenParameter::Header(value) => {
                    text = value;
                    headers.push("p", &text);
                }
                WrittenParameter::Cookie(pairs) => {
                    text = pairs.unwrap_or_default();
                    headers.push("Cookie", &text);
                }
                WrittenParameter::Path(text) => panic!("{text}"),
            }
            let read = parameter::read(&contract, parameter, &text).unwrap();
            let (accepted, told) = accepts(&engine, number, &query, headers, Vec::new());
            if is_own {
                assert_eq!(read.as_ref(), Some(value), "{told}");
            }
            if accepted != (read.as_ref() == Some(&values[number])) {
                wrong.push(format!("{:?} {told}", parameter.encoding));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        values.len(),
        wrong.join("\n")
    );
}

/// A name that cannot be in quotation marks as it is.
const QUOTED: &str = "a \"quoted\"\\ name\\";

/// The encodings of the properties of a form, each with the type of its property.
fn encodings() -> Vec<(&'static str, &'static str, Value)> {
    let style = |style: &str, explode: bool| json!({"style": style, "explode": explode});
    let json_type = json!({"contentType": "application/json"});
    vec![
        ("plain", "string", Value::Null),
        ("count", "integer", Value::Null),
        ("size", "number", Value::Null),
        ("flag", "boolean", Value::Null),
        ("list", "list string", Value::Null),
        ("numbers", "list integer", Value::Null),
        ("object", "object", Value::Null),
        ("commas", "list integer", style("form", false)),
        ("repeated", "list string", style("form", true)),
        ("pipes", "list boolean", style("pipeDelimited", false)),
        ("blanks", "list integer", style("spaceDelimited", false)),
        ("deep", "object", style("deepObject", true)),
        ("json", "string", json_type.clone()),
        ("json object", "object", json_type.clone()),
        (QUOTED, "string", Value::Null),
    ]
}

#[test]
fn bodies_mean_the_same_to_the_emulator_and_the_codec() {
    let mut random = Generator(fastrand::Rng::with_seed(2));
    let mut operations = Vec::new();
    let mut rows = Vec::new();
    let forms = ["application/x-www-form-urlencoded", "multipart/form-data"];
    for media in forms {
        for _ in 0..20 * VALUES {
            let (mut properties, mut encoding, mut value) = (Map::new(), Map::new(), Map::new());
            for (name, kind, how) in encodings() {
                if random.0.bool() {
                    continue;
                }
                let (schema, member) = row(&mut random, kind, "");
                properties.insert(name.into(), schema);
                value.insert(name.into(), member);
                if how.is_object() {
                    encoding.insert(name.into(), how);
                }
            }
            let required: Vec<&String> = value.keys().collect();
            let schema = json!({"type": "object", "required": required, "properties": properties});
            let content = json!({media: {"schema": schema, "encoding": encoding}});
            operations.push(json!({"requestBody": {"required": true, "content": content}}));
            rows.push((media, Value::Object(value)));
        }
    }
    for (media, kinds) in [
        ("application/json", &KINDS[..]),
        ("application/merge-patch+json", &["object"]),
        ("text/plain", &["string", "integer", "boolean"]),
        ("text/plain; charset=utf-8", &["string"]),
    ] {
        for kind in kinds {
            for _ in 0..VALUES {
                let (schema, value) = row(&mut random, kind, "");
                let content = json!({media_type_essence(media).into_owned(): {"schema": schema}});
                operations.push(json!({"requestBody": {"required": true, "content": content}}));
                rows.push((media, value));
            }
        }
    }
    let (contract, engine) = open(operations);
    let mut wrong = Vec::new();
    for (number, (media, value)) in rows.iter().enumerate() {
        let known = &operation(&contract, number).body.as_ref().unwrap().media;
        let written = body::write_as(&contract, known, media, value).unwrap();
        let entity = Entity {
            content_type: Some(written.content_type.as_str().into()),
            bytes: &written.bytes,
            depth: 0,
        };
        let read = body::read(
            known[0].kind(),
            &Description::of(&contract, &known[0]),
            &entity,
        );
        let shown = String::from_utf8_lossy(&written.bytes);
        assert_eq!(read.value.as_ref(), Some(value), "{shown}");
        let mut headers = Headers::default();
        headers.push("Content-Type", &written.content_type);
        let (accepted, told) = accepts(&engine, number, "", headers.clone(), written.bytes.clone());
        if !accepted {
            wrong.push(format!("{told}\n{shown}"));
        }
        // The value of another row is not what the schema allows.
        let (_, other) = &rows[(number + 1) % rows.len()];
        if let Ok(other) = body::write_as(&contract, known, media, other)
            && other.bytes != written.bytes
        {
            let mut headers = Headers::default();
            headers.push("Content-Type", &other.content_type);
            let (accepted, told) = accepts(&engine, number, "", headers, other.bytes);
            if accepted && value.as_object().is_none_or(|members| !members.is_empty()) {
                wrong.push(format!("accepted: {told}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}
