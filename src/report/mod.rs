//! From outcomes to what a person or a machine reads. Findings are put into words and masked once,
//! in `model`.

mod defect;
mod description;
mod escape;
mod github;
mod html;
mod json;
mod junit;
mod model;
mod progress;
mod run;
mod sarif;
mod sentence;
mod terminal;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

pub use description::Description;
pub use json::SCHEMA;
pub use run::Run;
pub use sentence::describe;
pub use terminal::{Heading, Terminal};

use crate::wire::Secrets;

/// A report that is written when the run has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON with the members that [`SCHEMA`] describes.
    Json,
    /// `JUnit` XML, for build servers.
    Junit,
    /// One HTML file, for a browser.
    Html,
    /// Commands that annotate a pull request on GitHub.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 5] = [
        Self::Json,
        Self::Junit,
        Self::Html,
        Self::Github,
        Self::Sarif,
    ];

    /// Writes the report of a run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(self, out: &mut dyn Write, run: &Run<'_>, secrets: &Secrets) -> io::Result<()> {
        let report = model::Report::new(run, secrets);
        match self {
            Self::Json => json::write(out, &report),
            Self::Junit => junit::write(out, &report),
            Self::Html => html::write(out, &report),
            Self::Github => github::write(out, &report),
            Self::Sarif => sarif::write(out, &report),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Html => "html",
            Self::Github => "github",
            Self::Sarif => "sarif",
        })
    }
}

/// A text that is not the name of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Format::ALL.map(|format| format!("`{format}`")).join(", ");
        write!(
            f,
            "`{}` is not a report; expected one of `terminal`, {names}",
            self.0
        )
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL
            .into_iter()
            .find(|format| format.to_string() == text);
        found.ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}
