//! All rules, applied to one exchange.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use super::checker::Checker;
use super::expected::Expectation;
use super::node::Nodes;
use super::view::View;
use super::{
    bytes, clock, content, content_type, echo, enumeration, error, expectation, header, identifier,
    json, multipart, no_content, order, paging, required, schema, sequence, status, text,
    transport, undocumented, url, xml,
};
use crate::codec::{Call, Description, Entity, Reading, body};
use crate::contract::{Contract, Kind, MediaType, media_for};
use crate::outcome::{CheckId, Finding, Level};
use crate::schema::Layout;
use crate::wire::{Exchange, Response, Status};

/// One rule.
type Rule = fn(&View<'_>) -> Vec<Finding>;

/// All rules, in the order of their findings.
const RULES: [(CheckId, Rule); 24] = [
    (CheckId::Transport, transport::judge),
    (CheckId::Status, status::judge),
    (CheckId::NoContent, no_content::judge),
    (CheckId::ContentType, content_type::judge),
    (CheckId::Json, json::judge),
    (CheckId::Xml, xml::judge),
    (CheckId::Text, text::judge),
    (CheckId::Sequence, sequence::judge),
    (CheckId::Multipart, multipart::judge),
    (CheckId::Length, bytes::judge),
    (CheckId::Required, required::judge),
    (CheckId::Undocumented, undocumented::judge),
    (CheckId::Identifier, identifier::judge),
    (CheckId::Enum, enumeration::judge),
    (CheckId::Schema, schema::judge),
    (CheckId::Content, content::judge),
    (CheckId::Header, header::judge),
    (CheckId::Error, error::judge),
    (CheckId::Echo, echo::judge),
    (CheckId::Url, url::judge),
    (CheckId::Order, order::judge),
    (CheckId::Clock, clock::judge),
    (CheckId::Paging, paging::judge),
    (CheckId::Expectation, expectation::judge),
];

/// What the rules say of one exchange.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Broken promises that are failures.
    pub findings: Vec<Finding>,
    /// Broken promises that are not.
    pub warnings: Vec<Finding>,
    /// The body as a value, if it is more than text or bytes.
    pub body: Option<Value>,
    /// A rule that panicked: its name and message. Its verdict is unknown.
    pub broken_rules: Vec<String>,
}

impl Checker {
    /// Judges one exchange by all rules.
    pub fn judge(
        &self,
        contract: &Contract,
        call: &Call<'_>,
        exchange: &Exchange,
        expectation: &Expectation<'_>,
    ) -> Judgement {
        let response = exchange.answer.as_ref().ok();
        let promise = response.and_then(|r| call.operation.response(r.status));
        let media = promise.and_then(|promise| {
            let essence = response.and_then(Response::media_type)?;
            media_for(&promise.media, &essence)
        });
        // A body is read as JSON if it should be JSON: a wrong content type hides nothing.
        let media = media.or_else(|| promise?.media.iter().find(|media| media.is_json()));
        let kind = media
            .zip(response)
            .map(|(media, response)| kind(media, response));
        let mut reading = match (media, kind, response) {
            (Some(media), Some(kind), Some(response)) if may_have_body(exchange, response) => {
                // JSON says itself what it is.
                let layout = |schema: &Option<String>| {
                    let schema = schema.as_deref().filter(|_| kind != Kind::Json)?;
                    Layout::at(&contract.document, schema)
                };
                let described = Description {
                    layout: layout(&media.schema),
                    items: layout(&media.item_schema),
                    is_sequence: media.is_sequence,
                    encodings: &media.encodings,
                };
                let entity = Entity {
                    content_type: response.headers.text("content-type"),
                    bytes: &response.body,
                    depth: 0,
                };
                body::read(kind, &described, &entity)
            }
            _ => Reading::default(),
        };
        let mut body = reading.value.take();
        let violations = match (&mut body, media) {
            (Some(body), Some(media)) => self.violations(media, kind, body, &reading.unread),
            _ => Vec::new(),
        };
        let shape = media.and_then(|media| self.shapes().of_body(media));
        let view = View {
            checker: self,
            contract,
            call,
            exchange,
            response,
            promise,
            media,
            shape,
            kind,
            body: body.as_ref(),
            nodes: Nodes::of(self.shapes(), body.as_ref().zip(shape)),
            reading: &reading,
            violations,
            expectation,
        };
        let mut findings: Vec<Finding> = Vec::new();
        let mut broken_rules = Vec::new();
        // An answer of another kind than expected breaks one promise, whatever its body is like.
        let rules = if view.is_of_another_kind() || view.is_foreign() {
            &RULES[..2]
        } else {
            &RULES[..]
        };
        for (check, rule) in rules {
            match catch_unwind(AssertUnwindSafe(|| rule(&view))) {
                Ok(found) => findings.extend(found),
                Err(panic) => {
                    let message = panic
                        .downcast_ref::<&str>()
                        .map(|m| (*m).to_owned())
                        .or_else(|| panic.downcast_ref::<String>().cloned())
                        .unwrap_or_default();
                    broken_rules.push(format!("the check '{check}' panicked: {message}"));
                }
            }
        }
        drop(view);
        // A text stays what it is.
        let body = body.filter(|_| kind != Some(Kind::Text));
        let (findings, warnings) = findings
            .into_iter()
            .partition(|finding| finding.level == Level::Failure);
        Judgement {
            findings,
            warnings,
            body,
            broken_rules,
        }
    }
}

/// What the body is read as: what its media type says, and for a range what the response says.
fn kind(media: &MediaType, response: &Response) -> Kind {
    match response.media_type() {
        Some(essence) if media.is_range() => media.kind_of(&essence),
        _ => media.kind(),
    }
}

/// Whether a body can belong to this answer at all (RFC 9110 section 6.4.1).
fn may_have_body(exchange: &Exchange, response: &Response) -> bool {
    exchange.request.method != "HEAD" && !matches!(response.status, Status(204 | 304))
}
