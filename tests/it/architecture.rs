//! The import table of ARCHITECTURE.md is what the code does.

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

/// Rooms in which files still import each other in a circle.
///
/// Each is an exception that its owner removes; a room without circles must not be listed.
const ROOMS_WITH_CIRCLES: [&str; 2] = ["emulator", "spec"];

#[test]
fn no_files_of_a_room_import_each_other_in_a_circle() {
    let mut wrong = Vec::new();
    let rooms: BTreeSet<String> = sources(&root().join("src"))
        .iter()
        .map(|path| room(path))
        .collect();
    for name in rooms {
        let modules = Modules::of_room(&name);
        let circles = modules.circles();
        let is_excepted = ROOMS_WITH_CIRCLES.contains(&name.as_str());
        if is_excepted && circles.is_empty() {
            wrong.push(format!("{name} has no circle: remove it from the list"));
        }
        if !is_excepted {
            let told = circles.iter().map(|files| files.join(", "));
            wrong.extend(told.map(|files| format!("a circle in {name}: {files}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_circle_of_files_is_found() {
    let modules = |files: &[(&str, &str)]| {
        let files = files
            .iter()
            .map(|(name, code)| ((*name).to_owned(), (*code).to_owned()));
        Modules {
            files: files.collect(),
        }
    };
    let face = ("room", "mod a;\nmod b;\npub use a::A;\n");
    let circle = modules(&[
        face,
        ("room::a", "use super::b::B;"),
        ("room::b", "use crate::room::{A};"),
    ]);
    assert_eq!(circle.circles(), [["room::a", "room::b"]]);
    let line = modules(&[face, ("room::a", "use super::b::B;"), ("room::b", "")]);
    assert!(line.circles().is_empty());
    let with_face = modules(&[
        ("room", "mod a;\nstruct R(a::A);"),
        ("room::a", "use super::R;"),
    ]);
    assert_eq!(with_face.circles(), [["room", "room::a"]]);
}

/// The modules of one room, each with its code without comments and tests.
struct Modules {
    files: BTreeMap<String, String>,
}

impl Modules {
    fn of_room(name: &str) -> Self {
        let source = root().join("src");
        let files = sources(&source)
            .into_iter()
            .filter(|path| room(path) == name)
            .map(|path| {
                let module = path.strip_prefix(&source).unwrap().with_extension("");
                let mut parts: Vec<String> = module
                    .iter()
                    .map(|part| part.to_string_lossy().into_owned())
                    .collect();
                if parts.len() > 1 && parts.last().is_some_and(|last| last == "mod") {
                    parts.pop();
                }
                let code = code(&path);
                let end = code.find("#[cfg(test)]").unwrap_or(code.len());
                (parts.join("::"), code[..end].to_owned())
            })
            .collect();
        Self { files }
    }

    /// Groups of two or more modules that reach each other.
    fn circles(&self) -> Vec<Vec<&str>> {
        let imports: BTreeMap<&str, Vec<&str>> = self
            .files
            .keys()
            .map(|module| (module.as_str(), self.imports(module)))
            .collect();
        let reached: BTreeMap<&str, BTreeSet<&str>> = imports
            .keys()
            .map(|module| (*module, reached_from(module, &imports)))
            .collect();
        let mut circles: Vec<Vec<&str>> = Vec::new();
        for (module, others) in &reached {
            let known = circles.iter().any(|circle| circle.contains(module));
            let circle: Vec<&str> = others
                .iter()
                .copied()
                .filter(|other| reached[other].contains(module))
                .collect();
            if !known && circle.len() > 1 {
                circles.push(circle);
            }
        }
        circles
    }

    /// The other modules whose items a module names. What a module only hands on (`pub use`) is
    /// not an import.
    fn imports(&self, module: &str) -> Vec<&str> {
        let (own, _) = split_uses(&self.files[module]);
        let room = module.split("::").next().unwrap();
        let mut paths = Vec::new();
        for (prefix, start) in [("super::", parent(module)), ("crate::", "")] {
            for (at, _) in own.match_indices(prefix) {
                let is_inner = own[..at].ends_with("super::");
                if !is_inner {
                    paths.extend(use_tree(start, &own[at + prefix.len()..]));
                }
            }
        }
        // Modules below this one, by their names.
        for child in self.children(module) {
            let word = format!("{child}::");
            for (at, _) in own.match_indices(&word) {
                let before = own[..at].chars().next_back();
                if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':') {
                    let start = format!("{module}::{child}");
                    paths.extend(use_tree(&start, &own[at + word.len()..]));
                }
            }
        }
        let found = paths.iter().filter(|path| path.starts_with(room));
        found
            .filter_map(|path| self.home(path, 0))
            .filter(|home| *home != module)
            .collect()
    }

    fn children<'a>(&'a self, module: &str) -> impl Iterator<Item = &'a str> {
        let below = format!("{module}::");
        self.files.keys().filter_map(move |name| {
            let rest = name.strip_prefix(&below)?;
            (!rest.contains("::")).then_some(rest)
        })
    }

    /// The module that an item comes from, re-exports followed.
    fn home(&self, path: &str, depth: usize) -> Option<&str> {
        if let Some((module, _)) = self.files.get_key_value(path) {
            return Some(module);
        }
        let (module, item) = path.rsplit_once("::")?;
        let Some((module, code)) = self.files.get_key_value(module) else {
            // An associated item, or a variant.
            return self.home(module, depth);
        };
        let (own, handed_on) = split_uses(code);
        let named = |tree: &str, start: &str| {
            use_tree(start, tree)
                .into_iter()
                .find(|path| path.rsplit("::").next() == Some(item))
        };
        let uses = handed_on.iter().map(String::as_str);
        let private = own.split("use ").skip(1);
        for tree in uses.chain(private) {
            let (start, tree) = match tree {
                _ if tree.starts_with("super::") => (parent(module), &tree[7..]),
                _ if tree.starts_with("crate::") => ("", &tree[7..]),
                _ if tree.starts_with("self::") => (module.as_str(), &tree[6..]),
                _ => (module.as_str(), tree),
            };
            if let Some(path) = named(tree, start)
                && depth < 8
                && let Some(home) = self.home(&path, depth + 1)
            {
                return Some(home);
            }
        }
        Some(module)
    }
}

fn reached_from<'m>(module: &str, imports: &BTreeMap<&str, Vec<&'m str>>) -> BTreeSet<&'m str> {
    let mut reached = BTreeSet::new();
    let mut open = imports[module].clone();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(&imports[next]);
        }
    }
    reached
}

