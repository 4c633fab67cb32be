//! Credentials of every scheme, right, wrong and not at all.

use serde_json::{Value, json};
use trueup::config::Layer;
use trueup::outcome::Verdict;

use super::{check, document, response, scenario, target};

/// Query and headers with credentials, for each of the ways to send them.
fn sent(security: &Value, schemes: &Value, flags: &Layer) -> Vec<String> {
    let paths = json!({"/a": {"get": {
        "operationId": "a", "security": security, "responses": {"204": {"description": "d"}},
    }}});
    let mut document = document(&paths);
    document["components"] = json!({"securitySchemes": schemes});
    let scenarios: Vec<Value> = ["", "wrong", "other", "none"]
        .iter()
        .map(|credentials| {
            let mut step = json!({"operation": "a"});
            if !credentials.is_empty() {
                step["credentials"] = json!(credentials);
            }
            scenario(&format!("with {credentials}"), &step)
        })
        .collect();
    let requests = super::recorded(&document, &scenarios, flags.clone());
    requests
        .iter()
        .map(|request| {
            let mut parts = vec![target(request).to_owned()];
            for name in ["authorization", "x-key", "cookie"] {
                parts.extend(request.headers.text(name).map(Into::into));
            }
            parts.join(" ")
        })
        .collect()
}

#[test]
fn each_scheme_alone_and_together() {
    let schemes = json!({
        "basic": {"type": "http", "scheme": "basic"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://example.com"},
        "head": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "query": {"type": "apiKey", "in": "query", "name": "key"},
        "sid": {"type": "apiKey", "in": "cookie", "name": "sid"},
    });
    let with = |user: Option<&str>, credentials: &[&str], headers: &[&str]| {
        let flags = user.iter().map(|user| ("user", *user));
        let flags = flags.chain(credentials.iter().map(|one| ("credential", *one)));
        Layer::of_flags(flags.chain(headers.iter().map(|one| ("header", *one)))).unwrap()
    };
    for (security, flags, expected) in [
        (
            json!([{"basic": []}]),
            with(Some("u:pass1"), &[], &[]),
            [
                "/a Basic dTpwYXNzMQ==",
                "/a Basic dTpwYXNzMA==",
                "/a Basic MDpwYXNzMQ==",
                "/a",
            ],
        ),
        (
            json!([{"bearer": []}]),
            with(None, &["bearer=to=ken"], &[]),
            [
                "/a Bearer to=ken",
                "/a Bearer to=0en",
                "/a Bearer to=0en",
                "/a",
            ],
        ),
        (
            json!([{"oidc": ["scope"]}]),
            with(None, &[], &["Authorization: Bearer given"]),
            [
                "/a Bearer given",
                "/a Bearer wrong",
                "/a Bearer wrong",
                "/a",
            ],
        ),
        (
            json!([{"query": [], "sid": []}, {"head": []}]),
            with(None, &["query=a b", "sid=c;d"], &[]),
            [
                "/a?key=a%20b sid=c%3Bd",
                "/a?key=wrong sid=wrong",
                "/a?key=wrong sid=wrong",
                "/a",
            ],
        ),
        (
            json!([{"query": [], "sid": []}, {"head": []}]),
            with(None, &["query=a"], &["X-Key: k"]),
            ["/a k", "/a wrong", "/a wrong", "/a"],
        ),
    ] {
        assert_eq!(sent(&security, &schemes, &flags), expected, "{security}");
    }
}

/// A server that lets everybody in is found, whatever the scheme.
#[test]
fn an_open_door_is_found() {
    let paths = json!({"/a": {"get": {
        "operationId": "a",
        "security": [{"token": []}],
        "responses": {"204": {"description": "d"}, "401": {"description": "d"}},
    }}});
    let mut document = document(&paths);
    document["components"] = json!({"securitySchemes": {"token": {"type": "oauth2", "flows": {}}}});
    let scenarios = ["wrong", "none"].map(|credentials| {
        let step = json!({"operation": "a", "credentials": credentials, "expect": {"status": 401}});
        scenario(credentials, &step)
    });
    let flags = Layer::of_flags([("credential", "token=secret")]).unwrap();
    for (is_open, verdict) in [(false, Verdict::Passed), (true, Verdict::Failed)] {
        let outcomes = check(&document, &scenarios, flags.clone(), move |request| {
            let given = request.headers.text("authorization");
            let right = is_open || given.as_deref() == Some("Bearer secret");
            response(if right { 204 } else { 401 }, "", b"")
        });
        assert!(outcomes.iter().all(|case| case.verdict == verdict));
    }
}
