//! Snapshot files in insta's format. insta reads and reviews them; the verdict is ours.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use similar::TextDiff;

use crate::place::Place;
use crate::spec::Files;

/// What may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Compare,
    /// Pending files, for a person to review.
    Pending,
    /// The snapshots themselves.
    Accept,
}

/// The stored snapshots.
#[derive(Debug)]
pub struct Store {
    files: Files,
    folder: String,
    mode: Mode,
    /// The pending files that an earlier run has left.
    left: OnceLock<HashSet<String>>,
}

/// How a response compares with its snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// It is the same, or was accepted.
    Same,
    /// There is no snapshot.
    Missing {
        /// Where it should be.
        place: Place,
        /// Name of the pending file, if one was written.
        pending: Option<String>,
    },
    /// It differs.
    Differs {
        /// The first line that differs.
        place: Place,
        /// The differing lines with some around them.
        diff: String,
        /// Name of the pending file, if one was written.
        pending: Option<String>,
    },
    /// A file could not be read or written.
    Broken(String),
}

impl Store {
    /// The snapshots in a folder. A bundle is only compared with.
    pub fn new(files: Files, folder: &str, mode: Mode) -> Self {
        Self {
            files,
            folder: folder.to_owned(),
            mode,
            left: OnceLock::new(),
        }
    }

    /// The name of the file for a step of a case.
    pub fn name(&self, case: &str, step: &str) -> String {
        format!("{}/{}/{step}.snap", self.folder, case.replace("::", "/"))
    }

    /// Compares a normalised response with its snapshot, and writes what the mode allows. `source`
    /// is the fixture that it belongs to.
    pub fn compare(&self, case: &str, step: &str, source: &str, text: &str) -> Comparison {
        let name = self.name(case, step);
        let place = |line| Place {
            file: name.clone(),
            line,
            pointer: String::new(),
        };
        let stored = match self.read(&name) {
            Ok(stored) => stored,
            Err(message) => return Comparison::Broken(message),
        };
        if stored
            .as_deref()
            .is_some_and(|s| s.trim_end() == text.trim_end())
        {
            return match self.forget_pending(&name) {
                Ok(()) => Comparison::Same,
                Err(message) => Comparison::Broken(message),
            };
        }
        let pending = match self.write(&name, source, text) {
            Ok(Written::Accepted) => return Comparison::Same,
            Ok(Written::Pending) => Some(format!("{name}.new")),
            Ok(Written::Nothing) => None,
            Err(message) => return Comparison::Broken(message),
        };
        match stored {
            None => Comparison::Missing {
                place: place(None),
                pending,
            },
            Some(stored) => {
                let first = stored
                    .lines()
                    .zip(text.lines())
                    .take_while(|(a, b)| a == b)
                    .count();
                Comparison::Differs {
                    place: place(Some(first + 1 + self.header_lines(&name))),
                    diff: diff(&stored, text),
                    pending,
                }
            }
        }
    }

    /// Snapshots, pending ones too, that belong to no step of these cases.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn orphans<'a>(
        &self,
        steps: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> std::io::Result<Vec<String>> {
        let known: HashSet<String> = steps.map(|(case, step)| self.name(case, step)).collect();
        let mut names = self.files.list(&self.folder, &[".snap", ".snap.new"])?;
        names.retain(|name| !known.contains(name.trim_end_matches(".new")));
        Ok(names)
    }

    /// The text of a snapshot; none if there is none.
    fn read(&self, name: &str) -> Result<Option<String>, String> {
        match self.files.path(name) {
            Some(path) => match std::fs::read_to_string(&path) {
                Ok(text) if is_plain(&text) => Ok(Some(contents(&text).to_owned())),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
                _ => insta::Snapshot::from_file(&path)
                    .map_err(|e| format!("cannot read the snapshot {name}: {e}"))
                    .map(|snapshot| snapshot.as_text().map(ToString::to_string)),
            },
            None => match self.files.read(name) {
                Ok(text) => Ok(Some(contents(&text).to_owned())),
                Err(_) => Ok(None),
            },
        }
    }

    fn header_lines(&self, name: &str) -> usize {
        let text = self.files.read(name).unwrap_or_default();
        text[..text.len() - contents(&text).len()].lines().count()
    }

