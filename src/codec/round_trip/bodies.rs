//! Bodies of every media type.

use serde_json::{Value, json};

use super::values::{Random, Texts, VALUES, contract, keep};
use crate::codec::{Description, Entity, Reading, Written, body, text};
use crate::contract::{Contract, MediaType};
use crate::wire::media_type_essence;

/// Writes a value as a body of the one media type of a contract, and reads it.
fn body_through<'a>(
    contract: &'a Contract,
    content_type: &str,
    value: &Value,
) -> (Written, Reading<'a>) {
    let media = &contract.operations[0].body.as_ref().unwrap().media;
    let written = body::write_as(contract, media, content_type, value).unwrap();
    let reading = read(contract, &media[0], &written);
    (written, reading)
}

fn read<'a>(contract: &'a Contract, media: &'a MediaType, written: &Written) -> Reading<'a> {
    let entity = Entity {
        content_type: Some(written.content_type.as_str().into()),
        bytes: &written.bytes,
        depth: 0,
    };
    let kind = media.kind_of(&media_type_essence(&written.content_type));
    body::read(kind, &Description::of(contract, media), &entity)
}

/// Holds that values of a schema come back; `expected` is what a value comes back as.
fn hold(
    content_type: &str,
    description: &Value,
    texts: &Texts,
    seed: u64,
    expected: impl Fn(Value) -> Value,
) {
    let essence = media_type_essence(content_type).into_owned();
    let contract = contract(&[], &json!({essence: description}));
    let problems: Vec<String> = contract
        .problems()
        .iter()
        .map(|problem| problem.message.clone())
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
    let mut random = Random::new(seed);
    let schema = description
        .get("schema")
        .cloned()
        .unwrap_or_else(|| json!({"type": "array", "items": description["itemSchema"]}));
    for _ in 0..4 * VALUES {
        let value = random.value(&schema, texts);
        let (written, reading) = body_through(&contract, content_type, &value);
        let shown = String::from_utf8_lossy(&written.bytes);
        assert_eq!(reading.fault, None, "{shown}");
        assert_eq!(reading.defects, [], "{shown}");
        assert!(reading.unread.is_empty(), "{shown}");
        assert_eq!(reading.value, Some(expected(value)), "{shown}");
    }
}

#[test]
fn forms_with_encodings() {
    let list = |kind: &str| json!({"type": "array", "items": {"type": kind}});
    let object = json!({"type": "object", "properties": {
        "k": {"type": "integer"}, "l m": {"type": "string"},
    }});
    let apart = json!({"type": "object", "properties": {
        "apart k": {"type": "integer"}, "apart l": {"type": "string"},
    }});
    let description = json!({
        "schema": {"type": "object", "properties": {
            "text": {"type": "string"}, "count": {"type": "integer"}, "flag": {"type": "boolean"},
            "list": list("string"), "object": object, "objects": {"type": "array", "items": object},
            "lists": {"type": "array", "items": list("integer")},
            "commas": list("integer"), "pipes": list("boolean"), "blanks": list("number"),
            "tabs": list("integer"), "deep": object, "apart": apart, "joined": object,
            "json text": {"type": "string"}, "json list": list("string"), "reserved": {"type": "string"},
        }},
        "encoding": {
            "commas": {"style": "form", "explode": false},
            "pipes": {"style": "pipeDelimited", "explode": false},
            "blanks": {"style": "spaceDelimited", "explode": false},
            "tabs": {"style": "tabDelimited", "explode": false},
            "deep": {"style": "deepObject", "explode": true},
            "apart": {"style": "form", "explode": true},
            "joined": {"style": "form", "explode": false},
            "json text": {"contentType": "application/json"},
            "json list": {"contentType": "application/json; charset=utf-8"},
            "reserved": {"allowReserved": true},
        },
    });
    let media = "application/x-www-form-urlencoded";
    hold(media, &description, &Texts::default(), 4, keep);
}

/// What a part that is a file comes back as: one character for each byte.
fn file_text(value: &Value) -> Value {
    let bytes = text::content(value, text::Charset::Utf8).unwrap();
    Value::from(text::latin1(&bytes))
}

