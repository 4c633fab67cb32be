//! Bodies of several items or parts (`OpenAPI` 3.2): answers, right and with one fault each, and
//! requests.

use serde_json::{Value, json};
use trueup::config::Layer;

use super::{check, document, findings, recorded, response, scenario};

fn newest(paths: &Value) -> Value {
    let mut document = document(paths);
    document["openapi"] = json!("3.2.0");
    document
}

/// The findings for one answer of an operation that promises this content.
fn judged(media: &str, described: &Value, content_type: &str, body: &[u8]) -> String {
    let promise = json!({"description": "d", "content": {media: described}});
    let paths = json!({"/a": {"get": {"operationId": "a", "responses": {"200": promise}}}});
    let document = newest(&paths);
    let step = json!({"operation": "a"});
    let answer = response(200, content_type, body);
    let outcomes = check(
        &document,
        &[scenario("a", &step)],
        Layer::default(),
        move |_| answer.clone(),
    );
    findings(&outcomes[0]).join("|")
}

#[test]
fn items() {
    let item = json!({
        "type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}},
    });
    let each = json!({"itemSchema": item});
    let whole = json!({"schema": {"type": "array", "items": item, "maxItems": 2}});
    let place = "#/paths/~1a/get/responses/200/content/application~1jsonl/itemSchema";
    let all = json!({"type": "array", "items": {"$ref": place}, "minItems": 1});
    let both = json!({"itemSchema": item, "schema": all});
    let (lines, sequence) = ("application/jsonl", "application/json-seq");
    for (media, described, sent, body, expected) in [
        (lines, &each, lines, "{\"n\": 1}\n{\"n\": 2}\n", ""),
        (lines, &each, lines, "", ""),
        (
            lines,
            &each,
            lines,
            "{\"n\": 1}\n{\"n\": \"2\"}\n",
            "schema at body /1/n",
        ),
        (
            lines,
            &each,
            lines,
            "{\"n\": 1}\n\n{}",
            "required at body /1/n",
        ),
        (
            lines,
            &each,
            lines,
            "{\"n\": 1}\n{\"n\": 2\n",
            "sequence at body /1",
        ),
        (
            lines,
            &each,
            lines,
            "{\"n\": 1}{\"n\": 2}\n",
            "sequence at body /0",
        ),
        (
            lines,
            &each,
            lines,
            "{\"n\": \"1\"}\n{\"n\"",
            "schema at body /0/n|sequence at body /1",
        ),
        (
            lines,
            &each,
            "application/json",
            "{}",
            "content-type at header Content-Type",
        ),
        (lines, &whole, lines, "{\"n\": 1}\n", ""),
        (
            lines,
            &whole,
            lines,
            "{\"n\": 1}\n{\"n\": 2}\n{\"n\": 3}\n",
            "schema at body",
        ),
        (lines, &both, lines, "{}\n", "required at body /0/n"),
        (
            "application/*",
            &each,
            "application/x-ndjson",
            "{}\n",
            "required at body /0/n",
        ),
        (
            sequence,
            &each,
            sequence,
            "\u{1e}{\"n\":\n1}\n\u{1e}{\"n\": 2}\n",
            "",
        ),
        (
            sequence,
            &each,
            sequence,
            "\u{1e}{\"n\": 1}\n\u{1e}{}\n",
            "required at body /1/n",
        ),
        (
            sequence,
            &each,
            sequence,
            "{\"n\": 1}\n",
            "sequence at body /0",
        ),
        (
            sequence,
            &each,
            sequence,
            "\u{1e}{\"n\": 1}",
            "sequence at body /0",
        ),
        (
            "application/geo+json-seq",
            &each,
            "application/geo+json-seq",
            "\u{1e}[]\n",
            "schema at body /0",
        ),
    ] {
        let found = judged(media, described, sent, body.as_bytes());
        assert_eq!(found, expected, "{media} {described} {body}");
    }
}

