//! Where files come from: the disk, the memory, or the bundle that is compiled into the program.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A tree of text files.
#[derive(Debug, Clone)]
pub enum Files {
    /// Files of the disk; relative names start in this folder.
    Disk(PathBuf),
    /// Files of the program itself, by name, sorted.
    Bundle(&'static [(&'static str, &'static str)]),
    /// Texts that the program has made, by the name of their file.
    Memory(Arc<BTreeMap<String, String>>),
}

impl Files {
    /// One file with a text that the program has made.
    pub fn memory(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Memory(Arc::new(BTreeMap::from([(name.into(), text.into())])))
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// Returns an error if the file does not exist, cannot be read, or is not UTF-8.
    pub fn read(&self, name: &str) -> io::Result<Cow<'static, str>> {
        match self {
            Self::Disk(root) => {
                let bytes = std::fs::read(root.join(name))?;
                String::from_utf8(bytes).map(Cow::Owned).map_err(|e| {
                    let offset = e.utf8_error().valid_up_to();
                    io::Error::new(
                        io::ErrorKind::InvalidData,
                        format!("not UTF-8 from byte {offset} on"),
                    )
                })
            }
            Self::Bundle(files) => files
                .binary_search_by_key(&name, |(name, _)| name)
                .map(|i| Cow::Borrowed(files[i].1))
                .map_err(|_| io::ErrorKind::NotFound.into()),
            Self::Memory(files) => match files.get(name) {
                Some(text) => Ok(Cow::Owned(text.clone())),
                None => Err(io::ErrorKind::NotFound.into()),
            },
        }
    }

    /// Names of the files below a folder with one of these endings, sorted.
    ///
    /// # Errors
    /// When the folder does not exist or cannot be read.
    pub fn list(&self, folder: &str, endings: &[&str]) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        let is_below = |name: &str| {
            let rest = name.strip_prefix(folder);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        match self {
            Self::Disk(root) => walk(root, Path::new(folder), &mut names)?,
            Self::Bundle(files) => names.extend(
                files
                    .iter()
                    .filter(|(name, _)| is_below(name))
                    .map(|(name, _)| (*name).to_owned()),
            ),
            Self::Memory(files) => {
                names.extend(files.keys().filter(|name| is_below(name)).cloned());
            }
        }
        names.retain(|name| endings.iter().any(|ending| name.ends_with(ending)));
        names.sort();
        Ok(names)
    }

    /// The path on the disk; `None` for other files, which cannot be written.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Disk(root) => Some(root.join(name)),
            Self::Bundle(_) | Self::Memory(_) => None,
        }
    }
}

fn walk(root: &Path, folder: &Path, names: &mut Vec<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            walk(root, &name, names)?;
        } else {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    Ok(())
}