#[test]
fn multipart_forms_with_encodings() {
    let list = |items: Value| json!({"type": "array", "items": items});
    let binary = json!({"type": "string", "contentMediaType": "application/octet-stream"});
    let object = json!({"type": "object", "properties": {
        "k": {"type": "integer"}, "l m": {"type": "string"},
    }});
    let apart = json!({"type": "object", "properties": {
        "apart k": {"type": "integer"}, "apart l": {"type": "string"},
    }});
    // Nothing escapes the delimiters of a part.
    let joined = json!({"type": "object", "properties": {
        "k": {"type": "integer"}, "l m": {"type": "boolean"},
    }});
    let description = json!({
        "schema": {"type": "object", "properties": {
            "text": {"type": "string"}, "a \"quoted\"\\ name\\": {"type": "string"},
            "count": {"type": "integer"}, "flag": {"type": "boolean"},
            "list": list(json!({"type": "string"})), "object": object, "objects": list(object.clone()),
            "lists": list(list(json!({"type": "integer"}))),
            "file": binary, "files": list(binary.clone()),
            "commas": list(json!({"type": "integer"})), "pipes": list(json!({"type": "boolean"})),
            "deep": object, "apart": apart, "joined": joined, "exploded": list(json!({"type": "string"})),
            "json": {"type": "string"}, "markdown": {"type": "string"}, "latin": {"type": "string"},
            "xml": {"type": "object", "xml": {"name": "x"}, "properties": {"k": {"type": "integer"}}},
        }},
        "encoding": {
            "commas": {"style": "form", "explode": false},
            "pipes": {"style": "pipeDelimited", "explode": false},
            "deep": {"style": "deepObject", "explode": true},
            "apart": {"style": "form", "explode": true},
            "joined": {"style": "form", "explode": false},
            "exploded": {"style": "form", "explode": true},
            "json": {"contentType": "application/json; charset=utf-8"},
            "markdown": {"contentType": "text/*, text/markdown"},
            "latin": {"contentType": "text/plain; charset=iso-8859-1"},
            "xml": {"contentType": "application/xml"},
            "file": {"contentType": "image/png"},
        },
    });
    let expected = |mut value: Value| {
        for name in ["file", "files"] {
            match value.get_mut(name) {
                Some(Value::Array(files)) => files.iter_mut().for_each(|f| *f = file_text(f)),
                Some(file) => *file = file_text(file),
                None => {}
            }
        }
        value
    };
    let texts = Texts::default().latin();
    hold("multipart/form-data", &description, &texts, 5, expected);
}

#[test]
fn parts_without_names() {
    let description = json!({
        "schema": {"type": "array", "prefixItems": [
            {"type": "object", "properties": {"a": {"type": "string"}}}, {"type": "integer"},
        ], "items": {"type": "array", "items": {"type": "string"}}},
        "prefixEncoding": [{"contentType": "application/json"}, {"contentType": "text/plain"}],
        "itemEncoding": {"contentType": "multipart/mixed", "itemEncoding": {"contentType": "text/plain"}},
    });
    let contract = contract(&[], &json!({"multipart/mixed": description}));
    let mut random = Random::new(6);
    let texts = Texts::default();
    for _ in 0..VALUES {
        let value = json!([
            {"a": random.text(&texts)}, random.value(&json!({"type": "integer"}), &texts),
            [random.text(&texts), random.text(&texts)], [random.text(&texts)],
        ]);
        let (_, reading) = body_through(&contract, "multipart/mixed", &value);
        assert_eq!((reading.fault, reading.value), (None, Some(value)));
    }
}

