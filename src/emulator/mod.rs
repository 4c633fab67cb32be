//! A stateful HTTP server made from a contract's resources.
//!
//! The engine is a function from request to response over its own state and knows no API by name;
//! what only one API does is a profile, an implementation of `rules::Rules`, which the
//! document names with `x-trueup-emulator`. The emulator shares the contract's data
//! with the rest of trueup, never the checker's judgement of what is valid.

mod access;
mod answer;
mod body;
mod convention;
mod draft;
mod engine;
mod file;
mod inject;
mod judge;
mod limits;
mod make;
mod multipart;
mod page;
mod place;
mod reason;
mod refusal;
mod rules;
mod schema;
mod sent;
#[cfg(feature = "emulator")]
mod server;
mod serverless;
mod state;
mod style;
mod target;
mod value;
mod written;

pub use engine::{Engine, engine};
#[cfg(feature = "emulator")]
pub use server::Emulator;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How an emulator behaves where the contract leaves it open.
#[derive(Clone)]
pub struct Settings {
    /// The one user name that is let in.
    pub user: String,
    /// The secret of that user.
    pub secret: String,
    /// Tokens and keys by security scheme; where there is none, it is the secret.
    pub credentials: Vec<(String, String)>,
    /// How long a build takes.
    pub build_time: Duration,
    /// Limits to keep, by name, with a figure of their own or the documented one. The name
    /// `documented` stands for all that have one.
    pub limits: Vec<(String, Option<u64>)>,
    /// File that keeps the state, so that a restart loses nothing.
    pub state: Option<PathBuf>,
}

impl Settings {
    /// An emulator that lets one user in and leaves everything else as usual.
    pub fn new(user: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            secret: secret.into(),
            credentials: Vec::new(),
            build_time: Duration::from_secs(1),
            limits: Vec::new(),
            state: None,
        }
    }
}

/// Why an emulator cannot start.
#[derive(Debug)]
pub struct StartError {
    message: String,
}

impl StartError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StartError {}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("user", &self.user)
            .field("secret", &"***")
            .field("credentials", &self.credentials.len())
            .field("build_time", &self.build_time)
            .field("limits", &self.limits)
            .field("state", &self.state)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_not_shown() {
        let settings = Settings::new("me", "hunter2");
        let shown = format!("{settings:?}");
        assert!(shown.contains("me") && !shown.contains("hunter2"));
    }
}
