//! From the flags of a command to settled values.

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

use super::error::CliError;
use super::flags::Flags;
use crate::config::{self, Environment, Layer, Settings};
use crate::generate::Size;

/// Writes notes to standard error, since standard output is for results.
pub(super) fn say(notes: impl IntoIterator<Item = impl Display>) {
    for note in notes {
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
}

fn current_folder() -> Result<PathBuf, CliError> {
    std::env::current_dir().map_err(CliError::NoFolder)
}

pub(super) fn has_configuration() -> bool {
    current_folder().is_ok_and(|folder| config::find(&folder).is_some())
}

/// The settled values of a command.
pub(super) fn settle<S>(flags: &Flags<S>) -> Result<Settings, CliError> {
    settle_layer(flags.layer()?)
}

/// The settled values of a command whose flags are this layer.
pub(super) fn settle_layer(flags: Layer) -> Result<Settings, CliError> {
    let environment = Environment::read()?;
    // `cargo test` runs the fixtures alone unless the configuration says otherwise.
    let defaults = Layer::default().generate(Size::Full);
    let settings = config::resolve_over(&current_folder()?, flags, &environment, defaults)?;
    Ok(settings)
}
