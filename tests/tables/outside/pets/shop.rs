//! A pet shop: the emulator behind what it does not do itself, written by hand. Pets are told in
//! XML, and what was uploaded is counted.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use trueup::contract::{Contract, build};
use trueup::emulator::{self, Engine};
use trueup::spec::{Files, load};
use trueup::wire::{Header, Request, Response};

use crate::world::server::{Reply, Server};

/// The token and the key that let in.
pub(crate) const SECRET: &str = "special-key";

/// What is wrong with a shop.
pub(crate) type Fault = fn(&Shop, Request) -> Response;

/// A shop that is right.
pub(crate) struct Shop {
    contract: Arc<Contract>,
    engine: Engine,
}

impl Shop {
    /// Opens a shop for a document below a folder, with this fault.
    pub(crate) fn open(folder: &Path, spec: &str, overlays: &[String], fault: Fault) -> Server {
        let document = load(&Files::Disk(folder.to_owned()), spec, overlays).unwrap();
        let contract = Arc::new(build(document).unwrap());
        let settings = emulator::Settings::new("nobody", SECRET);
        let engine = emulator::engine(Arc::clone(&contract), settings).unwrap();
        let shop = Self { contract, engine };
        let server = Server::start().unwrap();
        server.set(Arc::new(move |request| Reply::Whole(fault(&shop, request))));
        server
    }

    /// Whether a request is for an operation.
    pub(crate) fn is(&self, request: &Request, operation: &str) -> bool {
        let (_, rest) = request.url.split_once("://").unwrap();
        let path = &rest[rest.find('/').unwrap()..];
        let path = path.split('?').next().unwrap();
        let routed = self.contract.route(&request.method, path);
        routed.is_some_and(|(found, _)| found.id == operation)
    }

    /// The right answer, in JSON.
    pub(crate) fn plain(&self, request: &Request) -> Response {
        self.engine.answer(request)
    }

    /// The right answer.
    pub(crate) fn answer(&self, request: &Request) -> Response {
        let mut response = self.plain(request);
        if response.status != 200 {
            return response;
        }
        if self.is(request, "getPetById") {
            let pet: Value = serde_json::from_slice(&response.body).unwrap();
            set_body(&mut response, "application/xml", &pet_in_xml(&pet));
        } else if self.is(request, "uploadFile") {
            let message = format!("{} bytes", uploaded(request).len());
            let body = json!({"code": 200, "type": "image/png", "message": message});
            set_body(&mut response, "application/json", &body.to_string());
        }
        response
    }
}

/// The bytes of the file that a request carries, alone or as a part named `file`.
pub(crate) fn uploaded(request: &Request) -> &[u8] {
    let find = |text: &[u8], wanted: &[u8]| {
        let mut windows = text.windows(wanted.len());
        windows.position(|window| window == wanted)
    };
    let content_type = request.headers.text("content-type").unwrap_or_default();
    let Some((_, boundary)) = content_type.split_once("boundary=") else {
        return &request.body;
    };
    let Some(part) = find(&request.body, b"name=\"file\"") else {
        return &[];
    };
    let part = &request.body[part..];
    let content = &part[find(part, b"\r\n\r\n").unwrap() + 4..];
    let end = format!("\r\n--{boundary}");
    &content[..find(content, end.as_bytes()).unwrap()]
}

/// Puts another body into an answer.
pub(crate) fn set_body(response: &mut Response, content_type: &str, body: &str) {
    let mut headers = std::mem::take(&mut response.headers.0);
    headers.retain(|header: &Header| !header.name.eq_ignore_ascii_case("content-type"));
    response.headers.0 = headers;
    response.headers.push("Content-Type", content_type);
    response.body = body.as_bytes().to_vec();
}

/// A pet as its schema names the elements: lists are wrapped, and a tag has the name of its schema.
fn pet_in_xml(pet: &Value) -> String {
    let member = |value: &Value, name: &str| {
        let text = match &value[name] {
            Value::Null => return String::new(),
            Value::String(text) => text.replace('&', "&amp;").replace('<', "&lt;"),
            other => other.to_string(),
        };
        format!("<{name}>{text}</{name}>")
    };
    let named = |value: &Value| member(value, "id") + &member(value, "name");
    let list = |name: &str, one: &dyn Fn(&Value) -> String| {
        let items = pet[name].as_array().into_iter().flatten();
        items.map(one).collect::<String>()
    };
    let photos = list("photoUrls", &|url| {
        member(&json!({"photoUrl": url}), "photoUrl")
    });
    let tags = list("tags", &|tag| format!("<Tag>{}</Tag>", named(tag)));
    let category = &pet["category"];
    let category = match category {
        Value::Null => String::new(),
        _ => format!("<category>{}</category>", named(category)),
    };
    let (id, name, status) = (
        member(pet, "id"),
        member(pet, "name"),
        member(pet, "status"),
    );
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Pet>{id}{category}{name}\
         <photoUrl>{photos}</photoUrl><tag>{tags}</tag>{status}</Pet>"
    )
}
