//! Real documents and broken ones, from a folder beside the project: every good one loads whole,
//! every broken one is told.

use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Map, Value};
use trueup::contract::{Census, audit, build};
use trueup::spec::{Files, Level, LoadError, Problem, Reach, Source, load_within};

use super::{shared, trial};
use crate::slug;

/// Documents among the good ones that cannot be used, and what is wrong with them.
const BROKEN: &[(&str, &str)] = &[
    ("mermade/pass/fiendish/ref-encoding2.yaml", "does not exist"),
    ("mermade/pass/fiendish/ref-encoding3.yaml", "does not exist"),
    ("mermade/pass/server_enum_empty.yaml", "no `paths`"),
    ("mermade/pass/server_enum_unknown.yaml", "no `paths`"),
    (
        "readme/3.0/json/openapi-workshop/post.json",
        "not document a response",
    ),
];

/// Broken documents that are not told: a keyword too much in a schema constrains nothing.
const HARMLESS: &[&str] = &["mermade/fail/schemaProperties.yaml"];

fn walk(root: &Path, folder: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(root.join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = folder.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            walk(root, &name, names);
        } else {
            names.push(name.to_string_lossy().into_owned());
        }
    }
}

/// The files below some folders, or the files themselves.
pub(super) fn files(root: &Path, below: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    for name in below {
        if root.join(name).is_dir() {
            walk(root, Path::new(name), &mut names);
        } else {
            names.push((*name).to_owned());
        }
    }
    names.retain(|name| {
        let ending = Path::new(name).extension().unwrap_or_default();
        ["json", "yaml", "yml"].iter().any(|known| ending == *known)
    });
    names.sort();
    names
}

/// The operations that the contract has, and all problems.
fn judged(root: &Path, name: &str) -> Result<(usize, Vec<Problem>), LoadError> {
    let reach = Reach {
        outside: true,
        ..Reach::default()
    };
    let document = load_within(&Files::Disk(root.to_owned()), name, &[], reach)?;
    let contract = build(document)?;
    let count = Census::of_operations(&contract.operations).operations;
    Ok((count, audit(&contract)))
}

/// Operations in the file as it stands: members of path items that are methods. A path item that
/// is a reference is looked up in the same file, or as a whole in another one.
fn counted(root: &Path, name: &str, document: &Value) -> usize {
    let empty = Map::new();
    let paths = document["paths"].as_object().unwrap_or(&empty);
    let items = paths.iter().filter(|(path, _)| path.starts_with('/'));
    items
        .map(|(_, item)| {
            let item = match item["$ref"].as_str() {
                None => item.clone(),
                Some(reference) => match reference.split_once('#') {
                    Some(("", pointer)) => {
                        let pointer = pointer.replace("%7B", "{").replace("%7D", "}");
                        document.pointer(&pointer).unwrap().clone()
                    }
                    Some((file, pointer)) => {
                        sibling(root, name, file).pointer(pointer).unwrap().clone()
                    }
                    None => sibling(root, name, reference),
                },
            };
            let methods = "get put post delete options head patch trace";
            let members = item.as_object().unwrap().keys();
            members
                .filter(|m| methods.split(' ').any(|method| method == *m))
                .count()
        })
        .sum()
}

fn sibling(root: &Path, name: &str, file: &str) -> Value {
    let file = Path::new(name).parent().unwrap().join(file);
    let files = Files::Disk(root.to_owned());
    Source::read(&files, &file.to_string_lossy()).unwrap().1
}

/// Whether a file holds a document: parts of one have names too.
fn is_document(raw: &Value) -> bool {
    raw.get("openapi").is_some() || raw.get("swagger").is_some()
}

fn is_read_whole(root: &Path, name: &str) -> Result<(), String> {
    let Ok((_, raw)) = Source::read(&Files::Disk(root.to_owned()), name) else {
        let text = std::fs::read_to_string(root.join(name)).unwrap();
        assert!(text.trim().is_empty(), "{name} cannot be read");
        return Ok(());
    };
    if !is_document(&raw) {
        return Ok(());
    }
    let expected = BROKEN.iter().find(|(broken, _)| *broken == name);
    match (judged(root, name), expected) {
        (Ok((operations, _)), None) => {
            let there = counted(root, name, &raw);
            if operations == there {
                return Ok(());
            }
            Err(format!("{operations} of {there} operations"))
        }
        (Err(error), Some((_, words))) if error.to_string().contains(words) => Ok(()),
        (Ok(_), Some((_, words))) => Err(format!("nothing is reported, but {words}")),
        (Err(error), _) => Err(error.to_string()),
    }
}

fn is_reported(root: &Path, name: &str) -> Result<(), String> {
    let problems = match judged(root, name) {
        Ok((_, problems)) => problems,
        Err(error) => error.problems,
    };
    match problems.iter().find(|p| p.level >= Level::Warning) {
        Some(problem) if problem.place.file.is_empty() || problem.message.is_empty() => {
            Err(format!("no place, or no words: {problem}"))
        }
        None if !HARMLESS.contains(&name) => Err("no problem is reported".to_owned()),
        _ => Ok(()),
    }
}

/// A test for each document.
pub(crate) fn trials() -> Vec<Trial> {
    let Ok(root) = shared("corpus") else {
        return [
            "good_documents_are_read_whole",
            "broken_documents_are_reported",
        ]
        .map(|name| trial(format!("corpus::{name}"), || shared("corpus"), |_| Ok(())))
        .into();
    };
    let good = [
        "digitalocean/DigitalOcean-public.v2.yaml",
        "discord-3.1.json",
        "github.json",
        "mermade-3.1/pass",
        "mermade/pass",
        "museum-3.1.yaml",
        "readme",
        "twilio",
    ];
    let broken = [
        "mermade-3.1/fail",
        "mermade/fail",
        "mermade/partial",
        "mermade/malicious/yamlbomb.yaml",
    ];
    let test = |group: &str, name: String, test: fn(&Path, &str) -> Result<(), String>| {
        let root = root.clone();
        trial(
            format!("corpus::{group}::{}", slug(&name)),
            move || Ok(root),
            move |root| test(&root, &name),
        )
    };
    let good = files(&root, &good)
        .into_iter()
        .map(|name| test("is_read_whole", name, is_read_whole));
    let broken = files(&root, &broken)
        .into_iter()
        .map(|name| test("is_reported", name, is_reported));
    good.chain(broken).collect()
}