#[test]
fn headers_of_parts_are_written_as_the_contract_says() {
    let description = json!({
        "schema": {"type": "object", "properties": {
            "f": {"type": "string", "contentMediaType": "image/png"},
        }},
        "encoding": {"f": {"contentType": "image/png", "headers": {
            "X-List": {"schema": {"type": "array", "items": {"type": "integer"}}},
            "X-Default": {"schema": {"type": "string", "default": "d"}},
            "X-Json": {"content": {"application/json": {"schema": {"type": "object"}}}},
        }}},
    });
    let contract = contract(&[], &json!({"multipart/form-data": description}));
    let value = json!({"f": {"base64": "AP8=", "filename": "a", "headers": {
        "X-List": [1, 2], "X-Json": {"a": [true]},
    }}});
    let (_, reading) = body_through(&contract, "multipart/form-data", &value);
    let [part] = reading.parts.as_slice() else {
        panic!("{:?}", reading.parts);
    };
    let header = |name: &str| part.headers.text(name).unwrap().into_owned();
    assert_eq!(part.place, "/f");
    assert_eq!(
        [header("X-List"), header("X-Default"), header("X-Json")],
        ["1,2", "d", "{\"a\":[true]}"]
    );
}

#[test]
fn xml_with_names_namespaces_attributes_and_arrays() {
    let tag = json!({"type": "object", "xml": {"name": "tag"}, "properties": {
        "n": {"type": "number"}, "id": {"type": "integer", "xml": {"attribute": true, "name": "ID"}},
    }});
    let row = json!({"type": "array", "xml": {"wrapped": true, "name": "row"},
        "items": {"type": "integer", "xml": {"name": "cell"}}});
    let schema = json!({
        "type": "object",
        "xml": {"name": "pet", "prefix": "p", "namespace": "http://p"},
        "required": ["photos"],
        "properties": {
            "id": {"type": "integer", "xml": {"attribute": true}},
            "lang": {"type": "string", "xml": {"attribute": true, "prefix": "p", "namespace": "http://p"}},
            "kind": {"type": "string", "xml": {"attribute": true, "prefix": "p", "namespace": "http://p"}},
            "name": {"type": "string", "xml": {"prefix": "n", "namespace": "http://n?a=b&c"}},
            "own": {"type": "boolean", "xml": {"namespace": "http://own"}},
            "renamed": {"type": "number", "xml": {"name": "other"}},
            "empty": {"type": ["string", "null"]},
            "photos": {"type": "array", "items": {"type": "string", "xml": {"name": "photo"}}},
            "plain": {"type": "array", "items": {"type": "integer"}},
            "tags": {"type": "array", "items": tag, "xml": {"wrapped": true}},
            "labels": {"type": "array", "items": {"type": "string"}, "xml": {"wrapped": true, "name": "marks"}},
            "table": {"type": "array", "items": row, "xml": {"wrapped": true}},
            "owner": {"type": "object", "properties": {
                "deep": {"type": "object", "properties": {"a": {"type": "string"}, "b": tag}},
            }},
            "inline": {"type": "object", "xml": {"nodeType": "none"}, "properties": {
                "street": {"type": "string", "xml": {"name": "st"}},
                "rooms": {"type": "array", "items": {"type": "integer"}},
            }},
            "map": {"type": "object", "additionalProperties": {"type": "integer"}},
            "lists": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "integer"}}},
        },
    });
    for content_type in ["application/xml", "text/xml; charset=utf-8"] {
        let seed = content_type.len() as u64;
        // A member without a node of its own comes back empty where it was not there.
        hold(
            content_type,
            &json!({"schema": schema}),
            &Texts::default(),
            seed,
            |mut value| {
                let members = value.as_object_mut().unwrap();
                members.entry("inline").or_insert_with(|| json!({}));
                members.entry("photos").or_insert_with(|| json!([]));
                value
            },
        );
    }
}

#[test]
fn xml_in_latin1_and_text_in_elements() {
    let schema = json!({"type": "object", "xml": {"name": "note"}, "required": ["text"], "properties": {
        "text": {"type": "string", "xml": {"nodeType": "text"}},
        "to": {"type": "string", "xml": {"nodeType": "attribute"}},
    }});
    let texts = Texts::default().latin();
    let media = "application/xml; charset=ISO-8859-1";
    hold(media, &json!({"schema": schema}), &texts, 9, |mut value| {
        let members = value.as_object_mut().unwrap();
        members.entry("text").or_insert_with(|| json!(""));
        value
    });
}