#[test]
fn events() {
    let event = json!({
        "type": "object", "required": ["data", "event"], "properties": {
            "data": {"type": "string"}, "event": {"enum": ["add", "end"]},
            "retry": {"type": "integer", "maximum": 9},
        },
    });
    let described = json!({"itemSchema": event});
    let media = "text/event-stream";
    for (body, expected) in [
        (
            ": hello\n\nevent: add\ndata: 1\ndata: 2\nretry: 9\n\nevent: end\r\ndata\r\n\r\n",
            "",
        ),
        (
            "event: add\ndata: 1\n\ndata: 2\n\n",
            "required at body /1/event",
        ),
        ("event: odd\ndata: 1\n\n", "enum at body /0/event"),
        (
            "event: add\ndata: 1\nretry: 10\n\n",
            "schema at body /0/retry",
        ),
        (
            "event: add\ndata: 1\n\nevent: add\ndata: 2\n",
            "sequence at body /1",
        ),
    ] {
        assert_eq!(
            judged(media, &described, media, body.as_bytes()),
            expected,
            "{body}"
        );
    }
    let found = judged(media, &described, media, b"event: add\ndata: \xe4\n\n");
    assert_eq!(found, "sequence at body");
}

/// What the data of an event holds, where the contract tells.
#[test]
fn data() {
    let number =
        json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}});
    let content =
        |schema: &Value| json!({"contentMediaType": "application/json", "contentSchema": schema});
    let media = "text/event-stream";
    let place = "#/paths/~1a/get/responses/200/content/text~1event-stream/itemSchema/$defs/number";
    let named = json!({"$ref": place});
    let described = json!({"itemSchema": {
        "$defs": {"number": number},
        "required": ["event"],
        "oneOf": [
            {"properties": {"event": {"const": "text"}}},
            {"properties": {"event": {"const": "number"}, "data": content(&named)}},
            {"properties": {
                "event": {"const": "stop"},
                "data": {"anyOf": [{"const": "END"}, content(&json!({"type": "array"}))]},
            }},
        ],
    }});
    for (event, data, expected) in [
        ("text", "{", ""),
        ("number", "{\"n\": 1}", ""),
        ("number", "{\"n\": \"1\"}", "content at body /0/data/n"),
        ("number", "{}", "content at body /0/data/n"),
        ("number", "{", "content at body /0/data"),
        ("stop", "END", ""),
        ("stop", "[]", ""),
        ("stop", "{}", "content at body /0/data"),
        ("other", "{}", "schema at body /0"),
    ] {
        let body = format!("event: {event}\ndata: {data}\n\n");
        let found = judged(media, &described, media, body.as_bytes());
        assert_eq!(found, expected, "{event} {data}");
    }
}

/// A body of parts, each with its headers in front.
fn body(parts: &[(&str, &str)]) -> Vec<u8> {
    let parts = parts.iter();
    let texts = parts.map(|(head, text)| format!("--b\r\n{head}\r\n\r\n{text}\r\n"));
    let last = "--b--\r\n".to_owned();
    texts
        .chain([last])
        .collect::<Vec<_>>()
        .concat()
        .into_bytes()
}

/// Parts with names.
fn form() -> Value {
    json!({
        "schema": {
            "type": "object", "required": ["meta", "photo"], "properties": {
                "meta": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}},
                "photo": {"type": "string", "format": "binary", "maxLength": 4},
                "count": {"type": "integer"},
                "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}},
                "ids": {"type": "array", "items": {"type": "integer"}},
            },
        },
        "encoding": {
            "photo": {
                "contentType": "image/png, image/jpeg",
                "headers": {"X-Size": {"required": true, "schema": {"type": "integer"}}},
            },
            "ids": {"style": "pipeDelimited"},
        },
    })
}

