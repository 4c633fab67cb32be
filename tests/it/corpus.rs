//! Real documents and broken ones, from a folder beside the project: every good one loads whole,
//! every broken one is told.

#![expect(clippy::print_stdout, reason = "the table is shown with --nocapture")]

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use trueup::contract::{Census, audit, build};
use trueup::spec::{Files, Level, LoadError, Problem, Reach, Source, load_within};

/// Documents among the good ones that cannot be used, and what is wrong with them.
const BROKEN: &[(&str, &str)] = &[
    ("mermade/pass/fiendish/ref-encoding2.yaml", "leads nowhere"),
    ("mermade/pass/fiendish/ref-encoding3.yaml", "leads nowhere"),
    ("mermade/pass/server_enum_empty.yaml", "no 'paths'"),
    ("mermade/pass/server_enum_unknown.yaml", "no 'paths'"),
    ("readme/3.0/json/openapi-workshop/post.json", "no response"),
];

/// Broken documents that are not told: a keyword too much in a schema constrains nothing.
const HARMLESS: &[&str] = &["mermade/fail/schemaProperties.yaml"];

/// The folder with the documents; none where it is absent, which is said aloud.
fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there", folder.display());
    None
}

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
fn files(root: &Path, below: &[&str]) -> Vec<String> {
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

fn first_line(problem: &Problem) -> String {
    problem.to_string().replace('\n', ";")
}

#[test]
fn good_documents_are_read_whole() {
    let Some(root) = corpus() else { return };
    let names = files(
        &root,
        &[
            "digitalocean/DigitalOcean-public.v2.yaml",
            "discord-3.1.json",
            "github.json",
            "mermade-3.1/pass",
            "mermade/pass",
            "museum-3.1.yaml",
            "readme",
            "twilio",
        ],
    );
    let mut wrong = Vec::new();
    for name in names {
        let files = Files::Disk(root.clone());
        let Ok((_, raw)) = Source::read(&files, &name) else {
            let text = std::fs::read_to_string(root.join(&name)).unwrap();
            assert!(text.trim().is_empty(), "{name} cannot be read");
            continue;
        };
        if raw.get("openapi").is_none() && raw.get("swagger").is_none() {
            continue;
        }
        let expected = BROKEN.iter().find(|(broken, _)| *broken == name);
        match (judged(&root, &name), expected) {
            (Ok((operations, problems)), None) => {
                let there = counted(&root, &name, &raw);
                let count = |level| problems.iter().filter(|p| p.level == level).count();
                println!(
                    "{name}: {operations} operations, {there} in the file; {} errors, \
                     {} warnings, {} notes",
                    count(Level::Error),
                    count(Level::Warning),
                    count(Level::Note)
                );
                if operations != there {
                    wrong.push(format!("{name}: {operations} of {there} operations"));
                }
            }
            (Err(error), Some((_, words))) if error.to_string().contains(words) => {}
            (Ok(_), Some((_, words))) => wrong.push(format!("{name}: not told that {words}")),
            (Err(error), _) => wrong.push(format!("{name}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn broken_documents_are_told() {
    let Some(root) = corpus() else { return };
    let names = files(
        &root,
        &[
            "mermade-3.1/fail",
            "mermade/fail",
            "mermade/partial",
            "mermade/malicious/yamlbomb.yaml",
        ],
    );
    let mut wrong = Vec::new();
    for name in names {
        let problems = match judged(&root, &name) {
            Ok((_, problems)) => problems,
            Err(error) => error.problems,
        };
        match problems.iter().find(|p| p.level >= Level::Warning) {
            Some(problem) => {
                println!("{name}: {}", first_line(problem));
                if problem.place.file.is_empty() || problem.message.is_empty() {
                    wrong.push(format!("{name}: no place, or no words"));
                }
            }
            None if HARMLESS.contains(&name.as_str()) => {}
            None => wrong.push(format!("{name}: nothing is told")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
