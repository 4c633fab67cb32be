//! Why a command cannot do its work.

use std::io;

use crate::config::ConfigError;
use crate::outcome::{Axis, Share};
use crate::spec::LoadError;
use crate::suite::SuiteError;

/// Why a command ends without a verdict.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// The configuration is wrong.
    #[error("{}", .0.report())]
    Config(#[from] ConfigError),
    /// The suite cannot be run.
    #[error("{}", .0.report())]
    Suite(#[from] SuiteError),
    /// The document cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The current folder has been removed, or cannot be read.
    #[error("error: there is no current folder: {0}")]
    NoFolder(io::Error),
    /// A thread or its event loop cannot start.
    #[error("error: cannot start: {0}")]
    Start(io::Error),
    /// A report, or the standard output, cannot be written.
    #[error("error: cannot write {name}: {reason}")]
    Write {
        /// Name of the file.
        name: String,
        /// Why.
        reason: io::Error,
    },
    /// Two reports go to the standard output.
    #[error(
        "error: only one report can go to standard output; name a file for the others: --report \
         json=FILE"
    )]
    SharedOutput,
    /// Less of the contract was exercised than `--min-coverage` demands.
    #[error("{}", lines(.0))]
    Coverage(Vec<Missed>),
}

impl CliError {
    /// A report that cannot be written.
    pub(super) fn write(name: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let name = name.into();
        move |reason| Self::Write { name, reason }
    }
}

/// A demand on the coverage that was not met.
#[derive(Debug, thiserror::Error)]
#[error(
    "error: {} of {} {axis} are exercised, which is {:.1} %; wanted are {wanted} %",
    share.exercised,
    share.total,
    share.percent()
)]
pub(super) struct Missed {
    /// What is counted.
    pub(super) axis: Axis,
    /// The share that was exercised.
    pub(super) share: Share,
    /// The least share in percent.
    pub(super) wanted: f64,
}

fn lines(missed: &[Missed]) -> String {
    let lines: Vec<String> = missed.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
