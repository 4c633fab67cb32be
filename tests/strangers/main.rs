//! Services of other people's making, right by their own documents: nothing is found there.
//!
//! They need Python 3 and a package index. Where these are missing, the tests say that they are
//! skipped.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

/// What the services need.
const PACKAGES: [&str; 3] = ["fastapi", "uvicorn", "connexion[flask,uvicorn]"];

/// A Python that has the packages, in a folder of its own.
fn python() -> Option<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("strangers");
    let python = folder.join("bin/python");
    let is_done = |command: &mut Command| {
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    };
    let imports = ["-c", "import fastapi, uvicorn, connexion"];
    let is_there = is_done(Command::new(&python).args(imports))
        || is_done(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            && is_done(
                Command::new(&python)
                    .args(["-m", "pip", "install"])
                    .args(PACKAGES),
            );
    is_there.then_some(python)
}

/// A running service, and its document.
struct Service {
    child: Child,
    url: String,
    document: PathBuf,
    _folder: tempfile::TempDir,
}

impl Service {
    fn start(script: &str) -> Option<Self> {
        let Some(python) = python() else {
            eprintln!("skipped: there is no Python 3 with {}", PACKAGES.join(", "));
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join(format!("{script}.document"));
        let mut child = Command::new(python)
            .arg(
                Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("tests/strangers")
                    .join(script),
            )
            .arg(&document)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let url = line
            .strip_prefix("listening on ")
            .unwrap()
            .trim()
            .to_owned();
        Some(Self {
            child,
            url,
            document,
            _folder: folder,
        })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Checks a service by its own document, with several seeds.
fn passes(script: &str, least: usize) {
    let Some(service) = Service::start(script) else {
        return;
    };
    for seed in ["1", "2", "3"] {
        let output = Command::new(env!("CARGO_BIN_EXE_trueup"))
            .current_dir(service.document.parent().unwrap())
            .args(["check", "--generate", "full", "--seed", seed])
            .args(["--target", &service.url, "--spec"])
            .arg(&service.document)
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{script}, seed {seed}\n{out}\n{err}"
        );
        let passed = out
            .lines()
            .find_map(|line| line.split_once(" passed, ")?.0.parse::<usize>().ok());
        assert!(passed.is_some_and(|passed| passed >= least), "{out}");
    }
}

#[test]
fn a_fastapi_service_passes() {
    passes("tasks.py", 100);
}

#[test]
fn a_connexion_service_passes() {
    passes("orders.py", 80);
}
