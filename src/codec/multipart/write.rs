//! Writer of parts.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::parts::{Part, join};
use crate::codec::entity::{Description, Written};
use crate::codec::error::{WriteError, WriteErrorKind};
use crate::codec::style::{Escape, named_texts, segment};
use crate::codec::text::{self, Charset, plain};
use crate::codec::{json, xml};
use crate::contract::{Contract, Encoding, HeaderPromise, Kind, ValueEncoding};
use crate::schema::{Keyword, Layout};
use crate::wire::{Headers, disposition_quoted, media_type_essence};

/// Writes an object, each property as a part, each item of an array as a part of its own; or an
/// array, each item as a part without a name.
///
/// # Errors
/// If the value is neither, or a part cannot be written.
pub(crate) fn write(
    contract: &Contract,
    described: &Description<'_>,
    essence: &str,
    value: &Value,
) -> Result<Written, WriteError> {
    let writer = Writer {
        contract,
        described,
    };
    let parts = match value {
        Value::Object(members) if !described.is_sequence => writer.named(members)?,
        Value::Array(items) if described.is_sequence => writer.ordered(items)?,
        _ if described.is_sequence => {
            return Err(WriteErrorKind::NotAnArray("a sequence of parts").into());
        }
        _ => return Err(WriteErrorKind::NotAnObject("a multipart body").into()),
    };
    let (boundary, bytes) = join(&parts);
    Ok(Written {
        content_type: format!("{essence}; boundary={boundary}"),
        bytes,
    })
}

struct Writer<'w, 'a> {
    contract: &'w Contract,
    described: &'w Description<'a>,
}

impl Writer<'_, '_> {
    fn named(&self, members: &Map<String, Value>) -> Result<Vec<Part<'static>>, WriteError> {
        let mut parts = Vec::new();
        for (name, value) in members {
            let encoding = self.described.encodings.of(name);
            let layout = self.described.layout.as_ref();
            let layout = layout.and_then(|layout| layout.member(name));
            let items = layout.as_ref().and_then(Layout::items);
            let is_list_of_files = value
                .as_array()
                .is_some_and(|all| all.iter().any(|item| is_file(item, items.as_ref())));
            let how = encoding
                .and_then(|encoding| encoding.style)
                .filter(|_| !is_list_of_files && !is_file(value, layout.as_ref()));
            match (value, how) {
                (value, Some(how)) => {
                    for (part, text) in named_texts(how, name, value, Escape::Nothing) {
                        let written = Written::new(media_of(encoding), text);
                        let part = self.assemble(Some(&part), encoding, value, written, None);
                        parts.push(part.map_err(|e| e.below(name))?);
                    }
                }
                (Value::Array(all), None) => {
                    for (i, item) in all.iter().enumerate() {
                        let part = self.part(Some(name), encoding, items.as_ref(), item);
                        let part = part.map_err(|e| e.below(&i.to_string()).below(name))?;
                        parts.push(part);
                    }
                }
                (value, _) => {
                    let part = self.part(Some(name), encoding, layout.as_ref(), value);
                    parts.push(part.map_err(|e| e.below(name))?);
                }
            }
        }
        Ok(parts)
    }

    fn ordered(&self, items: &[Value]) -> Result<Vec<Part<'static>>, WriteError> {
        let parts = items.iter().enumerate().map(|(i, item)| {
            let layout = self.described.layout.as_ref();
            let layout = layout.and_then(|layout| layout.item(i));
            let layout = layout.as_ref().or(self.described.items.as_ref());
            self.part(None, self.described.encodings.at(i), layout, item)
                .map_err(|e| e.below(&i.to_string()))
        });
        parts.collect()
    }

    /// A part; one with a name is a part of a form.
    fn part(
        &self,
        name: Option<&str>,
        encoding: Option<&ValueEncoding>,
        layout: Option<&Layout<'_>>,
        value: &Value,
    ) -> Result<Part<'static>, WriteError> {
        if !is_file(value, layout) {
            let content = self.content(encoding, layout, value)?;
            return self.assemble(name, encoding, value, content, None);
        }
        let member = |name: &str| value.get(name).and_then(Value::as_str);
        let media = member("type").or(encoding.and_then(first_media));
        let media = media.unwrap_or("application/octet-stream");
        let content = Written::new(media, text::content(value, Charset::of(media)?)?);
        let file = member("filename").unwrap_or("content");
        self.assemble(name, encoding, value, content, Some(file))
    }

    fn assemble(
        &self,
        name: Option<&str>,
        encoding: Option<&ValueEncoding>,
        value: &Value,
        content: Written,
        file: Option<&str>,
    ) -> Result<Part<'static>, WriteError> {
        let mut headers = Headers::default();
        if let Some(name) = name {
            let mut disposition = format!("form-data; name={}", disposition_quoted(name));
            if let Some(file) = file {
                disposition.push_str("; filename=");
                disposition.push_str(&disposition_quoted(file));
            }
            headers.push("Content-Disposition", disposition);
        }
        if !content.content_type.is_empty() {
            headers.push("Content-Type", content.content_type);
        }
        for header in encoding.map_or(&[][..], |encoding| &encoding.headers) {
            let own = value
                .get("headers")
                .and_then(|headers| headers.get(&header.name));
            if let Some(value) = own.or_else(|| default(self.contract, header)) {
                headers.push(&header.name, header_text(header, value));
            }
        }
        let has_break = |value: &[u8]| value.iter().any(|byte| matches!(byte, b'\r' | b'\n'));
        if let Some(header) = headers.0.iter().find(|header| has_break(&header.value)) {
            return Err(WriteErrorKind::HeaderLineBreak(header.name.clone()).into());
        }
        Ok(Part {
            headers,
            bytes: Cow::Owned(content.bytes),
        })
    }

    /// The content of a part that is not a file. It has a media type only where it needs one.
    fn content(
        &self,
        encoding: Option<&ValueEncoding>,
        layout: Option<&Layout<'_>>,
        value: &Value,
    ) -> Result<Written, WriteError> {
        let media = media_of(encoding);
        match (encoding, Kind::of(&media_type_essence(media)), value) {
            (_, Kind::Json, value) => Ok(Written::new(media, json::write(value))),
            (_, Kind::Xml, value) => {
                let charset = Charset::of(media)?;
                let text = xml::write(layout, value, charset)?;
                Ok(Written::new(media, charset.encode(text)?))
            }
            (Some(encoding), Kind::Multipart, value) => {
                let nested = Description {
                    layout: layout.cloned(),
                    items: None,
                    is_sequence: value.is_array(),
                    encodings: &encoding.nested,
                };
                write(self.contract, &nested, media, value)
            }
            (_, _, Value::Array(_) | Value::Object(_)) => {
                let media = Some(media).filter(|media| !media.is_empty());
                let media = media.unwrap_or("application/json");
                Ok(Written::new(media, json::write(value)))
            }
            (_, _, value) => {
                let bytes = Charset::of(media)?.encode(plain(value).into_owned())?;
                Ok(Written::new(media, bytes))
            }
        }
    }
}

