//! Answers of every kind of body, right and with one fault each.

use serde_json::{Value, json};
use trueup::config::Layer;
use trueup::wire::{Headers, Response, Status};

use super::{check, document, findings, response, scenario};

/// The findings for one answer of an operation that promises this response.
fn judged(promise: &Value, answer: Response) -> Vec<String> {
    let paths = json!({"/a": {"get": {"operationId": "a", "responses": {"200": promise}}}});
    let step = json!({"operation": "a"});
    let outcomes = check(
        &document(&paths),
        &[scenario("a", &step)],
        Layer::default(),
        move |_| answer.clone(),
    );
    findings(&outcomes[0])
}

fn content(media: &str, schema: &Value) -> Value {
    json!({"description": "d", "content": {media: {"schema": schema}}})
}

#[test]
fn bodies() {
    let object = json!({
        "type": "object", "required": ["n"], "xml": {"name": "o"},
        "properties": {
            "n": {"type": "integer", "xml": {"attribute": true}},
            "l": {"type": "array", "items": {"type": "boolean", "xml": {"name": "i"}}},
        },
    });
    let text = json!({"type": "string", "minLength": 3, "pattern": "^é"});
    let number = json!({"type": "integer"});
    let picture = json!({"type": "string"});
    let coded = json!({"type": "string", "format": "byte", "minLength": 4});
    let bytes = json!({"type": "string", "format": "binary", "maxLength": 4});
    let latin: &[u8] = b"\xe9ab";
    for (media, schema, sent, body, expected) in [
        (
            "application/json",
            &object,
            "application/json",
            &b"{\"n\": 1}"[..],
            "",
        ),
        (
            "application/json",
            &object,
            "application/json",
            b"{\"n\": \"1\"}",
            "schema at body /n",
        ),
        (
            "application/hal+json",
            &object,
            "application/hal+json",
            b"{}",
            "required at body /n",
        ),
        (
            "application/*",
            &object,
            "application/json",
            b"{",
            "json at body",
        ),
        (
            "*/*",
            &object,
            "application/problem+json",
            b"{}",
            "required at body /n",
        ),
        ("*/*", &object, "image/png", b"{", ""),
        (
            "application/json",
            &object,
            "text/html",
            b"{\"n\": 1}",
            "content-type at header Content-Type",
        ),
        (
            "application/xml",
            &object,
            "application/xml",
            b"<o n='1'><i>true</i><i>0</i></o>",
            "",
        ),
        (
            "application/xml",
            &object,
            "application/xml",
            b"<o n='x'/>",
            "schema at body /n",
        ),
        (
            "application/xml",
            &object,
            "application/xml",
            b"<o><n>1</n></o>",
            "xml at body /n",
        ),
        (
            "application/xml",
            &object,
            "application/xml",
            b"<o n='1'><i>maybe</i></o>",
            "schema at body /l/0",
        ),
        (
            "application/xml",
            &object,
            "application/xml",
            b"<p n='1'/>",
            "xml at body",
        ),
        ("text/xml", &object, "text/xml", b"<o n='1'>", "xml at body"),
        (
            "application/atom+xml",
            &object,
            "application/atom+xml",
            b"",
            "xml at body",
        ),
        (
            "application/x-www-form-urlencoded",
            &object,
            "application/x-www-form-urlencoded",
            b"n=1&l=true&l=false",
            "",
        ),
        (
            "application/x-www-form-urlencoded",
            &object,
            "application/x-www-form-urlencoded",
            b"n=1&l=x",
            "schema at body /l/0",
        ),
        (
            "text/plain",
            &text,
            "text/plain; charset=utf-8",
            "éab".as_bytes(),
            "",
        ),
        (
            "text/plain",
            &text,
            "text/plain",
            "éa".as_bytes(),
            "schema at body",
        ),
        (
            "text/plain",
            &text,
            "text/plain; charset=iso-8859-1",
            latin,
            "",
        ),
        ("text/plain", &text, "text/plain", latin, "text at body"),
        ("text/*", &text, "text/csv", b"abc", "schema at body"),
        ("text/plain", &number, "text/plain", b"12", ""),
        ("text/plain", &number, "text/plain", b"1x", "schema at body"),
        (
            "image/svg+xml",
            &picture,
            "image/svg+xml",
            b"<svg><g/></svg>",
            "",
        ),
        (
            "image/svg+xml",
            &picture,
            "image/svg+xml",
            b"<svg>",
            "xml at body",
        ),
        ("text/plain", &object, "text/plain", b"n", ""),
        ("image/png", &coded, "image/png", b"\xff\xfe", ""),
        (
            "application/octet-stream",
            &bytes,
            "application/octet-stream",
            b"\xff\xfe\x00\x01",
            "",
        ),
        (
            "application/octet-stream",
            &bytes,
            "application/octet-stream",
            b"{\"n\":1",
            "length at body",
        ),
        (
            "image/*",
            &bytes,
            "image/png",
            b"\xff\xfe\x00\x01\x02",
            "length at body",
        ),
    ] {
        let found = judged(&content(media, schema), response(200, sent, body));
        assert_eq!(
            found.join("|"),
            expected,
            "{media} {sent} {}",
            String::from_utf8_lossy(body)
        );
    }
}

