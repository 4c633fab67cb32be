//! What a run costs before its first request, as ratios that are taken in one run: other machines
//! give other times, but much the same ratios. `cargo bench` prints them.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trueup::contract::{Contract, build};
use trueup::schema::{Direction, Validators};
use trueup::spec::{Files, load};

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often everything is measured; the best time counts.
const ROUNDS: usize = 7;

fn main() {
    if let Some(document) = std::env::args().skip_while(|a| a != "--all-of").nth(1) {
        let compiled = compile_all(Path::new(&document));
        println!("{}", peak());
        drop(compiled);
        return;
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if corpus.is_dir() {
        large(&corpus.join("github.json"), "meta/root");
        small(
            &corpus.join("twilio/twilio_serverless_v1.json"),
            "ListService",
        );
    } else {
        println!("skipped: {} is not there", corpus.display());
    }
    shared_schemas();
}

/// The best of some rounds.
fn best(mut measure: impl FnMut() -> Duration) -> Duration {
    (0..ROUNDS).map(|_| measure()).min().unwrap()
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = work();
    let time = start.elapsed();
    drop(result);
    time
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn parse(document: &Path) -> Duration {
    best(|| timed(|| serde_json::from_slice::<Value>(&std::fs::read(document).unwrap()).unwrap()))
}

fn large(document: &Path, operation: &str) {
    let parse = parse(document);
    let start = best(|| start_to_first_request(document, operation));
    println!(
        "{}: start to first request {:.1} ms, {:.2} of parsing it to a Value ({:.1} ms)",
        document.display(),
        milliseconds(start),
        start.as_secs_f64() / parse.as_secs_f64(),
        milliseconds(parse),
    );
    let all = best(|| timed(|| compile_all(document)));
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--all-of", &document.to_string_lossy()])
        .output()
        .unwrap();
    println!(
        "{}: all response validators {:.1} ms, {:.2} of parsing it; peak {} MB",
        document.display(),
        milliseconds(all),
        all.as_secs_f64() / parse.as_secs_f64(),
        String::from_utf8_lossy(&child.stdout).trim(),
    );
}

fn small(document: &Path, operation: &str) {
    let nothing = best(|| {
        timed(|| {
            let program = env!("CARGO_BIN_EXE_trueup");
            Command::new(program).arg("--version").output().unwrap()
        })
    });
    let start = best(|| start_to_first_request(document, operation));
    println!(
        "{}: start to first request {:.1} ms, a process that does nothing {:.1} ms",
        document.display(),
        milliseconds(start),
        milliseconds(nothing),
    );
}

/// Compiles the schemas of all responses.
fn compile_all(document: &Path) -> (Contract, Validators) {
    let folder = document.parent().unwrap().to_owned();
    let name = document.file_name().unwrap().to_string_lossy();
    let contract = build(load(&Files::Disk(folder), &name, &[]).unwrap()).unwrap();
    let places: Vec<_> = contract
        .operations
        .iter()
        .flat_map(|operation| &operation.responses)
        .flat_map(|response| &response.media)
        .filter_map(|media| Some((media.schema.clone()?, Direction::Response)))
        .collect();
    let validators = Validators::compile(&contract.document, places).unwrap();
    (contract, validators)
}

/// The peak of the memory in MB, where the system tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.map_or("?".to_owned(), |peak| (peak / 1024).to_string())
}

/// Runs the program against a server of its own, and stops it when its first request is there.
fn start_to_first_request(document: &Path, operation: &str) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let scenario = json!({"scenarios": [{"name": "one", "steps": [{"operation": operation}]}]});
    std::fs::write(folder.path().join("one.yaml"), scenario.to_string()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap());
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_trueup"))
        .args(["check", "--spec", &document.to_string_lossy()])
        .args(["--fixtures", &folder.path().to_string_lossy()])
        .args(["--target", &target, "--generate", "off"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    let time = start.elapsed();
    let mut request = [0; 4096];
    let _ = stream.read(&mut request);
    let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    drop((stream, listener));
    let _ = child.wait();
    time
}

/// A document in which every one of many responses reaches the same large schemas.
fn shared_schemas() {
    let folder = tempfile::tempdir().unwrap();
    let write = |responses: usize| -> PathBuf {
        let mut schemas = serde_json::Map::new();
        for i in 0..200 {
            let properties: serde_json::Map<String, Value> = (0..20)
                .map(|j| {
                    let next = format!("#/components/schemas/s{}", (i * 7 + j) % 200);
                    (format!("p{j}"), json!({ "$ref": next }))
                })
                .collect();
            schemas.insert(format!("s{i}"), json!({ "properties": properties }));
        }
        let paths: serde_json::Map<String, Value> = (0..responses)
            .map(|i| {
                let schema = json!({ "$ref": format!("#/components/schemas/s{}", i % 200) });
                let content = json!({ "application/json": { "schema": schema } });
                let answers = json!({ "200": { "description": "d", "content": content } });
                (format!("/p{i}"), json!({ "get": { "responses": answers } }))
            })
            .collect();
        let document = json!({
            "openapi": "3.0.3",
            "info": { "title": "t", "version": "1" },
            "paths": paths,
            "components": { "schemas": schemas },
        });
        let file = folder.path().join(format!("{responses}.json"));
        std::fs::write(&file, document.to_string()).unwrap();
        file
    };
    let times: Vec<f64> = [200, 400, 800]
        .into_iter()
        .map(|responses| {
            let file = write(responses);
            milliseconds(best(|| timed(|| compile_all(&file))))
        })
        .collect();
    println!(
        "200, 400 and 800 responses of the same schemas: {:.1}, {:.1} and {:.1} ms",
        times[0], times[1], times[2]
    );
}
