//! Parameters in every place and style.

use serde_json::{Value, json};
use trueup::config::Layer;

use super::{document, recorded, scenario, target};

/// One parameter `p`, its value, and what must be sent: the rest of the URL behind `/N`, or a
/// header.
struct Row {
    location: &'static str,
    keywords: Value,
    value: Value,
    expected: &'static str,
}

fn row(location: &'static str, keywords: Value, value: Value, expected: &'static str) -> Row {
    Row {
        location,
        keywords,
        value,
        expected,
    }
}

/// What is sent for each row.
fn sent(rows: &[Row]) -> Vec<String> {
    let mut paths = json!({});
    let mut scenarios = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let mut parameter = json!({"name": "p", "in": row.location, "required": true});
        let members = row.keywords.as_object().unwrap();
        parameter.as_object_mut().unwrap().extend(members.clone());
        if !members.contains_key("content") && !members.contains_key("schema") {
            parameter["schema"] = json!({});
        }
        let gap = if row.location == "path" { "{p}" } else { "" };
        let operation = format!("op{i}");
        paths[format!("/{i}/{gap}")] = json!({"get": {
            "operationId": operation,
            "parameters": [parameter],
            "responses": {"204": {"description": "d"}},
        }});
        let step = json!({"operation": operation, "with": {"p": row.value}});
        scenarios.push(scenario(&operation, &step));
    }
    let requests = recorded(&document(&paths), &scenarios, Layer::default());
    assert_eq!(requests.len(), rows.len());
    requests
        .iter()
        .zip(rows)
        .enumerate()
        .map(|(i, (request, row))| match row.location {
            "header" => request.headers.text("p").unwrap().into_owned(),
            "cookie" => request.headers.text("cookie").unwrap().into_owned(),
            _ => {
                let start = format!("/{i}/");
                target(request).strip_prefix(&start).unwrap().to_owned()
            }
        })
        .collect()
}

fn assert_sent(rows: &[Row]) {
    for (sent, row) in sent(rows).iter().zip(rows) {
        let Row {
            location,
            keywords,
            value,
            ..
        } = row;
        assert_eq!(sent, row.expected, "{location} {keywords} {value}");
    }
}

#[test]
fn paths() {
    let list = || json!(["a", "b c", "d,e/f"]);
    let object = || json!({"R": 100, "G": "x;y"});
    let style = |style: &str, explode: bool| json!({"style": style, "explode": explode});
    assert_sent(&[
        row(
            "path",
            json!({}),
            json!("a b/c%?#é"),
            "a%20b%2Fc%25%3F%23%C3%A9",
        ),
        row("path", json!({}), json!(5), "5"),
        row("path", json!({}), json!(true), "true"),
        row("path", json!({}), list(), "a,b%20c,d%2Ce%2Ff"),
        row("path", json!({}), object(), "R,100,G,x%3By"),
        row("path", style("simple", true), object(), "R=100,G=x%3By"),
        row("path", style("label", false), json!("x.y"), ".x.y"),
        row("path", style("label", false), list(), ".a,b%20c,d%2Ce%2Ff"),
        row("path", style("label", true), list(), ".a.b%20c.d%2Ce%2Ff"),
        row("path", style("label", true), object(), ".R=100.G=x%3By"),
        row("path", style("matrix", false), json!("x"), ";p=x"),
        row(
            "path",
            style("matrix", false),
            list(),
            ";p=a,b%20c,d%2Ce%2Ff",
        ),
        row(
            "path",
            style("matrix", true),
            list(),
            ";p=a;p=b%20c;p=d%2Ce%2Ff",
        ),
        row("path", style("matrix", false), object(), ";p=R,100,G,x%3By"),
        row("path", style("matrix", true), object(), ";R=100;G=x%3By"),
        row(
            "path",
            json!({"allowReserved": true}),
            json!("a:b@c/d"),
            "a:b@c%2Fd",
        ),
        row(
            "path",
            json!({"content": {"application/json": {"schema": {}}}}),
            json!({"a": [1]}),
            "%7B%22a%22%3A%5B1%5D%7D",
        ),
    ]);
}

