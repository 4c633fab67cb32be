//! Many clients on one emulator, each living the life of a project of its own.

use std::collections::HashSet;
use std::slice;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::emulator::client::{Api, sid, start, text, until};

const CLIENTS: usize = 50;

/// What one client has made and left behind.
struct Project {
    ids: Vec<String>,
    service: String,
    build: Value,
    environment: Value,
    variable: Value,
}

/// Creates, builds, deploys, replaces, un-deploys and deploys again, and looks after each step that
/// nothing of anybody else is there.
fn live(api: &Api, number: usize) -> Project {
    let name = format!("project-{number}");
    let service = api.service(&name);
    let base = text(&service, "url").to_owned();
    let builds = format!("{base}/Builds");
    let (function, version) = api.version(&name, "Functions", "/run");
    let (asset, page) = api.version(&name, "Assets", "/page");
    let form = [
        ("FunctionVersions", sid(&version)),
        ("AssetVersions", sid(&page)),
    ];
    let first = api.post(&builds, &form).json(201);
    let second = api.post(&builds, &form[..1]).json(201);
    let form = [("UniqueName", "stage"), ("DomainSuffix", "stage")];
    let environment = api.post(&format!("{base}/Environments"), &form).json(201);
    let url = text(&environment, "url").to_owned();
    let variables = text(&environment["links"], "variables");
    let form = [("Key", "NAME"), ("Value", name.as_str())];
    let variable = api.post(variables, &form).json(201);
    for build in [&first, &second] {
        let status = text(&build["links"], "build_status");
        until(|| (api.get(status).json(200)["status"] == "completed").then_some(()));
    }
    let deployments = text(&environment["links"], "deployments");
    let deploy = |form: &[(&str, &str)]| {
        let deployment = api.post(deployments, form).json(201);
        let live = api.get(&url).json(200)["build_sid"].clone();
        assert_eq!(live, deployment["build_sid"]);
        deployment
    };
    let one = deploy(&[("BuildSid", sid(&first))]);
    api.delete(text(&first, "url")).error(400, 20001);
    let two = deploy(&[("BuildSid", sid(&second))]);
    let three = deploy(&[]);
    api.post(deployments, &[]).error(409, 20409);
    let four = deploy(&[("BuildSid", sid(&first))]);
    assert_eq!(api.delete(text(&second, "url")).status, 204);
    let all = [&four, &three, &two, &one].map(Clone::clone);
    assert_eq!(api.walk(&format!("{deployments}?PageSize=3"), || ()), all);
    assert_eq!(api.walk(variables, || ()), slice::from_ref(&variable));
    assert_eq!(api.walk(&builds, || ()).len(), 1);
    let made = [
        &service,
        &function,
        &version,
        &asset,
        &page,
        &first,
        &second,
        &environment,
    ];
    let made = made.into_iter().chain(&all).chain([&variable]);
    Project {
        ids: made.map(|item| sid(item).to_owned()).collect(),
        build: api.get(text(&first, "url")).json(200),
        environment: api.get(&url).json(200),
        service: base,
        variable,
    }
}

#[test]
fn fifty_projects_live_on_one_emulator() {
    let emulator = start(Duration::from_millis(20));
    let projects: Vec<Project> = thread::scope(|scope| {
        let url = emulator.url();
        let clients = (0..CLIENTS).map(|i| scope.spawn(move || live(&Api::new(url), i)));
        let clients: Vec<_> = clients.collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect()
    });
    let api = Api::new(emulator.url());
    assert_eq!(api.walk("/v1/Services?PageSize=7", || ()).len(), CLIENTS);
    let mut ids = HashSet::new();
    for project in &projects {
        assert!(
            project.ids.iter().all(|id| ids.insert(id)),
            "an id was given twice"
        );
        let base = &project.service;
        assert_eq!(
            api.get(text(&project.build, "url")).json(200),
            project.build
        );
        assert_eq!(project.environment["build_sid"], project.build["sid"]);
        let environments = api.walk(&format!("{base}/Environments"), || ());
        assert_eq!(environments, slice::from_ref(&project.environment));
        for (collection, count) in [("Assets", 1), ("Functions", 1), ("Builds", 1)] {
            assert_eq!(
                api.walk(&format!("{base}/{collection}"), || ()).len(),
                count
            );
        }
        assert_eq!(
            api.get(text(&project.variable, "url")).json(200),
            project.variable
        );
        assert_eq!(api.delete(base).status, 204);
        api.get(text(&project.variable, "url")).error(404, 20404);
    }
    assert_eq!(api.get("/v1/Services").json(200)["services"], json!([]));
}
