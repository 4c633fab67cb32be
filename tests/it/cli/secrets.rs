//! Secrets stand in nothing that leaves the program, wherever they travel.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::world::binary::RawServer;

/// The secrets, none of which may be seen, and no long part of them.
const TOKEN: &str = "tok-\"q'&-8d1f6a";
const KEY: &str = "key *+-3c9b27";
const COOKIE: &str = "sid;-5e0a44";
const HEADER: &str = "hdr-7f2d90";
const PARTS: [&str; 5] = ["8d1f6a", "8d1f60", "3c9b27", "5e0a44", "7f2d90"];

/// An operation whose answer repeats what was sent.
fn project(folder: &Path) {
    let answer = json!({"description": "d", "content": {"application/json": {"schema": {
        "type": "object", "properties": {"seen": {"type": "string"}},
    }}}});
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {
            "operationId": "a",
            "security": [{"token": [], "query": [], "sid": [], "head": []}],
            "responses": {"200": answer},
        }}},
        "components": {"securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "query": {"type": "apiKey", "in": "query", "name": "key"},
            "sid": {"type": "apiKey", "in": "cookie", "name": "sid"},
            "head": {"type": "apiKey", "in": "header", "name": "X-Key"},
        }},
    });
    let step = |credentials: &str, seen: &str| {
        let mut step = json!({"operation": "a", "expect": {"status": 200}});
        if !credentials.is_empty() {
            step["credentials"] = json!(credentials);
        }
        if !seen.is_empty() {
            step["expect"]["body"] = json!({"seen": seen});
        }
        json!([step])
    };
    let fixtures = json!({"scenarios": [
        {"name": "an answer that is kept", "steps": step("", "")},
        {"name": "an answer that is told", "steps": step("", "nothing")},
        {"name": "a wrong secret", "steps": step("wrong", "nothing")},
    ]});
    fs::create_dir(folder.join("fixtures")).unwrap();
    fs::write(folder.join("api.json"), document.to_string()).unwrap();
    fs::write(folder.join("fixtures/a.yaml"), fixtures.to_string()).unwrap();
    fs::write(
        folder.join("trueup.toml"),
        format!(
            "spec = 'api.json'\nfixtures = 'fixtures'\nsnapshots = 'snapshots'\n\
             [credentials]\nsid = {COOKIE:?}\n"
        ),
    )
    .unwrap();
}

#[test]
fn tokens_and_keys_stand_nowhere() {
    let server = RawServer::start(|head| {
        let body = json!({"seen": String::from_utf8_lossy(head)}).to_string();
        let length = body.len();
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        )
        .into_bytes()
    });
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    let output = Command::new(env!("CARGO_BIN_EXE_trueup"))
        .current_dir(folder.path())
        .args(["check", "--target", &server.url, "--report", "terminal"])
        .args(["--report", "json=report.json", "--generate", "off"])
        .args(["--credential", &format!("token={TOKEN}")])
        .args(["--header", &format!("X-Key: {HEADER}")])
        .env("TRUEUP_CREDENTIAL_QUERY", KEY)
        .env("INSTA_UPDATE", "always")
        .env_remove("CI")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    let report = fs::read_to_string(folder.path().join("report.json")).unwrap();
    let value: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(value["summary"]["failed"], 2, "{report}");
    assert!(report.contains("X-Key: ***") && report.contains("Cookie: sid=***"));
    assert!(report.contains("?key=***") && report.contains("Bearer ***"));
    let snapshots = files(&folder.path().join("snapshots"));
    assert_eq!(snapshots.len(), 1);
    let mut all = vec![out, err, report];
    all.extend(
        snapshots
            .iter()
            .map(|file| fs::read_to_string(file).unwrap()),
    );
    for text in all {
        for part in PARTS {
            assert!(!text.contains(part), "{part} in {text}");
        }
    }
}

#[test]
fn a_misspelt_scheme_is_named_without_its_secret() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    let arguments = ["check", "--credential", "tokn=8d1f6a"];
    let run = crate::world::binary::trueup(folder.path(), &arguments);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.err.contains("'tokn'") && run.err.contains("token, query"),
        "{run}"
    );
    assert!(!run.err.contains("8d1f6a"), "{run}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