#[test]
fn parts_with_names() {
    let described = form();
    let name =
        |name: &str, more: &str| format!("Content-Disposition: form-data; name=\"{name}\"{more}");
    let (json, png) = (
        "\r\nContent-Type: application/json",
        "\r\nContent-Type: image/png",
    );
    let meta = (name("meta", json), "{\"n\": 1}");
    let photo = (name("photo", &format!("{png}\r\nX-Size: 4")), "\u{0}\r\n-");
    let of = |more: Vec<(String, &'static str)>| {
        let parts: Vec<(&str, &str)> = more.iter().map(|(h, t)| (h.as_str(), *t)).collect();
        body(&parts)
    };
    let media = "multipart/form-data";
    let sent = "multipart/form-data; boundary=\"b\"";
    for (parts, expected) in [
        (
            vec![
                meta.clone(),
                photo.clone(),
                (name("count", ""), "3"),
                (name("tags", ""), "one"),
                (name("tags", ""), "two"),
                (name("ids", ""), "1|2"),
            ],
            "",
        ),
        (vec![photo.clone(), (name("meta", ""), "{\"n\": 1}")], ""),
        (vec![meta.clone()], "required at body /photo"),
        (
            vec![photo.clone(), (name("meta", json), "{}")],
            "required at body /meta/n",
        ),
        (
            vec![photo.clone(), (name("meta", json), "{")],
            "multipart at body /meta",
        ),
        (
            vec![photo.clone(), meta.clone(), meta.clone()],
            "multipart at body /meta",
        ),
        (
            vec![
                meta.clone(),
                (
                    name("photo", "\r\nX-Size: 4\r\nContent-Type: text/html"),
                    "x",
                ),
            ],
            "multipart at body /photo",
        ),
        (
            vec![
                meta.clone(),
                (name("photo", &format!("{png}\r\nX-Size: 5")), "12345"),
            ],
            "schema at body /photo",
        ),
        (
            vec![meta.clone(), (name("photo", png), "1")],
            "header at body /photo, header X-Size",
        ),
        (
            vec![
                meta.clone(),
                (name("photo", &format!("{png}\r\nX-Size: five")), "1"),
            ],
            "header at body /photo, header X-Size",
        ),
        (
            vec![meta.clone(), photo.clone(), (name("count", ""), "three")],
            "schema at body /count",
        ),
        (
            vec![
                meta.clone(),
                photo.clone(),
                (name("tags", ""), "a"),
                (name("tags", ""), "long"),
            ],
            "schema at body /tags/1",
        ),
        (
            vec![meta.clone(), photo.clone(), (name("ids", ""), "1|x")],
            "schema at body /ids/1",
        ),
        (
            vec![
                meta.clone(),
                photo.clone(),
                ("Content-Type: text/plain".to_owned(), "x"),
            ],
            "multipart at body",
        ),
    ] {
        let found = judged(media, &described, sent, &of(parts.clone()));
        assert_eq!(found, expected, "{parts:?}");
    }
}

