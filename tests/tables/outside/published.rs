//! Our base says what the document that Twilio publishes says, and the overlay fits both.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::Trial;
use serde_json::{Value, json};
use trueup::contract;
use trueup::place::pointer;
use trueup::spec::{self, Document, Files};

use super::{shared, trial};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const BASE: &str = "specs/twilio_serverless_v1.yaml";
const OVERLAY: &str = "specs/twilio_serverless_v1.overlay.yaml";

/// Where our base differs on purpose, and why. What is listed here must differ.
const INTENDED: &[(&str, &str)] = &[
    (
        "/info/contact",
        "whom to ask about the service is no promise of its interface",
    ),
    (
        "/info/termsOfService",
        "the terms bind people, not the interface",
    ),
];

/// Keywords that are not compared, and why. The published document must have each of them.
const NOT_COMPARED: &[(&str, &str)] = &[
    ("description", "ours are in our own words"),
    ("summary", "ours are in our own words"),
    ("tags", "they group pages of documentation"),
    ("example", "examples promise nothing"),
    ("examples", "examples promise nothing"),
    (
        "x-twilio",
        "hints for the makers of client libraries; they promise nothing",
    ),
];

/// Maps whose members have names of somebody's choice, not keywords.
const NAMES: &[&str] = &[
    "paths",
    "properties",
    "parameters",
    "responses",
    "headers",
    "schemas",
    "securitySchemes",
];

/// What a document says, place by place; nothing stands at what only holds other things.
struct Facts {
    said: BTreeMap<String, Option<Value>>,
    /// Those of [`NOT_COMPARED`] that were met.
    passed_over: BTreeSet<String>,
    counts: BTreeMap<String, usize>,
}

impl Facts {
    fn of(document: &Value) -> Self {
        let mut facts = Self {
            said: BTreeMap::new(),
            passed_over: BTreeSet::new(),
            counts: BTreeMap::new(),
        };
        facts.walk(&mut Vec::new(), document);
        facts
    }

    fn walk(&mut self, trail: &mut Vec<String>, value: &Value) {
        let said = match value {
            Value::Object(members) if !members.is_empty() => {
                let names = is_names(trail);
                for (name, value) in members {
                    // A property, say, may well be called `description`.
                    if !names && NOT_COMPARED.iter().any(|(keyword, _)| keyword == name) {
                        self.passed_over.insert(name.clone());
                    } else {
                        self.step(trail, name.clone(), value);
                    }
                }
                None
            }
            Value::Array(parameters) if is_names(trail) => {
                for parameter in parameters {
                    let text = |name: &str| parameter[name].as_str().unwrap().to_owned();
                    let name = format!("{} {}", text("in"), text("name"));
                    self.step(trail, name, parameter);
                }
                None
            }
            // The order of `required` and `enum` means nothing.
            Value::Array(items) => {
                let mut items = items.clone();
                items.sort_by_key(Value::to_string);
                Some(Value::Array(items))
            }
            _ => Some(value.clone()),
        };
        if !trail.is_empty() {
            *self.counts.entry(sort(trail).to_owned()).or_default() += 1;
            let mut place = String::new();
            for name in &*trail {
                pointer::push(&mut place, name);
            }
            self.said.insert(place, said);
        }
    }

    fn step(&mut self, trail: &mut Vec<String>, name: String, value: &Value) {
        trail.push(name);
        self.walk(trail, value);
        trail.pop();
    }
}

/// Whether the members here have names: here stands a keyword for that, not such a name itself.
fn is_names(trail: &[String]) -> bool {
    trail
        .split_last()
        .is_some_and(|(last, around)| NAMES.contains(&last.as_str()) && !is_names(around))
}

