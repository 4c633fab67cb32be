//! Small servers that read the wire for themselves: each is right, and then has one fault.

use std::sync::Mutex;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use trueup::config::Layer;
use trueup::wire::{Request, Response};

use super::{check, document, findings, response, scenario, target};

/// The findings for a right server and for one with a fault.
fn right_and_wrong<S: Fn(Request, bool) -> Response + Send + Sync + 'static>(
    document: &Value,
    scenarios: &[Value],
    server: impl Fn() -> S,
) -> [String; 2] {
    [false, true].map(|is_wrong| {
        let answer = server();
        let outcomes = check(document, scenarios, Layer::default(), move |request| {
            answer(request, is_wrong)
        });
        let all: Vec<String> = outcomes.iter().flat_map(findings).collect();
        all.join("|")
    })
}

/// A pet is created and read again.
fn pets(media: &str, schema: &Value) -> (Value, Vec<Value>) {
    let content = json!({media: {"schema": schema}});
    let answer = json!({"description": "d", "content": content});
    let document = document(&json!({
        "/pets": {"post": {
            "operationId": "create",
            "requestBody": {"required": true, "content": content},
            "responses": {"201": answer},
        }},
        "/pets/{id}": {"get": {
            "operationId": "fetch",
            "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}},
            ],
            "responses": {"200": answer},
        }},
    }));
    let with = json!({"name": "Lucy & <Max>", "tags": ["a", "b"]});
    let scenarios = vec![json!({"name": "a pet", "steps": [
        {"operation": "create", "with": with, "save": "pet", "expect": {"body": with}},
        {
            "operation": "fetch", "with": {"id": "{{pet.id}}"},
            "expect": {"same_as": {"capture": "pet"}},
        },
    ]})];
    (document, scenarios)
}

