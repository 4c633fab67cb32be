//! Why a target cannot be used.

use std::fmt::Write as _;
use std::time::Duration;

use crate::wire::Secrets;

/// Why a target cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The URL is not that of a server.
    #[error("the target '{url}' is no URL ({why}); write emulator or http://HOST:PORT")]
    Url {
        /// The URL as written.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The server is behind TLS, and this program has no TLS.
    #[error("cannot connect to {0}: trueup was built without the feature `tls`")]
    NoTls(String),
    /// The HTTP client cannot be set up.
    #[error("cannot set up the HTTP client: {0}")]
    HttpClient(String),
    /// The system refuses an event loop or a thread.
    #[error("cannot start an event loop: {0}")]
    EventLoop(#[source] std::io::Error),
    /// The system has no free port.
    #[error("there is no free port on 127.0.0.1: {0}")]
    NoPort(#[source] std::io::Error),
    /// The command cannot be run at all.
    #[error("the target's command `{command}` cannot be started: {source}")]
    Spawn {
        /// The command as written.
        command: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The command ended before it accepted a connection.
    #[error("the target's command `{command}` ended before it answered ({status}){}", shown(.output))]
    Exited {
        /// The command as started.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The end of what it printed.
        output: Vec<String>,
    },
    /// The command runs but does not answer.
    #[error(
        "the target's command `{command}` did not answer at {url} within {} s; does it listen on \
         the port in {{port}} or $PORT?{}", .waited.as_secs_f64(), shown(.output)
    )]
    NotReady {
        /// The command as started.
        command: String,
        /// Where a response was expected.
        url: String,
        /// How long trueup waited.
        waited: Duration,
        /// The end of what it printed.
        output: Vec<String>,
    },
    /// The run was interrupted while the target started.
    #[error("interrupted before the target was ready")]
    Interrupted,
}

impl TargetError {
    /// The same error without these secrets, which a command may have printed.
    #[must_use]
    pub fn masked(mut self, secrets: &Secrets) -> Self {
        if let Self::Exited { output, .. } | Self::NotReady { output, .. } = &mut self {
            for line in output {
                *line = secrets.mask(line).into_owned();
            }
        }
        self
    }
}

/// The end of the output of a command, below a message.
fn shown(output: &[String]) -> String {
    if output.is_empty() {
        return "; it printed nothing".to_owned();
    }
    output
        .iter()
        .fold("; its last output:".to_owned(), |mut text, line| {
            let _ = write!(text, "\n  {line}");
            text
        })
}
