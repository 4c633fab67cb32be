//! What a generated case costs beside sending it, in CPU time of this process: making it, and
//! judging its answers. The emulator runs in another process, and a bare client loop that sends as
//! many requests to it tells what sending costs.
//!
//! `cargo bench --bench cost`

use std::io::{self, BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tokio::runtime::Builder;
use trueup::Suite;
use trueup::config::{Environment, Layer, resolve};
use trueup::outcome::{Event, Sink};
use trueup::target::Stop;

/// That of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Requests in flight.
const JOBS: usize = 8;
/// How often everything is measured; the best counts.
const ROUNDS: usize = 5;
/// How often a contract is loaded in each round: one time is too short for the clock.
const LOADS: u32 = 10;
/// Ticks of the clock that Linux counts CPU time with, in a second.
const TICKS: f64 = 100.0;
const ACCOUNT: &str = "ACcccccccccccccccccccccccccccccccc";

struct Silent;

impl Sink for Silent {
    fn take(&mut self, _: Event<'_>) {}
}

/// The emulator, in a process that ends with this value.
struct Emulator {
    child: Child,
    url: String,
}

impl Emulator {
    fn start() -> io::Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trueup"))
            .args(["serve", "--build-seconds", "0", "--user"])
            .arg(format!("{ACCOUNT}:secret"))
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let url = line.trim().trim_start_matches("listening on ").to_owned();
        Ok(Self { child, url })
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() -> io::Result<()> {
    if !Path::new("/proc/self/stat").exists() {
        return say("skipped: this system does not tell the CPU time of a process\n");
    }
    let emulator = Emulator::start()?;
    let (mut making, mut running, mut sending) = (f64::MAX, f64::MAX, f64::MAX);
    let (mut cases, mut requests) = (0, 0);
    for _ in 0..ROUNDS {
        let without = loading(&emulator.url, "off")?;
        making = making.min(loading(&emulator.url, "full")? - without);
        let suite = suite(&emulator.url, "full")?;
        let (run, count) = run(&suite)?;
        running = running.min(run);
        (cases, requests) = (suite.cases().len(), count);
        sending = sending.min(bare(&emulator.url, count)?);
    }
    let micros = |time: f64, count: usize| 1e6 * time / count_of(count);
    let judging = running - sending;
    say(&format!(
        "{cases} cases, {requests} requests\n\
         making     {:>6.1} µs a case\n\
         judging    {:>6.1} µs a case, {:.1} µs a request\n\
         sending    {:>6.1} µs a case, {:.1} µs a request\n",
        micros(making, cases),
        micros(judging, cases),
        micros(judging, requests),
        micros(sending, cases),
        micros(sending, requests),
    ))
}

fn say(text: &str) -> io::Result<()> {
    io::Write::write_all(&mut io::stdout(), text.as_bytes())
}

#[expect(clippy::cast_precision_loss, reason = "there are not that many")]
fn count_of(count: usize) -> f64 {
    count as f64
}

/// Seconds for which this process has used some core, in user mode and in the kernel (proc(5)).
fn cpu_time() -> io::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may hold blanks.
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    Ok(ticks / TICKS)
}

fn suite(url: &str, generate: &str) -> io::Result<Suite> {
    let user = format!("{ACCOUNT}:secret");
    let jobs = JOBS.to_string();
    let flags = Layer::of_flags([
        ("target", url),
        ("user", &user),
        ("generate", generate),
        ("jobs", &jobs),
    ]);
    let flags = flags.map_err(io::Error::other)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = resolve(folder, flags, &Environment::default()).map_err(io::Error::other)?;
    settings.source.fixtures = None;
    settings.snapshots.folder = None;
    Suite::load(settings).map_err(io::Error::other)
}

/// CPU time of loading a contract with its cases, on average.
fn loading(url: &str, generate: &str) -> io::Result<f64> {
    let before = cpu_time()?;
    for _ in 0..LOADS {
        suite(url, generate)?;
    }
    Ok((cpu_time()? - before) / f64::from(LOADS))
}

/// CPU time of a run, and the number of its requests.
fn run(suite: &Suite) -> io::Result<(f64, usize)> {
    let session = suite.session().map_err(io::Error::other)?;
    let (_handle, stop) = Stop::new();
    let before = cpu_time()?;
    let (summary, _) = session.run_measured(&suite.coverage(), &mut Silent, &stop);
    let time = cpu_time()? - before;
    if summary.failed + summary.errored > 0 {
        return Err(io::Error::other(format!("not all cases pass: {summary:?}")));
    }
    Ok((time, summary.requests))
}

/// CPU time of a client that sends so many requests, reads the answers and asks nothing of them.
fn bare(url: &str, count: usize) -> io::Result<f64> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .timeout(Duration::from_secs(30))
        .build()
        .map_err(io::Error::other)?;
    let target = format!("{url}/v1/Services");
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let before = cpu_time()?;
    let read = runtime.block_on(
        stream::iter(0..count)
            .map(|_| async {
                let request = client.get(&target).basic_auth(ACCOUNT, Some("secret"));
                request.send().await.ok()?.bytes().await.ok()
            })
            .buffer_unordered(JOBS)
            .filter_map(std::future::ready)
            .count(),
    );
    if read != count {
        return Err(io::Error::other(format!("{read} of {count} were answered")));
    }
    Ok(cpu_time()? - before)
}
