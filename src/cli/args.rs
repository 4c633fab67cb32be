//! What the user typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, Subcommand};

use super::flags::{Flags, ForCheck, ForInspect};
#[cfg(feature = "emulator")]
use super::serve_args::Serve;
use crate::outcome::{Axis, UnknownAxis};
use crate::report::{Format, UnknownFormat};

/// Tells whether an HTTP API keeps the promises of its `OpenAPI` document.
#[derive(Debug, Parser)]
#[command(
    name = "trueup",
    version,
    after_help = "Exit codes: 0 every promise was kept, 1 the target broke one or a snapshot \
                  differs, 2 trueup could not judge."
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send the cases to a target and judge its answers
    Check(Check),
    /// Print the names of the cases, one a line
    List(Flags<ForCheck>),
    /// Tell what a document promises and what is wrong with it
    Inspect(Inspect),
    #[cfg(feature = "emulator")]
    /// Serve a stateful emulator of a document
    Serve(Serve),
}

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) flags: Flags<ForCheck>,
    /// Report to write, to standard output or a file; may be given several times
    #[arg(long, value_name = "terminal|json|junit|html|github|sarif[=FILE]")]
    pub(super) report: Vec<Report>,
    /// Least share of the contract's promises that must be exercised: statuses, media-types,
    /// parameters, bounds, enum-values, properties, errors or laws; may be given several times
    #[arg(long, value_name = "AXIS=PERCENT")]
    pub(super) min_coverage: Vec<MinCoverage>,
}

/// What is wrong with the value of an argument.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArgError {
    /// The text is not a demand on the coverage.
    #[error("write AXIS=PERCENT, such as statuses=80")]
    MinCoverage,
    /// The text is not a percentage.
    #[error("`{0}` is not a number from 0 to 100")]
    Percent(String),
    /// A report has an empty file name.
    #[error("the name of the file is missing")]
    NoFile,
    /// The axis does not exist.
    #[error(transparent)]
    Axis(#[from] UnknownAxis),
    /// The report does not exist.
    #[error(transparent)]
    Format(#[from] UnknownFormat),
}

/// A demand on the coverage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MinCoverage {
    pub(super) axis: Axis,
    pub(super) percent: f64,
}

impl FromStr for MinCoverage {
    type Err = ArgError;

    fn from_str(text: &str) -> Result<Self, ArgError> {
        let (axis, percent) = text.split_once('=').ok_or(ArgError::MinCoverage)?;
        let axis = axis.parse()?;
        let percent = percent
            .parse()
            .ok()
            .filter(|percent| (0.0..=100.0).contains(percent))
            .ok_or_else(|| ArgError::Percent(percent.to_owned()))?;
        Ok(Self { axis, percent })
    }
}

/// One report: its kind, and the file it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) kind: ReportKind,
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportKind {
    Terminal,
    Ended(Format),
}

impl FromStr for Report {
    type Err = ArgError;

    fn from_str(text: &str) -> Result<Self, ArgError> {
        let (kind, file) = match text.split_once('=') {
            Some((_, "")) => return Err(ArgError::NoFile),
            Some((kind, file)) => (kind, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let kind = match kind {
            "terminal" => ReportKind::Terminal,
            other => ReportKind::Ended(other.parse()?),
        };
        Ok(Self { kind, file })
    }
}

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Inspect {
    /// `OpenAPI` document, JSON or YAML: a file or its URL
    pub(super) spec: String,
    #[command(flatten)]
    pub(super) flags: Flags<ForInspect>,
    /// Write JSON for machines
    #[arg(long)]
    pub(super) json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn reports() {
        let report: Report = "json=a=b.json".parse().unwrap();
        assert_eq!(report.file, Some(PathBuf::from("a=b.json")));
        assert!("xml".parse::<Report>().is_err());
        assert!("json=".parse::<Report>().is_err());
    }

    #[test]
    fn demands_on_the_coverage() {
        let demand: MinCoverage = "media-types=12.5".parse().unwrap();
        assert_eq!(demand.axis, Axis::MediaTypes);
        for wrong in ["statuses", "status=1", "statuses=101", "statuses=x"] {
            assert!(wrong.parse::<MinCoverage>().is_err(), "{wrong}");
        }
    }
}
