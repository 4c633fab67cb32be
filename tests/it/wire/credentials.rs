//! Credentials of every scheme, right, wrong and not at all.

use serde_json::{Value, json};
use trueup::config::Overrides;
use trueup::outcome::Verdict;

use super::{check, document, response, scenario, target};

/// Query and headers with credentials, for each of the ways to send them.
fn sent(security: &Value, schemes: &Value, overrides: &Overrides) -> Vec<String> {
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
    let requests = super::recorded(&document, &scenarios, overrides.clone());
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
    let with = |user: Option<&str>, credentials: &[&str], headers: &[&str]| Overrides {
        user: user.map(str::to_owned),
        credentials: credentials.iter().map(|c| (*c).to_owned()).collect(),
        headers: headers.iter().map(|h| (*h).to_owned()).collect(),
        ..Overrides::default()
    };
    for (security, overrides, expected) in [
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
        assert_eq!(
            sent(&security, &schemes, &overrides),
            expected,
            "{security}"
        );
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
    let overrides = Overrides {
        credentials: vec!["token=secret".to_owned()],
        ..Overrides::default()
    };
    for (is_open, verdict) in [(false, Verdict::Passed), (true, Verdict::Failed)] {
        let outcomes = check(&document, &scenarios, overrides.clone(), move |request| {
            let given = request.headers.text("authorization");
            let right = is_open || given.as_deref() == Some("Bearer secret");
            response(if right { 204 } else { 401 }, "", b"")
        });
        assert!(outcomes.iter().all(|case| case.verdict == verdict));
    }
}
