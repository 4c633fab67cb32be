//! What judging costs: requests per second of a run, snapshots and report included, beside those of
//! a bare client loop with as many requests in flight against the same server.
//!
//! `cargo bench --bench throughput`

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::Instant;

use axum::Router;
use axum::response::IntoResponse;
use futures_util::stream::{self, StreamExt as _};
use tokio::runtime::{Builder, Runtime};
use trueup::Suite;
use trueup::config::{Environment, Layer, resolve};
use trueup::report::{Format, Heading, Run, Terminal};
use trueup::target::Stop;

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Requests in flight.
const JOBS: usize = 8;
/// Cases, and requests of each.
const CASES: usize = 200;
const STEPS: usize = 50;
/// Pairs of runs; the best of each counts.
const ROUNDS: usize = 5;

/// About as large as an answer of a real API.
const BODY: &str = r#"{"sid":"ZH0123456789abcdef0123456789abcdef","account_sid":"AC0123456789abcdef0123456789abcdef","service_sid":"ZS0123456789abcdef0123456789abcdef","friendly_name":"trueup asset","date_created":"2018-11-10T20:00:00Z","date_updated":"2018-11-10T20:00:00Z","url":"https://example.com/v1/Services/ZS0123456789abcdef0123456789abcdef/Assets/ZH0123456789abcdef0123456789abcdef","tags":["one","two","three"],"size":12345,"owner":{"name":"somebody","email":"somebody@example.com"},"links":{"asset_versions":"https://example.com/v1/Services/ZS0123456789abcdef0123456789abcdef/Assets/ZH0123456789abcdef0123456789abcdef/Versions"}}"#;

const SPEC: &str = "
openapi: 3.0.3
info: {title: Things, version: '1'}
paths:
  /things/{id}:
    get:
      operationId: FetchThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200':
          description: a thing
          content:
            application/json:
              schema:
                type: object
                additionalProperties: false
                required: [sid, account_sid, service_sid, friendly_name, date_created, date_updated, url, tags, size, owner, links]
                properties:
                  sid: {type: string, pattern: '^ZH[0-9a-f]{32}$'}
                  account_sid: {type: string, pattern: '^AC[0-9a-f]{32}$'}
                  service_sid: {type: string, pattern: '^ZS[0-9a-f]{32}$'}
                  friendly_name: {type: string, maxLength: 255}
                  date_created: {type: string, format: date-time}
                  date_updated: {type: string, format: date-time}
                  url: {type: string, format: uri}
                  tags: {type: array, items: {type: string}}
                  size: {type: integer, minimum: 0}
                  owner:
                    type: object
                    required: [name, email]
                    properties: {name: {type: string}, email: {type: string, format: email}}
                  links:
                    type: object
                    additionalProperties: {type: string, format: uri}
";

fn main() -> io::Result<()> {
    let url = serve()?;
    let folder = tempfile::tempdir()?;
    let suite = suite(folder.path(), &url)?;
    // Snapshots are written once and compared from then on.
    checked(&suite)?;
    let (mut bare_best, mut checked_best) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        bare_best = bare_best.max(bare(&url)?);
        checked_best = checked_best.max(checked(&suite)?);
    }
    let report = format!(
        "bare client loop    {bare_best:>8.0} requests/s\n\
         checked, reported   {checked_best:>8.0} requests/s\n\
         ratio               {:>8.2}\n",
        checked_best / bare_best
    );
    io::Write::write_all(&mut io::stdout(), report.as_bytes())
}

/// A server that answers every request with the same body, on a thread that lives as long as the
/// process.
fn serve() -> io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let runtime = runtime()?;
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let answer =
                || async { ([("content-type", "application/json")], BODY).into_response() };
            let router: Router = Router::new().fallback(answer);
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, router).await
        })
    });
    Ok(url)
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Requests per second of a client that reads the answers and asks nothing of them.
fn bare(url: &str) -> io::Result<f64> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .build()
        .map_err(io::Error::other)?;
    let target = format!("{url}/things/one");
    let count = CASES * STEPS;
    let started = Instant::now();
    let read = runtime()?.block_on(
        stream::iter(0..count)
            .map(|_| async {
                let response = client.get(&target).send().await.ok()?;
                response.bytes().await.ok()
            })
            .buffer_unordered(JOBS)
            .filter_map(std::future::ready)
            .count(),
    );
    if read != count {
        return Err(io::Error::other(format!("{read} of {count} were answered")));
    }
    Ok(per_second(count, started))
}

/// Requests per second of a run that judges, compares and reports every answer.
fn checked(suite: &Suite) -> io::Result<f64> {
    let session = suite.session().map_err(io::Error::other)?;
    let (_handle, stop) = Stop::new();
    let heading = Heading {
        contract: "Things 1".to_owned(),
        target_kind: "",
        notes: Vec::new(),
    };
    let mut terminal = Terminal::new(Vec::new(), heading, suite.secrets(), false);
    let started = Instant::now();
    let coverage = suite.coverage();
    let (summary, cases) = session.run_measured(&coverage, &mut terminal, &stop);
    let run = Run {
        target: session.url(),
        seed: 0,
        summary: &summary,
        coverage: &coverage.report(&cases),
        cases: &cases,
    };
    let mut json = Vec::new();
    Format::Json.write(&mut json, &run, &suite.secrets())?;
    if summary.passed != CASES {
        return Err(io::Error::other(format!("not all cases pass: {summary:?}")));
    }
    Ok(per_second(summary.requests, started))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "there are not that many requests"
)]
fn per_second(count: usize, started: Instant) -> f64 {
    count as f64 / started.elapsed().as_secs_f64()
}

fn suite(folder: &Path, url: &str) -> io::Result<Suite> {
    let step = "      - { operation: FetchThing, with: { id: one } }\n";
    let mut fixtures = String::from("scenarios:\n");
    for case in 0..CASES {
        let _ = write!(
            fixtures,
            "  - name: case {case}\n    steps:\n{}",
            step.repeat(STEPS)
        );
    }
    fs::write(folder.join("things.yaml"), SPEC)?;
    fs::create_dir(folder.join("fixtures"))?;
    fs::write(folder.join("fixtures/things.yaml"), fixtures)?;
    let jobs = JOBS.to_string();
    let flags = Layer::of_flags([
        ("spec", "things.yaml"),
        ("fixtures", "fixtures"),
        ("snapshots", "snapshots"),
        ("target", url),
        ("jobs", &jobs),
    ]);
    let flags = flags.map_err(io::Error::other)?;
    let environment = Environment::of([("INSTA_UPDATE", "always")]).map_err(io::Error::other)?;
    let settings = resolve(folder, flags, &environment).map_err(io::Error::other)?;
    Suite::load(settings).map_err(io::Error::other)
}