/// As what a place is counted.
fn sort(trail: &[String]) -> &str {
    let around: Vec<&str> = trail.iter().map(String::as_str).collect();
    match around[..] {
        ["paths", _] => "paths",
        ["paths", _, "get" | "post" | "put" | "patch" | "delete"] => "methods",
        [.., "parameters", _] => "parameters",
        [.., "responses", _] => "response statuses",
        [.., "headers", _] => "response headers",
        [.., "schemas", _] => "components",
        [.., "properties", _] if around.contains(&"requestBody") => "request fields",
        [.., "properties", _] => "response properties",
        [.., "minimum" | "maximum" | "minLength" | "maxLength"] => "limits",
        [
            ..,
            keyword @ ("operationId" | "required" | "type" | "format" | "pattern" | "enum"
            | "nullable" | "$ref"),
        ] => keyword,
        _ => "others",
    }
}

/// Every place where ours says something else than theirs, and the topmost one where either says
/// nothing.
fn differences(ours: &Facts, theirs: &Facts) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let places: BTreeSet<&String> = ours.said.keys().chain(theirs.said.keys()).collect();
    for place in places {
        let message = match (ours.said.get(place), theirs.said.get(place)) {
            (Some(our), Some(their)) if our == their => continue,
            (Some(our), Some(their)) => {
                format!(
                    "{} is published as {}",
                    show(our.as_ref()),
                    show(their.as_ref())
                )
            }
            (Some(_), None) => "is not published".to_owned(),
            (None, _) => "is missing".to_owned(),
        };
        let around = place.rsplit_once('/').map_or("", |(around, _)| around);
        if ours.said.contains_key(around) == theirs.said.contains_key(around) {
            found.insert(place.clone(), message);
        }
    }
    found
}

fn show(said: Option<&Value>) -> String {
    said.map_or_else(|| "something larger".to_owned(), Value::to_string)
}

/// Differences that are not listed, and listed ones that are none.
fn complaints(found: &BTreeMap<String, String>, intended: &[(&str, &str)]) -> Vec<String> {
    let unlisted = found
        .iter()
        .filter(|(place, _)| !intended.iter().any(|(listed, _)| listed == place))
        .map(|(place, message)| format!("{place} {message}"));
    let idle = intended
        .iter()
        .filter(|(listed, _)| !found.contains_key(*listed))
        .map(|(listed, _)| format!("{listed} is listed as a difference and is none"));
    unlisted.chain(idle).collect()
}

fn load(spec: &str, overlays: &[&str]) -> Document {
    let overlays: Vec<String> = overlays.iter().map(|&name| name.to_owned()).collect();
    spec::load(&Files::Disk(ROOT.into()), spec, &overlays).unwrap()
}

/// A test that reads the published document.
type Named = (&'static str, fn(&str));

/// The tests of this file.
pub(crate) fn trials() -> Vec<Trial> {
    let with_published: [Named; 3] = [
        (
            "our_base_says_what_is_published",
            our_base_says_what_is_published,
        ),
        (
            "the_overlay_makes_the_same_of_both",
            the_overlay_makes_the_same_of_both,
        ),
        (
            "findings_of_the_published_document_name_the_right_file",
            findings_of_the_published_document_name_the_right_file,
        ),
    ];
    let mut trials: Vec<Trial> = with_published
        .into_iter()
        .map(|(name, test)| {
            let document = || shared("corpus/twilio/twilio_serverless_v1.json");
            trial(format!("published::{name}"), document, move |path| {
                test(&path.to_string_lossy());
                Ok(())
            })
        })
        .collect();
    trials.push(trial(
        "published::the_comparison_names_every_difference",
        || Ok(()),
        |()| {
            the_comparison_names_every_difference();
            Ok(())
        },
    ));
    trials
}

fn our_base_says_what_is_published(published: &str) {
    let ours = Facts::of(load(BASE, &[]).root());
    let theirs = Facts::of(load(published, &[]).root());
    assert_eq!(theirs.counts["methods"], 39);
    assert_eq!(
        complaints(&differences(&ours, &theirs), INTENDED),
        [""; 0],
        "our base is not what is published"
    );
    for (keyword, _) in NOT_COMPARED {
        let met = theirs.passed_over.contains(*keyword);
        assert!(met, "the published document has no {keyword}");
    }
}

fn the_overlay_makes_the_same_of_both(published: &str) {
    let ours = load(BASE, &[OVERLAY]);
    let theirs = load(published, &[OVERLAY]);
    for document in [&ours, &theirs] {
        let notes: Vec<String> = document.notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes, [""; 0], "an action selects nothing");
    }
    assert_eq!(
        complaints(
            &differences(&Facts::of(ours.root()), &Facts::of(theirs.root())),
            INTENDED
        ),
        [""; 0]
    );
    let ours = contract::build(ours).unwrap();
    let theirs = contract::build(theirs).unwrap();
    let ids = |contract: &contract::Contract| -> Vec<String> {
        let mut ids: Vec<String> = contract.operations.iter().map(|o| o.id.clone()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&ours).len(), 41);
    assert_eq!(ids(&ours), ids(&theirs));
}

