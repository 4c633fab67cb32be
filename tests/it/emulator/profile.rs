//! A profile of the emulator is chosen by its name, never by what the operations are called.

use std::sync::Arc;

use trueup::contract::{Contract, build};
use trueup::emulator::{Settings, engine};
use trueup::spec::{Files, load};

const PUBLISHED: &str = include_str!("../../../specs/twilio_serverless_v1.yaml");
const OVERLAY: &str = include_str!("../../../specs/twilio_serverless_v1.overlay.yaml");
const WORD: &str = "profile: twilio-serverless";

/// The shipped contract, whose overlay names this profile, or none.
fn contract(profile: Option<&str>) -> Arc<Contract> {
    let named = match profile {
        Some(name) => OVERLAY.replace(WORD, &format!("profile: {name}")),
        None => OVERLAY.replace("x-trueup-emulator:", "x-other:"),
    };
    let files: &'static [(&str, &str)] = Box::leak(Box::new([
        ("a.yaml", PUBLISHED),
        ("overlay.yaml", Box::leak(named.into_boxed_str())),
    ]));
    let overlays = ["overlay.yaml".to_owned()];
    Arc::new(build(load(&Files::Bundle(files), "a.yaml", &overlays).unwrap()).unwrap())
}

/// What the start says, if a limit is set that only the profile of Twilio knows.
fn start(profile: Option<&str>) -> Result<(), String> {
    let settings = Settings {
        limits: vec![("asset_bytes".to_owned(), Some(1))],
        ..Settings::new("me", "secret")
    };
    let started = engine(contract(profile), settings);
    started.map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn the_document_selects_the_profile_by_name() {
    assert!(OVERLAY.contains(WORD));
    start(Some("twilio-serverless")).unwrap();
}

#[test]
fn operations_with_the_same_ids_select_no_profile() {
    let message = start(None).unwrap_err();
    assert!(message.contains("no limit 'asset_bytes'"), "{message}");
}

#[test]
fn an_unknown_profile_is_an_error_that_lists_the_known_ones() {
    let message = start(Some("twilio")).unwrap_err();
    assert!(message.contains("no profile 'twilio'"), "{message}");
    assert!(message.contains("twilio-serverless"), "{message}");
}
