//! A server that trueup starts on a free port, waits for, and stops.

use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::error::TargetError;
use super::event_loop::event_loop;
use super::http::Http;
use super::limits::Limits;
use super::process::Process;
use super::stop::Stop;
use super::transport::{Connection, Transport as _};
use crate::wire::{BaseUrl, Headers, Request};

/// What a command's arguments have in place of the port.
const PORT: &str = "{port}";
/// Longest time for one response while the server starts.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause between two tries.
const PROBE_PAUSE: Duration = Duration::from_millis(25);
/// Longest time until a server answers, where the user names none.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A command that serves HTTP on 127.0.0.1. It finds the port in its arguments, where they have
/// `{port}`, and in the environment variable `PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCommand {
    /// What is run.
    pub program: Program,
    /// Environment variables besides `PORT`.
    pub env: Vec<(String, String)>,
    /// The folder to run it in; the current one if there is none.
    pub folder: Option<PathBuf>,
    /// The path that is requested to see whether the server is ready. Any response is enough.
    pub ready_path: String,
    /// Longest time until the server is ready.
    pub ready_within: Duration,
}

/// What a command runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// A line for the shell of the system.
    Shell(String),
    /// A program and its arguments.
    Arguments(Vec<String>),
}

impl Program {
    fn on(&self, port: u16) -> Self {
        let port = port.to_string();
        match self {
            Self::Shell(line) => Self::Shell(line.replace(PORT, &port)),
            Self::Arguments(words) => {
                Self::Arguments(words.iter().map(|word| word.replace(PORT, &port)).collect())
            }
        }
    }

    fn command(&self) -> Command {
        match self {
            Self::Shell(line) if cfg!(windows) => {
                let mut command = Command::new("cmd");
                command.args(["/C", line]);
                command
            }
            Self::Shell(line) => {
                let mut command = Command::new("sh");
                command.args(["-c", line]);
                command
            }
            Self::Arguments(words) => {
                let mut words = words.iter();
                let mut command = Command::new(words.next().map_or("", String::as_str));
                command.args(words);
                command
            }
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shell(line) => f.write_str(line),
            Self::Arguments(words) => f.write_str(&words.join(" ")),
        }
    }
}

impl ServerCommand {
    /// A command with the usual waiting.
    pub fn new(program: Program) -> Self {
        Self {
            program,
            env: Vec::new(),
            folder: None,
            ready_path: "/".to_owned(),
            ready_within: READY_WITHIN,
        }
    }

    /// Starts the command and waits until it responds.
    ///
    /// # Errors
    /// When it cannot be run, ends too early or does not respond in time, or the run is stopped
    /// meanwhile. Nothing is left running then.
    pub(super) fn start(&self, stop: &Stop) -> Result<(Process, BaseUrl), TargetError> {
        let port = free_port().map_err(TargetError::NoPort)?;
        let program = self.program.on(port);
        let mut command = program.command();
        command.env("PORT", port.to_string());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        let mut process =
            Process::start(command, stop.groups()).map_err(|source| TargetError::Spawn {
                command: program.to_string(),
                source,
            })?;
        let limits = Limits {
            timeout: PROBE_TIMEOUT,
            ..Limits::default()
        };
        let http = Http::new(limits)?;
        let runtime = event_loop()?;
        let ready = runtime.block_on(self.wait(&http, &mut process, port, stop));
        let failure = match ready {
            Ok(base) => return Ok((process, base)),
            Err(failure) => failure,
        };
        let command = program.to_string();
        let output = process.stop_for_output();
        Err(match failure {
            NotReady::Interrupted => TargetError::Interrupted,
            NotReady::Exited(status) => TargetError::Exited {
                command,
                status,
                output,
            },
            NotReady::Silent(url) => TargetError::NotReady {
                command,
                url,
                waited: self.ready_within,
                output,
            },
        })
    }

    /// Waits until the server responds, and returns its URL.
    async fn wait(
        &self,
        http: &Http,
        process: &mut Process,
        port: u16,
        stop: &Stop,
    ) -> Result<BaseUrl, NotReady> {
        let started = Instant::now();
        // Some servers listen on the IPv6 address of `localhost` alone.
        let bases = [
            format!("http://127.0.0.1:{port}"),
            format!("http://[::1]:{port}"),
        ]
        .map(BaseUrl::new);
        loop {
            for base in &bases {
                let request = Request {
                    method: "GET".to_owned(),
                    url: format!("{base}{}", self.ready_path),
                    headers: Headers::default(),
                    body: Vec::new(),
                };
                let responded = tokio::select! {
                    exchange = http.send(Arc::new(request), Connection::Fresh) => {
                        exchange.answer.is_ok()
                    }
                    () = ended(process) => false,
                    () = stop.wait() => return Err(NotReady::Interrupted),
                };
                if let Some(status) = process.ended() {
                    return Err(NotReady::Exited(status));
                }
                if responded {
                    return Ok(base.clone());
                }
            }
            if started.elapsed() > self.ready_within {
                return Err(NotReady::Silent(format!("{}{}", bases[0], self.ready_path)));
            }
            tokio::time::sleep(PROBE_PAUSE).await;
        }
    }
}

/// Why a command has not become a server.
enum NotReady {
    Interrupted,
    Exited(ExitStatus),
    /// It does not respond at this URL.
    Silent(String),
}

/// Waits until a process has ended.
async fn ended(process: &mut Process) {
    while process.ended().is_none() {
        tokio::time::sleep(PROBE_PAUSE).await;
    }
}

/// A port that nothing listens on. Another program may take it before the command does; the command
/// then ends and says so.
fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
