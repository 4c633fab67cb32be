//! What the options say, as the small structs that the rest of the program works with.

use std::fmt;
use std::time::Duration;

use super::credentials::Credentials;
use super::value::TargetChoice;
use crate::contract::ResourceOverride;
use crate::generate::Size;
use crate::outcome::Lenience;
use crate::snapshot::Mode;
use crate::spec::Files;
use crate::wire::Headers;

/// All options of a run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The document, and what belongs to it.
    pub source: Source,
    /// The cases.
    pub select: Select,
    /// Where requests go, and in whose name.
    pub target: TargetOptions,
    /// How the cases run and are judged.
    pub run: RunOptions,
    /// The stored snapshots.
    pub snapshots: Snapshots,
    /// The embedded emulator.
    pub emulator: EmulatorOptions,
    /// What the user should know of the configuration before the run.
    pub notes: Vec<String>,
}

/// The document, and the files that belong to it.
#[derive(Clone)]
pub struct Source {
    /// Where the files are.
    pub files: Files,
    /// The `OpenAPI` document.
    pub spec: String,
    /// Overlays, applied in order.
    pub overlays: Vec<String>,
    /// Folder of the fixtures.
    pub fixtures: Option<String>,
    /// File of the known deviations.
    pub deviations: Option<String>,
    /// What the user says of resources where a guess is wrong.
    pub resources: Vec<ResourceOverride>,
    /// How far the references of the document may lead.
    pub allowed_refs: AllowedRefs,
    /// What comes from a configuration file that is for another document.
    pub borrowed: Borrowed,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("spec", &self.spec)
            .field("overlays", &self.overlays)
            .finish_non_exhaustive()
    }
}

/// The values that come from a configuration file whose document is not the one that is tested.
/// They are used as far as they fit; what does not fit is a note, not an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Borrowed {
    /// Where the file sets the folder of the fixtures, if they are borrowed.
    pub fixtures: Option<String>,
    /// Where the file says which operations may accept invalid requests, if this is borrowed.
    pub lenience: Option<String>,
    /// Where the file has the table of credentials, if they are borrowed.
    pub credentials: Option<String>,
    /// Whether what the file says of resources is borrowed.
    pub resources: bool,
}

/// The files that the references of a document may lead to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AllowedRefs {
    /// Files outside the folder of the document.
    pub outside: bool,
    /// Files on other machines.
    pub remote: bool,
}

/// Which cases there are, and which of them run.
#[derive(Debug, Clone, Default)]
pub struct Select {
    /// How many cases are generated from the contract; none if this is `None`.
    pub generate: Option<Size>,
    /// Seed of everything that is random.
    pub seed: u64,
    /// The name of the one case that is wanted; mistakes in other fixtures do not matter then.
    pub only: Option<String>,
    /// A text that the names of the cases must contain.
    pub filter: Option<String>,
    /// A part of the cases: `(1, 3)` is the first of three.
    pub shard: Option<(usize, usize)>,
}

/// Where requests go, and in whose name.
#[derive(Clone)]
pub struct TargetOptions {
    /// The kind of the target.
    pub choice: TargetChoice,
    /// User name and secret for HTTP Basic.
    pub user: Option<(String, String)>,
    /// Where the user name was set, if not by default.
    pub user_origin: Option<String>,
    /// Credentials by security scheme.
    pub credentials: Credentials,
    /// Headers sent with every request.
    pub headers: Headers,
    /// Whether a target that is not on this machine may be changed.
    pub allow_changes: bool,
}

/// Values may be secrets, so they are not shown.
impl fmt::Debug for TargetOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TargetOptions")
            .field("choice", &self.choice)
            .field("allow_changes", &self.allow_changes)
            .finish_non_exhaustive()
    }
}

/// How the cases run and are judged.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Number of cases that run at the same time.
    pub jobs: usize,
    /// Longest time for one complete response.
    pub timeout: Duration,
    /// Longest body of one response in bytes.
    pub max_body: usize,
    /// Longest time to wait for a target that responds with 429.
    pub patience: Duration,
    /// Whether undocumented properties are findings everywhere.
    pub strict: bool,
    /// Where an accepted invalid request is only a warning.
    pub lenience: Lenience,
}

/// The stored snapshots.
#[derive(Debug, Clone)]
pub struct Snapshots {
    /// Their folder, if there are any.
    pub folder: Option<String>,
    /// What may be written.
    pub mode: Mode,
}

/// The embedded emulator.
#[derive(Debug, Clone)]
pub struct EmulatorOptions {
    /// How long a build takes.
    pub build_time: Duration,
    /// The account that the emulator knows where the user names none.
    pub account: (String, String),
}
