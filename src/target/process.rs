//! Processes that a run starts, each with all processes that it starts itself.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Time between being asked to end and being killed.
const GRACE: Duration = Duration::from_secs(5);
/// Longest time until all that was printed has been read: a process that has left the group may
/// keep the pipe open.
const OUTPUT_GRACE: Duration = Duration::from_secs(1);
/// Pause between two looks at a process that ends.
const POLL: Duration = Duration::from_millis(10);
/// Lines of output that are kept.
const KEPT_LINES: usize = 20;
/// Bytes of a line that are kept.
const KEPT_LINE_BYTES: u64 = 500;

/// The process groups that a run has started and not stopped yet, by the id of their first process.
#[derive(Debug, Default)]
pub(super) struct Groups(Mutex<Vec<u32>>);

impl Groups {
    fn ids(&self) -> MutexGuard<'_, Vec<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills them all.
    pub(super) fn kill(&self) {
        for id in self.ids().drain(..) {
            signal(id, Signal::Kill);
        }
    }
}

/// A running process. Dropping it stops it and all that it has started.
pub(super) struct Process {
    child: Child,
    groups: Arc<Groups>,
    output: Arc<Mutex<VecDeque<String>>>,
    readers: Vec<JoinHandle<()>>,
}

/// What a process group is told.
#[derive(Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
}

impl Process {
    /// Starts a command in a process group of its own, so that an interrupt of the run does not
    /// reach it before the run has cleaned up.
    ///
    /// # Errors
    /// When the system cannot run it.
    pub(super) fn start(mut command: Command, groups: &Arc<Groups>) -> io::Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt as _;
            command.process_group(0);
        }
        let mut child = command.spawn()?;
        groups.ids().push(child.id());
        let output = Arc::default();
        // The threads end with the last process that can write.
        let stdout = child.stdout.take().map(|out| keep_lines(out, &output));
        let stderr = child.stderr.take().map(|err| keep_lines(err, &output));
        Ok(Self {
            child,
            groups: Arc::clone(groups),
            output,
            readers: stdout.into_iter().chain(stderr).collect(),
        })
    }

    /// How the process has ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Stops the process with all that it has started, and returns the last lines of its output.
    pub(super) fn stop_for_output(mut self) -> Vec<String> {
        self.stop();
        let deadline = Instant::now() + OUTPUT_GRACE;
        while !self.readers.iter().all(JoinHandle::is_finished) && Instant::now() < deadline {
            std::thread::sleep(POLL);
        }
        let lines = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }

    fn stop(&mut self) {
        let id = self.child.id();
        signal(id, Signal::Terminate);
        let deadline = Instant::now() + GRACE;
        loop {
            let has_ended = self.ended().is_some();
            // What it has started may take longer to end.
            if has_ended && !is_alive(id) || Instant::now() > deadline {
                break;
            }
            std::thread::sleep(POLL);
        }
        signal(id, Signal::Kill);
        if self.ended().is_none() {
            // On systems without process groups the process alone.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        self.groups.ids().retain(|known| *known != id);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Keeps the last lines of a stream, so that the process never waits for a reader.
fn keep_lines(
    stream: impl Read + Send + 'static,
    output: &Arc<Mutex<VecDeque<String>>>,
) -> JoinHandle<()> {
    let output = Arc::clone(output);
    std::thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        loop {
            let mut line = Vec::new();
            match stream
                .by_ref()
                .take(KEPT_LINE_BYTES)
                .read_until(b'\n', &mut line)
            {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let mut lines = output.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() == KEPT_LINES {
                lines.pop_front();
            }
            lines.push_back(line);
        }
    })
}

#[cfg(unix)]
fn signal(group: u32, signal: Signal) {
    use rustix::process::{Pid, kill_process_group};
    let group = i32::try_from(group).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        let signal = match signal {
            Signal::Terminate => rustix::process::Signal::TERM,
            Signal::Kill => rustix::process::Signal::KILL,
        };
        // A group that has ended needs no signal.
        let _ = kill_process_group(group, signal);
    }
}

#[cfg(unix)]
fn is_alive(group: u32) -> bool {
    use rustix::process::{Pid, test_kill_process_group};
    let group = i32::try_from(group).ok().and_then(Pid::from_raw);
    group.is_some_and(|group| test_kill_process_group(group).is_ok())
}

#[cfg(not(unix))]
fn signal(_: u32, _: Signal) {}

#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    false
}
