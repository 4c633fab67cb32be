//! Responses by status.

use super::header::HeaderPromise;
use super::link::Link;
use super::media::{Kind, MediaType};
use super::value_encoding::Encodings;
use crate::contract::reader::Reader;
use crate::place::pointer;
use crate::spec::Version;
use crate::wire::{Status, StatusRange};

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
                let message = "the operation does not document a response";
                let remedy = "add `responses` with at least one status code";
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
                    format!("`{key}` is not a status code"),
                    "write a code such as `200`, a range such as `4XX`, or `default`",
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
                self.multipart_response(media);
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
        let can_succeed =
            |response: &Response| (100..400).any(|code| response.status.includes(Status(code)));
        if !responses.is_empty() && !responses.iter().any(can_succeed) {
            self.warn(
                &place,
                "the operation does not document a success, so successful responses are not checked",
                "add the successful response to `responses`",
            );
        }
        responses
    }

    /// Ignores the encodings that do not apply to responses that have parts.
    fn multipart_response(&mut self, media: &mut MediaType) {
        if media.kind() != Kind::Multipart {
            return;
        }
        // (OpenAPI 3.1.1, Media Type Object; 3.2.0 has no such limit.)
        if self.document.version() < Some(Version::V3_2) && !media.encodings.named.is_empty() {
            self.warn(
                &pointer::join(&media.pointer, "encoding"),
                "before OpenAPI 3.2 `encoding` applies to requests only, so it is ignored for the \
                 parts of this response",
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
                    "the parts of {} need not have names, and only parts with names are checked",
                    media.name
                ),
                "describe them as the items of an array (OpenAPI 3.2, Encoding By Position)",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn ignored_encodings_of_parts_are_reported() {
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