/// The most exact entry counts, whatever their order.
#[test]
fn exact_statuses_ranges_and_default() {
    let promise = |name: &str| content("application/json", &json!({"required": [name]}));
    let responses = json!({
        "default": promise("default"), "4XX": promise("range"), "404": promise("exact"),
        "200": {"description": "d"},
    });
    let paths = json!({"/a": {"get": {"operationId": "a", "responses": responses}}});
    for (status, name) in [(404, "exact"), (409, "range"), (500, "default")] {
        let step = json!({"operation": "a", "expect": {"status": status}});
        let outcomes = check(
            &document(&paths),
            &[scenario("a", &step)],
            Layer::default(),
            move |_| response(status, "application/json", b"{}"),
        );
        assert_eq!(
            findings(&outcomes[0]),
            [format!("required at body /{name}")],
            "{status}"
        );
    }
}

#[test]
fn headers() {
    let list = json!({"type": "array", "items": {"type": "integer"}});
    let object = json!({
        "type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}},
    });
    let styled = |schema: &Value, explode: bool| json!({"schema": schema, "explode": explode});
    let described = |schema: &Value| json!({"content": {"application/json": {"schema": schema}}});
    let one = |text: &'static str| vec![("X", text)];
    for (header, lines, expected) in [
        (styled(&json!({"type": "integer"}), false), one("5"), ""),
        (
            styled(&json!({"type": "integer"}), false),
            one("five"),
            "header at header X",
        ),
        (styled(&json!({"type": "boolean"}), false), one("true"), ""),
        (styled(&list, false), one("1, 2,3"), ""),
        (styled(&list, false), vec![("X", "1"), ("x", "2")], ""),
        (styled(&list, false), one("1,b"), "header at header X"),
        (styled(&object, false), one("a,1,b,2"), ""),
        (styled(&object, true), one("a=1,b=2"), ""),
        (styled(&object, true), one("b=2"), "header at header X"),
        (described(&object), one("{\"a\": 1}"), ""),
        (
            described(&object),
            one("{\"a\": \"1\"}"),
            "header at header X",
        ),
        (described(&object), one("a"), "header at header X"),
        (
            json!({"required": true, "schema": {}}),
            Vec::new(),
            "header at header X",
        ),
    ] {
        let promise = json!({"description": "d", "headers": {"X": header}});
        let mut sent = Headers::default();
        for (name, value) in &lines {
            sent.push(*name, *value);
        }
        let answer = Response {
            status: Status(200),
            headers: sent,
            body: Vec::new(),
        };
        assert_eq!(
            judged(&promise, answer).join("|"),
            expected,
            "{header} {lines:?}"
        );
    }
}
