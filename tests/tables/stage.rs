//! The emulator behind a fault, and the words in which faults are written.

use std::sync::Arc;

use form_urlencoded::Serializer;
use serde_json::{Value, json};
use trueup::contract::{Contract, Operation};
use trueup::emulator::Engine;
use trueup::place::pointer;
use trueup::wire::{Header, Headers, Request, Response, Status};

use crate::world::server::Reply;

/// The name of the account that is let in.
pub(crate) const USER: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// Its secret.
pub(crate) const SECRET: &str = "test-token";
/// `USER:SECRET` as `Authorization` says it.
pub(crate) const AUTHORIZATION: &str =
    "Basic QUNhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTp0ZXN0LXRva2Vu";

/// All operations.
pub(crate) const ANY: &[&str] = &[];

/// Makes the replies of a server that is wrong on purpose.
pub(crate) type Fault = Box<dyn FnMut(&Stage, Request) -> Reply + Send>;

/// The emulator, which is right.
pub(crate) struct Stage {
    pub(crate) contract: Arc<Contract>,
    pub(crate) engine: Engine,
    pub(crate) base: String,
}

impl Stage {
    /// The right answer.
    pub(crate) fn answer(&self, request: &Request) -> Response {
        self.engine.answer(request)
    }

    /// The right answer to the account's own request.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Response {
        self.answer(&self.request(method, path, &[]))
    }

    /// The JSON of a successful GET.
    pub(crate) fn get(&self, path: &str) -> Option<Value> {
        let response = self.ask("GET", path);
        (response.status == 200).then(|| json_of(&response))?
    }

    /// A request of the account with a form.
    pub(crate) fn request(&self, method: &str, path: &str, form: &[(&str, &str)]) -> Request {
        let mut headers = Headers::default();
        headers.push("Authorization", AUTHORIZATION);
        headers.push("Content-Type", "application/x-www-form-urlencoded");
        Request {
            method: method.to_owned(),
            url: format!("{}{path}", self.base),
            headers,
            body: Serializer::new(String::new())
                .extend_pairs(form)
                .finish()
                .into_bytes(),
        }
    }

    /// The operation of a request.
    pub(crate) fn operation(&self, request: &Request) -> Option<&Operation> {
        let (operation, _) = self.contract.route(&request.method, path_of(request))?;
        Some(operation)
    }

    /// Whether a request is for one of these operations.
    pub(crate) fn is(&self, request: &Request, operations: &[&str]) -> bool {
        self.operation(request).is_some_and(|operation| {
            operations.is_empty() || operations.contains(&operation.id.as_str())
        })
    }

    /// The part of an absolute URL behind the base.
    pub(crate) fn path<'a>(&self, url: &'a str) -> &'a str {
        url.strip_prefix(&self.base).unwrap_or(url)
    }
}

// ---- requests and responses ------------------------------------------------------------------------

/// The path of a request, without its query.
pub(crate) fn path_of(request: &Request) -> &str {
    path_and_query(request).0
}

/// Path and query of a request.
pub(crate) fn path_and_query(request: &Request) -> (&str, &str) {
    let behind_scheme = request.url.find("://").map_or(0, |at| at + 3);
    let path = request.url[behind_scheme..]
        .find('/')
        .map_or("", |at| &request.url[behind_scheme + at..]);
    path.split_once('?').unwrap_or((path, ""))
}

/// The path of a request without its last segment: the collection of an item.
pub(crate) fn parent_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The last segment of a path.
pub(crate) fn last_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// The same request for another path.
pub(crate) fn readdress(request: &mut Request, path: &str) {
    let old = path_of(request).to_owned();
    request.url = request.url.replacen(&old, path, 1);
}

/// Whether a status is a success.
pub(crate) fn is_success(response: &Response) -> bool {
    response.status.is_success()
}

/// The JSON of a response.
pub(crate) fn json_of(response: &Response) -> Option<Value> {
    serde_json::from_slice(&response.body).ok()
}

