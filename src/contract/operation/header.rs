//! Headers of responses and parts.

use super::parameter::{Encoding, Location};
use crate::contract::reader::Reader;
use crate::place::pointer;

/// A header of a response.
#[derive(Debug, Clone)]
pub struct HeaderPromise {
    /// Name as written.
    pub name: String,
    /// Whether every such response has it.
    pub required: bool,
    /// Whether a response that breaks this definition gets a warning only.
    pub advisory: bool,
    /// How its value is written.
    pub encoding: Encoding,
    /// JSON pointer of its schema, references followed.
    pub schema: Option<String>,
    /// Whether its value is always a string, and not a number, flag or list.
    pub is_text: bool,
    /// JSON pointer of the header, references followed.
    pub pointer: String,
}

impl Reader<'_> {
    /// The headers of a response or a part.
    pub(in crate::contract) fn headers(&mut self, at: &str) -> Vec<HeaderPromise> {
        let place = pointer::join(at, "headers");
        let Some(members) = self.object(&place, "headers") else {
            return Vec::new();
        };
        let mut headers = Vec::new();
        for name in members.keys() {
            // Described by `content` instead (OpenAPI 3.0.3, Response Object).
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let Some(target) = self.resolved(&pointer::join(&place, name)) else {
                continue;
            };
            let Some(members) = self.object(&target, "a header") else {
                continue;
            };
            let (encoding, schema) = self.encoding(&target, members, Location::Header);
            let kind = schema
                .as_ref()
                .and_then(|place| self.get(place)?.get("type"));
            headers.push(HeaderPromise {
                is_text: kind.is_some_and(|kind| kind == "string"),
                name: name.clone(),
                required: self.flag(&target, members, "required").unwrap_or_default(),
                advisory: self.is_advisory(&target),
                encoding,
                schema,
                pointer: target,
            });
        }
        headers
    }
}
