//! `trueup.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::contract::ResourceOverride;
use crate::place::Place;
use crate::place::pointer;

/// Where a target may take more than its document allows.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "lenient is true, false or a list of operations")]
pub(super) enum Lenient {
    /// Everywhere, or nowhere.
    Everywhere(bool),
    /// In these operations.
    Of(Vec<String>),
}

/// What the file may say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ConfigFile {
    /// The `OpenAPI` document.
    pub(super) spec: Option<String>,
    /// Overlays, applied in order.
    #[serde(default)]
    pub(super) overlays: Vec<String>,
    /// Folder of the fixtures.
    pub(super) fixtures: Option<String>,
    /// Folder of the snapshots.
    pub(super) snapshots: Option<String>,
    /// File of the known deviations.
    pub(super) deviations: Option<String>,
    /// A URL, or `emulator`.
    pub(super) target: Option<String>,
    /// `NAME:SECRET`.
    pub(super) user: Option<String>,
    /// Credentials by security scheme.
    #[serde(default)]
    pub(super) credentials: BTreeMap<String, String>,
    /// Size of what is made from the contract.
    pub(super) generate: Option<String>,
    /// Cases in flight.
    pub(super) jobs: Option<usize>,
    /// Whether undocumented properties are findings everywhere.
    pub(super) strict: Option<bool>,
    /// Where a target may take more than its document allows.
    pub(super) lenient: Option<Lenient>,
    /// What resources are where the guess is wrong, by the path of an item.
    #[serde(default)]
    pub(super) resources: BTreeMap<String, Value>,
    /// The same, with their places.
    #[serde(skip)]
    pub(super) written: Vec<ResourceOverride>,
    /// Seconds for one answer.
    pub(super) timeout: Option<f64>,
    /// Bytes of one body.
    pub(super) max_body: Option<usize>,
    /// Seconds to wait for a target that answers 429.
    pub(super) patience: Option<f64>,
    /// Whether references may lead out of the folder of the document.
    pub(super) allow_outside_refs: Option<bool>,
    /// Whether references may lead to other machines.
    pub(super) allow_remote_refs: Option<bool>,
    /// Seconds that a build of the emulator takes.
    pub(super) build_seconds: Option<f64>,
}

impl ConfigFile {
    /// Reads the text of a file of this name.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, String> {
        let file: Self = toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
        match file
            .resources
            .iter()
            .find(|(key, value)| is_own(key, value))
        {
            None => Ok(file),
            Some((key, _)) => {
                let line = line_of(text, key).map_or_else(String::new, |line| format!(":{line}"));
                Err(format!(
                    "{name}{line}: '{key}' is said of a resource here, and belongs to the whole \
                     file; move it above the first line in brackets"
                ))
            }
        }
    }

    /// The corrections of resources in the file of this name and text.
    pub(super) fn corrections(&self, name: &str, text: &str) -> Vec<ResourceOverride> {
        let said = self.resources.iter().map(|(path, value)| ResourceOverride {
            place: Place {
                file: name.to_owned(),
                line: line_of(text, path),
                pointer: pointer::join("/resources", path),
            },
            path: path.clone(),
            value: value.clone(),
        });
        said.collect()
    }
}

/// Whether a key below a table would be right above all tables.
fn is_own(key: &str, value: &Value) -> bool {
    !key.starts_with('/') && serde_json::from_value::<ConfigFile>(json!({ key: value })).is_ok()
}

/// The number of the first line in which a text stands.
fn line_of(text: &str, part: &str) -> Option<usize> {
    let index = text.lines().position(|line| line.contains(part));
    index.map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_the_wrong_line_is_told() {
        let parse = |line: &str| {
            let text = format!("spec = 'a'\n[resources]\n'/a/{{b}}' = false\n{line}\n");
            ConfigFile::parse("trueup.toml", &text)
        };
        for line in ["lenient = ['A']", "lenient = true", "max-body = 9"] {
            let error = parse(line).unwrap_err();
            assert!(
                error.starts_with("trueup.toml:4: ") && error.contains("above"),
                "{error}"
            );
        }
        // What is no key of the file is told as a path that there is not.
        assert!(parse("leniend = true").is_ok());
    }

    #[test]
    fn misspelt_names_are_refused_with_their_line() {
        let error = ConfigFile::parse("trueup.toml", "spec = 'a'\noverlay = []\n").unwrap_err();
        assert!(
            error.contains("line 2") && error.contains("overlay"),
            "{error}"
        );
    }
}
