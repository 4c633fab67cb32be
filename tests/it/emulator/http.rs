//! Headers, origins, threads, ports, and requests that are no requests.

use std::collections::HashSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use trueup::emulator::{Emulator, engine};
use trueup::wire::{Headers, Request};

use crate::emulator::client::{Api, FORM, SECRET, USER, settings, shipped, sid, start};

#[test]
fn every_answer_has_the_documented_headers() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let form = [("UniqueName", "a"), ("FriendlyName", "b")];
    for answer in [api.post("/v1/Services", &form), api.get("/v1/Services")] {
        assert_eq!(
            answer.header("content-type"),
            "application/json; charset=utf-8"
        );
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert_eq!(answer.header("access-control-expose-headers"), "ETag");
        assert_eq!(
            answer.header("access-control-allow-methods"),
            "GET, POST, DELETE, OPTIONS"
        );
        assert!(
            answer
                .header("access-control-allow-headers")
                .contains("Authorization")
        );
    }
    let options = api.send("OPTIONS", "/v1/Services", &[], b"");
    assert_eq!((options.status, options.body.len()), (204, 0));
    assert_eq!(options.header("allow"), "GET, POST, HEAD, OPTIONS");
    assert_eq!(options.header("access-control-allow-origin"), "*");
    let length = api.get("/v1/Services").body.len().to_string();
    let head = api.send("HEAD", "/v1/Services", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), length);
    let wrong = api.send("PUT", "/v1/Services", &[], b"");
    assert_eq!(wrong.header("allow"), "GET, POST, HEAD, OPTIONS");
    wrong.error(405, 20004);
    api.get("/v2").error(404, 20404);
    api.get("/v1/Services/").error(404, 20404);
}

#[test]
fn threads_lose_and_repeat_nothing() {
    let emulator = start(Duration::ZERO);
    let url = emulator.url().to_owned();
    Api::new(&url).service("a");
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let api = Api::new(&url);
            thread::spawn(move || {
                let create = |i: i32| {
                    let form = [("FriendlyName", &*i.to_string())];
                    let asset = api.post("/v1/Services/a/Assets", &form).json(201);
                    sid(&asset).to_owned()
                };
                (0..40).map(create).collect::<Vec<String>>()
            })
        })
        .collect();
    let made: Vec<String> = threads
        .into_iter()
        .flat_map(|t| t.join().unwrap())
        .collect();
    let unique: HashSet<&String> = made.iter().collect();
    assert_eq!((made.len(), unique.len()), (320, 320));
    let listed = Api::new(&url).walk("/v1/Services/a/Assets", || ());
    let listed: HashSet<String> = listed.iter().map(|asset| sid(asset).to_owned()).collect();
    assert_eq!(listed, made.iter().cloned().collect());
}

#[test]
fn urls_have_the_origin_that_the_client_knows() {
    let emulator = start(Duration::ZERO);
    let api = Api::new(emulator.url());
    let service = api.service("a");
    let headers = [("Host", "serverless.test:81")];
    let seen = api.send("GET", "/v1/Services/a", &headers, b"").json(200);
    let url = format!("http://serverless.test:81/v1/Services/{}", sid(&service));
    assert_eq!(seen["url"], url);
    let list = api
        .send("GET", "/v1/Services?PageSize=7", &headers, b"")
        .json(200);
    let first = "http://serverless.test:81/v1/Services?PageSize=7&Page=0";
    assert_eq!(list["meta"]["url"], first);
}

#[test]
fn a_dropped_emulator_leaves_its_port() {
    let emulator = start(Duration::ZERO);
    let url = emulator.url().to_owned();
    let port: u16 = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let taken = Emulator::start(shipped(), port, settings(Duration::ZERO));
    assert!(taken.is_err());
    let api = Api::new(&url);
    api.service("a");
    // A connection is open and idle, another one is in the middle of a request.
    let mut half = TcpStream::connect(("127.0.0.1", port)).unwrap();
    half.write_all(b"POST /v1/Services HTTP/1.1\r\n").unwrap();
    drop(emulator);
    let mut rest = Vec::new();
    let _ = half.read_to_end(&mut rest);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    let again = Emulator::start(shipped(), port, settings(Duration::ZERO)).unwrap();
    assert_eq!(again.url(), url);
    assert!(Api::new(&url).walk("/v1/Services", || ()).is_empty());
}

#[test]
fn no_request_breaks_the_engine() {
    let engine = engine(shipped(), settings(Duration::ZERO)).unwrap();
    let mut random = fastrand::Rng::with_seed(3);
    let credentials = format!("Basic {}", STANDARD.encode(format!("{USER}:{SECRET}")));
    let service = Request {
        method: "POST".into(),
        url: "http://h/v1/Services".into(),
        headers: Headers::default(),
        body: b"UniqueName=a&FriendlyName=b".to_vec(),
    };
    let with = |mut request: Request, kind: &str| {
        request.headers.push("Authorization", credentials.as_str());
        request.headers.push("Content-Type", kind);
        request
    };
    assert_eq!(engine.answer(&with(service.clone(), FORM)).status, 201);
    let pieces = [
        "/v1",
        "/Services",
        "/a",
        "/Assets",
        "/Builds",
        "/ZS",
        "?",
        "&",
        "=",
        "PageSize",
        "1",
        "Page",
        "%",
        "%2",
        "%ff",
        "#",
        "..",
        "//",
        "PageToken=PT",
        "9999999999999999999999",
        "Dependencies=[",
        "AssetVersions",
        "\"",
        "--x\r\n",
        "{",
        "FunctionVersions=ZN",
        "\u{0}",
        "ä",
        "https://",
        "@",
        ":",
    ];
    for _ in 0..5000 {
        let mut draw = |most| -> String {
            (0..random.usize(..most))
                .map(|_| pieces[random.usize(..pieces.len())])
                .collect()
        };
        let url = if draw(2).is_empty() {
            format!("http://h/v1/Services{}", draw(8))
        } else {
            draw(9)
        };
        let (body, host) = (draw(9).into_bytes(), draw(3));
        let methods = ["GET", "POST", "DELETE", "OPTIONS", "HEAD", "", "X"];
        let kinds = [
            FORM,
            "multipart/form-data; boundary=x",
            "application/json",
            ";",
            "multipart/form-data",
        ];
        let mut request = Request {
            method: methods[random.usize(..methods.len())].into(),
            url,
            headers: Headers::default(),
            body,
        };
        request.headers.push("Host", host);
        let response = engine.answer(&with(request, kinds[random.usize(..kinds.len())]));
        assert!((200..500).contains(&response.status.0));
    }
}

#[test]
fn requests_that_no_library_sends_are_answered() {
    let emulator = start(Duration::ZERO);
    let address = emulator.url().strip_prefix("http://").unwrap();
    let credentials = STANDARD.encode(format!("{USER}:{SECRET}"));
    for (line, status) in [
        ("GET /v1/Services/%zz HTTP/1.1", "404"),
        ("GET /v1/Services/%ff HTTP/1.1", "404"),
        ("GET /v1/Services?PageSize=%ff HTTP/1.1", "400"),
        ("GET http://other/v1/Services HTTP/1.1", "200"),
        ("OPTIONS * HTTP/1.1", "404"),
        (
            &format!("GET /v1/Services?x={} HTTP/1.1", "y".repeat(60_000)),
            "200",
        ),
    ] {
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "{line}\r\nHost: {address}\r\nAuthorization: Basic {credentials}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let shown = &line[..line.len().min(60)];
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{shown}: {answer}"
        );
    }
}
