//! The pet stores of three versions, from a folder beside the project: servers of them that are
//! right, and then have one fault each, checked by the real binary.

mod shop;

use std::path::Path;

use super::{shared, trial};
use crate::slug;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use shop::{Fault, SECRET, Shop, set_body, uploaded};

/// Finds pets by an object in the query, which no pet store does.
const OVERLAY: &str = include_str!("where.overlay.yaml");

/// An upload of some bytes, among them ends of lines.
fn upload(version: &str) -> Value {
    let bytes = json!({"base64": "AAH//g0KLS0=", "filename": "lucy.png"});
    // Before 3.0 no answer tells the id of a new pet.
    let id = match version {
        "2.0" => json!(7000),
        _ => json!("{{pet.id}}"),
    };
    let mut step = json!({
        "operation": "uploadFile",
        "with": {"petId": id, "additionalMetadata": "Lucy", "file": bytes},
        "expect": {"body": {"message": "8 bytes"}},
    });
    // There the body is the file.
    if version == "3.1" {
        step["with"] = json!({"petId": id});
        step["body"] = bytes;
    }
    let pet = json!({
        "operation": "addPet",
        "with": {"id": 7000, "name": "Lucy", "photoUrls": []},
        "save": "pet",
    });
    json!({"scenarios": [{"name": "upload", "steps": [pet, step]}]})
}

/// What the binary finds at a shop with this fault, and the number of cases that passed.
fn check(version: &str, document: &Path, fault: Fault) -> (Vec<String>, u64) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::copy(document, folder.path().join("pets.yaml")).unwrap();
    std::fs::create_dir(folder.path().join("fixtures")).unwrap();
    write("fixtures/upload.yaml", &upload(version).to_string());
    write("where.yaml", OVERLAY);
    // Before 3.0 there is no such parameter.
    let overlays: Vec<String> = match version {
        "2.0" => Vec::new(),
        _ => vec!["where.yaml".to_owned()],
    };
    let server = Shop::open(folder.path(), "pets.yaml", &overlays, fault);
    let (token, key) = (
        format!("petstore_auth={SECRET}"),
        format!("api_key={SECRET}"),
    );
    let url = server.url();
    let mut arguments = vec!["check", "--spec", "pets.yaml", "--fixtures", "fixtures"];
    arguments.extend(["--target", &url, "--generate", "full", "--seed", "1"]);
    arguments.extend(["--credential", &token, "--credential", &key]);
    arguments.extend(["--report", "json=report.json"]);
    for overlay in &overlays {
        arguments.extend(["--overlay", overlay]);
    }
    let run = crate::world::binary::trueup(folder.path(), &arguments);
    let text = std::fs::read_to_string(folder.path().join("report.json"));
    let report: Value =
        serde_json::from_str(&text.unwrap_or_else(|e| panic!("{e}: {run}"))).unwrap();
    let summary = &report["summary"];
    assert_eq!(
        (&summary["errored"], &summary["skipped"]),
        (&json!(0), &json!(0)),
        "{run}"
    );
    assert_eq!(run.code, i32::from(summary["failed"] != 0), "{run}");
    let causes = report["causes"].as_array().unwrap();
    let mut found: Vec<String> = causes
        .iter()
        .map(|cause| {
            let text = |name: &str| cause[name].as_str().unwrap();
            let operations: Vec<&str> = cause["operations"]
                .as_array()
                .unwrap()
                .iter()
                .map(|operation| operation.as_str().unwrap())
                .collect();
            format!(
                "{}: {} at {}",
                operations.join(" "),
                text("check"),
                text("place")
            )
        })
        .collect();
    found.sort();
    found.dedup();
    (found, summary["passed"].as_u64().unwrap())
}

