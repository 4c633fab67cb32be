//! What the program prints, held against files in `tests/it/snapshots`. After a change that is
//! meant, `INSTA_UPDATE=always cargo test --test it golden` writes them anew, and their diff is
//! reviewed.

use std::fs;

use regex::Regex;
use tempfile::TempDir;

use crate::world::binary::{RawServer, Run, trueup};

/// A document and a case of it.
const DOCUMENT: &str = include_str!("golden/books.yaml");
const FIXTURE: &str = include_str!("golden/book.yaml");

/// A folder with the document and the case.
fn books() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("fixtures")).unwrap();
    fs::write(folder.path().join("books.yaml"), DOCUMENT).unwrap();
    fs::write(folder.path().join("fixtures/book.yaml"), FIXTURE).unwrap();
    folder
}

/// Texts that differ from run to run, and what stands for them in the files.
const VARYING: &[(&str, &str)] = &[
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\d+(\.\d+)? ?(s|ms|µs)\b", "TIME"),
    (r#""seconds": [0-9.e-]+"#, r#""seconds": TIME"#),
    (r#"time="[0-9.]+""#, r#"time="TIME""#),
    (r#"timestamp="[^"]+""#, r#"timestamp="TIME""#),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "TIME"),
    (r#"uuid="[^"]+""#, r#"uuid="UUID""#),
];

fn normal(text: &str) -> String {
    VARYING.iter().fold(text.to_owned(), |text, (form, name)| {
        let form = Regex::new(form).unwrap();
        form.replace_all(&text, *name).into_owned()
    })
}

/// What a run prints, with its exit code.
fn printed(run: &Run) -> String {
    normal(&run.to_string())
}

/// What is printed of a server that sends this body.
fn checked(body: &str, report: &str) -> String {
    let bytes = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let server = RawServer::start(move |_| bytes.clone().into_bytes());
    let folder = books();
    let arguments = ["check", "--spec", "books.yaml", "--fixtures", "fixtures"];
    let target = ["--seed", "1", "--target", &server.url, "--report", report];
    printed(&trueup(folder.path(), &[&arguments[..], &target].concat()))
}

const RIGHT: &str = r#"{"id": 7, "title": "Emma"}"#;
const WRONG: &str = r#"{"id": "seven"}"#;

#[test]
fn help_of_each_command() {
    for command in ["", "check", "list", "inspect", "serve"] {
        let folder = tempfile::tempdir().unwrap();
        let mut arguments = vec!["--help"];
        if !command.is_empty() {
            arguments.insert(0, command);
        }
        let name = format!(
            "help_{}",
            if command.is_empty() {
                "trueup"
            } else {
                command
            }
        );
        insta::assert_snapshot!(name, printed(&trueup(folder.path(), &arguments)));
    }
}

/// Equal seeds make equal cases: a case that comes or goes is a line here.
#[test]
fn the_list_of_generated_cases() {
    for document in ["album", "shelf"] {
        let spec = format!("tests/it/generate/{document}.yaml");
        let arguments = ["list", "--spec", &spec, "--generate", "full", "--seed", "1"];
        let run = trueup(env!("CARGO_MANIFEST_DIR"), &arguments);
        insta::assert_snapshot!(format!("list_{document}"), printed(&run));
    }
}

#[test]
fn inspect_for_people_and_for_machines() {
    let folder = books();
    let run = trueup(folder.path(), &["inspect", "books.yaml"]);
    insta::assert_snapshot!("inspect", printed(&run));
    let run = trueup(folder.path(), &["inspect", "--json", "books.yaml"]);
    insta::assert_snapshot!("inspect_json", printed(&run));
}

#[test]
fn the_terminal_report_of_a_run_that_passed() {
    insta::assert_snapshot!(checked(RIGHT, "terminal"));
}

#[test]
fn the_terminal_report_of_a_run_that_failed() {
    insta::assert_snapshot!(checked(WRONG, "terminal"));
}

#[test]
fn the_reports_for_machines_of_a_run_that_failed() {
    for report in ["json", "junit", "html", "github", "sarif"] {
        insta::assert_snapshot!(format!("report_{report}"), checked(WRONG, report));
    }
}

#[test]
fn the_message_for_a_document_that_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let broken = DOCUMENT.replace("schemas/Book'", "schemas/Boook'");
    fs::write(folder.path().join("books.yaml"), broken).unwrap();
    let run = trueup(folder.path(), &["inspect", "books.yaml"]);
    insta::assert_snapshot!(printed(&run));
}
