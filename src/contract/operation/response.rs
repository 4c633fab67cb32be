//! Responses by status.

use std::fmt;

use super::header::HeaderPromise;
use super::link::Link;
use super::media::{Kind, MediaType};
use super::value_encoding::Encodings;
use crate::contract::reader::Reader;
use crate::place::pointer;
use crate::spec::Version;

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
    pub(in crate::contract) fn breadth(self) -> u8 {
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

impl Reader<'_> {
    /// The responses of an operation.
    pub(in crate::contract) fn responses(&mut self, at: &str) -> Vec<Response> {
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
            let mut media = has("content").then(|| self.media(&target));
            for media in media.iter_mut().flatten() {
                self.multipart_answer(media);
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

    /// What counts of a media type of answers that have parts.
    fn multipart_answer(&mut self, media: &mut MediaType) {
        if media.kind() != Kind::Multipart {
            return;
        }
        // (OpenAPI 3.1.1, Media Type Object; 3.2.0 has no such limit.)
        if self.document.version() < Some(Version::V3_2) && !media.encodings.named.is_empty() {
            self.warn(
                &pointer::join(&media.pointer, "encoding"),
                "before OpenAPI 3.2 it counts in requests only, so the parts of an answer are not \
                 checked by it",
                "raise the version of the document",
            );
            media.encodings = Encodings::default();
        }
        let schema = media.schema.as_deref();
        let is_named = schema.is_some_and(|schema| !self.takes_array(schema));
        if is_named && media.name != "multipart/form-data" {
            self.note(
                &pointer::join(&media.pointer, "schema"),
                format!(
                    "the parts of {} need no names, and count only if they have some",
                    media.name
                ),
                "describe them as the items of an array (OpenAPI 3.2, Encoding By Position)",
            );
        }
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
    fn what_does_not_count_in_parts_is_told() {
        let told = |version: &str| {
            let contract = crate::contract::sample(&format!(
                "openapi: {version}\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      \
                 responses:\n        '200':\n          description: d\n          content:\n            \
                 multipart/mixed: {{schema: {{type: object}}}}\n            \
                 multipart/form-data: {{schema: {{type: object}}, encoding: {{a: {{}}}}}}\n"
            ));
            let problems = contract.problems().into_iter();
            problems
                .map(|p| p.place.pointer.rsplit('/').next().map(str::to_owned))
                .collect()
        };
        let (mixed, encoding) = (Some("schema".to_owned()), Some("encoding".to_owned()));
        let both: Vec<_> = told("3.1.0");
        assert_eq!(both, [mixed.clone(), encoding]);
        assert_eq!(told("3.2.0"), [mixed]);
    }
}
