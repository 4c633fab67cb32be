//! Request bodies of every kind.

use serde_json::{Value, json};
use trueup::config::Layer;
use trueup::wire::Request;

use super::{document, recorded, scenario};

/// The request that sends these values to an operation with this content.
fn sent(content: &Value, with: &Value) -> Request {
    sent_by(content, &json!({"operation": "a", "with": with}))
}

/// The request of a step.
fn sent_by(content: &Value, step: &Value) -> Request {
    let paths = json!({"/a": {"post": {
        "operationId": "a",
        "requestBody": {"required": true, "content": content},
        "responses": {"204": {"description": "d"}},
    }}});
    let document = document(&paths);
    recorded(&document, &[scenario("a", step)], Layer::default()).remove(0)
}

/// Content type and body as text.
fn text(content: &Value, with: &Value) -> (String, String) {
    let request = sent(content, with);
    let content_type = request.headers.text("content-type").unwrap().into_owned();
    (content_type, String::from_utf8(request.body).unwrap())
}

fn of(media: &str, schema: &Value) -> Value {
    json!({media: {"schema": schema}})
}

#[test]
fn json_and_its_relatives() {
    let with = json!({"a": [1, {"b": null}], "c": "é"});
    let schema = json!({"properties": {"a": {}, "c": {}}});
    for media in ["application/json", "application/merge-patch+json"] {
        let (content_type, body) = text(&of(media, &schema), &with);
        assert_eq!(content_type, media);
        assert_eq!(body, "{\"a\":[1,{\"b\":null}],\"c\":\"é\"}");
    }
    // A range stands for what it covers.
    assert_eq!(text(&of("*/*", &schema), &with).0, "application/json");
}

#[test]
fn the_first_type_that_can_hold_the_values() {
    let content = json!({
        "text/plain": {"schema": {"type": "string"}},
        "application/x-www-form-urlencoded": {"schema": {"properties": {"a": {}}}},
        "application/json": {"schema": {}},
    });
    let (content_type, body) = text(&content, &json!({"a": "x"}));
    assert_eq!(content_type, "application/x-www-form-urlencoded");
    assert_eq!(body, "a=x");
}

#[test]
fn forms() {
    let content = json!({"application/x-www-form-urlencoded": {
        "schema": {"type": "object", "properties": {
            "name": {}, "flag": {}, "list": {}, "meta": {}, "ids": {}, "tags": {}, "where": {},
            "raw": {}, "both": {},
        }},
        "encoding": {
            "ids": {"explode": false},
            "tags": {"style": "spaceDelimited", "explode": false},
            "where": {"style": "deepObject", "explode": true},
            "raw": {"allowReserved": true},
            "both": {"contentType": "application/json"},
        },
    }});
    let with = json!({
        "name": "a b&c=d", "flag": true, "list": ["x", "y"], "meta": {"k": [1]},
        "ids": [1, 2], "tags": ["u v", "w"], "where": {"z": "1 2"}, "raw": "a/b:c", "both": [1],
    });
    let (_, body) = text(&content, &with);
    assert_eq!(
        body,
        "name=a+b%26c%3Dd&flag=true&list=x&list=y&meta=%7B%22k%22%3A%5B1%5D%7D\
         &ids=1,2&tags=u+v+w&where%5Bz%5D=1+2&raw=a/b:c&both=%5B1%5D"
    );
}