/// A response with JSON, and with the headers that every success has.
pub(crate) fn with_json(status: u16, body: &Value) -> Response {
    let mut headers = Headers::default();
    headers.push("Content-Type", "application/json");
    for (name, value) in [
        ("Origin", "*"),
        ("Methods", "GET, POST, DELETE, OPTIONS"),
        ("Headers", "Authorization"),
        ("Credentials", "true"),
    ] {
        headers.push(format!("Access-Control-Allow-{name}"), value);
    }
    headers.push("Access-Control-Expose-Headers", "ETag");
    Response {
        status: Status(status),
        headers,
        body: body.to_string().into_bytes(),
    }
}

/// A response without a body.
pub(crate) fn empty(status: u16) -> Response {
    Response {
        status: Status(status),
        headers: Headers::default(),
        body: Vec::new(),
    }
}

/// A refusal as this API writes it.
pub(crate) fn refusal(status: u16, code: u32) -> Response {
    let body = json!({
        "code": code,
        "message": "planted",
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status,
    });
    with_json(status, &body)
}

/// Sets a header in place of all others of that name.
pub(crate) fn set_header(headers: &mut Headers, name: &str, value: &str) {
    remove_header(headers, name);
    headers.push(name, value);
}

/// Removes a header.
pub(crate) fn remove_header(headers: &mut Headers, name: &str) {
    headers
        .0
        .retain(|header: &Header| !header.name.eq_ignore_ascii_case(name));
}

/// Puts right credentials in place of those that were sent.
pub(crate) fn let_in(request: &mut Request) {
    set_header(&mut request.headers, "Authorization", AUTHORIZATION);
}

/// The pairs of a form.
pub(crate) fn form_of(request: &Request) -> Vec<(String, String)> {
    form_urlencoded::parse(&request.body).into_owned().collect()
}

/// The first value of a field of a form.
pub(crate) fn field_of(request: &Request, name: &str) -> Option<String> {
    form_of(request)
        .into_iter()
        .find_map(|(own, value)| (own == name).then_some(value))
}

/// Changes the pairs of a form.
pub(crate) fn edit_form(request: &mut Request, edit: impl FnOnce(&mut Vec<(String, String)>)) {
    let mut pairs = form_of(request);
    edit(&mut pairs);
    request.body = Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
        .into_bytes();
}

/// Changes the query of a request.
pub(crate) fn edit_query(request: &mut Request, edit: impl FnOnce(&mut Vec<(String, String)>)) {
    let (path, query) = path_and_query(request);
    let (path, mut pairs) = (
        path.to_owned(),
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
    );
    edit(&mut pairs);
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    let end = request.url.find(&path).unwrap_or_default() + path.len();
    request.url.truncate(end);
    if !query.is_empty() {
        request.url.push('?');
        request.url.push_str(&query);
    }
}

/// Changes a field of a form or of a multipart body, where it is sent.
pub(crate) fn edit_field(request: &mut Request, name: &str, edit: impl FnOnce(&str) -> String) {
    let is_multipart = request
        .headers
        .text("content-type")
        .is_some_and(|value| value.starts_with("multipart/"));
    if !is_multipart {
        edit_form(request, |pairs| {
            if let Some((_, value)) = pairs.iter_mut().find(|(own, _)| own == name) {
                *value = edit(value);
            }
        });
        return;
    }
    let text = String::from_utf8_lossy(&request.body).into_owned();
    let part = format!("name=\"{name}\"");
    let begin = text
        .find(&part)
        .and_then(|at| Some(at + text[at..].find("\r\n\r\n")? + 4));
    let end = begin.and_then(|begin| Some(begin + text[begin..].find("\r\n--")?));
    if let (Some(begin), Some(end)) = (begin, end) {
        let value = edit(&text[begin..end]);
        request.body = format!("{}{value}{}", &text[..begin], &text[end..]).into_bytes();
    }
}

/// All values at a JSON pointer in which `*` stands for every item of an array.
pub(crate) fn visit(value: &mut Value, place: &str, edit: &mut dyn FnMut(&mut Value)) {
    let Some(rest) = place.strip_prefix('/') else {
        edit(value);
        return;
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let (token, rest) = rest.split_at(end);
    match value {
        Value::Array(items) if token == "*" => {
            for item in items {
                visit(item, rest, edit);
            }
        }
        Value::Object(members) => {
            if let Some(member) = members.get_mut(token) {
                visit(member, rest, edit);
            }
        }
        _ => {}
    }
}

// ---- faults ----------------------------------------------------------------------------------------

/// Changes requests on their way in.
pub(crate) fn before(
    operations: &'static [&'static str],
    mut edit: impl FnMut(&Stage, &mut Request) + Send + 'static,
) -> Fault {
    Box::new(move |stage, mut request| {
        if stage.is(&request, operations) {
            edit(stage, &mut request);
        }
        Reply::Whole(stage.answer(&request))
    })
}

