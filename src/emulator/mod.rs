//! A stateful HTTP server made from a contract's resources.
//!
//! The engine is a function from request to response over its own state and knows no API by name;
//! what only one API does stands behind `rules::Rules`. The emulator shares the contract's data
//! with the rest of trueup, never the checker's judgement of what is valid.

mod access;
mod answer;
mod body;
mod draft;
mod engine;
mod multipart;
mod page;
mod refusal;
mod rules;
mod schema;
mod server;
mod serverless;
mod state;
mod target;
mod validate;
mod value;

pub use engine::{Engine, engine};
pub use server::Emulator;

use std::fmt;
use std::time::Duration;

/// How an emulator behaves where the contract leaves it open.
#[derive(Clone)]
pub struct Settings {
    /// The one user name that is let in.
    pub user: String,
    /// The secret of that user.
    pub secret: String,
    /// How long a build takes.
    pub build_time: Duration,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("user", &self.user)
            .field("secret", &"***")
            .field("build_time", &self.build_time)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_not_shown() {
        let settings = Settings {
            user: "me".into(),
            secret: "hunter2".into(),
            build_time: Duration::ZERO,
        };
        let shown = format!("{settings:?}");
        assert!(shown.contains("me") && !shown.contains("hunter2"));
    }
}