#[test]
fn json() {
    let schema = json!({
        "type": "object", "required": ["name"], "properties": {
            "id": {"type": "integer", "readOnly": true},
            "name": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
    });
    let (document, scenarios) = pets("application/json", &schema);
    let found = right_and_wrong(&document, &scenarios, || {
        let kept = Mutex::new(Value::Null);
        move |request: Request, is_wrong| {
            let mut kept = kept.lock().unwrap();
            if request.method == "POST" {
                *kept = serde_json::from_slice(&request.body).unwrap();
                kept["id"] = json!(7);
                return response(201, "application/json", kept.to_string().as_bytes());
            }
            assert_eq!(target(&request), "/pets/7");
            let mut pet = kept.clone();
            if is_wrong {
                pet["tags"].as_array_mut().unwrap().pop();
            }
            response(200, "application/json", pet.to_string().as_bytes())
        }
    });
    assert_eq!(found, ["", "expectation at body /tags"]);
}

#[test]
fn xml() {
    let schema = json!({
        "type": "object", "required": ["id", "name"], "xml": {"name": "pet"}, "properties": {
            "id": {"type": "integer", "readOnly": true, "xml": {"attribute": true}},
            "name": {"type": "string"},
            "tags": {
                "type": "array", "xml": {"wrapped": true},
                "items": {"type": "string", "xml": {"name": "tag"}},
            },
        },
    });
    let (document, scenarios) = pets("application/xml", &schema);
    let found = right_and_wrong(&document, &scenarios, || {
        let kept = Mutex::new(String::new());
        move |request: Request, is_wrong| {
            let mut kept = kept.lock().unwrap();
            if request.method == "POST" {
                let text = String::from_utf8(request.body).unwrap();
                let (_, pet) = text.split_once("<pet>").unwrap();
                *kept = pet.strip_suffix("</pet>").unwrap().to_owned();
                let body = format!("<pet id=\"7\">{kept}</pet>");
                return response(201, "application/xml", body.as_bytes());
            }
            assert_eq!(target(&request), "/pets/7");
            let body = if is_wrong {
                format!("<pet><id>7</id>{kept}</pet>")
            } else {
                format!("<?xml version='1.0'?>\n<pet id='7'>\n  {kept}\n</pet>\n")
            };
            response(200, "application/xml; charset=utf-8", body.as_bytes())
        }
    });
    assert_eq!(found, ["", "xml at body /id"]);
}

/// Name, type and content of each part.
fn parts(request: &Request) -> Vec<(String, String, Vec<u8>)> {
    let content_type = request.headers.text("content-type").unwrap();
    let (_, boundary) = content_type.split_once("boundary=").unwrap();
    let body: String = request.body.iter().map(|byte| char::from(*byte)).collect();
    let delimiter = format!("--{boundary}");
    let mut parts: Vec<&str> = body.split(&delimiter).collect();
    assert_eq!((parts.remove(0), parts.pop()), ("", Some("--\r\n")));
    parts
        .into_iter()
        .map(|part| {
            let (head, content) = part.split_once("\r\n\r\n").unwrap();
            let after = |mark: &str| head.split_once(mark).map_or("", |(_, rest)| rest);
            let name = after("; name=\"").split('"').next().unwrap();
            let kind = after("Content-Type: ").split("\r\n").next().unwrap();
            let content = content.strip_suffix("\r\n").unwrap();
            let content = content.chars().map(|c| u8::try_from(c).unwrap()).collect();
            (name.to_owned(), kind.to_owned(), content)
        })
        .collect()
}

#[test]
fn multipart() {
    let document = document(&json!({"/photos": {"post": {
        "operationId": "upload",
        "requestBody": {"required": true, "content": {"multipart/form-data": {
            "schema": {"type": "object", "required": ["title", "photo"], "properties": {
                "title": {"type": "string"},
                "photo": {"type": "string", "format": "binary"},
            }},
            "encoding": {"photo": {"contentType": "image/png"}},
        }}},
        "responses": {"201": {"description": "d", "content": {"application/json": {"schema": {
            "type": "object", "required": ["title", "type", "size"], "properties": {
                "title": {"type": "string"},
                "type": {"type": "string"},
                "size": {"type": "integer"},
            },
        }}}}},
    }}}));
    let step = json!({
        "operation": "upload",
        "with": {"title": "Lucy", "photo": {"base64": "AAH//g0KLS0=", "filename": "l.png"}},
        "expect": {"body": {"title": "Lucy", "type": "image/png", "size": 8}},
    });
    let found = right_and_wrong(&document, &[scenario("upload", &step)], || {
        |request: Request, is_wrong| {
            let parts = parts(&request);
            let part = |name: &str| parts.iter().find(|part| part.0 == name).unwrap();
            let (photo, title) = (part("photo"), part("title"));
            assert_eq!(photo.2, b"\x00\x01\xff\xfe\r\n--");
            let size = if is_wrong { 5 } else { photo.2.len() };
            let title = String::from_utf8(title.2.clone()).unwrap();
            let body = json!({"title": title, "type": photo.1, "size": size});
            response(201, "application/json", body.to_string().as_bytes())
        }
    });
    assert_eq!(found, ["", "expectation at body /size"]);
}

#[test]
fn deep_object() {
    let document = document(&json!({"/pets": {"get": {
        "operationId": "list",
        "parameters": [{
            "name": "filter", "in": "query", "style": "deepObject", "explode": true,
            "schema": {"type": "object", "properties": {
                "kind": {"type": "string"}, "age": {"type": "integer"},
            }},
        }],
        "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {
            "type": "array", "items": {"type": "object", "properties": {
                "name": {"type": "string"}, "kind": {"type": "string"}, "age": {"type": "integer"},
            }},
        }}}}},
    }}}));
    let pet = |name: &str, kind: &str, age: u64| json!({"name": name, "kind": kind, "age": age});
    let step = json!({
        "operation": "list",
        "with": {"filter": {"kind": "guinea pig", "age": 2}},
        "expect": {"body": [pet("Lucy", "guinea pig", 2)]},
    });
    let found = right_and_wrong(&document, &[scenario("list", &step)], || {
        move |request: Request, is_wrong| {
            let (_, query) = target(&request).split_once('?').unwrap();
            let query = percent_decode_str(query)
                .decode_utf8()
                .unwrap()
                .into_owned();
            let wanted = |member: &str| {
                let mark = format!("filter[{member}]=");
                let mut pairs = query.split('&');
                pairs.find_map(|pair| pair.strip_prefix(&mark).map(str::to_owned))
            };
            let all = [
                pet("Max", "guinea pig", 3),
                pet("Lucy", "guinea pig", 2),
                pet("Bo", "cat", 2),
            ];
            let kind = wanted("kind").unwrap();
            let age: u64 = wanted("age").unwrap().parse().unwrap();
            let found: Value = all
                .into_iter()
                .filter(|pet| is_wrong || pet["age"].as_u64() == Some(age))
                .filter(|pet| pet["kind"] == kind.as_str())
                .collect();
            response(200, "application/json", found.to_string().as_bytes())
        }
    });
    assert_eq!(found[0], "");
    assert!(found[1].starts_with("expectation at body"), "{}", found[1]);
}