#[test]
fn parts() {
    let binary = json!({"type": "string", "format": "binary"});
    let content = json!({"multipart/form-data": {
        "schema": {"type": "object", "properties": {
            "title": {"type": "string"},
            "meta": {"type": "object"},
            "photo": binary,
            "more": {"type": "array", "items": binary},
            "ids": {"type": "array"}, "tags": {"type": "array"},
        }},
        "encoding": {
            "ids": {"style": "pipeDelimited", "explode": false},
            "tags": {"style": "form", "explode": true},
            "photo": {
                "contentType": "image/png, image/jpeg",
                "headers": {"X-Size": {"schema": {"type": "integer", "default": 2}}},
            },
            "title": {"contentType": "text/plain; charset=utf-8"},
        },
    }});
    let with = json!({
        "title": "é",
        "meta": {"a": [1]},
        "photo": {"base64": "//4=", "filename": "p \"1\".png"},
        "more": [
            {"text": "one", "filename": "1.txt", "type": "text/plain"},
            {"text": "two", "filename": "2.txt"},
        ],
        "ids": [1, 2],
        "tags": ["a", "b"],
    });
    let request = sent(&content, &with);
    let content_type = request.headers.text("content-type").unwrap();
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let part = |name: &str, rest: &[u8]| {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        [head.as_bytes(), rest, b"\r\n"].concat()
    };
    let expected = [
        part(
            "title",
            "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\né".as_bytes(),
        ),
        part(
            "meta",
            b"\r\nContent-Type: application/json\r\n\r\n{\"a\":[1]}",
        ),
        part(
            "photo",
            b"; filename=\"p %221%22.png\"\r\nContent-Type: image/png\r\nX-Size: 2\r\n\r\n\xff\xfe",
        ),
        part(
            "more",
            b"; filename=\"1.txt\"\r\nContent-Type: text/plain\r\n\r\none",
        ),
        part(
            "more",
            b"; filename=\"2.txt\"\r\nContent-Type: application/octet-stream\r\n\r\ntwo",
        ),
        part("ids", b"\r\n\r\n1|2"),
        part("tags", b"\r\n\r\na"),
        part("tags", b"\r\n\r\nb"),
        format!("--{boundary}--\r\n").into_bytes(),
    ];
    assert_eq!(
        String::from_utf8_lossy(&request.body),
        String::from_utf8_lossy(&expected.concat())
    );
    assert_eq!(request.body, expected.concat());
}

#[test]
fn xml() {
    let schema = json!({
        "type": "object",
        "xml": {"name": "pet", "namespace": "http://example.com/pet", "prefix": "p"},
        "properties": {
            "id": {"type": "integer", "xml": {"attribute": true}},
            "name": {"type": "string"},
            "urls": {"type": "array", "items": {"type": "string", "xml": {"name": "url"}}},
            "tags": {
                "type": "array", "xml": {"name": "labels", "wrapped": true},
                "items": {"type": "object", "xml": {"name": "label"}},
            },
        },
    });
    let with = json!({
        "id": 7, "name": "a < b & c", "urls": ["u", "v"], "tags": [{"n": 1}, {"n": 2}],
    });
    let (content_type, body) = text(&of("application/xml", &schema), &with);
    assert_eq!(content_type, "application/xml");
    assert_eq!(
        body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <p:pet xmlns:p=\"http://example.com/pet\" id=\"7\"><name>a &lt; b &amp; c</name>\
         <url>u</url><url>v</url>\
         <labels><label><n>1</n></label><label><n>2</n></label></labels></p:pet>"
    );
}

/// Bodies that are no objects, and media types that a step names.
#[test]
fn whole_bodies() {
    let all = json!({
        "application/json": {"schema": {"type": "array", "items": {"type": "integer"}}},
        "text/*": {"schema": {"type": "string"}},
        "application/xml": {"schema": {"properties": {"a": {}}, "xml": {"name": "x"}}},
        "image/png": {"schema": {"type": "string", "format": "binary"}},
    });
    let bytes = json!({"base64": "AP8="});
    for (media, body, content_type, expected) in [
        (
            json!(null),
            json!([1, 2]),
            "application/json",
            &b"[1,2]"[..],
        ),
        (json!("text/plain"), json!("a\nb"), "text/plain", b"a\nb"),
        (
            json!("text/csv; header=absent"),
            json!("1,2"),
            "text/csv; header=absent",
            b"1,2",
        ),
        (
            json!("application/xml"),
            json!({"a": 1}),
            "application/xml",
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<x><a>1</a></x>",
        ),
        (
            json!("application/xml"),
            json!("<x/>"),
            "application/xml",
            b"<x/>",
        ),
        (json!("image/png"), bytes, "image/png", b"\x00\xff"),
    ] {
        let mut step = json!({"operation": "a", "body": body});
        if !media.is_null() {
            step["media"] = media;
        }
        let request = sent_by(&all, &step);
        assert_eq!(request.headers.text("content-type").unwrap(), content_type);
        assert_eq!(request.body, expected, "{content_type}");
    }
    let either = json!({
        "application/json": {"schema": {"properties": {"a": {}}}},
        "application/x-www-form-urlencoded": {"schema": {"properties": {"a": {}}}},
    });
    let form = "application/x-www-form-urlencoded";
    let step = json!({"operation": "a", "with": {"a": "b c"}, "media": form});
    let request = sent_by(&either, &step);
    assert_eq!(request.headers.text("content-type").unwrap(), form);
    assert_eq!(request.body, b"a=b+c");
}
