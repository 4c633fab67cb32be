//! Responses by status.

use std::fmt;

use super::body::{Kind, MediaType};
use super::build::Reader;
use super::link::Link;
use super::parameter::{Encoding, Location};
use crate::spec::Version;
use crate::wire::pointer;

/// The statuses that one entry of the Responses Object is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusRange {
    /// One status.
    Exact(u16),
    /// A hundred of them: 4 for `4XX`.
    Class(u16),
    /// All that have no other entry.
    Default,
}

impl StatusRange {
    /// Reads a key of the Responses Object.
    pub fn parse(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        if let Some(class) = key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
            let class = class.parse().ok().filter(|class| (1..=5).contains(class))?;
            return Some(Self::Class(class));
        }
        let status = key
            .parse()
            .ok()
            .filter(|status| (100..600).contains(status))?;
        Some(Self::Exact(status))
    }

    /// Whether a status belongs here.
    pub fn includes(self, status: u16) -> bool {
        match self {
            Self::Exact(exact) => exact == status,
            Self::Class(class) => class == status / 100,
            Self::Default => true,
        }
    }

    /// The wider, the more.
    pub(super) fn breadth(self) -> u8 {
        match self {
            Self::Exact(_) => 0,
            Self::Class(_) => 1,
            Self::Default => 2,
        }
    }

    /// Whether all of these are successes.
    pub fn is_success(self) -> bool {
        match self {
            Self::Exact(status) => status / 100 == 2,
            Self::Class(class) => class == 2,
            Self::Default => false,
        }
    }
}

impl fmt::Display for StatusRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One entry of the Responses Object.
#[derive(Debug, Clone)]
pub struct Response {
    /// Its statuses.
    pub status: StatusRange,
    /// Media types of the body; none for no body.
    pub media: Vec<MediaType>,
    /// Headers.
    pub headers: Vec<HeaderPromise>,
    /// Links to other operations.
    pub links: Vec<Link>,
    /// JSON pointer of the response, references followed.
    pub pointer: String,
}

/// A header of a response.
#[derive(Debug, Clone)]
pub struct HeaderPromise {
    /// Name as written.
    pub name: String,
    /// Whether every such response has it.
    pub required: bool,
    /// Whether a response that breaks what is said here gets a warning only.
    pub advisory: bool,
    /// How its value is written.
    pub encoding: Encoding,
    /// JSON pointer of its schema, references followed.
    pub schema: Option<String>,
    /// JSON pointer of the header, references followed.
    pub pointer: String,
}

/// Whether a body of answers is described by what is not read.
fn is_unread(media: &MediaType) -> bool {
    media.kind() == Kind::Multipart && media.schema.is_some()
}

impl Reader<'_> {
    /// The responses of an operation.
    pub(super) fn responses(&mut self, at: &str) -> Vec<Response> {
        let place = pointer::join(at, "responses");
        let members = match self.object(&place, "'responses'") {
            Some(members) if !members.is_empty() => members,
            _ => {
                let message = "the operation describes no response";
                let remedy = "add `responses` with at least one status";
                // Demanded before 3.1 (OpenAPI 3.1.0, Operation Object).
                if self.document.version() >= Some(Version::V3_1) {
                    self.warn(at, message, remedy);
                } else {
                    self.error(at, message, remedy);
                }
                return Vec::new();
            }
        };
        let mut responses = Vec::new();
        for key in members.keys() {
            if key.starts_with("x-") {
                continue;
            }
            let key_place = pointer::join(&place, key);
            let Some(status) = StatusRange::parse(key) else {
                self.error(
                    &key_place,
                    format!("'{key}' is no status"),
                    "a status is a number such as '200', a range such as '4XX', or 'default'",
                );
                continue;
            };
            let Some(target) = self.resolved(&key_place) else {
                continue;
            };
            let Some(members) = self.object(&target, "a response") else {
                continue;
            };
            let has = |name: &str| members.contains_key(name);
            let media = has("content").then(|| self.media(&target));
            for parts in media.iter().flatten().filter(|media| is_unread(media)) {
                self.warn(
                    &pointer::join(&parts.pointer, "schema"),
                    "the parts of an answer are not checked",
                    "",
                );
            }
            let headers = has("headers").then(|| self.headers(&target));
            let links = has("links").then(|| self.links(&target));
            responses.push(Response {
                status,
                media: media.unwrap_or_default(),
                headers: headers.unwrap_or_default(),
                links: links.unwrap_or_default(),
                pointer: target,
            });
        }
        // "Expected to cover a successful operation response" (OpenAPI 3.0.3, Responses Object).
        let can_succeed = |response: &Response| (100..400).any(|s| response.status.includes(s));
        if !responses.is_empty() && !responses.iter().any(can_succeed) {
            self.warn(
                &place,
                "the operation describes no success, so what comes with one is not checked",
                "add the response of success to `responses`",
            );
        }
        responses
    }

    /// The headers of a response or a part.
    pub(super) fn headers(&mut self, at: &str) -> Vec<HeaderPromise> {
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
            headers.push(HeaderPromise {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(StatusRange::parse("404"), Some(StatusRange::Exact(404)));
        assert_eq!(StatusRange::parse("4XX"), Some(StatusRange::Class(4)));
        assert_eq!(StatusRange::parse("default"), Some(StatusRange::Default));
        for wrong in ["40", "6XX", "XX", "4X", "abc", "0404"] {
            assert_ne!(
                StatusRange::parse(wrong).map(|s| s.to_string()),
                Some(wrong.into())
            );
        }
    }

    #[test]
    fn what_is_not_read_is_told() {
        let contract = crate::contract::sample(
            "openapi: 3.2.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
             responses:\n        '200':\n          description: d\n          content:\n            \
             application/jsonl: {itemSchema: {type: object}}\n            \
             multipart/mixed: {schema: {type: object}}\n            \
             application/json: {schema: {type: object}}\n",
        );
        let problems: Vec<String> = contract
            .problems()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("itemSchema") && problems[1].contains("multipart"));
    }
}
