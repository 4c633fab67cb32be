//! `multipart/form-data` (RFC 7578) and its relatives.

use std::fmt::Write as _;

use serde_json::Value;

use super::body::{self, Written};
use super::style::{joined, plain};
use super::xml;
use crate::contract::{Contract, HeaderPromise, Kind, Layout, MediaType, ValueEncoding};

/// Separates the parts, lengthened until it stands in none.
const BOUNDARY: &str = "trueup-0f6d1c9a5b7e4832";

/// One part: its header lines and its content.
struct Part {
    head: String,
    content: Vec<u8>,
}

/// Writes an object, each property as a part, each item of an array as one of its own.
///
/// # Errors
/// When the value is no object, or a part cannot be written.
pub(super) fn multipart(
    contract: &Contract,
    media: &MediaType,
    essence: &str,
    layout: Option<&Layout<'_>>,
    value: &Value,
) -> Result<Written, String> {
    let Value::Object(members) = value else {
        return Err("parts are made of an object".to_owned());
    };
    let mut parts = Vec::new();
    for (name, value) in members {
        let encoding = media.encoding(name);
        let layout = layout.and_then(|layout| layout.member(name));
        match value {
            Value::Array(items)
                if encoding.is_none_or(|e| e.style.is_none_or(|how| how.explode)) =>
            {
                let layout = layout.as_ref().and_then(Layout::items);
                for item in items {
                    parts.push(part(contract, name, encoding, layout.as_ref(), item)?);
                }
            }
            value => parts.push(part(contract, name, encoding, layout.as_ref(), value)?),
        }
    }
    let mut boundary = BOUNDARY.to_owned();
    while parts
        .iter()
        .any(|part| contains(&part.content, boundary.as_bytes()))
    {
        boundary.push('0');
    }
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend(format!("--{boundary}\r\n{}\r\n", part.head).into_bytes());
        bytes.extend(part.content);
        bytes.extend(b"\r\n");
    }
    bytes.extend(format!("--{boundary}--\r\n").into_bytes());
    Ok(Written {
        content_type: format!("{essence}; boundary={boundary}"),
        bytes,
    })
}

fn part(
    contract: &Contract,
    name: &str,
    encoding: Option<&ValueEncoding>,
    layout: Option<&Layout<'_>>,
    value: &Value,
) -> Result<Part, String> {
    let wrong = |why: String| format!("the part '{name}': {why}");
    let given = encoding
        .and_then(|encoding| encoding.content_type.as_deref())
        .and_then(|list| {
            list.split(',')
                .map(str::trim)
                .find(|one| !one.contains('*'))
        });
    let style = encoding.and_then(|encoding| encoding.style);
    let mut disposition = format!("form-data; name=\"{}\"", quoted(name));
    let binary = layout.is_some_and(Layout::is_binary);
    let (content_type, content) = if binary || is_file(value) {
        let member = |name: &str| value.get(name).and_then(Value::as_str);
        let _ = write!(
            disposition,
            "; filename=\"{}\"",
            quoted(member("filename").unwrap_or("content"))
        );
        let content_type = member("type").or(given);
        let content_type = content_type.unwrap_or("application/octet-stream");
        (Some(content_type), body::bytes(value).map_err(wrong)?)
    } else if let Some(how) = style {
        (given, joined(how, value).into_bytes())
    } else {
        let kind = given.map(Kind::of);
        match value {
            value if kind == Some(Kind::Json) => (given, value.to_string().into_bytes()),
            value if kind == Some(Kind::Xml) => (
                given,
                xml::document(layout, value).map_err(wrong)?.into_bytes(),
            ),
            Value::Array(_) | Value::Object(_) => (
                given.or(Some("application/json")),
                value.to_string().into_bytes(),
            ),
            value => (given, plain(value).into_bytes()),
        }
    };
    let mut head = format!("Content-Disposition: {disposition}\r\n");
    if let Some(content_type) = content_type {
        line(&mut head, "Content-Type", content_type).map_err(wrong)?;
    }
    for header in encoding.map_or(&[][..], |encoding| &encoding.headers) {
        let own = value
            .get("headers")
            .and_then(|headers| headers.get(&header.name));
        if let Some(value) = own.map(plain).or_else(|| default(contract, header)) {
            line(&mut head, &header.name, &value).map_err(wrong)?;
        }
    }
    Ok(Part { head, content })
}

