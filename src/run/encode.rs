//! From names and values to bytes on the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer;
use serde_json::{Map, Value};

use super::Target;
use crate::check::Call;
use crate::contract::{Contract, Location, Operation, Parameter, SchemeKind};
use crate::scenario::Credentials;
use crate::wire::{Headers, Request};

/// Separates the parts of multipart bodies; random enough not to stand in a part.
const BOUNDARY: &str = "trueup-0f6d1c9a5b7e4832";

/// A request and what it was made from.
pub(super) struct Encoded<'a> {
    pub(super) request: Request,
    pub(super) call: Call<'a>,
}

/// Encodes a request.
///
/// # Errors
/// What has no value, or cannot be sent.
pub(super) fn encode<'a>(
    contract: &'a Contract,
    target: &'a Target,
    operation: &'a Operation,
    values: &Map<String, Value>,
    credentials: Credentials,
) -> Result<Encoded<'a>, String> {
    let mut headers = Headers::default();
    headers.push("Accept", accept(operation));
    let mut path = Vec::new();
    let mut query: Vec<(String, String)> = Vec::new();
    let mut fields = Map::new();
    for (name, value) in values {
        match operation.parameters.iter().find(|p| p.name == *name) {
            Some(parameter) => match parameter.location {
                Location::Path => path.push((name.clone(), plain(value))),
                Location::Query => query.extend(pairs(parameter, value)),
                Location::Header => headers.push(name.clone(), plain(value)),
                Location::Cookie => headers.push("Cookie", format!("{name}={}", plain(value))),
            },
            None => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
    // In the order of the path, whatever the order of the values.
    let order: Vec<&str> = operation.path.parameters().collect();
    path.sort_by_key(|(name, _)| order.iter().position(|other| other == name));
    let expanded = operation
        .path
        .expand(|name| {
            let (_, value) = path.iter().find(|(other, _)| other == name)?;
            Some(value.as_str().into())
        })
        .map_err(|name| format!("the path parameter '{name}' has no value"))?;
    let mut url = format!("{}{expanded}", server(contract, target, operation));
    let body = body(contract, operation, &fields, &mut headers);
    authorize(contract, target, operation, credentials, &mut headers);
    if !query.is_empty() {
        url.push('?');
        url.push_str(&Serializer::new(String::new()).extend_pairs(&query).finish());
    }
    Ok(Encoded {
        request: Request {
            method: operation.method.clone(),
            url,
            headers,
            body,
        },
        call: call(target, operation, path, query, fields, credentials),
    })
}

/// A request for a URL from an earlier answer.
///
/// # Errors
/// When the URL leads away from the target or to another operation.
pub(super) fn follow<'a>(
    contract: &'a Contract,
    target: &'a Target,
    operation: &'a Operation,
    url: &str,
    credentials: Credentials,
) -> Result<Encoded<'a>, String> {
    // Credentials never leave the target.
    let rest = url
        .strip_prefix(&target.base)
        .filter(|rest| rest.starts_with('/'))
        .ok_or_else(|| format!("the URL {url} leads away from the target"))?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = operation
        .path
        .matches(path)
        .ok_or_else(|| format!("the URL {url} does not lead to '{}'", operation.id))?;
    let query = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let mut headers = Headers::default();
    headers.push("Accept", accept(operation));
    authorize(contract, target, operation, credentials, &mut headers);
    Ok(Encoded {
        request: Request {
            method: operation.method.clone(),
            url: url.to_owned(),
            headers,
            body: Vec::new(),
        },
        call: call(target, operation, path, query, Map::new(), credentials),
    })
}

fn call<'a>(
    target: &'a Target,
    operation: &'a Operation,
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    fields: Map<String, Value>,
    credentials: Credentials,
) -> Call<'a> {
    Call {
        operation,
        base: &target.base,
        path,
        query,
        fields,
        user: match (&target.user, credentials) {
            (Some((name, _)), Credentials::Right) => Some(name),
            _ => None,
        },
    }
}

/// The base URL for an operation. The target stands in for all servers of the document, unless it
/// is the document's own server: then an operation with a server of its own keeps it.
fn server<'a>(contract: &'a Contract, target: &'a Target, operation: &'a Operation) -> &'a str {
    match operation.servers.first() {
        Some(own) if contract.servers.contains(&target.base) => own,
        _ => &target.base,
    }
}

fn accept(operation: &Operation) -> String {
    let mut names: Vec<&str> = Vec::new();
    for media in operation.responses.iter().flat_map(|r| &r.media) {
        if !names.contains(&media.name.as_str()) {
            names.push(&media.name);
        }
    }
    if names.is_empty() {
        return "*/*".to_owned();
    }
    names.join(", ")
}

/// A value as it stands in a path, a header or a form.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn pairs(parameter: &Parameter, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Array(items) if parameter.explode => items
            .iter()
            .map(|item| (parameter.name.clone(), plain(item)))
            .collect(),
        Value::Array(items) => {
            let joined: Vec<String> = items.iter().map(plain).collect();
            vec![(parameter.name.clone(), joined.join(","))]
        }
        other => vec![(parameter.name.clone(), plain(other))],
    }
}

