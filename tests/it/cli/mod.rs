//! The real binary: faces, exit codes, reports, bad input.

mod causes;
mod corrections;
mod coverage;
mod deviations;
mod documents;
mod layers;
mod lenience;
mod load;
mod own_values;
mod project;
mod references;
mod reports;
mod roles;
mod secrets;
mod serve;
mod unusable;
mod walks;
mod warnings;

use std::fs;
use std::path::Path;

use crate::world::binary::{RawServer, Serve, trueup};
use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// One small case, so that tests which need a run stay quick.
const ONE: &str = "FetchAsset::an_asset_is_fetched_as_it_was_created";

#[test]
fn the_shipped_contract_needs_no_configuration() {
    let empty = tempfile::tempdir().unwrap();
    let run = trueup(empty.path(), &["check", "--filter", ONE]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.out.contains("1 passed, 0 failed"), "{run}");
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0);
}

#[test]
fn nothing_ran_is_no_success() {
    for command in [
        &["check", "--filter", "no such case"][..],
        &["list", "--filter", "no such"],
    ] {
        let run = trueup(ROOT, command);
        assert_eq!(run.code, 2, "{run}");
    }
}

#[test]
fn shards_are_a_partition() {
    let names = |arguments: &[&str]| -> Vec<String> {
        let run = trueup(ROOT, arguments);
        run.out.lines().map(str::to_owned).collect()
    };
    let mut all = names(&["list"]);
    let mut parts: Vec<String> = (1..=3)
        .flat_map(|i| names(&["list", "--shard", &format!("{i}/3")]))
        .collect();
    all.sort();
    parts.sort();
    assert!(all.len() > 200);
    assert_eq!(all, parts);
}

