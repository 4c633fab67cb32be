//! Services of other people's making, right by their own documents: nothing is found there.
//!
//! They need Python 3 or Node, and a package index. Where these are missing, the tests are ignored.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use libtest_mimic::Trial;

use super::trial;

/// What the services need.
const PYTHON_PACKAGES: [&str; 3] = ["fastapi", "uvicorn", "connexion[flask,uvicorn]"];
const NODE_PACKAGES: [&str; 4] = ["fastify", "@fastify/swagger", "ajv", "ajv-formats"];

/// A folder for packages. One test at a time fills it.
fn packages(name: &str) -> (PathBuf, MutexGuard<'static, ()>) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let turn = ONE_AT_A_TIME.lock();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    (folder, turn.unwrap_or_else(PoisonError::into_inner))
}

fn is_done(command: &mut Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// A Python that has the packages, in a folder of its own.
fn python() -> Result<Command, String> {
    let (folder, _turn) = packages("strangers");
    let python = || Command::new(folder.join("bin/python"));
    let imports = ["-c", "import fastapi, uvicorn, connexion"];
    let is_there = is_done(python().args(imports))
        || is_done(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            && is_done(
                python()
                    .args(["-m", "pip", "install"])
                    .args(PYTHON_PACKAGES),
            );
    let packages = || PYTHON_PACKAGES.join(", ");
    is_there
        .then(python)
        .ok_or_else(|| format!("there is no Python 3 with {}", packages()))
}

/// A Node that has the packages, in a folder of its own.
fn node() -> Result<Command, String> {
    let (folder, _turn) = packages("strangers-node");
    let node = || {
        let mut node = Command::new("node");
        node.env("NODE_PATH", folder.join("node_modules"));
        node
    };
    let imports = NODE_PACKAGES.map(|name| format!("require('{name}');"));
    let install = [
        "install",
        "--no-audit",
        "--no-fund",
        "--loglevel",
        "error",
        "--prefix",
    ];
    let is_there = is_done(node().arg("-e").arg(imports.concat()))
        || is_done(
            Command::new("npm")
                .args(install)
                .arg(&folder)
                .args(NODE_PACKAGES),
        );
    let packages = || NODE_PACKAGES.join(", ");
    is_there
        .then(node)
        .ok_or_else(|| format!("there is no Node with {}", packages()))
}

/// A running service, and its document.
struct Service {
    child: Child,
    url: String,
    document: PathBuf,
    _folder: tempfile::TempDir,
}

impl Service {
    /// Starts a script, which gets these words beside the place for its document.
    fn start(mut interpreter: Command, script: &str, words: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join(format!("{script}.document"));
        let mut child = interpreter
            .arg(
                Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("tests/tables/outside/strangers")
                    .join(script),
            )
            .arg(&document)
            .args(words)
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
        Self {
            child,
            url,
            document,
            _folder: folder,
        }
    }

    /// Checks it by its own document.
    fn check(&self, seed: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_trueup"))
            .current_dir(self.document.parent().unwrap())
            .args(["check", "--generate", "full", "--seed", seed])
            .args(["--target", &self.url, "--spec"])
            .arg(&self.document)
            .output()
            .unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Checks a service with several seeds: nothing is found.
fn passes(interpreter: Command, script: &str, least: usize) {
    let service = Service::start(interpreter, script, &[]);
    for seed in ["1", "2", "3"] {
        let output = service.check(seed);
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

/// The tests of this file.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("strangers::a_fastapi_service_passes", python, |python| {
            passes(python, "tasks.py", 100);
            Ok(())
        }),
        trial("strangers::a_connexion_service_passes", python, |python| {
            passes(python, "orders.py", 80);
            Ok(())
        }),
        trial("strangers::a_fastify_service_passes", node, |node| {
            passes(node, "parts.cjs", 100);
            Ok(())
        }),
        trial(
            "strangers::a_fastify_service_that_mends_what_it_gets_fails",
            node,
            |node| {
                a_fastify_service_that_mends_what_it_gets_fails(node);
                Ok(())
            },
        ),
    ]
}

fn a_fastify_service_that_mends_what_it_gets_fails(node: Command) {
    let service = Service::start(node, "parts.cjs", &["faulty"]);
    let output = service.check("1");
    let out = String::from_utf8_lossy(&output.stdout);
    for case in [
        "createPart::stock_is_null",
        "createPart::tags_of_another_type",
        "createPart::body_with_an_unknown_member",
        "createPart::size_with_an_unknown_member",
        "changePart::body_with_an_unknown_member",
    ] {
        assert!(out.contains(&format!("FAILED {case}\n")), "{case}\n{out}");
    }
    assert_eq!(output.status.code(), Some(1), "{out}");
}