/// The body in the first media type of the operation that can be written.
fn body(
    contract: &Contract,
    operation: &Operation,
    fields: &Map<String, Value>,
    headers: &mut Headers,
) -> Vec<u8> {
    let Some(body) = &operation.body else {
        return Vec::new();
    };
    let is_file = |name: &str| {
        body.properties
            .iter()
            .find(|property| property.name == name)
            .and_then(|property| contract.document.get(&property.schema))
            .and_then(|schema| schema.get("format"))
            .is_some_and(|format| format == "binary")
    };
    for media in &body.media {
        if media.is_json() {
            headers.push("Content-Type", media.name.clone());
            return Value::Object(fields.clone()).to_string().into_bytes();
        }
        match media.name.as_str() {
            "application/x-www-form-urlencoded" => {
                headers.push("Content-Type", media.name.clone());
                return form(fields);
            }
            "multipart/form-data" => {
                headers.push(
                    "Content-Type",
                    format!("multipart/form-data; boundary={BOUNDARY}"),
                );
                return multipart(fields, is_file);
            }
            _ => {}
        }
    }
    Vec::new()
}

/// A form: arrays as repeated names, an empty array as nothing.
fn form(fields: &Map<String, Value>) -> Vec<u8> {
    let mut form = Serializer::new(String::new());
    for (name, value) in fields {
        match value {
            Value::Array(items) => {
                for item in items {
                    form.append_pair(name, &plain(item));
                }
            }
            other => {
                form.append_pair(name, &plain(other));
            }
        }
    }
    form.finish().into_bytes()
}

/// Parts of a multipart body (RFC 7578). A file may be an object with its text, name and type.
fn multipart(fields: &Map<String, Value>, is_file: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"",
            quoted(name)
        ));
        if is_file(name) {
            let member = |name: &str| value.get(name).and_then(Value::as_str);
            body.push_str(&format!(
                "; filename=\"{}\"\r\nContent-Type: {}",
                quoted(member("filename").unwrap_or("content.txt")),
                member("type").unwrap_or("text/plain")
            ));
        }
        body.push_str("\r\n\r\n");
        body.push_str(&plain(value.get("text").unwrap_or(value)));
        body.push_str("\r\n");
    }
    body.push_str(&format!("--{BOUNDARY}--\r\n"));
    body.into_bytes()
}

/// A quoted parameter of `Content-Disposition` (RFC 7578 section 4.2, WHATWG form encoding).
fn quoted(text: &str) -> String {
    text.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Adds the credentials that the operation asks for.
fn authorize(
    contract: &Contract,
    target: &Target,
    operation: &Operation,
    credentials: Credentials,
    headers: &mut Headers,
) {
    let schemes: Vec<&SchemeKind> = operation
        .security
        .iter()
        .flatten()
        .map(|index| &contract.schemes[*index].kind)
        .collect();
    let is_credential = |name: &str| {
        schemes.iter().any(|scheme| match scheme {
            SchemeKind::ApiKey {
                location: Location::Header,
                name: key,
            } => key.eq_ignore_ascii_case(name),
            SchemeKind::ApiKey { .. } => false,
            _ => name.eq_ignore_ascii_case("authorization"),
        })
    };
    for header in &target.headers.0 {
        if !is_credential(&header.name) {
            headers.0.push(header.clone());
            continue;
        }
        match credentials {
            Credentials::Right => headers.0.push(header.clone()),
            Credentials::Wrong | Credentials::Other => {
                let scheme = header.text();
                let wrong = match scheme.split_once(' ') {
                    Some((scheme, _)) => format!("{scheme} wrong"),
                    None => "wrong".to_owned(),
                };
                headers.push(header.name.clone(), wrong);
            }
            Credentials::None => {}
        }
    }
    let given = headers.get("authorization").is_some();
    if let Some((name, secret)) = &target.user
        && schemes.contains(&&SchemeKind::Basic)
        && !given
    {
        let (name, secret) = match credentials {
            Credentials::None => return,
            Credentials::Right => (name.clone(), secret.clone()),
            Credentials::Wrong => (name.clone(), almost(secret)),
            Credentials::Other => (almost(name), secret.clone()),
        };
        let encoded = STANDARD.encode(format!("{name}:{secret}"));
        headers.push("Authorization", format!("Basic {encoded}"));
    }
}

/// A text that differs in its last character only.
fn almost(text: &str) -> String {
    let mut other = text.to_owned();
    let last = other.pop();
    other.push(if last == Some('0') { '1' } else { '0' });
    other
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(members) => members,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn arrays_are_repeated_names() {
        let fields = object(json!({"A": ["x", "y z"], "B": [], "C": true, "D": "a&b=c+d"}));
        assert_eq!(form(&fields), b"A=x&A=y+z&C=true&D=a%26b%3Dc%2Bd");
    }

    #[test]
    fn files_have_names_and_types() {
        let fields = object(json!({
            "Path": "/a",
            "Content": {"text": "x", "filename": "a\"b.js", "type": "application/javascript"},
        }));
        let body = String::from_utf8(multipart(&fields, |name| name == "Content")).unwrap();
        assert_eq!(
            body,
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"Path\"\r\n\r\n/a\r\n\
                 --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"Content\"; \
                 filename=\"a%22b.js\"\r\nContent-Type: application/javascript\r\n\r\nx\r\n\
                 --{BOUNDARY}--\r\n"
            )
        );
    }
}