/// The first media type of an encoding that is not a range.
fn first_media(encoding: &ValueEncoding) -> Option<&str> {
    let mut list = encoding.content_type.as_deref()?.split(',').map(str::trim);
    list.find(|one| !one.contains('*'))
}

/// The media type of a part that is not a file; empty for none.
fn media_of(encoding: Option<&ValueEncoding>) -> &str {
    encoding.and_then(first_media).unwrap_or_default()
}

/// The value of a header of a part, as the contract writes it.
fn header_text(header: &HeaderPromise, value: &Value) -> String {
    match &header.encoding {
        Encoding::Style(how) => segment(*how, &header.name, value, Escape::Nothing),
        Encoding::Media(media) if Kind::of(media) == Kind::Json => value.to_string(),
        Encoding::Media(_) => plain(value).into_owned(),
    }
}

/// The one value that the contract gives for a header.
fn default<'a>(contract: &'a Contract, header: &HeaderPromise) -> Option<&'a Value> {
    let layout = Layout::at(&contract.document, header.schema.as_deref()?)?;
    let first = |keyword: Keyword| layout.keyword(keyword)?.as_array()?.first();
    layout
        .keyword(Keyword::Default)
        .or_else(|| layout.keyword(Keyword::Const))
        .or_else(|| first(Keyword::Enum))
        .or_else(|| layout.keyword(Keyword::Example))
}

/// Whether a value is written as a file: its schema is binary, or it has the long form of a file,
/// `{ text: ..., filename: ..., type: ... }`.
fn is_file(value: &Value, layout: Option<&Layout<'_>>) -> bool {
    let has = |name: &str| value.get(name).is_some_and(Value::is_string);
    layout.is_some_and(Layout::is_binary) || has("filename") && (has("text") || has("base64"))
}

#[cfg(test)]
mod tests {
    use super::super::parts::BOUNDARY;
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

    fn written(value: &Value) -> Result<Written, WriteError> {
        let contract = sample(DOCUMENT);
        let media = &contract.operations[0].body.as_ref().unwrap().media[0];
        write(
            &contract,
            &Description::of(&contract, media),
            &media.name,
            value,
        )
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