    fn write(&self, name: &str, source: &str, text: &str) -> Result<Written, String> {
        let Some(path) = self.files.path(name) else {
            return Ok(Written::Nothing);
        };
        let (path, written) = match self.mode {
            Mode::Compare => return Ok(Written::Nothing),
            Mode::Accept => {
                self.forget_pending(name)?;
                (path, Written::Accepted)
            }
            Mode::Pending => (pending_path(&path), Written::Pending),
        };
        let expression = text.lines().next().unwrap_or_default();
        let file = format!(
            "---\nsource: {}\nexpression: {}\n---\n{text}",
            yaml(source),
            yaml(expression),
        );
        path.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&path, file))
            .map_err(|e| format!("cannot write {}: {e}", path.display()))?;
        Ok(written)
    }

    /// The names of the snapshots that have a pending file of an earlier run beside them.
    fn left(&self) -> &HashSet<String> {
        self.left.get_or_init(|| {
            let pending = self.files.list(&self.folder, &[".snap.new"]);
            let names = pending.unwrap_or_default().into_iter();
            names
                .filter_map(|name| name.strip_suffix(".new").map(str::to_owned))
                .collect()
        })
    }

    fn forget_pending(&self, name: &str) -> Result<(), String> {
        if self.mode == Mode::Compare || !self.left().contains(name) {
            return Ok(());
        }
        let Some(pending) = self.files.path(name).map(|path| pending_path(&path)) else {
            return Ok(());
        };
        match std::fs::remove_file(&pending) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(format!("cannot remove {}: {e}", pending.display()))
            }
            _ => Ok(()),
        }
    }
}

/// A text as insta writes it in a header.
fn yaml(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-./".contains(&b);
    if text.bytes().all(plain) && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}

enum Written {
    Nothing,
    Pending,
    Accepted,
}

fn pending_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// Whether a file looks as we write it and needs no parser. insta reads all that its versions ever
/// wrote.
fn is_plain(text: &str) -> bool {
    text.starts_with("---\nsource: ") && !text.contains('\r')
}

/// What follows the header of a snapshot file.
fn contents(file: &str) -> &str {
    file.strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .map_or(file, |(_, contents)| contents)
}

fn diff(old: &str, new: &str) -> String {
    // insta cuts the last line break off.
    let diff = TextDiff::from_lines(old.trim_end(), new.trim_end());
    diff.unified_diff()
        .context_radius(2)
        .missing_newline_hint(false)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(folder: &Path, mode: Mode) -> Store {
        Store::new(Files::Disk(folder.to_owned()), "snapshots", mode)
    }

    #[test]
    fn nothing_is_accepted_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let compare = store(folder.path(), Mode::Compare);
        let missing = compare.compare("A::b", "1", "f.yaml", "GET /\n\n200\n");
        assert!(matches!(missing, Comparison::Missing { pending: None, .. }));
        assert!(!folder.path().join("snapshots").exists());

        let pending = store(folder.path(), Mode::Pending);
        let missing = pending.compare("A::b", "1", "f.yaml", "GET /\n\n200\n");
        let Comparison::Missing {
            pending: Some(name),
            ..
        } = missing
        else {
            panic!("{missing:?}");
        };
        assert_eq!(name, "snapshots/A/b/1.snap.new");
        let path = folder.path().join(name);
        assert!(path.exists());

        let accept = store(folder.path(), Mode::Accept);
        let accepted = accept.compare("A::b", "1", "f.yaml", "GET /\n\n200\n");
        assert_eq!(accepted, Comparison::Same);
        assert!(!path.exists());
        let same = compare.compare("A::b", "1", "f.yaml", "GET /\n\n200\n");
        assert_eq!(same, Comparison::Same);
    }

    #[test]
    fn a_difference_has_its_line() {
        let folder = tempfile::tempdir().unwrap();
        store(folder.path(), Mode::Accept).compare("A::b", "1", "f", "GET /\n\n200\n");
        let differs =
            store(folder.path(), Mode::Compare).compare("A::b", "1", "f", "GET /\n\n404\n");
        let Comparison::Differs { place, diff, .. } = differs else {
            panic!("{differs:?}");
        };
        assert_eq!(place.line, Some(7));
        assert!(diff.contains("-200\n+404"), "{diff}");
    }

    #[test]
    fn orphans_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path(), Mode::Accept);
        store.compare("A::b", "1", "f", "x");
        store.compare("A::c", "1", "f", "x");
        let orphans = store.orphans([("A::b", "1")].into_iter()).unwrap();
        assert_eq!(orphans, ["snapshots/A/c/1.snap"]);
    }
}
