//! What the tests that run the real binary share.

use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use serde_json::Value;

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
    let output = command(folder, arguments).output().unwrap();
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

/// A server that answers every request with the same bytes and closes the connection.
pub(crate) struct RawServer {
    pub(crate) url: String,
    requests: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl RawServer {
    pub(crate) fn start(answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Self {
        Self::serve(move |stream, head| {
            let _ = stream.write_all(&answer(head));
            None
        })
    }

    /// A server that takes requests and never answers.
    pub(crate) fn hanging() -> Self {
        Self::answering_some(|_| None)
    }

    /// A server that answers nothing where there are no bytes.
    pub(crate) fn answering_some(
        answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Self {
        Self::serve(move |stream, head| match answer(head) {
            Some(bytes) => {
                let _ = stream.write_all(&bytes);
                None
            }
            None => stream.try_clone().ok(),
        })
    }

    /// A server whose answers have no end.
    pub(crate) fn without_end(answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Self {
        Self::serve(move |stream, head| {
            let _ = stream.write_all(&answer(head));
            stream.try_clone().ok()
        })
    }

    /// `handle` returns a stream that must stay open.
    fn serve(handle: impl Fn(&mut TcpStream, &[u8]) -> Option<TcpStream> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let (counter, stopped) = (Arc::clone(&requests), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream.unwrap();
                let head = read_request(&mut stream);
                if !head.is_empty() {
                    counter.fetch_add(1, Ordering::SeqCst);
                    open.extend(handle(&mut stream, &head));
                }
            }
        });
        Self {
            url,
            requests,
            stop,
            thread: Some(thread),
        }
    }

    /// Number of requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let address = self.url.strip_prefix("http://").unwrap();
        let _ = TcpStream::connect(address);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Reads one request whole, as far as its length is told by `Content-Length`.
fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    let mut length = 0;
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line).unwrap_or(0) == 0 {
            return head;
        }
        let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if let Some(value) = text.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.extend_from_slice(&line);
        if line == b"\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
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
