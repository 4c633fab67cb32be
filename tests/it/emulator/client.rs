//! A client of emulators that holds every answer against the shipped contract.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use trueup::contract::{self, Contract};
use trueup::emulator::{Emulator, Settings};
use trueup::schema::{Direction, Validators};
use trueup::spec::{Files, load};

pub(crate) const USER: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
pub(crate) const SECRET: &str = "test-token";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) fn shipped() -> Arc<Contract> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let overlay = "specs/twilio_serverless_v1.overlay.yaml".to_owned();
    let document = load(
        &Files::Disk(root),
        "specs/twilio_serverless_v1.yaml",
        &[overlay],
    )
    .unwrap();
    Arc::new(contract::build(document).unwrap())
}

/// The shipped contract, ready to judge answers.
static JUDGE: LazyLock<(Arc<Contract>, Validators)> = LazyLock::new(|| {
    let contract = shipped();
    let responses = contract.operations.iter().flat_map(|o| &o.responses);
    let media = responses.flat_map(|response| &response.media);
    let places: Vec<_> = media
        .filter_map(|media| Some((media.schema.clone()?, Direction::Response)))
        .collect();
    let validators = Validators::compile(&contract.document, places).unwrap();
    (contract, validators)
});

/// Asserts that an answer is what the shipped contract promises.
pub(crate) fn judge(method: &str, url: &str, answer: &Answer) {
    let (contract, validators) = &*JUDGE;
    let path = url.split("://").last().unwrap().split('?').next().unwrap();
    let path = &path[path.find('/').unwrap()..];
    let Some((operation, _)) = contract.route(method, path) else {
        return;
    };
    let response = operation.response(answer.status.into()).unwrap();
    let named = format!("{} {}", operation.id, answer.status);
    for header in response.headers.iter().filter(|header| header.required) {
        assert_ne!(answer.header(&header.name), "", "{named}: {}", header.name);
    }
    let Some(media) = response.media.first() else {
        assert!(answer.body.is_empty(), "{named}");
        return;
    };
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
    let place = media.schema.as_deref().unwrap();
    let violations = validators.violations(place, Direction::Response, &mut body);
    assert!(violations.is_empty(), "{named}: {violations:?} in {body}");
}

pub(crate) fn settings(build_time: Duration) -> Settings {
    Settings {
        build_time,
        ..Settings::new(USER, SECRET)
    }
}

pub(crate) fn start(build_time: Duration) -> Emulator {
    Emulator::start(shipped(), 0, settings(build_time)).unwrap()
}

/// A client of one server.
pub(crate) struct Api {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    base: String,
    pub(crate) authorization: Option<String>,
    /// Whether the shipped contract is served.
    pub(crate) judged: bool,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn json(&self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{text}");
        assert!(self.header("content-type").starts_with("application/json"));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Asserts an error body of Twilio's form and returns its message.
    #[track_caller]
    pub(crate) fn error(&self, status: u16, code: u64) -> String {
        let body = self.json(status);
        let members: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(members, ["code", "message", "more_info", "status"]);
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status);
        let more_info = format!("https://www.twilio.com/docs/errors/{code}");
        assert_eq!(body["more_info"], more_info);
        text(&body, "message").to_owned()
    }
}

impl Api {
    pub(crate) fn new(base: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let credentials = STANDARD.encode(format!("{USER}:{SECRET}"));
        Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            base: base.to_owned(),
            authorization: Some(format!("Basic {credentials}")),
            judged: true,
        }
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let verb = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(verb, &url).body(body.to_vec());
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            Answer {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                body: response.bytes().await.unwrap().to_vec(),
            }
        });
        if self.judged {
            judge(method, &url, &answer);
        }
        answer
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.send("POST", path, &[("Content-Type", FORM)], body.as_bytes())
    }

    pub(crate) fn upload(&self, path: &str, fields: &[(&str, &str)], content: &[u8]) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend(head.bytes().chain(value.bytes()).chain(*b"\r\n"));
        }
        body.extend(
            b"--x\r\nContent-Disposition: form-data; name=\"Content\"; filename=\"a.js\"\r\n\
              Content-Type: application/javascript\r\n\r\n",
        );
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let kind = "multipart/form-data; boundary=x";
        self.send("POST", path, &[("Content-Type", kind)], &body)
    }

    pub(crate) fn service(&self, name: &str) -> Value {
        let form = [("UniqueName", name), ("FriendlyName", "A service")];
        self.post("/v1/Services", &form).json(201)
    }

    /// An asset or function with one version.
    pub(crate) fn version(&self, service: &str, kind: &str, path: &str) -> (Value, Value) {
        let collection = format!("/v1/Services/{service}/{kind}");
        let owner = self.post(&collection, &[("FriendlyName", "x")]).json(201);
        let versions = format!("{collection}/{}/Versions", sid(&owner));
        let fields = [("Path", path), ("Visibility", "public")];
        let version = self.upload(&versions, &fields, b"exports.x = 1;").json(201);
        (owner, version)
    }

    /// All items that following `next_page_url` gives.
    pub(crate) fn walk(&self, path: &str, mut between: impl FnMut()) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = json!(path);
        while let Some(url) = next.as_str() {
            let page = self.get(url).json(200);
            let key = text(&page["meta"], "key").to_owned();
            items.extend(page[&key].as_array().unwrap().iter().cloned());
            next = page["meta"]["next_page_url"].clone();
            between();
        }
        items
    }
}

#[track_caller]
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {value}"))
}

pub(crate) fn sid(value: &Value) -> &str {
    text(value, "sid")
}

/// Asks again until a condition holds.
pub(crate) fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "it never happens"
        );
        thread::yield_now();
    }
}