#[test]
fn an_array_as_the_root_of_xml() {
    let item =
        json!({"type": "object", "xml": {"name": "pet"}, "properties": {"a": {"type": "string"}}});
    let schema = json!({"type": "array", "xml": {"name": "pets"}, "items": item});
    hold(
        "application/xml",
        &json!({"schema": schema}),
        &Texts::default(),
        10,
        keep,
    );
}

#[test]
fn sequences_of_each_framing() {
    let item = json!({"type": "object", "properties": {
        "a": {"type": "string"}, "b": {"type": "array", "items": {"type": "number"}},
    }});
    for media in [
        "application/jsonl",
        "application/x-ndjson",
        "application/json-seq",
    ] {
        hold(
            media,
            &json!({"itemSchema": item}),
            &Texts::default(),
            11,
            keep,
        );
    }
    let event = json!({"type": "object", "required": ["data"], "properties": {
        "data": {"type": "string"}, "event": {"type": "string"}, "id": {"type": "string"},
        "retry": {"type": "integer", "minimum": 0},
    }});
    let texts = Texts::default().without("\r\n").not_empty();
    hold(
        "text/event-stream",
        &json!({"itemSchema": event}),
        &texts,
        12,
        keep,
    );
    let lines =
        json!({"type": "object", "required": ["data"], "properties": {"data": {"type": "string"}}});
    let texts = Texts::default().without("\r");
    hold(
        "text/event-stream",
        &json!({"itemSchema": lines}),
        &texts,
        13,
        keep,
    );
}

#[test]
fn texts_and_json() {
    for (media, schema) in [
        ("text/plain", json!({"type": "string"})),
        ("text/plain; charset=utf-8", json!({"type": "integer"})),
        ("text/csv", json!({"type": "string"})),
    ] {
        hold(
            media,
            &json!({"schema": schema}),
            &Texts::default(),
            14,
            keep,
        );
    }
    let latin = Texts::default().latin();
    let text = json!({"schema": {"type": "string"}});
    hold("text/plain; charset=iso-8859-1", &text, &latin, 15, keep);
    let ascii = Texts::default().ascii();
    hold("text/plain; charset=us-ascii", &text, &ascii, 16, keep);
    let object = json!({"type": "object", "properties": {
        "a": {"type": ["string", "null"]}, "b": {"type": "array", "items": {"type": "number"}},
    }});
    hold(
        "application/json",
        &json!({"schema": object}),
        &Texts::default(),
        17,
        keep,
    );
    hold(
        "application/problem+json; charset=utf-8",
        &json!({"schema": object}),
        &Texts::default(),
        18,
        keep,
    );
}

/// Bytes that are not a value of the encoding are read without a panic.
#[test]
fn readers_survive_any_bytes() {
    let words: [&[u8]; 20] = [
        b"--b",
        b"\r\n",
        b"\n",
        b"--",
        b"Content-Disposition: form-data; name=",
        b"\"",
        b"a",
        b"=",
        b"&",
        b"%",
        b"%4",
        b"%41",
        b"[",
        b"]",
        b"<a>",
        b"</a>",
        b"<",
        b"\x1e",
        b"{\"a\":1}",
        b"\xff",
    ];
    let schema = json!({"schema": {"type": "object", "xml": {"name": "a"}, "properties": {
        "a": {"type": "array", "items": {"type": "integer"}},
        "b": {"type": "object", "properties": {"a": {"type": "string"}}},
    }}});
    let mut random = fastrand::Rng::with_seed(19);
    for content_type in [
        "multipart/form-data; boundary=b",
        "application/x-www-form-urlencoded",
        "application/xml",
        "text/plain",
        "application/json",
        "application/jsonl",
        "application/json-seq",
        "text/event-stream",
    ] {
        let essence = media_type_essence(content_type).into_owned();
        let contract = contract(&[], &json!({essence: schema}));
        let media = &contract.operations[0].body.as_ref().unwrap().media[0];
        for _ in 0..400 {
            let bytes: Vec<u8> = (0..random.usize(..14))
                .flat_map(|_| words[random.usize(..words.len())].to_vec())
                .collect();
            let _ = read(&contract, media, &Written::new(content_type, bytes));
        }
    }
}