fn findings_of_the_published_document_name_the_right_file(published: &str) {
    let theirs = load(published, &[OVERLAY]);
    let asset = "/components/schemas/serverless.v1.service.asset";
    let place = theirs.place(&format!("{asset}/properties/sid/pattern"));
    assert!(place.file.ends_with("twilio_serverless_v1.json") && place.line.is_some());
    let place = theirs.place(&format!("{asset}/required/0"));
    assert!(place.file == OVERLAY && place.line.is_some(), "{place}");
}

/// The comparison is worth something only if it sees each kind of difference.
fn the_comparison_names_every_difference() {
    let base = load(BASE, &[]).root().clone();
    let facts = Facts::of(&base);
    assert!(differences(&facts, &facts).is_empty());

    let list = "/paths/~1v1~1Services/get";
    let make = "/paths/~1v1~1Services/post";
    let field = "/requestBody/content/application~1x-www-form-urlencoded/schema";
    let service = "/components/schemas/serverless.v1.service/properties";
    let runtime = "/components/schemas/build_enum_runtime";
    // The place that is changed, the new value or none at all, and the place that is named.
    let changes = [
        ("/paths/~1v1~1Services".to_owned(), None, None),
        (list.to_owned(), None, None),
        (format!("{list}/operationId"), Some(json!("x")), None),
        (
            format!("{list}/parameters/0/schema/maximum"),
            Some(json!(999)),
            Some(format!("{list}/parameters/query PageSize/schema/maximum")),
        ),
        (
            format!("{list}/parameters/0/required"),
            Some(json!(true)),
            Some(format!("{list}/parameters/query PageSize/required")),
        ),
        (
            format!("{list}/parameters/0/in"),
            Some(json!("header")),
            Some(format!("{list}/parameters/header PageSize")),
        ),
        (format!("{make}{field}/required"), None, None),
        (format!("{make}{field}/properties/UniqueName"), None, None),
        (
            format!("{make}/responses/400"),
            Some(json!({"description": "No"})),
            None,
        ),
        (
            format!("{make}/responses/201/headers/Access-Control-Allow-Origin"),
            None,
            None,
        ),
        (format!("{service}/sid/pattern"), Some(json!("^Z")), None),
        (format!("{service}/sid/nullable"), None, None),
        (format!("{service}/url/type"), Some(json!("object")), None),
        (
            format!("{service}/description"),
            Some(json!({"type": "string"})),
            None,
        ),
        (format!("{runtime}/enum"), Some(json!(["node8"])), None),
    ];
    for (changed, value, named) in changes {
        let mut other = base.clone();
        let (around, name) = changed.rsplit_once('/').unwrap();
        let name = name.replace("~1", "/");
        let around = other.pointer_mut(around).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => around.insert(name, value),
            None => around.remove(&name),
        };
        let found = differences(&facts, &Facts::of(&other));
        let named = named.unwrap_or(changed);
        assert!(found.contains_key(&named), "{named}: {found:?}");
        assert_eq!(complaints(&found, &[]).len(), found.len());
        let listed: Vec<(&str, &str)> = found.keys().map(|place| (place.as_str(), "")).collect();
        assert_eq!(complaints(&found, &listed), [""; 0]);
    }

    let idle = complaints(&BTreeMap::new(), INTENDED);
    assert_eq!(idle.len(), INTENDED.len(), "{idle:?}");
}