#[test]
fn the_json_report_keeps_its_schema_and_the_secret() {
    let server = Serve::start(&["--user", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:s3cr3t&x"]);
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let to_file = format!("json={}", report.display());
    for (user, code) in [("s3cr3t&x", 0), ("wr0ng&secret", 1)] {
        let user = format!("ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:{user}");
        let target = ["--target", &server.url, "--user", &user];
        let arguments = [
            &["check", "--filter", ONE, "--report", &to_file][..],
            &target,
        ]
        .concat();
        let run = trueup(ROOT, &arguments);
        assert_eq!(run.code, code, "{run}");
        let text = fs::read_to_string(&report).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        project::assert_report_keeps_its_schema(&value);
        for secret in ["s3cr3t", "wr0ng", "d3IwbmcmcmVj"] {
            assert!(!text.contains(secret) && !run.out.contains(secret), "{run}");
        }
        if code == 1 {
            let finding = &value["cases"][0]["findings"][0];
            assert_eq!(finding["check"], "status");
            assert!(
                finding["curl"].as_str().unwrap().contains("Basic ***"),
                "{finding}"
            );
        }
    }
}

#[test]
fn reports_to_standard_output() {
    let run = trueup(ROOT, &["check", "--filter", ONE, "--report", "json"]);
    let value: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value["summary"]["passed"], 1);
    let run = trueup(ROOT, &["check", "--report", "json", "--report", "terminal"]);
    assert_eq!(run.code, 2, "{run}");
    let run = trueup(ROOT, &["check", "--report", "json=/no/such/folder/r.json"]);
    assert!(
        run.code == 2 && run.err.contains("/no/such/folder"),
        "{run}"
    );
}

#[test]
fn serve_and_check_in_two_processes() {
    let server = Serve::start(&[]);
    let run = trueup(
        ROOT,
        &["check", "--filter", "FetchAsset", "--target", &server.url],
    );
    assert_eq!(run.code, 0, "{run}");
    let taken = server.url.rsplit_once(':').unwrap().1.to_owned();
    let second = trueup(ROOT, &["serve", "--port", &taken]);
    assert!(second.code == 2 && second.err.contains(&taken), "{second}");
}

#[test]
fn a_live_account_is_never_changed_by_surprise() {
    let run = trueup(ROOT, &["check", "--target", "http://192.0.2.1"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.err.contains("--allow-changes"), "{run}");
}

#[test]
fn inspect_tells_what_the_contract_holds() {
    let overlay = "specs/twilio_serverless_v1.overlay.yaml";
    let arguments = [
        "inspect",
        "specs/twilio_serverless_v1.yaml",
        "--overlay",
        overlay,
    ];
    let run = trueup(ROOT, &arguments);
    assert!(run.code == 0 && run.out.contains("41 operations"), "{run}");
    let json = trueup(ROOT, &[&arguments[..], &["--json"]].concat());
    let value: Value = serde_json::from_str(&json.out).unwrap();
    let build = value["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|resource| resource["name"] == "Build")
        .unwrap();
    assert_eq!(build["parent"], "Service");
    assert_eq!(value["census"]["operations"], 41);
}

#[test]
fn an_unknown_format_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("a.yaml"),
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
         responses:\n        '200':\n          description: d\n          content:\n            \
         application/json:\n              schema: {type: string, format: color}\n",
    )
    .unwrap();
    let run = trueup(folder.path(), &["inspect", "a.yaml"]);
    assert!(
        run.code == 0 && run.out.contains("'color'") && run.out.contains("a.yaml:11"),
        "{run}"
    );
}

#[test]
fn bad_documents_are_clear_errors() {
    let folder = tempfile::tempdir().unwrap();
    let nested = format!("{{\"openapi\": {}", "[".repeat(10_000));
    for (name, text, words) in [
        ("empty.yaml", "", "empty"),
        ("page.json", "<html></html>", "web page"),
        (
            "broken.json",
            "{\n \"openapi\": \"3.0.0\",\n}",
            "broken.json:3",
        ),
        (
            "broken.yaml",
            "openapi: 3.0.0\npaths:\n  /a: [\n",
            "broken.yaml:",
        ),
        ("deep.json", nested.as_str(), "recursion"),
        (
            "twice.json",
            "{\"openapi\": \"3.0.0\",\n\"openapi\": \"3.0.0\"}",
            "twice",
        ),
        ("old.yaml", "swagger: '1.2'\n", "Swagger 2.0"),
        (
            "ref.yaml",
            "openapi: 3.0.0\npaths:\n  /a:\n    $ref: '#/nowhere'\n",
            "ref.yaml:4",
        ),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
        for command in [&["inspect", name][..], &["check", "--spec", name]] {
            let run = trueup(folder.path(), command);
            assert_eq!(run.code, 2, "{name}: {run}");
            assert!(
                run.err.contains(words) && run.err.contains(name),
                "{name}: {run}"
            );
            assert!(!run.err.contains("panicked"), "{name}: {run}");
        }
    }
    let missing = trueup(folder.path(), &["inspect", "missing.yaml"]);
    assert!(
        missing.code == 2 && missing.err.contains("missing.yaml"),
        "{missing}"
    );
}

#[test]
fn mistakes_in_fixtures_are_told_at_once_and_before_any_request() {
    let server = RawServer::start(|_| b"HTTP/1.1 500 no\r\n\r\n".to_vec());
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("fixtures")).unwrap();
    fs::write(
        folder.path().join("fixtures/a.yaml"),
        "scenarios:\n- name: a\n  steps:\n  - operation: FetchAset\n\
         - name: b\n  given: [asset]\n  steps:\n  - operation: UpdateAsset\n    \
         with: { FriendyName: x }\n  - operation: ListAsset\n    with: { PageSize: 0 }\n  \
         - operation: FetchAsset\n    with: { Sid: '{{aset.sid}}' }\n    expct: {}\n",
    )
    .unwrap();
    for name in [
        "twilio_serverless_v1.yaml",
        "twilio_serverless_v1.overlay.yaml",
    ] {
        fs::copy(
            Path::new(ROOT).join("specs").join(name),
            folder.path().join(name),
        )
        .unwrap();
    }
    let run = trueup(
        folder.path(),
        &[
            "check",
            "--spec",
            "twilio_serverless_v1.yaml",
            "--overlay",
            "twilio_serverless_v1.overlay.yaml",
            "--fixtures",
            "fixtures",
            "--target",
            &server.url,
        ],
    );
    assert_eq!(run.code, 2, "{run}");
    for words in [
        "a.yaml:4",
        "did you mean 'FetchAsset'?",
        "a.yaml:9",
        "did you mean 'FriendlyName'?",
        "a.yaml:11",
        "at least 1",
        "did you mean 'asset'?",
        "a.yaml:14",
        "did you mean 'expect'?",
    ] {
        assert!(run.err.contains(words), "{words}: {run}");
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn mistakes_in_the_items_of_a_body_are_told_before_any_request() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("fixtures")).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "a.yaml",
        "openapi: 3.2.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      \
         operationId: add\n      responses: {'204': {description: d}}\n      requestBody:\n        \
         content: {application/jsonl: {itemSchema: {properties: {n: {type: integer}}}}}\n",
    );
    write(
        "fixtures/a.yaml",
        "scenarios:\n- name: a\n  steps:\n  - operation: add\n    body: [{n: 1}, {n: x}]\n",
    );
    let arguments = ["list", "--spec", "a.yaml", "--fixtures", "fixtures"];
    let run = trueup(folder.path(), &arguments);
    let told = "promised at '/1/n' is integer";
    assert!(run.code == 2 && run.err.contains(told), "{run}");
}

