//! What the user typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, Subcommand};

use crate::config::{ANY, AllowedRefs, Overrides};
use crate::generate::Size;
use crate::outcome::Axis;
use crate::report::Format;

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
    List(Selection),
    /// Tell what a document promises and what is wrong with it
    Inspect(Inspect),
    /// Serve a stateful emulator of a document
    Serve(Serve),
}

/// How far the references of the document may lead.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct References {
    /// Let references lead out of the folder of the document
    #[arg(long)]
    allow_outside_refs: bool,
    /// Let references lead to other machines, from which files are then fetched
    #[arg(long)]
    allow_remote_refs: bool,
}

impl From<References> for AllowedRefs {
    fn from(references: References) -> Self {
        Self {
            outside: references.allow_outside_refs,
            remote: references.allow_remote_refs,
        }
    }
}

/// Which contract, which cases, which target.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Selection {
    /// Configuration file [default: trueup.toml in this folder, or the shipped contract]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// `OpenAPI` document, JSON or YAML
    #[arg(long, value_name = "FILE|URL")]
    spec: Option<String>,
    /// `OpenAPI` Overlay to apply to the document; may be given several times
    #[arg(long, value_name = "FILE|URL")]
    overlay: Vec<String>,
    /// Folder of fixtures
    #[arg(long, value_name = "DIR")]
    fixtures: Option<String>,
    /// Folder of snapshots
    #[arg(long, value_name = "DIR")]
    snapshots: Option<String>,
    /// File of known deviations: failures that are accepted for now
    #[arg(long, value_name = "FILE")]
    deviations: Option<String>,
    /// Base URL of the server to judge, or `emulator` [default: trueup.toml's, else emulator]
    #[arg(long, value_name = "URL|emulator")]
    target: Option<String>,
    /// Credentials; `TRUEUP_USER` keeps them out of the list of processes
    #[arg(long, value_name = "NAME:SECRET")]
    user: Option<String>,
    /// Token, key or `NAME:SECRET` for a security scheme; may be given several times.
    /// `TRUEUP_CREDENTIAL_SCHEME` keeps it out of the list of processes
    #[arg(long, value_name = "SCHEME=VALUE")]
    credential: Vec<String>,
    /// Header to send with every request; may be given several times
    #[arg(long, value_name = "'K: V'")]
    header: Vec<String>,
    /// Which cases to make from the document itself: off, examples, boundary (both sides of every
    /// bound), or full (every promise about a request broken once) [default: full]
    #[arg(long, value_name = "SIZE")]
    generate: Option<String>,
    /// Seed of everything that is drawn by chance
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Only cases whose name, as `trueup list` prints it, contains this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Cases in flight
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Only this part of the cases
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// Take undocumented properties for broken promises even where the document allows them
    #[arg(long)]
    strict: bool,
    /// It is worth a warning only if the target takes requests that its document forbids: of all
    /// operations, or of this one; may be given several times
    #[arg(
        long,
        value_name = "OPERATION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ANY
    )]
    lenient: Vec<String>,
    /// Longest time for one answer, in seconds [default: 30]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<f64>,
    /// Longest body of one answer, in bytes [default: 16777216]
    #[arg(long, value_name = "BYTES")]
    max_body: Option<usize>,
    /// Longest time to wait for a target that answers 429, in seconds [default: 60]
    #[arg(long, value_name = "SECONDS")]
    patience: Option<f64>,
    /// How long a build of the embedded emulator takes [default: 1]
    #[arg(long, value_name = "SECONDS")]
    build_seconds: Option<f64>,
    /// Create, change and delete things on a target that is not on this machine
    #[arg(long)]
    allow_changes: bool,
    #[command(flatten)]
    references: References,
}

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Report to write, to standard output or a file; may be given several times
    #[arg(long, value_name = "terminal|json|junit|html|github|sarif[=FILE]")]
    pub(super) report: Vec<Report>,
    /// Least share of the contract's promises that must be exercised: statuses, media-types,
    /// parameters, bounds, enum-values, properties, errors or laws; may be given several times
    #[arg(long, value_name = "AXIS=PERCENT")]
    pub(super) min_coverage: Vec<MinCoverage>,
}

/// A demand on the coverage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MinCoverage {
    pub(super) axis: Axis,
    pub(super) percent: f64,
}

impl FromStr for MinCoverage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (axis, percent) = text
            .split_once('=')
            .ok_or("write AXIS=PERCENT, such as statuses=80")?;
        let axis = axis.parse()?;
        let percent = percent
            .parse()
            .ok()
            .filter(|percent| (0.0..=100.0).contains(percent))
            .ok_or_else(|| format!("'{percent}' is no number from 0 to 100"))?;
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
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, file) = match text.split_once('=') {
            Some((_, "")) => return Err("the name of the file is missing".to_owned()),
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
    /// `OpenAPI` Overlay to apply to the document; may be given several times
    #[arg(long, value_name = "FILE|URL")]
    pub(super) overlay: Vec<String>,
    #[command(flatten)]
    pub(super) references: References,
    /// Write JSON for machines
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Serve {
    /// Configuration file [default: trueup.toml in this folder, or the shipped contract]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// `OpenAPI` document to serve
    #[arg(long, value_name = "FILE|URL")]
    spec: Option<String>,
    /// `OpenAPI` Overlay to apply to the document; may be given several times
    #[arg(long, value_name = "FILE|URL")]
    overlay: Vec<String>,
    #[command(flatten)]
    references: References,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) port: u16,
    /// The account that the emulator knows; its secret is right for tokens and keys too
    #[arg(long, value_name = "NAME:SECRET")]
    user: Option<String>,
    /// The right token or key for a security scheme; may be given several times
    #[arg(long, value_name = "SCHEME=VALUE")]
    credential: Vec<String>,
    /// How long a build takes [default: 1]
    #[arg(long, value_name = "SECONDS")]
    build_seconds: Option<f64>,
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
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, figure)) = text.split_once('=') else {
            return Ok(Self {
                name: text.to_owned(),
                figure: None,
            });
        };
        let figure = figure
            .parse()
            .map_err(|_| format!("'{figure}' is no whole number"))?;
        Ok(Self {
            name: name.to_owned(),
            figure: Some(figure),
        })
    }
}

impl From<Selection> for Overrides {
    fn from(selection: Selection) -> Self {
        let Selection {
            config,
            spec,
            overlay,
            fixtures,
            snapshots,
            deviations,
            target,
            user,
            credential,
            header,
            generate,
            seed,
            filter,
            jobs,
            shard,
            strict,
            lenient,
            timeout,
            max_body,
            patience,
            build_seconds,
            allow_changes,
            references,
        } = selection;
        Self {
            config,
            spec,
            overlays: overlay,
            fixtures,
            snapshots,
            deviations,
            target,
            user,
            credentials: credential,
            headers: header,
            generate,
            usual_generate: Some(Size::Full),
            filter,
            jobs,
            shard,
            seed,
            strict,
            lenient,
            timeout,
            max_body,
            patience,
            build_seconds,
            allow_changes,
            allowed_refs: references.into(),
        }
    }
}

impl From<Serve> for Selection {
    fn from(serve: Serve) -> Self {
        Self {
            config: serve.config,
            spec: serve.spec,
            overlay: serve.overlay,
            user: serve.user,
            credential: serve.credential,
            build_seconds: serve.build_seconds,
            references: serve.references,
            ..Self::default()
        }
    }
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