#[test]
fn queries() {
    let list = || json!(["a", "b c", "d,e|f&g"]);
    let object = || json!({"R": 100, "G": "x&y=z"});
    let style = |style: &str, explode: bool| json!({"style": style, "explode": explode});
    assert_sent(&[
        row(
            "query",
            json!({}),
            json!("a b&c=d+é"),
            "?p=a%20b%26c%3Dd%2B%C3%A9",
        ),
        row("query", json!({}), json!(""), "?p="),
        row("query", json!({}), json!(2.5), "?p=2.5"),
        row("query", json!({}), list(), "?p=a&p=b%20c&p=d%2Ce%7Cf%26g"),
        row("query", json!({}), json!([]), ""),
        row("query", json!({}), object(), "?R=100&G=x%26y%3Dz"),
        row(
            "query",
            style("form", false),
            list(),
            "?p=a,b%20c,d%2Ce%7Cf%26g",
        ),
        row(
            "query",
            style("form", false),
            object(),
            "?p=R,100,G,x%26y%3Dz",
        ),
        row(
            "query",
            style("spaceDelimited", false),
            list(),
            "?p=a%20b%20c%20d%2Ce%7Cf%26g",
        ),
        row(
            "query",
            style("pipeDelimited", false),
            json!([1, 2]),
            "?p=1%7C2",
        ),
        row(
            "query",
            style("pipeDelimited", true),
            json!([1, 2]),
            "?p=1&p=2",
        ),
        row(
            "query",
            style("tabDelimited", false),
            json!([1, 2]),
            "?p=1%092",
        ),
        row(
            "query",
            style("deepObject", true),
            json!({"a": "x y", "b&": 1, "c": [1, 2], "d": {"e": true}}),
            "?p%5Ba%5D=x%20y&p%5Bb%26%5D=1&p%5Bc%5D=1&p%5Bc%5D=2&p%5Bd%5D%5Be%5D=true",
        ),
        row(
            "query",
            json!({"allowReserved": true}),
            json!("/a?b:c@d,e;f=g&h+i#j[k]%"),
            "?p=/a?b:c@d,e;f=g%26h%2Bi%23j%5Bk%5D%25",
        ),
        row(
            "query",
            json!({"content": {"application/json": {"schema": {}}}}),
            json!({"a": "b c"}),
            "?p=%7B%22a%22%3A%22b%20c%22%7D",
        ),
        row(
            "query",
            json!({"content": {"text/plain": {"schema": {}}}}),
            json!("b c"),
            "?p=b%20c",
        ),
    ]);
}

#[test]
fn headers_and_cookies() {
    let list = || json!(["a", "b c"]);
    let object = || json!({"R": 100, "G": "x"});
    let explode = |explode: bool| json!({"explode": explode});
    assert_sent(&[
        row("header", json!({}), json!("a b,c=%"), "a b,c=%"),
        row("header", json!({}), list(), "a,b c"),
        row("header", json!({}), object(), "R,100,G,x"),
        row("header", explode(true), object(), "R=100,G=x"),
        row(
            "header",
            json!({"content": {"application/json": {"schema": {}}}}),
            json!({"a": "b c"}),
            "{\"a\":\"b c\"}",
        ),
        row("cookie", json!({}), json!("a b;c"), "p=a%20b%3Bc"),
        row("cookie", explode(false), list(), "p=a,b%20c"),
        row("cookie", explode(true), list(), "p=a&p=b%20c"),
        row("cookie", explode(false), object(), "p=R,100,G,x"),
        row("cookie", explode(true), object(), "R=100&G=x"),
        row("cookie", json!({"style": "cookie"}), list(), "p=a; p=b c"),
    ]);
}

/// The query whole, since OpenAPI 3.2.
#[test]
fn query_strings() {
    let content = |media: &str| json!({"content": {media: {"schema": {}}}});
    assert_sent(&[
        row(
            "querystring",
            content("application/x-www-form-urlencoded"),
            json!({"a": "b c", "d": ["e", "f&"]}),
            "?a=b+c&d=e&d=f%26",
        ),
        row(
            "querystring",
            content("application/json"),
            json!({"a": ["b c"]}),
            "?%7B%22a%22%3A%5B%22b%20c%22%5D%7D",
        ),
    ]);
}

/// All cookies of a request travel in one header.
#[test]
fn several_cookies() {
    let cookie = |name: &str| json!({"name": name, "in": "cookie", "schema": {}});
    let paths = json!({"/a": {"get": {
        "operationId": "a",
        "parameters": [cookie("b"), cookie("c")],
        "responses": {"204": {"description": "d"}},
    }}});
    let step = json!({"operation": "a", "with": {"b": 1, "c": 2}});
    let flags = Layer::of_flags([("header", "Cookie: d=3")]).unwrap();
    let requests = recorded(&document(&paths), &[scenario("a", &step)], flags);
    let cookies: Vec<_> = requests[0]
        .headers
        .all("cookie")
        .map(trueup::wire::Header::text)
        .collect();
    assert_eq!(cookies, ["b=1; c=2; d=3"]);
}
