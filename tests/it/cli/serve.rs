//! The emulator: what it keeps when it is killed, how it says what it cannot do, and what it lists.

use serde_json::Value;

use super::ROOT;
use crate::world::binary::{Client, Serve, trueup};

#[test]
fn a_killed_emulator_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let state = state.to_str().unwrap();
    let serve = Serve::start(&["--state", state]);
    let client = Client::new(&serve.url);
    let service = client.post("/v1/Services", "UniqueName=kept&FriendlyName=Kept");
    let environments = "/v1/Services/kept/Environments";
    let environment = client.post(environments, "UniqueName=stage&DomainSuffix=stage");
    // Ends at once, without a word.
    drop(serve);

    let serve = Serve::start(&["--state", state]);
    let client = Client::new(&serve.url);
    let again = client.get("/v1/Services/kept");
    for name in ["sid", "friendly_name", "domain_base", "date_created"] {
        assert_eq!(again[name], service[name]);
    }
    let list = client.get(environments);
    assert_eq!(list["environments"][0]["sid"], environment["sid"]);
    assert_eq!(list["meta"]["next_page_url"], Value::Null);
}

#[test]
fn what_cannot_be_served_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "remember the milk").unwrap();
    let notes = notes.to_str().unwrap();
    for (arguments, said) in [
        (
            &["serve", "--limit", "servise=1"][..],
            "there is no limit 'servise'",
        ),
        (
            &["serve", "--limit", "service=many"],
            "`many` is not a whole number",
        ),
        (
            &["serve", "--state", notes],
            "holds no state of an emulator",
        ),
        (
            &["serve", "--state", "/nowhere/state.json"],
            "cannot be written",
        ),
    ] {
        let run = trueup(ROOT, arguments);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.err.contains(said), "{run}");
    }
    assert_eq!(std::fs::read_to_string(notes).unwrap(), "remember the milk");
}

/// The emulator lists items one behind the other, and laws of lists are tried there too.
#[test]
fn a_list_may_be_a_sequence() {
    let item = "{$ref: '#/components/schemas/Entry'}";
    for media in ["application/jsonl", "application/json-seq"] {
        for described in [
            format!("itemSchema: {item}"),
            format!("schema: {{type: array, items: {item}}}"),
        ] {
            let text = format!(
                "openapi: 3.2.0\ninfo: {{title: Log, version: '1'}}\npaths:\n  /entries:\n    get:\n      \
                 operationId: ListEntries\n      responses:\n        '200':\n          \
                 description: d\n          content: {{{media}: {{{described}}}}}\n    post:\n      \
                 operationId: AddEntry\n      requestBody: \
                 {{required: true, content: {{application/json: {{schema: {item}}}}}}}\n      \
                 responses: {{'201': {{description: d, content: {{application/json: {{schema: {item}}}}}}}}}\n  \
                 /entries/{{id}}:\n    parameters: \
                 [{{name: id, in: path, required: true, schema: {{type: string}}}}]\n    get:\n      \
                 operationId: GetEntry\n      responses: \
                 {{'200': {{description: d, content: {{application/json: {{schema: {item}}}}}}}}}\n\
                 components:\n  schemas:\n    Entry: {{type: object, required: [text], \
                 properties: {{id: {{type: string, readOnly: true}}, text: {{type: string}}}}}}\n"
            );
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("a.yaml"), text).unwrap();
            let all = ["--spec", "a.yaml", "--generate", "full"];
            let names = trueup(folder.path(), &[&["list"][..], &all].concat());
            let law = "ListEntries::lists_each_item_once";
            assert!(names.out.contains(law), "{media} {described}: {names}");
            let run = trueup(folder.path(), &[&["check"][..], &all].concat());
            assert_eq!(run.code, 0, "{media} {described}: {run}");
        }
    }
}
