//! A server that is started for the run, found on its port, and stopped with all that it started.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::world::binary::{Run, interrupt, spawn, trueup};

/// A folder with the document of the notes, and a `trueup.toml` that names this command.
fn project(command: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/target/notes.yaml");
    fs::copy(spec, folder.path().join("notes.yaml")).unwrap();
    let configuration = format!("spec = \"notes.yaml\"\nseed = 1\n{command}\n");
    fs::write(folder.path().join("trueup.toml"), configuration).unwrap();
    folder
}

fn check(folder: &tempfile::TempDir, arguments: &[&str]) -> Run {
    let arguments = [&["check", "--generate", "examples"][..], arguments].concat();
    trueup(folder, &arguments)
}

/// The program, as a shell and TOML read it.
fn program() -> &'static str {
    env!("CARGO_BIN_EXE_trueup")
}

/// A file that the command writes the ids of its processes to.
fn ids(folder: &tempfile::TempDir) -> Vec<String> {
    let text = fs::read_to_string(folder.path().join("ids")).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}

fn is_running(id: &str) -> bool {
    // A process that has ended and waits for its parent counts as ended.
    let output = Command::new("ps")
        .args(["-o", "stat=", "-p", id])
        .output()
        .unwrap();
    let state = String::from_utf8(output.stdout).unwrap();
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

fn assert_nothing_is_left(folder: &tempfile::TempDir, count: usize) {
    let ids = ids(folder);
    assert_eq!(ids.len(), count, "{ids:?}");
    for id in ids {
        assert!(!is_running(&id), "process {id} is left");
    }
}

#[test]
fn a_command_is_started_on_a_free_port_and_stopped_with_what_it_started() {
    let folder = project(&format!(
        "target-command = \"sleep 600 & echo $! $$ > ids; \
         exec {} serve --spec notes.yaml --user a:b --port {{port}}\"\nuser = \"a:b\"",
        program()
    ));
    let run = check(&folder, &[]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.out.contains("http://127.0.0.1:"), "{run}");
    assert!(!run.out.contains("embedded emulator"), "{run}");
    assert_nothing_is_left(&folder, 2);
}

#[test]
fn a_command_may_be_a_list_and_read_its_port_from_the_environment() {
    let line = format!("exec {} serve --spec notes.yaml --port $PORT", program());
    let folder = project(&format!("target-command = [\"sh\", \"-c\", \"{line}\"]"));
    let run = check(
        &folder,
        &["--user", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:test-token"],
    );
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn a_command_that_ends_at_once_is_an_error_with_its_last_output() {
    let folder = project("");
    let run = check(
        &folder,
        &[
            "--target-command",
            "echo $$ > ids; echo no database >&2; exit 3",
        ],
    );
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.err
            .contains("ended before it answered (exit status: 3)"),
        "{run}"
    );
    assert!(run.err.contains("  no database"), "{run}");
    assert_nothing_is_left(&folder, 1);
}

#[test]
fn a_command_that_never_listens_is_an_error_and_is_stopped() {
    let folder = project("target-command = \"echo $$ > ids; echo thinking; exec sleep 600\"");
    let run = check(&folder, &["--ready-seconds", "0.3"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.err.contains("did not answer at http://127.0.0.1:"),
        "{run}"
    );
    assert!(run.err.contains("within 0.3 s"), "{run}");
    assert!(run.err.contains("  thinking"), "{run}");
    assert_nothing_is_left(&folder, 1);
}

#[test]
fn a_command_that_ignores_the_request_to_end_is_killed() {
    let folder = project(&format!(
        "target-command = \"trap '' TERM; echo $$ > ids; \
         {} serve --spec notes.yaml --user a:b --port {{port}}; exec sleep 600\"\nuser = \"a:b\"",
        program()
    ));
    let run = check(&folder, &[]);
    assert_eq!(run.code, 0, "{run}");
    assert_nothing_is_left(&folder, 1);
}

#[test]
fn an_interrupt_while_the_command_starts_stops_it() {
    let folder = project("target-command = \"echo $$ > ids; exec sleep 600\"");
    let mut child = spawn(&folder, &["check"]);
    while ids(&folder).is_empty() {
        std::thread::yield_now();
    }
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert_nothing_is_left(&folder, 1);
}

#[test]
fn a_target_and_a_command_of_one_source_are_a_mistake() {
    let folder = project("target-command = \"a\"\ntarget = \"http://127.0.0.1:1\"");
    let run = check(&folder, &[]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.err.contains("both name the target"), "{run}");
    // A flag replaces either.
    let run = check(&folder, &["--target", "emulator"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn secrets_in_the_output_of_a_command_are_masked() {
    let folder = project("target-command = \"echo the token is hunter2hunter2; exit 1\"");
    let run = check(&folder, &["--user", "me:hunter2hunter2"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.err.contains("the token is ***"), "{run}");
}
