//! The import table of ARCHITECTURE.md is what the code does.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}

/// The code of a file without comments.
fn code(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn room(path: &Path) -> String {
    let relative = path.strip_prefix(root().join("src")).unwrap();
    let first = relative.components().next().unwrap();
    first
        .as_os_str()
        .to_string_lossy()
        .trim_end_matches(".rs")
        .to_owned()
}

/// The rows of the table that has this column, each as the texts in backquotes of two cells.
fn table(heading: &str) -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let quoted = |cell: &str| -> Vec<String> {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    text.lines()
        .skip_while(|line| !line.starts_with(heading))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            let name = quoted(cells[1]).remove(0);
            (name, quoted(cells[2]).into_iter().collect())
        })
        .collect()
}

/// Names that follow a word in the code.
fn after<'a>(code: &'a str, word: &str) -> BTreeSet<&'a str> {
    code.match_indices(word)
        .map(|(at, _)| &code[at + word.len()..])
        .filter_map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let allowed = table("| room | may import");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for path in sources(&root().join("src")) {
        let room = room(&path);
        let code = code(&path);
        let Some(row) = allowed.get(&room) else {
            wrong.push(format!("{room} is not in the table"));
            continue;
        };
        assert!(
            !code.contains("use crate::{"),
            "{}: name each room in a `use` of its own, so that this test sees it",
            path.display()
        );
        for import in after(&code, "crate::") {
            if import != room && allowed.contains_key(import) && !row.contains(import) {
                wrong.push(format!("{} imports {import}", path.display()));
            }
            seen.insert((room.clone(), import.to_owned()));
        }
    }
    for (room, row) in &allowed {
        for import in row {
            if room != "lib" && !seen.contains(&(room.clone(), import.clone())) {
                wrong.push(format!("{room} may import {import}, but does not"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn foreign_crates_are_named_where_the_table_says() {
    let named = table("| crate | named in");
    assert!(!named.is_empty());
    for (name, files) in named {
        let found: BTreeSet<String> = sources(&root().join("src"))
            .into_iter()
            .filter(|path| {
                let code = code(path);
                code.contains(&format!("{name}::")) || code.contains(&format!("use {name}"))
            })
            .map(|path| {
                path.strip_prefix(root())
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        assert_eq!(found, files, "files that name {name}");
    }
}

#[test]
fn files_stay_readable() {
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let length = text
            .lines()
            .take_while(|line| !line.starts_with("#[cfg(test)]"))
            .count();
        assert!(length <= 600, "{} has {length} lines", path.display());
    }
}
