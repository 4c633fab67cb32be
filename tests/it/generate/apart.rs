//! Cases that run at the same time create nothing under a name that another one gives.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use trueup::Suite;
use trueup::config::{Environment, Layer, TargetChoice, resolve};
use trueup::generate::Size;
use trueup::scenario::{Body, Scenario, Step, captures};

use super::settings;

/// Texts shorter than this have no room for chance: what tries the shortest text of a field
/// must send one.
const ROOM: usize = 8;
/// What the servers of the shipped contract let only one item have. What else fixtures say of an
/// item, all cases may say.
const TAKEN_ONCE: [&str; 3] = ["/UniqueName", "/DomainSuffix", "/Key"];

/// The shipped contract, without its fixtures or with them.
fn shipped(with_fixtures: bool) -> Suite {
    let flags = Layer::default().generate(Size::Full).seed(1_u64);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = resolve(folder, flags, &Environment::default()).unwrap();
    if !with_fixtures {
        settings.source.fixtures = None;
        settings.snapshots.folder = None;
    }
    Suite::load(settings).unwrap()
}

/// The steps that one case takes for all that share them.
fn shared(case: &Scenario) -> &[Step] {
    &case.setup[..case.shared]
}

/// A step with all that may be sent in its place or beside it.
fn requests(step: &Step) -> Vec<&Step> {
    let others = step.control.as_deref().into_iter().chain(&step.instead);
    std::iter::once(step)
        .chain(others.flat_map(requests))
        .collect()
}

/// Texts of a body by their place.
fn texts(place: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((place.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(place, item, found)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, member)| texts(&format!("{place}/{name}"), member, found)),
        _ => {}
    }
}

/// Who gives a name: a case, or the cases that share its steps.
type Owner = String;

#[derive(Default)]
struct Names {
    /// Operation, parent, place and text.
    given: BTreeMap<(String, String, String, String), Vec<Owner>>,
}

impl Names {
    /// What steps of an owner give to items. `parents` tells who created what was captured.
    fn add<'a>(
        &mut self,
        suite: &Suite,
        steps: impl IntoIterator<Item = &'a Step>,
        owner: &str,
        parents: &mut BTreeMap<String, Owner>,
    ) {
        for step in steps {
            for request in requests(step) {
                self.add_request(suite, request, owner, parents);
            }
        }
    }

    fn add_request(
        &mut self,
        suite: &Suite,
        step: &Step,
        owner: &str,
        parents: &mut BTreeMap<String, Owner>,
    ) {
        if let Some(name) = &step.save {
            parents
                .entry(name.clone())
                .or_insert_with(|| owner.to_owned());
        }
        let mut resources = suite.contract().resources.iter();
        let creates = resources.any(|r| r.create.as_ref() == Some(&step.operation));
        if !creates || step.must_be_refused() {
            return;
        }
        let path = &suite.contract().operation(&step.operation).unwrap().path;
        let (mut parent, mut found) = (String::new(), Vec::new());
        let arguments = step.parameters.iter().map(|a| (&a.name, &a.value));
        for (name, value) in arguments.chain(&step.with) {
            if path.parameters().any(|parameter| parameter == name) {
                let mut used = Vec::new();
                captures(value, &mut used);
                let whose = used.iter().filter_map(|name| parents.get(name.as_str()));
                let whose: Vec<&str> = whose.map(String::as_str).collect();
                parent = format!("{parent}{value} of {whose:?} ");
            } else {
                texts(&format!("/{name}"), value, &mut found);
            }
        }
        if let Some(Body::Value { value, .. }) = &step.body {
            texts("", value, &mut found);
        }
        for (place, text) in found {
            // What the runner fills in is drawn for each case.
            if text.contains("{{") {
                continue;
            }
            let key = (step.operation.clone(), parent.clone(), place, text);
            let owners = self.given.entry(key).or_default();
            if !owners.iter().any(|known| known == owner) {
                owners.push(owner.to_owned());
            }
        }
    }
}

fn names(suite: &Suite) -> Names {
    let mut names = Names::default();
    let mut families: Vec<&[Step]> = Vec::new();
    for case in suite.cases().iter().filter(|case| !case.alone) {
        let mut parents = BTreeMap::new();
        let steps = shared(case);
        if !steps.is_empty() {
            let index = families.iter().position(|family| *family == steps);
            let index = index.unwrap_or_else(|| {
                families.push(steps);
                families.len() - 1
            });
            let family = format!("family {index}");
            names.add(suite, steps, &family, &mut parents);
        }
        let own = case.setup[case.shared..].iter().chain(&case.steps);
        names.add(suite, own, &case.name, &mut parents);
    }
    names
}

/// The texts of a kind that two owners give under the same parent. The kind is told by place and text.
fn given_twice(suite: &Suite, is_meant: fn(&str, &str) -> bool) -> Vec<String> {
    let mut given = names(suite).given;
    given.retain(|(_, _, place, text), _| is_meant(place, text));
    assert!(!given.is_empty());
    let twice = given.iter().filter(|(_, owners)| owners.len() > 1);
    twice
        .map(|((operation, parent, place, text), owners)| {
            format!("{operation} {parent}{place} {text:?}: {owners:?}")
        })
        .collect()
}

#[test]
fn no_two_cases_give_the_same_name() {
    let is_drawn = |_: &str, text: &str| text.chars().count() >= ROOM;
    let is_taken = |place: &str, _: &str| TAKEN_ONCE.contains(&place);
    let shelf = Suite::load(settings("shelf.yaml", TargetChoice::Emulator)).unwrap();
    let bare = shipped(false);
    let twice = [
        given_twice(&shelf, is_drawn),
        given_twice(&bare, is_drawn),
        given_twice(&bare, is_taken),
        given_twice(&shipped(true), is_taken),
    ];
    let twice = twice.concat();
    assert!(twice.is_empty(), "{} {twice:#?}", twice.len());
}
