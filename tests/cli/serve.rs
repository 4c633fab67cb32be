//! `trueup serve`: what it keeps when it is killed, and how it says what it cannot do.

use serde_json::Value;

use crate::ROOT;
use crate::support::{Client, Serve, trueup};

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
            "'many' is no whole number",
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