fn line(head: &mut String, name: &str, value: &str) -> Result<(), String> {
    if value.contains(['\r', '\n']) {
        return Err(format!("the header {name} has a line break"));
    }
    let _ = write!(head, "{name}: {value}\r\n");
    Ok(())
}

/// The one value that the contract gives for a header.
fn default(contract: &Contract, header: &HeaderPromise) -> Option<String> {
    let layout = Layout::at(&contract.document, header.schema.as_deref()?)?;
    let first = |name: &str| layout.keyword(name)?.as_array()?.first();
    layout
        .keyword("default")
        .or_else(|| layout.keyword("const"))
        .or_else(|| first("enum"))
        .or_else(|| layout.keyword("example"))
        .map(plain)
}

/// The long form of a file: `{ text: ..., filename: ..., type: ... }`.
fn is_file(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some_and(Value::is_string);
    has("filename") && (has("text") || has("base64"))
}

/// A quoted parameter of `Content-Disposition` (RFC 7578 section 4.2, WHATWG form encoding).
fn quoted(text: &str) -> String {
    text.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;
    use serde_json::json;

    const DOCUMENT: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      \
         operationId: A\n      responses: {'200': {description: d}}\n      requestBody:\n        \
         content:\n          multipart/form-data:\n            schema:\n              \
         properties:\n                path: {type: string}\n                \
         file: {type: string, format: binary}\n                \
         more: {type: array, items: {type: string, format: binary}}\n                \
         meta: {type: object}\n                ids: {type: array, items: {type: integer}}\n                \
         note: {type: string}\n            \
         encoding:\n              file: {contentType: 'image/*, image/png', headers: \
         {X-Kind: {schema: {type: string, default: small}}, X-Other: {schema: {type: string}}}}\n              \
         ids: {style: form, explode: false}\n              note: {contentType: text/markdown}\n";

    fn written(value: &Value) -> Result<Written, String> {
        let contract = sample(DOCUMENT);
        let media = &contract.operations[0].body.as_ref().unwrap().media[0];
        let layout = Layout::at(&contract.document, media.schema.as_deref().unwrap());
        multipart(&contract, media, &media.name, layout.as_ref(), value)
    }

    /// The text of a body whose parts are these.
    fn expected(parts: &[&str]) -> String {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {part}\r\n"))
            .collect();
        format!("{}--{BOUNDARY}--\r\n", parts.concat())
    }

    #[test]
    fn parts_have_the_types_and_headers_of_the_contract() {
        let value = json!({
            "path": "/a\r\n",
            "file": {"base64": "AP8=", "filename": "a\"b.png", "headers": {"X-Other": "1"}},
            "more": ["x", {"text": "y", "filename": "y.txt", "type": "text/plain"}],
            "meta": {"a": 1},
            "ids": [1, 2],
            "note": "*b*",
        });
        let body = String::from_utf8_lossy(&written(&value).unwrap().bytes).into_owned();
        let octets = "Content-Type: application/octet-stream\r\n\r\n";
        assert_eq!(
            body,
            expected(&[
                "name=\"path\"\r\n\r\n/a\r\n",
                "name=\"file\"; filename=\"a%22b.png\"\r\nContent-Type: image/png\r\n\
                 X-Kind: small\r\nX-Other: 1\r\n\r\n\0\u{fffd}",
                &format!("name=\"more\"; filename=\"content\"\r\n{octets}x"),
                "name=\"more\"; filename=\"y.txt\"\r\nContent-Type: text/plain\r\n\r\ny",
                "name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}",
                "name=\"ids\"\r\n\r\n1,2",
                "name=\"note\"\r\nContent-Type: text/markdown\r\n\r\n*b*",
            ])
        );
    }

    #[test]
    fn a_boundary_stands_in_no_part() {
        let body = written(&json!({"path": format!("--{BOUNDARY}--")})).unwrap();
        assert!(
            body.content_type
                .ends_with(&format!("boundary={BOUNDARY}0"))
        );
        assert!(written(&json!("text")).is_err());
        assert!(written(&json!({"file": {"base64": "?"}})).is_err());
    }
}
