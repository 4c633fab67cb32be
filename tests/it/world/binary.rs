//! What the tests that run the real binary share.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use trueup::wire::Request;

use super::server::{Reply, Server};

/// The account that the emulator knows unless it is told another.
const AUTHORIZATION: &str =
    "Authorization: Basic QUNhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTp0ZXN0LXRva2Vu";

/// A finished run of the binary.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, out, err } = self;
        write!(f, "exit code {code}\n--- out\n{out}\n--- err\n{err}")
    }
}

fn command(folder: impl AsRef<Path>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    command.current_dir(folder).args(arguments);
    for name in [
        "TRUEUP_TARGET",
        "TRUEUP_USER",
        "TRUEUP_ALLOW_CHANGES",
        "INSTA_UPDATE",
    ] {
        command.env_remove(name);
    }
    // Tests of other things run their own cases only.
    command.env("TRUEUP_GENERATE", "off");
    // Tests write no pending snapshots into the project.
    command.env("CI", "true");
    command
}

/// Runs the binary to its end.
pub(crate) fn trueup(folder: impl AsRef<Path>, arguments: &[&str]) -> Run {
    trueup_with(folder, arguments, &[])
}

/// The same, with these environment variables.
pub(crate) fn trueup_with(
    folder: impl AsRef<Path>,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Run {
    let mut command = command(folder, arguments);
    let output = command.envs(variables.iter().copied()).output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Starts the binary.
pub(crate) fn spawn(folder: impl AsRef<Path>, arguments: &[&str]) -> Child {
    command(folder, arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Sends the interrupt signal to a child of this test.
pub(crate) fn interrupt(child: &Child) {
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// A running `trueup serve`.
pub(crate) struct Serve {
    child: Child,
    pub(crate) url: String,
}

impl Serve {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, Stdio::inherit())
    }

    /// The same, with what it says on standard error written somewhere.
    pub(crate) fn start_with(arguments: &[&str], errors: impl Into<Stdio>) -> Self {
        let arguments = [&["serve"][..], arguments].concat();
        let mut child = command(env!("CARGO_MANIFEST_DIR"), &arguments)
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .strip_prefix("listening on ")
            .unwrap()
            .trim()
            .to_owned();
        Self { child, url }
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A server that sends the same bytes to every request and closes the connection.
pub(crate) struct RawServer {
    pub(crate) url: String,
    requests: Arc<AtomicUsize>,
    _server: Server,
}

impl RawServer {
    /// A server whose handler gets the head of each request.
    pub(crate) fn start(answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::serve(move |head| Reply::Bytes(answer(head)))
    }

    /// A server that accepts requests and never responds.
    pub(crate) fn hanging() -> Self {
        Self::serve(|_| Reply::Open(Vec::new()))
    }

    /// A server that never responds where there are no bytes.
    pub(crate) fn answering_some(
        answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        Self::serve(move |head| answer(head).map_or(Reply::Open(Vec::new()), Reply::Bytes))
    }

    /// A server whose responses have no end.
    pub(crate) fn without_end(answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::serve(move |head| Reply::Open(answer(head)))
    }

    fn serve(reply: impl Fn(&[u8]) -> Reply + Send + Sync + 'static) -> Self {
        let server = Server::start().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        server.set(Arc::new(move |request| {
            counter.fetch_add(1, Ordering::SeqCst);
            reply(&head_of(&request))
        }));
        Self {
            url: server.url(),
            requests,
            _server: server,
        }
    }

    /// Number of requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// The head of a request as it was sent.
fn head_of(request: &Request) -> Vec<u8> {
    let path = request.url.splitn(4, '/').nth(3).unwrap_or_default();
    let mut head = format!("{} /{path} HTTP/1.1\r\n", request.method).into_bytes();
    for header in &request.headers.0 {
        head.extend_from_slice(header.name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(&header.value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// A small client of the emulator.
pub(crate) struct Client {
    address: String,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            address: url.strip_prefix("http://").unwrap().to_owned(),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.ask("GET", path, "")
    }

    pub(crate) fn post(&self, path: &str, form: &str) -> Value {
        self.ask("POST", path, form)
    }

    fn ask(&self, method: &str, path: &str, form: &str) -> Value {
        let answer = self.answer(method, path, form);
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    /// The status of an answer.
    pub(crate) fn status(&self, method: &str, path: &str) -> u16 {
        let answer = self.answer(method, path, "");
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn answer(&self, method: &str, path: &str, form: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (address, length) = (&self.address, form.len());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{AUTHORIZATION}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{form}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks until the answer is right.
    pub(crate) fn wait_until(&self, path: &str, right: impl Fn(&Value) -> bool) {
        while !right(&self.get(path)) {
            std::thread::yield_now();
        }
    }
}
