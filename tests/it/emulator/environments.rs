//! Environments, and what is deployed, set and logged in them.

use std::slice;
use std::time::Duration;

use serde_json::{Value, json};

use crate::emulator::client::{Api, sid, start, text, until};

/// A service with one build that packs a function.
fn project(api: &Api, name: &str) -> (String, Value) {
    let service = api.service(name);
    let base = text(&service, "url").to_owned();
    let build = build(api, name, "/f");
    (base, build)
}

fn build(api: &Api, service: &str, path: &str) -> Value {
    let (_, version) = api.version(service, "Functions", path);
    let builds = format!("/v1/Services/{service}/Builds");
    let build = api.post(&builds, &[("FunctionVersions", sid(&version))]);
    build.json(201)
}

fn environment(api: &Api, base: &str, name: &str, suffix: &str) -> Value {
    let form = [("UniqueName", name), ("DomainSuffix", suffix)];
    let form = &form[..if suffix.is_empty() { 1 } else { 2 }];
    api.post(&format!("{base}/Environments"), form).json(201)
}

#[test]
fn an_environment_has_a_domain_of_its_own() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let service = api.service("my-app");
    let base = text(&service, "url").to_owned();
    let domain = text(&service, "domain_base");
    let stage = environment(&api, &base, "stage", "stage");
    assert_eq!(stage["domain_name"], format!("{domain}-stage.twil.io"));
    assert_eq!(stage["build_sid"], Value::Null);
    assert_eq!(api.get(text(&stage, "url")).json(200), stage);
    let form = [("UniqueName", "production"), ("FriendlyName", "ignored")];
    let live = api.post(&format!("{base}/Environments"), &form).json(201);
    assert_eq!(live["domain_suffix"], Value::Null);
    assert_eq!(live["domain_name"], format!("{domain}.twil.io"));

    let environments = format!("{base}/Environments");
    for (name, suffix) in [("stage", "other"), ("other", "stage"), ("other", "")] {
        let form = [("UniqueName", name), ("DomainSuffix", suffix)];
        api.post(&environments, &form).error(409, 20409);
    }
    for suffix in ["a b", "a.b", &"x".repeat(17)] {
        let form = [("UniqueName", "other"), ("DomainSuffix", suffix)];
        api.post(&environments, &form).error(400, 20001);
    }
    api.post(&environments, &[]).error(400, 20001);
    let other = api.service("other");
    environment(&api, text(&other, "url"), "stage", "stage");
    assert_eq!(api.delete(text(&stage, "url")).status, 204);
    environment(&api, &base, "stage", "stage");
    assert_eq!(api.walk(&environments, || ()).len(), 2);
}

#[test]
fn a_deployment_sets_and_clears_what_is_live() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let (base, first) = project(&api, "a");
    let second = build(&api, "a", "/g");
    let environment = environment(&api, &base, "stage", "s");
    let url = text(&environment, "url");
    let deployments = text(&environment["links"], "deployments").to_owned();
    let live = || api.get(url).json(200)["build_sid"].clone();
    let deploy = |build: &Value| api.post(&deployments, &[("BuildSid", sid(build))]);

    let message = api.post(&deployments, &[]).error(409, 20409);
    assert_eq!(message, "Environment already has requested deployment.");
    let one = deploy(&first).json(201);
    assert_eq!(one["build_sid"], first["sid"]);
    assert_eq!(one["date_updated"], Value::Null);
    assert_eq!(one["environment_sid"], environment["sid"]);
    assert_eq!(live(), first["sid"]);
    deploy(&first).error(409, 20409);
    api.delete(text(&first, "url")).error(400, 20001);
    let two = deploy(&second).json(201);
    assert_eq!(live(), second["sid"]);
    assert_eq!(api.delete(text(&first, "url")).status, 204);
    let three = api.post(&deployments, &[("IsPlugin", "true")]).json(201);
    assert_eq!(three["build_sid"], Value::Null);
    assert_eq!(live(), Value::Null);
    api.post(&deployments, &[]).error(409, 20409);
    let all = api.walk(&deployments, || ());
    assert_eq!(all, [three, two, one.clone()]);
    assert_eq!(api.get(text(&one, "url")).json(200), one);

    deploy(&second).json(201);
    assert_eq!(api.delete(url).status, 204);
    api.get(text(&one, "url")).error(404, 20404);
    assert_eq!(api.delete(text(&second, "url")).status, 204);
}