/// Answers some requests itself.
pub(crate) fn instead(
    operations: &'static [&'static str],
    mut answer: impl FnMut(&Stage, &Request) -> Option<Reply> + Send + 'static,
) -> Fault {
    Box::new(move |stage, request| {
        let own = if stage.is(&request, operations) {
            answer(stage, &request)
        } else {
            None
        };
        own.unwrap_or_else(|| Reply::Whole(stage.answer(&request)))
    })
}

/// Changes answers on their way out.
pub(crate) fn after(
    operations: &'static [&'static str],
    mut edit: impl FnMut(&Stage, &Request, &mut Response) + Send + 'static,
) -> Fault {
    Box::new(move |stage, request| {
        let mut response = stage.answer(&request);
        if stage.is(&request, operations) {
            edit(stage, &request, &mut response);
        }
        Reply::Whole(response)
    })
}

/// Changes successful answers on their way out.
pub(crate) fn after_success(
    operations: &'static [&'static str],
    mut edit: impl FnMut(&Stage, &Request, &mut Response) + Send + 'static,
) -> Fault {
    after(operations, move |stage, request, response| {
        if is_success(response) {
            edit(stage, request, response);
        }
    })
}

/// Changes the JSON of successful answers.
pub(crate) fn body(
    operations: &'static [&'static str],
    mut edit: impl FnMut(&Stage, &Request, &mut Value) + Send + 'static,
) -> Fault {
    after_success(operations, move |stage, request, response| {
        if let Some(mut body) = json_of(response) {
            edit(stage, request, &mut body);
            response.body = body.to_string().into_bytes();
        }
    })
}

/// Changes the values at a place of successful answers.
pub(crate) fn at(
    operations: &'static [&'static str],
    place: &'static str,
    mut edit: impl FnMut(&mut Value) + Send + 'static,
) -> Fault {
    body(operations, move |_, _, body| visit(body, place, &mut edit))
}

/// Changes the texts at a place of successful answers.
pub(crate) fn text(
    operations: &'static [&'static str],
    place: &'static str,
    mut edit: impl FnMut(&str) -> String + Send + 'static,
) -> Fault {
    at(operations, place, move |value| {
        if let Some(text) = value.as_str() {
            *value = Value::from(edit(text));
        }
    })
}

/// Puts a value at a place of successful answers.
pub(crate) fn set(
    operations: &'static [&'static str],
    place: &'static str,
    new: impl Into<Value>,
) -> Fault {
    let new = new.into();
    at(operations, place, move |value| *value = new.clone())
}

/// Changes the JSON of refusals with this status.
pub(crate) fn refused(
    operations: &'static [&'static str],
    status: u16,
    mut edit: impl FnMut(&mut Value) + Send + 'static,
) -> Fault {
    after(operations, move |_, _, response| {
        if response.status == status
            && let Some(mut body) = json_of(response)
        {
            edit(&mut body);
            response.body = body.to_string().into_bytes();
        }
    })
}

/// Changes a field of requests.
pub(crate) fn field(
    operations: &'static [&'static str],
    name: &'static str,
    mut edit: impl FnMut(&str) -> String + Send + 'static,
) -> Fault {
    before(operations, move |_, request| {
        edit_field(request, name, &mut edit);
    })
}

/// Removes a member from an object.
pub(crate) fn remove(value: &mut Value, place: &str) {
    if let Some((parent, name)) = pointer::split_last(place) {
        visit(value, parent, &mut |object| {
            if let Some(members) = object.as_object_mut() {
                members.shift_remove(&name);
            }
        });
    }
}

/// A text that lives as long as the tests: names made of the contract stand where written ones do.
pub(crate) fn keep(text: impl Into<String>) -> &'static str {
    String::leak(text.into())
}

/// A list of one operation that lives as long as the tests.
pub(crate) fn only(operation: &str) -> &'static [&'static str] {
    Vec::leak(vec![keep(operation)])
}
