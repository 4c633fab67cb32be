//! `trueup.toml`.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::FILE_NAME;
use super::error::ConfigError;
use super::options::{Layer, OPTIONS, OptionSpec, Raw};
use super::origin::Origin;
use super::value::{FileValue, line_at};
use crate::spec::nearest;

/// The nearest configuration file: in this folder, or in one above it.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let folders = folder.ancestors();
    let mut files = folders.map(|folder| folder.join(FILE_NAME));
    files.find(|file| file.is_file())
}

/// Reads the text of a configuration file of this name.
///
/// # Errors
/// All mistakes, each with its line. No line is quoted, since it may hold a secret.
pub(super) fn parse(name: &str, text: &str) -> Result<Layer, ConfigError> {
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        file: name.to_owned(),
        line: line_at(text, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let mut reader = Reader {
        name,
        text,
        layer: Layer::default(),
        mistakes: Vec::new(),
    };
    reader.table("", table.get_ref());
    ConfigError::check(reader.mistakes)?;
    Ok(reader.layer)
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    layer: Layer,
    mistakes: Vec<ConfigError>,
}

impl Reader<'_> {
    /// Reads the keys of a table; `prefix` is its dotted name with a dot at the end.
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let dotted = format!("{prefix}{}", key.get_ref());
            let origin = self.origin(key.span().start, &dotted);
            if let Some(option) = option(&dotted) {
                self.misplaced(option, value);
                let value = FileValue {
                    file: self.name,
                    text: self.text,
                    value,
                };
                let set = self.layer.set_raw(option, &Raw::File(&value), origin);
                self.mistakes.extend(set.err());
                continue;
            }
            let inner = format!("{dotted}.");
            match value.get_ref() {
                DeValue::Table(table) if keys().any(|key| key.starts_with(&inner)) => {
                    self.table(&inner, table);
                }
                _ => {
                    let keys: Vec<String> = keys().collect();
                    self.mistakes.push(ConfigError::UnknownKey {
                        origin,
                        remedy: nearest(&dotted, keys.iter().map(String::as_str)),
                    });
                }
            }
        }
    }

    /// Reports the keys of a table of resources that belong to the whole file: `lenient = true`
    /// below `[resources]`.
    fn misplaced(&mut self, option: &OptionSpec, value: &Spanned<DeValue<'_>>) {
        let DeValue::Table(table) = value.get_ref() else {
            return;
        };
        if option.id() != "resources" {
            return;
        }
        for (key, _) in table {
            if self::option(key.get_ref()).is_some() {
                let origin = self.origin(key.span().start, key.get_ref());
                self.mistakes.push(ConfigError::Misplaced { origin });
            }
        }
    }

    fn origin(&self, offset: usize, key: &str) -> Origin {
        Origin::File {
            file: self.name.to_owned(),
            line: line_at(self.text, offset),
            key: key.to_owned(),
        }
    }
}

fn keys() -> impl Iterator<Item = String> {
    OPTIONS.iter().filter_map(OptionSpec::file_key)
}

fn option(key: &str) -> Option<&'static OptionSpec> {
    let mut options = OPTIONS.iter();
    options.find(|option| option.file_key().is_some_and(|known| known == key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> String {
        parse("trueup.toml", text).unwrap_err().report()
    }

    #[test]
    fn a_key_below_the_wrong_line_is_reported() {
        for line in ["lenient = ['A']", "lenient = true", "max-body = 9"] {
            let error = mistakes(&format!(
                "spec = 'a'\n[resources]\n'/a/{{b}}' = false\n{line}\n"
            ));
            assert!(
                error.starts_with("error: trueup.toml:4: ") && error.contains("above"),
                "{error}"
            );
        }
        // What is not a key of the file is reported as a path that the document does not have.
        assert!(parse("trueup.toml", "[resources]\nleniend = true").is_ok());
    }

    #[test]
    fn all_mistakes_are_reported_with_their_lines() {
        let error = mistakes("spec = 'a'\noverlay = []\njobs = -1\ntimeout = '5'\nuser = 7\n");
        let mut lines: Vec<&str> = error.lines().collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "error: trueup.toml:2: `overlay` is not a key of the configuration; did you mean \
                 'overlays'?",
                "error: trueup.toml:3: `jobs`: `-1` is not a whole number; it must be at least 1",
                "error: trueup.toml:4: `timeout`: expected a number of seconds",
                "error: trueup.toml:5: `user`: expected a text",
            ]
        );
    }

    #[test]
    fn a_line_with_a_secret_is_not_quoted() {
        for text in [
            "spec = 'a'\nuser = \"me:hunter2",
            "\nuser = 'hunter2'",
            "\nusr = 'hunter2'",
        ] {
            let error = mistakes(text);
            assert!(
                error.contains("trueup.toml:2") && !error.contains("hunter2"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_nearest_file_above_counts() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(folder.path().join(FILE_NAME), "").unwrap();
        assert_eq!(find(&below), Some(folder.path().join(FILE_NAME)));
        std::fs::write(folder.path().join("a").join(FILE_NAME), "").unwrap();
        assert_eq!(find(&below), Some(folder.path().join("a").join(FILE_NAME)));
    }
}
