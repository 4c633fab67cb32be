//! What the user typed after `trueup serve`.

use std::path::PathBuf;
use std::str::FromStr;

use super::flags::{Flags, Scoped};
use crate::config::Scope;

/// The command `serve`.
#[derive(Debug, Clone, Copy)]
pub(super) enum ForServe {}

impl Scoped for ForServe {
    const SCOPE: Scope = Scope::Serve;
}

/// The figure of a limit is not a number.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a whole number")]
pub(super) struct LimitError(String);

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Serve {
    #[command(flatten)]
    pub(super) flags: Flags<ForServe>,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) port: u16,
    /// Limit to keep, such as `service=50`; `documented` stands for all that the API documents.
    /// May be given several times [default: none]
    #[arg(long, value_name = "NAME[=N]")]
    pub(super) limit: Vec<Limit>,
    /// File that keeps the state, so that a restart loses nothing
    #[arg(long, value_name = "FILE")]
    pub(super) state: Option<PathBuf>,
}

/// A limit and its figure, if it is not the documented one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) name: String,
    pub(super) figure: Option<u64>,
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let Some((name, figure)) = text.split_once('=') else {
            return Ok(Self {
                name: text.to_owned(),
                figure: None,
            });
        };
        let figure = figure.parse().map_err(|_| LimitError(figure.to_owned()))?;
        Ok(Self {
            name: name.to_owned(),
            figure: Some(figure),
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command};

    use super::*;

    #[test]
    fn serve_has_the_flags_of_the_document_and_the_account() {
        let command = Serve::augment_args(Command::new("serve").no_binary_name(true));
        let accepts = |arguments: &[&str]| command.clone().try_get_matches_from(arguments).is_ok();
        assert!(accepts(&[
            "--spec",
            "a",
            "--user",
            "a:b",
            "--limit",
            "service=50"
        ]));
        assert!(!accepts(&["--jobs", "2"]));
        assert!(!accepts(&["--limit", "service=many"]));
    }
}
