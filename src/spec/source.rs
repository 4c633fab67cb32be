//! One text file in JSON or YAML.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::locate::JsonIndex;
use super::problem::LoadError;
use super::tree::Tree;
use super::{Files, locate, yaml};
use crate::place::Place;
use crate::wire::{JsonFault, parse_json};

/// The text of a file, kept so that places can be looked up on demand.
#[derive(Debug, Clone)]
pub struct Source {
    /// File as the user named it.
    pub name: String,
    text: Cow<'static, str>,
    syntax: Syntax,
    /// Lines of a YAML file, computed when the first place is looked up.
    lines: OnceLock<HashMap<String, usize>>,
    /// The places in a JSON file that have been looked up so far.
    index: Arc<JsonIndex>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Json,
    Yaml,
}

impl Source {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// Returns an error if it cannot be read, or is neither valid JSON nor valid YAML.
    pub fn read(files: &Files, name: &str) -> Result<(Self, Value), LoadError> {
        Self::parse(name, Self::text(files, name)?)
    }

    /// Reads a file whose parts are parsed on demand.
    pub(super) fn open(files: &Files, name: &str) -> Result<(Self, Tree), LoadError> {
        Self::divide(name, Self::text(files, name)?)
    }

    fn text(files: &Files, name: &str) -> Result<Cow<'static, str>, LoadError> {
        files.read(name).map_err(|e| {
            let place = Place {
                file: name.to_owned(),
                line: None,
                pointer: String::new(),
            };
            let remedy = match e.kind() {
                std::io::ErrorKind::NotFound => {
                    "check the path; it is relative to the folder of \
                     trueup.toml, or to the current folder"
                }
                std::io::ErrorKind::InvalidData => "save the file as UTF-8",
                std::io::ErrorKind::IsADirectory => "name a file of this folder",
                _ => "make the file readable",
            };
            LoadError::new(place, format!("cannot read the file: {e}"), remedy)
        })
    }

    /// Parses a text.
    ///
    /// # Errors
    /// When it is neither good JSON nor good YAML.
    pub fn parse(
        name: &str,
        text: impl Into<Cow<'static, str>>,
    ) -> Result<(Self, Value), LoadError> {
        Self::parse_with(name, text.into(), |text| parse_json(text.as_bytes()), |v| v)
    }

    /// Parses a text whose parts are parsed on demand.
    pub(super) fn divide(name: &str, text: Cow<'static, str>) -> Result<(Self, Tree), LoadError> {
        Self::parse_with(name, text, Tree::of_json, Tree::Value)
    }

    fn parse_with<T>(
        name: &str,
        mut text: Cow<'static, str>,
        json: fn(&str) -> Result<T, JsonFault>,
        yaml: fn(Value) -> T,
    ) -> Result<(Self, T), LoadError> {
        if let Some(rest) = text.strip_prefix('\u{feff}') {
            text = Cow::Owned(rest.to_owned());
        }
        let mut source = Self {
            name: name.to_owned(),
            text,
            syntax: Syntax::Yaml,
            lines: OnceLock::new(),
            index: Arc::default(),
        };
        let start = source.text.trim_start().chars().next();
        if start.is_none() {
            return Err(source.error(None, "the file is empty", "write an OpenAPI document in it"));
        }
        let named_json = std::path::Path::new(name)
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json"));
        if named_json || start == Some('{') {
            source.syntax = Syntax::Json;
            match json(&source.text) {
                Ok(value) => return Ok((source, value)),
                Err(fault) if named_json => return Err(source.json_error(&fault)),
                // A YAML file may begin with a flow mapping.
                Err(_) => source.syntax = Syntax::Yaml,
            }
        }
        if start == Some('<') {
            return Err(source.error(
                Some(1),
                "this is a web page, not an OpenAPI document",
                "perhaps the download answered with an error page: fetch the document itself",
            ));
        }
        match yaml::parse(&source.text) {
            Ok(value) => Ok((source, yaml(value))),
            Err(fault) => Err(source.error(Some(fault.line), fault.message, fault.remedy)),
        }
    }

    /// The whole value, parts that were not read yet included.
    pub(super) fn whole(&self) -> Result<Value, LoadError> {
        Self::parse(&self.name, self.text.clone()).map(|(_, value)| value)
    }

    /// The text as it was read.
    pub(super) fn as_text(&self) -> &str {
        &self.text
    }

    /// What is wrong with a part that was read later than the rest.
    pub(super) fn part_error(&self, part: &str, fault: &JsonFault) -> LoadError {
        match fault {
            JsonFault::DuplicateName(below) => {
                self.json_error(&JsonFault::DuplicateName(format!("{part}{below}")))
            }
            JsonFault::Syntax(_) | JsonFault::NotUtf8(_) => {
                let message = fault.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                LoadError::new(
                    self.place(part),
                    format!("not valid JSON: {message}"),
                    "correct the JSON below this place",
                )
            }
        }
    }

    /// The place that a JSON pointer names. If the file has no such place, the nearest one around
    /// it gives the line.
    pub fn place(&self, pointer: &str) -> Place {
        let mut around = pointer;
        let line = loop {
            let line = match self.syntax {
                Syntax::Json => self.index.line(&self.text, around),
                Syntax::Yaml => {
                    let lines = self.lines.get_or_init(|| locate::index_yaml(&self.text));
                    lines.get(around).copied()
                }
            };
            match (line, around.rfind('/')) {
                (Some(line), _) => break Some(line),
                (None, Some(end)) => around = &around[..end],
                (None, None) => break None,
            }
        };
        Place {
            file: self.name.clone(),
            line,
            pointer: pointer.to_owned(),
        }
    }

    fn error(
        &self,
        line: Option<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> LoadError {
        let place = Place {
            file: self.name.clone(),
            line,
            pointer: String::new(),
        };
        LoadError::new(place, message, remedy)
    }

    fn json_error(&self, fault: &JsonFault) -> LoadError {
        match fault {
            JsonFault::DuplicateName(pointer) => LoadError::new(
                self.place(pointer),
                "the same name occurs twice in one object",
                "remove one of the two: JSON readers disagree on which of them counts",
            ),
            JsonFault::Syntax(message) => {
                let line = message
                    .rsplit_once("line ")
                    .and_then(|(_, rest)| rest.split(' ').next())
                    .and_then(|line| line.parse().ok());
                let remedy = if self.text.trim_start().starts_with('<') {
                    "this is a web page, not JSON: perhaps the download answered with an error page"
                } else {
                    "correct the JSON; if the file is YAML, let its name end in .yaml"
                };
                self.error(line, format!("not valid JSON: {message}"), remedy)
            }
            JsonFault::NotUtf8(_) => self.error(None, fault.to_string(), "save the file as UTF-8"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(name: &str, text: &'static str) -> String {
        Source::parse(name, text).unwrap_err().to_string()
    }

    #[test]
    fn a_folder_is_not_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::Disk(folder.path().to_owned());
        let error = Source::read(&files, ".").unwrap_err().to_string();
        assert!(error.contains("name a file of this folder"), "{error}");
    }

    #[test]
    fn places_in_both_syntaxes() {
        let (json, _) = Source::parse("a.json", "{\n \"a\": [\n  1,\n  {\"b\": 2}\n ]\n}").unwrap();
        assert_eq!(json.place("/a/1/b").line, Some(4));
        assert_eq!(json.place("/a/1/missing").line, Some(4));
        let (yaml, _) = Source::parse("a.yaml", "a:\n  - 1\n  - b: 2\n    c: 3\n").unwrap();
        assert_eq!(yaml.place("/a/1/c").line, Some(4));
        assert_eq!(yaml.place("/a").line, Some(1));
    }

    #[test]
    fn a_byte_order_mark_is_not_content() {
        assert!(Source::parse("a.json", "\u{feff}{}").is_ok());
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        assert!(error("a.json", "{\n\"a\": }").contains("a.json:2"));
        assert!(error("a.json", "<html>").contains("web page"));
        assert!(error("a.json", "{\"a\":1,\n\"a\":2}").contains("a.json:2 /a"));
        assert!(error("a.yaml", " \n").contains("empty"));
        assert!(error("a.yaml", "a: 1\na: 2\n").contains("a.yaml:2"));
        assert!(error("a.yaml", "a: [1\nb: 2\n").contains("a.yaml:"));
    }
}
