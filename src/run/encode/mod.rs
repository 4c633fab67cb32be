//! From names and values to bytes on the wire.

mod authorize;
mod error;
mod parameters;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::codec::{Call, Written as WrittenBody, body};
use crate::contract::{Contract, Operation};
use crate::scenario::{Argument, Body, Credentials};
use crate::target::Access;
use crate::wire::Request;
use authorize::authorize;
pub(super) use error::EncodeError;
use parameters::Written;

/// A request and what it was made from.
pub(super) struct Encoded<'a> {
    pub(super) request: Arc<Request>,
    pub(super) call: Call<'a>,
}

/// What a request says, templates filled.
#[derive(Default)]
pub(super) struct Message<'a> {
    /// Values of parameters and body properties, by name.
    pub(super) values: Map<String, Value>,
    /// Values of parameters by place.
    pub(super) arguments: Vec<Argument>,
    /// The body whole.
    pub(super) body: Option<Body>,
    /// A method in place of the operation's own.
    pub(super) method: Option<&'a str>,
    /// Credentials to send.
    pub(super) credentials: Credentials,
}

/// Encodes a request.
///
/// # Errors
/// If a parameter has no value, or a value cannot be sent.
pub(super) fn encode<'a>(
    contract: &'a Contract,
    target: &'a Access,
    operation: &'a Operation,
    message: Message<'_>,
) -> Result<Encoded<'a>, EncodeError> {
    let mut written = Written::new(operation);
    let mut fields = Map::new();
    for (name, value) in message.values {
        match operation.parameters.iter().find(|p| p.name == name) {
            Some(parameter) => written.add(contract, parameter, &value)?,
            None => {
                fields.insert(name, value);
            }
        }
    }
    for Argument {
        location,
        name,
        value,
    } in &message.arguments
    {
        let parameter =
            operation
                .parameter(*location, name)
                .ok_or_else(|| EncodeError::UnknownParameter {
                    location: *location,
                    name: name.clone(),
                })?;
        written.add(contract, parameter, value)?;
    }
    let (path, path_values) = written.path(&operation.path)?;
    let body = match (message.body, &operation.body) {
        (None, Some(body)) if body.required || !fields.is_empty() => {
            let value = Value::Object(fields.clone());
            Some(body::write_first(contract, body, &value).map_err(EncodeError::Body)?)
        }
        (None | Some(Body::Absent), _) => None,
        (Some(Body::Value { media, value }), body) => {
            let known = body.as_ref().map_or(&[][..], |body| &body.media);
            let written = body::write_as(contract, known, &media, &value)
                .map_err(|error| EncodeError::BodyAs { media, error })?;
            if let Value::Object(members) = value {
                fields = members;
            }
            Some(written)
        }
        (Some(Body::Raw { media, text }), _) => Some(WrittenBody {
            content_type: media,
            bytes: text.into_bytes(),
        }),
    };
    let credentials = message.credentials;
    authorize(contract, target, operation, credentials, &mut written);
    let query = written.query.join("&");
    let url = format!(
        "{}{path}{}{query}",
        server(contract, target, operation),
        if query.is_empty() { "" } else { "?" }
    );
    let request = Request {
        method: message
            .method
            .map_or_else(|| operation.method.clone(), str::to_owned),
        url,
        headers: written.into_headers(body.as_ref().map(|body| body.content_type.as_str())),
        body: body.map(|body| body.bytes).unwrap_or_default(),
    };
    let query = pairs(&query);
    Ok(Encoded {
        request: Arc::new(request),
        call: call(target, operation, path_values, query, fields, credentials),
    })
}

/// The same request with another number in a query parameter.
pub(super) fn with_number<'a>(encoded: &Encoded<'a>, name: &str, value: u64) -> Encoded<'a> {
    let url = &encoded.request.url;
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let others = query.split('&').filter(|pair| {
        let read = pairs(pair);
        read.iter().any(|(own, _)| own != name)
    });
    let own = form_urlencoded::Serializer::new(String::new())
        .append_pair(name, &value.to_string())
        .finish();
    let query: Vec<&str> = others.chain([own.as_str()]).collect();
    let query = query.join("&");
    Encoded {
        request: Arc::new(Request {
            url: format!("{path}?{query}"),
            ..Request::clone(&encoded.request)
        }),
        call: Call {
            query: pairs(&query),
            ..encoded.call.clone()
        },
    }
}

/// A request for a URL from an earlier response.
///
/// # Errors
/// If the URL belongs to another server or to another operation.
pub(super) fn follow<'a>(
    contract: &'a Contract,
    target: &'a Access,
    operation: &'a Operation,
    url: &str,
    credentials: Credentials,
) -> Result<Encoded<'a>, EncodeError> {
    // Credentials never leave the target.
    let rest = target
        .base
        .strip(url)
        .filter(|rest| rest.starts_with('/'))
        .ok_or_else(|| EncodeError::ForeignUrl(url.to_owned()))?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = operation
        .path
        .matches(path)
        .ok_or_else(|| EncodeError::OtherOperation {
            url: url.to_owned(),
            operation: operation.id.clone(),
        })?;
    let query = pairs(query);
    let mut written = Written::new(operation);
    authorize(contract, target, operation, credentials, &mut written);
    // A key in the query belongs to every request.
    let key = written.query.join("&");
    let separator = match (key.is_empty(), url.contains('?')) {
        (true, _) => "",
        (false, true) => "&",
        (false, false) => "?",
    };
    Ok(Encoded {
        request: Arc::new(Request {
            method: operation.method.clone(),
            url: format!("{url}{separator}{key}"),
            headers: written.into_headers(None),
            body: Vec::new(),
        }),
        call: call(target, operation, path, query, Map::new(), credentials),
    })
}

fn call<'a>(
    target: &'a Access,
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
fn server<'a>(contract: &'a Contract, target: &'a Access, operation: &'a Operation) -> &'a str {
    match operation.servers.first() {
        Some(own)
            if contract
                .servers
                .iter()
                .any(|server| server == target.base.as_str()) =>
        {
            own
        }
        _ => target.base.as_str(),
    }
}

/// The pairs of a query as a server reads them.
fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}
