//! Another document of the house whose rules the emulator has.

use std::path::Path;
use std::sync::Arc;

use libtest_mimic::Trial;
use serde_json::Value;
use trueup::contract;
use trueup::emulator::{self, Engine};
use trueup::spec::{Files, load};
use trueup::wire::{Headers, Request, Response};

use super::{shared, trial};
use crate::stage::{AUTHORIZATION, SECRET, USER, json_of};

const BASE: &str = "http://127.0.0.1";

/// The emulator of a document.
struct Api(Engine);

impl Api {
    fn send(&self, method: &str, url: &str, form: &str) -> Response {
        let mut headers = Headers::default();
        headers.push("Authorization", AUTHORIZATION);
        headers.push("Content-Type", "application/x-www-form-urlencoded");
        let path = url.strip_prefix(BASE).unwrap_or(url);
        self.0.answer(&Request {
            method: method.to_owned(),
            url: format!("{BASE}{path}"),
            headers,
            body: form.as_bytes().to_vec(),
        })
    }

    /// The JSON of an answer with this status.
    fn json(&self, method: &str, url: &str, form: &str, status: u16) -> Value {
        let response = self.send(method, url, form);
        let body = String::from_utf8_lossy(&response.body);
        assert_eq!(response.status, status, "{method} {url}: {body}");
        json_of(&response).unwrap_or_default()
    }
}

fn another_document_is_served(folder: &Path) {
    let files = Files::Disk(folder.to_owned());
    let document = load(&files, "twilio_sync_v1.json", &[]).unwrap();
    let contract = Arc::new(contract::build(document).unwrap());
    let settings = emulator::Settings::new(USER, SECRET);
    let api = Api(emulator::engine(contract, settings).unwrap_or_else(|e| panic!("{e}")));

    let service = api.json("POST", "/v1/Services", "FriendlyName=x", 201);
    assert_eq!(service["friendly_name"], "x");
    let sid = service["sid"].as_str().unwrap();
    let url = format!("{BASE}/v1/Services/{sid}");
    assert_eq!(service["url"], url);
    let documents = format!("{url}/Documents");
    for name in ["one", "two", "three"] {
        let form = format!("UniqueName={name}&Data=%7B%22a%22%3A%201%7D");
        let document = api.json("POST", &documents, &form, 201);
        assert_eq!(document["service_sid"], service["sid"]);
        let own = document["url"].as_str().unwrap();
        assert_eq!(api.json("GET", own, "", 200), document);
    }
    let page = api.json("GET", &format!("{documents}?PageSize=2"), "", 200);
    assert_eq!(page["documents"].as_array().unwrap().len(), 2);
    let next = page["meta"]["next_page_url"].as_str().unwrap();
    let next = api.json("GET", next, "", 200);
    assert_eq!(next["documents"][0]["unique_name"], "one");
    assert_eq!(next["meta"]["next_page_url"], Value::Null);
    assert_eq!(api.send("DELETE", &url, "").status, 204);
    api.json("GET", &documents, "", 404);
}

/// The test of this file.
pub(crate) fn trials() -> Vec<Trial> {
    vec![trial(
        "emulator::another_document_of_the_same_house_is_served",
        || {
            let document = shared("corpus/twilio/twilio_sync_v1.json")?;
            Ok(document.with_file_name(""))
        },
        |folder| {
            another_document_is_served(&folder);
            Ok(())
        },
    )]
}
