//! `multipart/form-data` (RFC 7578) and its relatives.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::codec::body::{Written, bytes};
use crate::codec::style::{joined, plain};
use crate::codec::xml;
use crate::contract::{Contract, Encodings, HeaderPromise, Kind, MediaType, ValueEncoding};
use crate::schema::Layout;

/// Separates the parts, lengthened until it stands in none.
const BOUNDARY: &str = "trueup-0f6d1c9a5b7e4832";

/// One part: its header lines and its content.
struct Part {
    head: String,
    content: Vec<u8>,
}

/// Writes an object, each property as a part, each item of an array as one of its own; or an array,
/// each item as a part without a name.
///
/// # Errors
/// When the value is neither, or a part cannot be written.
pub(crate) fn multipart(
    contract: &Contract,
    media: &MediaType,
    essence: &str,
    value: &Value,
) -> Result<Written, String> {
    let layout = |schema: &Option<String>| Layout::at(&contract.document, schema.as_deref()?);
    let described = Described {
        contract,
        encodings: &media.encodings,
        layout: layout(&media.schema),
        items: layout(&media.item_schema),
        is_sequence: media.is_sequence,
    };
    described.write(essence, value)
}

/// What the parts of a body are written by.
struct Described<'a> {
    contract: &'a Contract,
    encodings: &'a Encodings,
    layout: Option<Layout<'a>>,
    /// The layout of each item of a sequence.
    items: Option<Layout<'a>>,
    /// Whether parts are the items of an array.
    is_sequence: bool,
}

impl Described<'_> {
    fn write(&self, essence: &str, value: &Value) -> Result<Written, String> {
        match value {
            Value::Object(members) if !self.is_sequence => {
                Ok(joined_by(essence, self.named(members)?))
            }
            Value::Array(items) if self.is_sequence => Ok(joined_by(essence, self.ordered(items)?)),
            _ if self.is_sequence => Err("parts without names are made of an array".to_owned()),
            _ => Err("parts are made of an object".to_owned()),
        }
    }

    fn named(&self, members: &Map<String, Value>) -> Result<Vec<Part>, String> {
        let mut parts = Vec::new();
        for (name, value) in members {
            let wrong = |why: String| format!("the part '{name}': {why}");
            let encoding = self.encodings.of(name);
            let layout = self.layout.as_ref().and_then(|layout| layout.member(name));
            match value {
                Value::Array(items)
                    if encoding.is_none_or(|e| e.style.is_none_or(|how| how.explode)) =>
                {
                    let layout = layout.as_ref().and_then(Layout::items);
                    for item in items {
                        let part = self.part(Some(name), encoding, layout.as_ref(), item);
                        parts.push(part.map_err(wrong)?);
                    }
                }
                value => {
                    let part = self.part(Some(name), encoding, layout.as_ref(), value);
                    parts.push(part.map_err(wrong)?);
                }
            }
        }
        Ok(parts)
    }

    fn ordered(&self, items: &[Value]) -> Result<Vec<Part>, String> {
        let parts = items.iter().enumerate().map(|(i, item)| {
            let layout = self.layout.as_ref().and_then(|layout| layout.item(i));
            let layout = layout.as_ref().or(self.items.as_ref());
            self.part(None, self.encodings.at(i), layout, item)
                .map_err(|why| format!("part {}: {why}", i + 1))
        });
        parts.collect()
    }

    /// A part, of a form if it has a name.
    fn part(
        &self,
        name: Option<&str>,
        encoding: Option<&ValueEncoding>,
        layout: Option<&Layout<'_>>,
        value: &Value,
    ) -> Result<Part, String> {
        let member = |name: &str| value.get(name).and_then(Value::as_str);
        let is_file = layout.is_some_and(Layout::is_binary) || is_file(value);
        let content = if is_file {
            let given = member("type").or(encoding.and_then(given));
            Written::new(given.unwrap_or("application/octet-stream"), bytes(value)?)
        } else {
            self.content(encoding, layout, value)?
        };
        let mut head = String::new();
        if let Some(name) = name {
            let mut disposition = format!("form-data; name=\"{}\"", quoted(name));
            if is_file {
                let file = quoted(member("filename").unwrap_or("content"));
                let _ = write!(disposition, "; filename=\"{file}\"");
            }
            line(&mut head, "Content-Disposition", &disposition)?;
        }
        if !content.content_type.is_empty() {
            line(&mut head, "Content-Type", &content.content_type)?;
        }
        for header in encoding.map_or(&[][..], |encoding| &encoding.headers) {
            let own = value
                .get("headers")
                .and_then(|headers| headers.get(&header.name));
            if let Some(value) = own.or_else(|| default(self.contract, header)).map(plain) {
                line(&mut head, &header.name, &value)?;
            }
        }
        Ok(Part {
            head,
            content: content.bytes,
        })
    }

    /// The content of a part that is no file. Where there is no need, it names no media type.
    fn content(
        &self,
        encoding: Option<&ValueEncoding>,
        layout: Option<&Layout<'_>>,
        value: &Value,
    ) -> Result<Written, String> {
        let media = encoding.and_then(given).unwrap_or_default();
        if let Some(how) = encoding.and_then(|encoding| encoding.style) {
            return Ok(Written::new(media, joined(how, value)));
        }
        match (encoding, Kind::of(media), value) {
            (_, Kind::Json, value) => Ok(Written::new(media, value.to_string())),
            (_, Kind::Xml, value) => Ok(Written::new(media, xml::document(layout, value)?)),
            (Some(encoding), Kind::Multipart, value) => {
                let nested = Described {
                    contract: self.contract,
                    encodings: &encoding.nested,
                    layout: layout.cloned(),
                    items: None,
                    is_sequence: value.is_array(),
                };
                nested.write(media, value)
            }
            (_, _, Value::Array(_) | Value::Object(_)) => {
                let media = Some(media).filter(|media| !media.is_empty());
                let media = media.unwrap_or("application/json");
                Ok(Written::new(media, value.to_string()))
            }
            (_, _, value) => Ok(Written::new(media, plain(value).into_owned())),
        }
    }
}

/// Writes parts between delimiters that stand in none of them.
fn joined_by(essence: &str, parts: Vec<Part>) -> Written {
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
    Written {
        content_type: format!("{essence}; boundary={boundary}"),
        bytes,
    }
}

/// The first media type that an encoding names, but for ranges.
fn given(encoding: &ValueEncoding) -> Option<&str> {
    let mut list = encoding.content_type.as_deref()?.split(',').map(str::trim);
    list.find(|one| !one.contains('*'))
}

fn line(head: &mut String, name: &str, value: &str) -> Result<(), String> {
    if value.contains(['\r', '\n']) {
        return Err(format!("the header {name} has a line break"));
    }
    let _ = write!(head, "{name}: {value}\r\n");
    Ok(())
}

/// The one value that the contract gives for a header.
fn default<'a>(contract: &'a Contract, header: &HeaderPromise) -> Option<&'a Value> {
    let layout = Layout::at(&contract.document, header.schema.as_deref()?)?;
    let first = |name: &str| layout.keyword(name)?.as_array()?.first();
    layout
        .keyword("default")
        .or_else(|| layout.keyword("const"))
        .or_else(|| first("enum"))
        .or_else(|| layout.keyword("example"))
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
        multipart(&contract, media, &media.name, value)
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
