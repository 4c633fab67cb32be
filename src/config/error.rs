//! What is wrong with a configuration.

use std::io;

use super::origin::Origin;
use crate::spec::LoadError;

/// Why a configuration cannot be used. No message repeats a value that may be a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The value of an option is wrong.
    #[error("{origin}: {reason}")]
    Value {
        /// Where the value was set.
        origin: Origin,
        /// What is wrong with it.
        reason: ValueError,
    },
    /// A key of the configuration file is not an option.
    #[error("{origin} is not a key of the configuration{}", hint(remedy.as_deref()))]
    UnknownKey {
        /// The key and its line.
        origin: Origin,
        /// The nearest key, if one is near.
        remedy: Option<String>,
    },
    /// An environment variable begins with `TRUEUP_`, but is not an option.
    #[error(
        "the environment variable {name} is not an option of trueup{}",
        hint(remedy.as_deref())
    )]
    UnknownVariable {
        /// Name of the variable.
        name: String,
        /// The nearest name, if one is near.
        remedy: Option<String>,
    },
    /// A flag is not an option.
    #[error("there is no flag --{0}")]
    UnknownFlag(String),
    /// A key that belongs to the whole file is in a table.
    #[error("{origin} belongs to the whole file; move it above the first line in brackets")]
    Misplaced {
        /// The key and its line.
        origin: Origin,
    },
    /// The configuration file is not TOML.
    #[error("{file}:{line}: {message}")]
    Syntax {
        /// Name of the file.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// What the parser says. It does not quote the line, which may hold a secret.
        message: String,
    },
    /// The configuration file cannot be read.
    #[error("cannot read {file}: {reason}")]
    Unreadable {
        /// Name of the file.
        file: String,
        /// Why.
        reason: io::Error,
    },
    /// No document is named.
    #[error(
        "there is no document: name one with --spec, or with `spec` in {}",
        super::FILE_NAME
    )]
    NoDocument,
    /// Two options of one source name the target.
    #[error("{one} and {other} both name the target; keep one of them")]
    TwoTargets {
        /// Where the one was set.
        one: Origin,
        /// Where the other was set.
        other: Origin,
    },
    /// An option changes a configuration, and there is none.
    #[error(
        "{origin} needs --spec, or a {} in this folder or above it",
        super::FILE_NAME
    )]
    NeedsDocument {
        /// Where the option was set.
        origin: Origin,
    },
    /// The document of the program cannot be used.
    #[error(transparent)]
    Document(#[from] LoadError),
    /// Several mistakes, in the order in which they were found.
    #[error("{}", lines(.0))]
    Several(Vec<ConfigError>),
}

impl ConfigError {
    /// Nothing if there are no mistakes, otherwise all of them.
    ///
    /// # Errors
    /// When there are mistakes.
    pub fn check(mut mistakes: Vec<Self>) -> Result<(), Self> {
        match mistakes.len() {
            0 => Ok(()),
            1 => Err(mistakes.remove(0)),
            _ => Err(Self::Several(mistakes)),
        }
    }

    /// The message as a front end prints it: a line for each mistake.
    pub fn report(&self) -> String {
        match self {
            Self::Several(mistakes) => {
                let lines: Vec<String> = mistakes.iter().map(Self::report).collect();
                lines.join("\n")
            }
            Self::Document(error) => error.to_string(),
            one => format!("error: {one}"),
        }
    }
}

fn hint(remedy: Option<&str>) -> String {
    remedy.map_or_else(String::new, |remedy| format!("; {remedy}"))
}

fn lines(mistakes: &[ConfigError]) -> String {
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// What is wrong with the value of an option.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// The value has another type.
    #[error("expected {0}")]
    Type(&'static str),
    /// The text is not a duration.
    #[error("`{0}` is not a number of seconds")]
    Seconds(String),
    /// The duration is zero.
    #[error("the time must be longer than 0 seconds")]
    NoTime,
    /// The text is not a count.
    #[error("`{0}` is not a whole number; it must be at least 1")]
    Count(String),
    /// The text is not a seed.
    #[error("`{0}` is not a whole number from 0 to 18446744073709551615")]
    Seed(String),
    /// The text is not the size of a generated suite.
    #[error("`{0}` is not a size; expected one of `off`, `examples`, `boundary`, `full`")]
    Size(String),
    /// The text is not a shard.
    #[error("`{0}` is not a shard; write I/N, from 1/N to N/N")]
    Shard(String),
    /// The command is empty.
    #[error("the command is empty")]
    Command,
    /// The text is not the path of a URL.
    #[error("`{0}` is not a path; it must begin with /")]
    Path(String),
    /// The text is not an account.
    #[error("an account is written NAME:SECRET")]
    Account,
    /// The text is not a credential of a scheme.
    #[error("a credential is written SCHEME=VALUE")]
    Credential,
    /// The text is not a header.
    #[error("a header is written 'Name: value'")]
    Header,
    /// The name of a header is not a token (RFC 9110 section 5.1).
    #[error("the text before the colon is not the name of a header")]
    HeaderName,
    /// The value of a header has a control character.
    #[error("the value of the header has a control character")]
    HeaderValue,
    /// The text is not a target.
    #[error("`{text}` is not a URL ({reason}); write `emulator` or http://HOST:PORT")]
    Target {
        /// The text.
        text: String,
        /// What is wrong with it as a URL.
        reason: String,
    },
    /// The URL of the target holds credentials.
    #[error(
        "credentials do not belong in the URL of a target; use --user NAME:SECRET or TRUEUP_USER"
    )]
    TargetCredentials,
}