/// What a user reads when the target misbehaves as a whole.
#[test]
fn broken_servers_get_a_clear_verdict() {
    let gzip_lie: &[u8] = b"HTTP/1.1 201 OK\r\nContent-Type: application/json\r\n\
        Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}";
    let endless = {
        let mut answer = b"HTTP/1.1 201 OK\r\nContent-Type: application/json\r\n\r\n".to_vec();
        answer.extend(std::iter::repeat_n(b' ', 300_000));
        answer
    };
    for (answer, code, words) in [
        (
            &b"HTTP/1.1 201 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"[..],
            1,
            "the connection ended before the answer was complete",
        ),
        (&b""[..], 1, "the connection ended before the answer began"),
        (&b"SSH-2.0-OpenSSH_9.2\r\n"[..], 1, "the answer is not HTTP"),
        (
            &b"HTTP/1.1 201 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"[..],
            1,
            "the media type text/html is not documented",
        ),
        (
            &b"HTTP/1.1 201 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n\"\xff\""[..],
            1,
            "not UTF-8",
        ),
        (gzip_lie, 1, "the body is not gzip"),
        (&endless, 1, "longer than the limit of 100000 bytes"),
    ] {
        let answer = answer.to_vec();
        let server = RawServer::start(move |_| answer.clone());
        let run = trueup(
            ROOT,
            &["check", "--filter", ONE, "--target", &server.url, "--max-body", "100000"],
        );
        assert_eq!(run.code, code, "{words}: {run}");
        assert!(run.out.contains(words), "{words}: {run}");
        assert!(!run.err.contains("panicked"), "{run}");
    }
}

#[test]
fn a_server_that_hangs_or_is_not_there() {
    let server = RawServer::hanging();
    let arguments = ["check", "--filter", ONE, "--timeout", "0.2", "--target"];
    let run = trueup(ROOT, &[&arguments[..], &[&server.url]].concat());
    assert_eq!(run.code, 1, "{run}");
    assert!(run.out.contains("no complete answer within 0.2 s"), "{run}");
    let gone = server.url.clone();
    drop(server);
    let run = trueup(ROOT, &[&arguments[..], &[&gone]].concat());
    assert_eq!(run.code, 2, "{run}");
    assert!(run.out.contains("no connection to the target"), "{run}");
    assert!(run.out.contains("0 passed, 0 failed, 1 errored"), "{run}");
}

#[test]
fn an_interrupted_run_removes_what_it_created() {
    let server = Serve::start(&["--build-seconds", "30"]);
    let mut check = crate::world::binary::spawn(
        ROOT,
        &[
            "check",
            "--filter",
            "a_build_completes",
            "--target",
            &server.url,
        ],
    );
    let client = crate::world::binary::Client::new(&server.url);
    client.wait_until("/v1/Services", |body| {
        !body["services"].as_array().unwrap().is_empty()
    });
    crate::world::binary::interrupt(&check);
    let code = check.wait().unwrap().code();
    assert_eq!(code, Some(2));
    let left = client.get("/v1/Services");
    assert_eq!(left["services"].as_array().unwrap().len(), 0);
}
