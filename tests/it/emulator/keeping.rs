//! What an emulator keeps: limits if it is told to, and its state over a restart.

use std::fs;
use std::time::Duration;

use trueup::emulator::{Emulator, Settings};

use crate::emulator::client::{Api, settings, shipped, sid, start, text};

fn limited(limits: &[(&str, Option<u64>)]) -> Settings {
    let limits = limits
        .iter()
        .map(|(name, figure)| ((*name).to_owned(), *figure));
    Settings {
        limits: limits.collect(),
        ..settings(Duration::ZERO)
    }
}

#[test]
fn limits_are_kept_only_if_asked_for() {
    let limits = [
        ("service", Some(2)),
        ("environment", Some(1)),
        ("function_versions_per_build", Some(1)),
        ("builds_per_hour", Some(1)),
        ("variable_bytes_per_environment", Some(10)),
        ("private_asset_bytes", Some(3)),
    ];
    let emulator = Emulator::start(shipped(), 0, limited(&limits)).unwrap();
    let api = Api::new(emulator.url());
    api.service("a");
    api.service("b");
    let form = [("UniqueName", "c"), ("FriendlyName", "c")];
    let message = api.post("/v1/Services", &form).error(400, 20001);
    assert_eq!(message, "Services are limited to less than or equal to 2");

    let environments = "/v1/Services/a/Environments";
    let environment = api.post(environments, &[("UniqueName", "x")]).json(201);
    let other = [("UniqueName", "y"), ("DomainSuffix", "y")];
    api.post(environments, &other).error(400, 20001);
    let variables = text(&environment["links"], "variables");
    let set = |key: &str, value: &str| api.post(variables, &[("Key", key), ("Value", value)]);
    set("a", "123456").json(201);
    set("b", "12345").error(400, 20001);

    let (_, one) = api.version("a", "Functions", "/one");
    let (_, two) = api.version("a", "Functions", "/two");
    let builds = "/v1/Services/a/Builds";
    let both = [
        ("FunctionVersions", sid(&one)),
        ("FunctionVersions", sid(&two)),
    ];
    api.post(builds, &both).error(400, 20001);
    api.post(builds, &both[..1]).json(201);
    api.post(builds, &both[1..]).error(400, 20001);

    let (asset, _) = api.version("a", "Assets", "/public");
    let versions = format!("/v1/Services/a/Assets/{}/Versions", sid(&asset));
    let private = [("Path", "/p"), ("Visibility", "private")];
    api.upload(&versions, &private, b"123").json(201);
    api.upload(&versions, &private, b"1234").error(413, 20001);

    let free = start(Duration::ZERO);
    let api = Api::new(free.url());
    for name in ["a", "b", "c"] {
        api.service(name);
    }
}

#[test]
fn a_limit_that_is_none_is_named() {
    for (name, figure, said) in [
        (
            "servise",
            Some(1),
            "there is no limit 'servise'; there are service, ",
        ),
        (
            "asset",
            None,
            "the limit 'asset' has no documented figure: write asset=N",
        ),
    ] {
        let error = Emulator::start(shipped(), 0, limited(&[(name, figure)]))
            .err()
            .unwrap();
        assert!(error.to_string().starts_with(said), "{error}");
    }
    assert!(Emulator::start(shipped(), 0, limited(&[("documented", None)])).is_ok());
}

#[test]
fn a_restart_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let kept = || Settings {
        state: Some(file.clone()),
        ..settings(Duration::from_secs(3600))
    };
    let emulator = Emulator::start(shipped(), 0, kept()).unwrap();
    let api = Api::new(emulator.url());
    let service = api.service("a");
    let (function, version) = api.version("a", "Functions", "/f");
    let build = [("FunctionVersions", sid(&version))];
    let build = api.post("/v1/Services/a/Builds", &build).json(201);
    let gone = api.service("gone");
    assert_eq!(api.delete(text(&gone, "url")).status, 204);
    let path = |url: &str| {
        url.split_once("/v1")
            .map(|(_, path)| format!("/v1{path}"))
            .unwrap()
    };
    let content = path(text(&version["links"], "function_version_content"));
    let paths = [
        path(text(&service, "url")),
        path(text(&function, "url")),
        path(text(&build, "url")),
        content,
        "/v1/Services".to_owned(),
    ];
    let shown = |emulator: &Emulator| -> Vec<String> {
        let api = Api::new(emulator.url());
        let all = paths.iter().map(|path| api.get(path).json(200).to_string());
        all.map(|body| body.replace(emulator.url(), "")).collect()
    };
    let before = shown(&emulator);
    drop(emulator);

    // Between two runs nothing stands beside the state.
    let names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["state.json"]);
    let again = Emulator::start(shipped(), 0, kept()).unwrap();
    assert_eq!(shown(&again), before);
    Api::new(again.url())
        .get(&path(text(&gone, "url")))
        .error(404, 20404);
    drop(again);

    let late = Settings {
        build_time: Duration::ZERO,
        ..kept()
    };
    let late = Emulator::start(shipped(), 0, late).unwrap();
    let build = Api::new(late.url()).get(&paths[2]).json(200);
    assert_eq!(build["status"], "completed");
}

#[test]
fn a_file_that_holds_no_state_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let begin = || {
        let settings = Settings {
            state: Some(file.clone()),
            ..settings(Duration::ZERO)
        };
        Emulator::start(shipped(), 0, settings)
            .err()
            .unwrap()
            .to_string()
    };
    for text in ["", "{}", "notes"] {
        fs::write(&file, text).unwrap();
        assert!(begin().contains("holds no state of an emulator"));
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(begin().contains("cannot be read"));
}

#[test]
fn a_state_of_another_contract_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let kept = Settings {
        state: Some(file.clone()),
        ..settings(Duration::ZERO)
    };
    drop(Emulator::start(shipped(), 0, kept.clone()).unwrap());
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("Twilio", "Other", 1)).unwrap();
    let error = Emulator::start(shipped(), 0, kept)
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("holds the state of 'Other"), "{error}");
}