#[test]
fn parts_by_position() {
    let described = json!({
        "schema": {"type": "array", "minItems": 2, "prefixItems": [
            {"type": "object", "required": ["n"]},
            {"type": "array", "prefixItems": [{"type": "integer"}, {}]},
        ]},
        "prefixEncoding": [
            {},
            {
                "contentType": "multipart/mixed",
                "prefixEncoding": [{}, {"contentType": "image/*"}],
            },
        ],
        "itemEncoding": {"contentType": "text/plain"},
    });
    let meta = ("Content-Type: application/json", "{\"n\": 1}");
    let inner = "--i\r\n\r\n5\r\n--i\r\nContent-Type: image/png\r\n\r\n\u{0}\r\n--i--";
    let nested = ("Content-Type: multipart/mixed; boundary=i", inner);
    let wrong = inner.replace('5', "x");
    let other = inner.replace("image/png", "text/html");
    let cut = inner.replace("--i--", "");
    let media = "multipart/mixed";
    let sent = "multipart/mixed; boundary=b";
    for (parts, expected) in [
        (vec![meta, nested], ""),
        (vec![meta, nested, ("X: 1", "text")], ""),
        (vec![meta], "schema at body"),
        (
            vec![("Content-Type: application/json", "{}"), nested],
            "required at body /0/n",
        ),
        (vec![meta, (nested.0, &*wrong)], "schema at body /1/0"),
        (vec![meta, (nested.0, &*other)], "multipart at body /1/1"),
        (vec![meta, (nested.0, &*cut)], "multipart at body /1"),
        (vec![meta, meta], "multipart at body /1"),
        (
            vec![meta, nested, ("Content-Type: text/html", "<p>")],
            "multipart at body /2",
        ),
    ] {
        let found = judged(media, &described, sent, &body(&parts));
        assert_eq!(found, expected, "{parts:?}");
    }
    let stream = json!({
        "itemSchema": {"type": "object", "required": ["n"]},
        "itemEncoding": {"contentType": "application/json"},
    });
    let right = body(&[meta, meta]);
    assert_eq!(judged(media, &stream, sent, &right), "");
    let lacking = body(&[meta, ("Content-Type: application/json", "{}")]);
    assert_eq!(
        judged(media, &stream, sent, &lacking),
        "required at body /1/n"
    );
    for (sent, body, expected) in [
        (sent, &right[..right.len() - 4], "multipart at body"),
        ("multipart/mixed", &right[..], "multipart at body"),
        (
            "multipart/mixed; boundary=c",
            &right[..],
            "multipart at body",
        ),
        (sent, &b""[..], "multipart at body"),
    ] {
        assert_eq!(judged(media, &stream, sent, body), expected);
    }
}

#[test]
fn requests() {
    let item = json!({"itemSchema": {"type": "object"}});
    let parts = json!({
        "itemSchema": {},
        "prefixEncoding": [{}, {
            "contentType": "multipart/mixed",
            "itemEncoding": {
                "contentType": "image/*, text/html",
                "headers": {"X-Kind": {"schema": {"type": "string", "default": "small"}}},
            },
        }],
    });
    let content = json!({
        "application/x-ndjson": item, "application/json-seq": item, "text/event-stream": item,
        "multipart/mixed": parts,
    });
    let paths = json!({"/a": {"post": {
        "operationId": "a",
        "requestBody": {"content": content},
        "responses": {"204": {"description": "d"}},
    }}});
    let document = newest(&paths);
    for (media, body, expected) in [
        (
            "application/x-ndjson",
            json!([{"a": 1}, {}]),
            "{\"a\":1}\n{}\n",
        ),
        ("application/x-ndjson", json!("{}\n\n"), "{}\n\n"),
        (
            "application/json-seq",
            json!([{"a": 1}]),
            "\u{1e}{\"a\":1}\n",
        ),
        (
            "text/event-stream",
            json!([{"id": 1, "data": "a\nb"}]),
            "id: 1\ndata: a\ndata: b\n\n",
        ),
        (
            "multipart/mixed",
            json!([{"n": 1}, ["<p>"], "x"]),
            "--B0\r\nContent-Type: application/json\r\n\r\n{\"n\":1}\r\n\
             --B0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n\
             --B\r\nContent-Type: text/html\r\nX-Kind: small\r\n\r\n<p>\r\n--B--\r\n\r\n\
             --B0\r\n\r\nx\r\n--B0--\r\n",
        ),
    ] {
        let step = json!({"operation": "a", "media": media, "body": body});
        let sent = recorded(&document, &[scenario("a", &step)], Layer::default());
        let content_type = sent[0].headers.text("content-type").unwrap();
        assert_eq!(content_type.split(';').next(), Some(media));
        let text = String::from_utf8_lossy(&sent[0].body).into_owned();
        let boundary = content_type
            .split_once("boundary=")
            .map_or("none", |(_, b)| b);
        let short = boundary.strip_suffix('0').unwrap_or(boundary);
        assert_eq!(text.replace(short, "B"), expected, "{media}");
    }
}