fn parent(module: &str) -> &str {
    module.rsplit_once("::").map_or("", |(parent, _)| parent)
}

/// The code without what it hands on by `pub use`, and the trees of that.
fn split_uses(code: &str) -> (String, Vec<String>) {
    let (mut own, mut handed_on) = (String::new(), Vec::new());
    let mut rest = code;
    while !rest.is_empty() {
        let line = rest.split_inclusive('\n').next().unwrap();
        let words = line.trim_start();
        let is_public =
            words.starts_with("pub use ") || words.starts_with("pub(") && words.contains(") use ");
        if is_public {
            let end = rest.find(';').map_or(rest.len(), |end| end + 1);
            let tree = rest[..end].split_once("use ").unwrap().1;
            handed_on.push(tree.trim_end_matches(';').to_owned());
            rest = &rest[end..];
        } else {
            own.push_str(line);
            rest = &rest[line.len()..];
        }
    }
    (own, handed_on)
}

/// The paths of a `use` tree, or of a path in an expression.
fn use_tree(start: &str, tree: &str) -> Vec<String> {
    let join = |name: &str| {
        let separator = if start.is_empty() { "" } else { "::" };
        format!("{start}{separator}{name}")
    };
    let tree = tree.trim_start();
    if let Some(group) = tree.strip_prefix('{') {
        let mut paths = Vec::new();
        let (mut depth, mut begin) = (0, 0);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                ',' | '}' if depth == 0 => {
                    let item = group[begin..at].trim();
                    if item == "self" {
                        paths.push(start.to_owned());
                    } else if !item.is_empty() {
                        paths.extend(use_tree(start, item));
                    }
                    begin = at + 1;
                    if c == '}' {
                        break;
                    }
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
        return paths;
    }
    if let Some(rest) = tree.strip_prefix("super::") {
        return use_tree(parent(start), rest);
    }
    let end = tree
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(tree.len());
    let name = &tree[..end];
    match tree[end..].strip_prefix("::") {
        Some(rest) if !name.is_empty() => use_tree(&join(name), rest),
        _ if name.is_empty() => vec![start.to_owned()],
        _ => vec![join(name)],
    }
}

/// The emulator judges by its own code, so that a fault of the checks' validator shows.
#[test]
fn the_emulator_judges_by_itself() {
    const JUDGEMENTS: [&str; 4] = ["Validators", "Violation", "jsonschema", "is_known_format"];
    // The codec writes the bodies of responses. What it reads, the emulator reads by itself.
    const READERS: [&str; 5] = [
        "body::read",
        "parameter::read",
        "read_text",
        "read_segment",
        "read_pairs",
    ];
    let mut wrong = Vec::new();
    for path in sources(&root().join("src/emulator")) {
        let code = code(&path);
        let uses_codec = code.contains("crate::codec");
        let readers = READERS.iter().filter(|_| uses_codec);
        for name in JUDGEMENTS.iter().chain(readers) {
            if code.contains(*name) {
                wrong.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where the names of keywords stand outside the two rooms of schemas: files, names, and what they mean
/// there.
const OTHER_MEANINGS: &[(&str, &str, &str)] = &[
    // Members of objects of OpenAPI that are no schemas.
    (
        "src/contract/audit/grammar.rs",
        "required",
        "a member of the Parameter Object",
    ),
    (
        "src/contract/operation/body.rs",
        "required",
        "a member of the Request Body Object",
    ),
    (
        "src/contract/operation/header.rs",
        "required type",
        "members of Header and Response",
    ),
    (
        "src/contract/operation/media.rs",
        "example examples",
        "members of the Media Type Object",
    ),
    (
        "src/contract/operation/parameter.rs",
        "required",
        "a member of the Parameter Object",
    ),
    (
        "src/wire/status.rs",
        "default",
        "a key of the Responses Object",
    ),
    (
        "src/contract/operation/security.rs",
        "type",
        "a member of the Security Scheme Object",
    ),
    (
        "src/contract/operation/server.rs",
        "default enum",
        "members of the Server Variable Object",
    ),
    (
        "src/check/header.rs",
        "required",
        "a member of the Header Object",
    ),
    (
        "src/generate/variation.rs",
        "example examples",
        "members of the Media Type Object",
    ),
    (
        "src/spec/swagger.rs",
        "deprecated description example examples externalDocs format properties required type",
        "members of a Swagger 2.0 document, and of what it becomes",
    ),
    (
        "src/spec/tree.rs",
        "definitions",
        "a member of a Swagger 2.0 document",
    ),
    (
        "src/spec/overlay/read.rs",
        "description title",
        "members of an overlay",
    ),
    ("src/cli/inspect.rs", "items title", "members of the report"),
    // The project's own names.
    (
        "src/contract/extension.rs",
        "contains example examples items",
        "members of extensions",
    ),
    (
        "src/fixture/expectation.rs",
        "items",
        "a member of a fixture",
    ),
    (
        "src/check/paging.rs",
        "items",
        "a member of x-trueup-paging",
    ),
    (
        "src/codec/multipart/write.rs",
        "type",
        "a member of a file in a fixture",
    ),
    ("src/config/value.rs", "examples", "a size of generation"),
    ("src/outcome/check_id.rs", "*", "the names of checks"),
    (
        "src/report/sentence.rs",
        "*",
        "the keyword of a violation, which is a text",
    ),
    (
        "src/outcome/coverage.rs",
        "properties",
        "an axis of coverage",
    ),
    (
        "src/report/sarif.rs",
        "$schema properties",
        "members of a SARIF report",
    ),
    (
        "src/generate/text.rs",
        "title",
        "a name that asks for a title",
    ),
    (
        "src/emulator/refusal.rs",
        "description title",
        "members of an error body",
    ),
    (
        "src/emulator/serverless/builds.rs",
        "dependencies",
        "a member of a build",
    ),
    // A whole document in a test.
    (
        "src/codec/round_trip/",
        "*",
        "schemas that are drawn for a test",
    ),
    (
        "src/check/",
        "*",
        "the keyword of a violation, which is a text",
    ),
];

#[test]
fn names_of_keywords_stand_in_the_rooms_of_schemas_alone() {
    let is_excepted = |file: &str, name: &str| {
        OTHER_MEANINGS.iter().any(|(path, names, _)| {
            file.starts_with(path) && (*names == "*" || names.split(' ').any(|known| known == name))
        })
    };
    let mut wrong = Vec::new();
    for path in sources(&root().join("src")) {
        if matches!(room(&path).as_str(), "keyword" | "schema") {
            continue;
        }
        let file = path
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let code = code(&path);
        let code = code
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        for keyword in trueup::keyword::Keyword::ALL {
            let name = keyword.name();
            if code.contains(&format!("\"{name}\"")) && !is_excepted(&file, name) {
                wrong.push(format!(
                    "{file} names '{name}': ask `schema`, or use `Keyword`"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (path, names, reason) in OTHER_MEANINGS.iter().filter(|(_, names, _)| *names != "*") {
        let is_there = sources(&root().join("src")).iter().any(|file| {
            let name = file
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let code = code(file);
            let has = |known: &str| code.contains(&format!("\"{known}\""));
            name.starts_with(path) && names.split(' ').all(has)
        });
        assert!(
            is_there,
            "{path} no longer names {names} ({reason}): remove the exception"
        );
    }
}