/// Faults, each with what must be found and nothing else.
const FAULTS: &[(&str, &str, Fault)] = &[
    (
        "a number in quotes",
        "getUserByName: schema at body /userStatus",
        |shop, request| {
            let mut response = shop.answer(&request);
            if shop.is(&request, "getUserByName") && response.status == 200 {
                let mut user: Value = serde_json::from_slice(&response.body).unwrap();
                user["userStatus"] = json!("1");
                set_body(&mut response, "application/json", &user.to_string());
            }
            response
        },
    ),
    (
        "a map of texts",
        "getInventory: schema at body /sold",
        |shop, request| {
            let mut response = shop.answer(&request);
            if shop.is(&request, "getInventory") && response.status == 200 {
                set_body(&mut response, "application/json", "{\"sold\": \"3\"}");
            }
            response
        },
    ),
    (
        "XML: a text in place of a number",
        "getPetById: schema at body /id",
        |shop, request| {
            let mut response = shop.answer(&request);
            if shop.is(&request, "getPetById") && response.status == 200 {
                let xml = String::from_utf8(response.body.clone()).unwrap();
                let xml = xml.replacen("<Pet><id>", "<Pet><id>No. ", 1);
                set_body(&mut response, "application/xml", &xml);
            }
            response
        },
    ),
    (
        "an upload cut at the end of a line",
        "uploadFile: expectation at body /message",
        |shop, request| {
            let mut response = shop.answer(&request);
            if shop.is(&request, "uploadFile") && response.status == 200 {
                let bytes = uploaded(&request);
                let line = bytes.split(|byte| *byte == b'\r').next().unwrap();
                let message = format!("{} bytes", line.len());
                let body = json!({"code": 200, "type": "image/png", "message": message});
                set_body(&mut response, "application/json", &body.to_string());
            }
            response
        },
    ),
    (
        "a header that is no number",
        "loginUser: header at header X-Rate-Limit",
        |shop, request| {
            let mut response = shop.answer(&request);
            if shop.is(&request, "loginUser") && response.status == 200 {
                response.headers.push("X-Rate-Limit", "many");
            }
            response
        },
    ),
    (
        "anybody is let in",
        "getPetById: status at status",
        |shop, mut request| {
            if shop.is(&request, "getPetById") {
                request.headers.0.retain(|header| header.name != "api_key");
                request.headers.push("api_key", SECRET);
            }
            shop.answer(&request)
        },
    ),
    (
        "an order outlives its deletion",
        "getOrderById deleteOrder: status at status",
        |shop, request| {
            if shop.is(&request, "deleteOrder") {
                let mut fetch = request.clone();
                "GET".clone_into(&mut fetch.method);
                let mut response = shop.plain(&fetch);
                if response.status == 200 {
                    response.status = trueup::wire::Status(204);
                    response.body.clear();
                    response.headers.0.clear();
                    return response;
                }
            }
            shop.answer(&request)
        },
    ),
];

/// The object in the query is not looked at.
const WHERE: (&str, &str, Fault) = (
    "an object in the query passed over",
    "findPetsByTags: status at status",
    |shop, mut request| {
        if let Some((path, query)) = request.url.split_once('?') {
            let pairs = query.split('&').filter(|pair| !pair.starts_with("where"));
            request.url = format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"));
        }
        shop.answer(&request)
    },
);

fn the_right_shop_passes(version: &str, document: &Path) -> Result<(), String> {
    let (found, passed) = check(version, document, |shop, request| shop.answer(&request));
    if found.is_empty() && passed >= 220 {
        return Ok(());
    }
    Err(format!("{passed} cases passed: {found:#?}"))
}

fn is_found(version: &str, document: &Path, expected: &str, fault: Fault) -> Result<(), String> {
    let (found, _) = check(version, document, fault);
    if found == [expected] {
        return Ok(());
    }
    Err(format!("expected {expected}, found {found:#?}"))
}

/// A test for each version and fault.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for version in ["2.0", "3.0", "3.1"] {
        let document = move || shared(&format!("corpus/readme/{version}/yaml/petstore.yaml"));
        let name = format!("pets::{version}::the_right_shop_passes");
        trials.push(trial(name, document, move |path| {
            the_right_shop_passes(version, &path)
        }));
        let newer = (version != "2.0").then_some(&WHERE);
        for (name, expected, fault) in FAULTS.iter().chain(newer) {
            let name = format!("pets::{version}::{}", slug(name));
            trials.push(trial(name, document, move |path| {
                is_found(version, &path, expected, *fault)
            }));
        }
    }
    trials
}