#[test]
fn only_a_finished_build_of_the_service_is_deployed() {
    let emulator = start(Duration::from_millis(300));
    let api = Api::new(emulator.url());
    let (base, build) = project(&api, "a");
    let environment = environment(&api, &base, "stage", "s");
    let deployments = text(&environment["links"], "deployments").to_owned();
    let (_, foreign) = project(&api, "b");
    let deploy = |build: &Value| api.post(&deployments, &[("BuildSid", sid(build))]);
    deploy(&build).error(400, 20001);
    let status = text(&foreign["links"], "build_status").to_owned();
    until(|| (api.get(&status).json(200)["status"] == "completed").then_some(()));
    deploy(&foreign).error(400, 20001);
    deploy(&json!({ "sid": format!("ZB{}", "0".repeat(32)) })).error(400, 20001);
    deploy(&json!({ "sid": "ZB" })).error(400, 20001);
    assert_eq!(api.walk(&deployments, || ()), [Value::Null; 0]);
    deploy(&build).json(201);
}

#[test]
fn variables_have_limits_in_characters_and_in_bytes() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let service = api.service("a");
    let environment = environment(&api, text(&service, "url"), "stage", "s");
    let variables = text(&environment["links"], "variables").to_owned();
    let set = |key: &str, value: &str| api.post(&variables, &[("Key", key), ("Value", value)]);
    let variable = set("KEY", "a=b&c 漢").json(201);
    assert_eq!(variable["value"], "a=b&c 漢");
    assert_eq!(api.get(text(&variable, "url")).json(200), variable);
    set("KEY", "other").error(409, 20409);
    set(&"é".repeat(128), "x").json(201);
    set(&"k".repeat(129), "x").error(400, 20001);
    set("BYTES", &"é".repeat(225)).json(201);
    set("MORE", &"é".repeat(226)).error(400, 20001);
    set("MORE", &"v".repeat(451)).error(400, 20001);
    api.post(&variables, &[("Key", "K")]).error(400, 20001);

    let url = text(&variable, "url");
    let changed = api.post(url, &[("Value", "new")]).json(200);
    assert_eq!(
        (&changed["key"], &changed["value"]),
        (&json!("KEY"), &json!("new"))
    );
    assert_eq!(changed["date_created"], variable["date_created"]);
    api.post(url, &[("Key", "BYTES")]).error(409, 20409);
    api.post(url, &[("Key", "KEY"), ("Value", &"v".repeat(451))])
        .error(400, 20001);
    assert_eq!(api.get(url).json(200), changed);
    api.post(url, &[("Key", "OTHER")]).json(200);
    assert_eq!(api.delete(url).status, 204);
    api.delete(url).error(404, 20404);
    assert_eq!(api.walk(&variables, || ()).len(), 2);
}

#[test]
fn log_entries_are_put_in_and_filtered() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let (base, build) = project(&api, "a");
    let environment = environment(&api, &base, "stage", "s");
    let logs = text(&environment["links"], "logs").to_owned();
    let deployments = text(&environment["links"], "deployments").to_owned();
    let deployment = api
        .post(&deployments, &[("BuildSid", sid(&build))])
        .json(201);
    assert!(api.walk(&logs, || ()).is_empty());

    let path = logs.strip_prefix(emulator.url()).unwrap();
    let put = |entry: Value| {
        let body = entry.to_string();
        let kind = [("Content-Type", "application/json")];
        api.send("POST", &format!("/.trueup{path}"), &kind, body.as_bytes())
    };
    let function = format!("ZH{}", "1".repeat(32));
    let entry = put(json!({ "message": "hello", "level": "warn", "function_sid": function }));
    let entry = entry.json(201);
    assert_eq!(entry["build_sid"], build["sid"]);
    assert_eq!(entry["deployment_sid"], deployment["sid"]);
    assert_eq!(entry["environment_sid"], environment["sid"]);
    assert_eq!(
        (&entry["message"], &entry["level"]),
        (&json!("hello"), &json!("warn"))
    );
    assert_eq!(api.get(text(&entry, "url")).json(200), entry);
    let old = put(json!({ "message": "old", "date_created": "2020-02-01T10:00:00Z" })).json(201);
    put(json!({ "message": 1 })).error(400, 20001);
    put(json!({ "massage": "x" })).error(400, 20001);
    put(json!([])).error(400, 20001);

    let listed = |query: &str| api.walk(&format!("{logs}?{query}"), || ());
    let only = slice::from_ref(&entry);
    assert_eq!(listed(""), only);
    assert_eq!(listed(&format!("FunctionSid={function}")), only);
    assert!(listed(&format!("FunctionSid=ZH{}", "2".repeat(32))).is_empty());
    assert_eq!(listed("StartDate=2020-01-01T00:00:00Z").len(), 2);
    let around = "StartDate=2020-02-01T10:00:00Z&EndDate=2020-02-01T10:00:00Z&PageSize=1";
    assert_eq!(listed(around), slice::from_ref(&old));
    assert!(listed("EndDate=2020-02-01T12:00:00Z").is_empty());
    let mut stranger = Api::new(emulator.url());
    stranger.authorization = None;
    let answer = stranger.send("POST", &format!("/.trueup{path}"), &[], b"{}");
    answer.error(401, 20003);
    api.send("POST", "/.trueup/v1/Nowhere", &[], b"{}")
        .error(404, 20404);
}
