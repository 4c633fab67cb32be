//! Documented headers are there and have their types.

use std::borrow::Cow;

use super::view::{View, body_place};
use crate::codec::style::{self, Escape};
use crate::codec::text::typed;
use crate::contract::{Encoding, HeaderPromise, Kind};
use crate::outcome::{Finding, Level};
use crate::place::pointer;
use crate::schema::{Direction, Layout};
use crate::wire::{Header, Headers, parse_json};

pub(super) const ID: &str = "header";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(promise)) = (view.response, view.promise) else {
        return Vec::new();
    };
    let parts = view.reading.parts.iter().flat_map(|part| {
        let around = format!("{}, ", body_place(&part.place));
        judge_all(view, &around, part.promised, &part.headers)
    });
    let mut findings = judge_all(view, "", &promise.headers, &response.headers);
    findings.extend(parts);
    findings
}

/// Judges the headers of a response or of a part; `around` is what the places of findings begin
/// with.
fn judge_all(
    view: &View<'_>,
    around: &str,
    promised: &[HeaderPromise],
    headers: &Headers,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for header in promised {
        let lines: Vec<_> = headers.all(&header.name).map(Header::text).collect();
        if lines.is_empty() && !header.required {
            continue;
        }
        let schema = header.schema.as_deref().filter(|_| !header.is_text);
        let layout = schema.and_then(|schema| Layout::at(&view.contract.document, schema));
        let is_list = layout
            .as_ref()
            .is_some_and(|layout| layout.is("array") || layout.is("object"));
        // Several lines are one list, where there is one (RFC 9110 section 5.3).
        let texts = if is_list && lines.len() > 1 {
            vec![Cow::Owned(lines.join(", "))]
        } else {
            lines
        };
        let mut found = match texts.as_slice() {
            [] => vec![missing(view, header)],
            texts => texts
                .iter()
                .flat_map(|text| judge_one(view, header, layout.as_ref(), text))
                .collect(),
        };
        for finding in &mut found {
            finding.place.insert_str(0, around);
            if header.advisory {
                finding.level = Level::Warning;
            }
        }
        findings.extend(found);
    }
    findings
}

fn missing(view: &View<'_>, header: &HeaderPromise) -> Finding {
    view.finding(
        ID,
        format!("header {}", header.name),
        &pointer::join(&header.pointer, "required"),
        "the required header is missing",
        "the header",
        "no such header",
    )
}

fn judge_one(
    view: &View<'_>,
    header: &HeaderPromise,
    layout: Option<&Layout<'_>>,
    text: &str,
) -> Vec<Finding> {
    let place = format!("header {}", header.name);
    let Some(schema) = &header.schema else {
        return Vec::new();
    };
    let mut value = match &header.encoding {
        Encoding::Style(how) => {
            style::read_segment(*how, &header.name, layout, text, Escape::Nothing)
        }
        Encoding::Media(media) if Kind::of(media) == Kind::Json => {
            match parse_json(text.as_bytes()) {
                Ok(value) => value,
                Err(fault) => {
                    return vec![view.finding(
                        ID,
                        place,
                        &pointer::join(&header.pointer, "content"),
                        format!("the value of the header is not well-formed JSON: {fault}"),
                        format!("one {media} value"),
                        text,
                    )];
                }
            }
        }
        Encoding::Media(media) if Kind::of(media) == Kind::Text => typed(layout, text),
        Encoding::Media(_) => return Vec::new(),
    };
    let violations = view
        .checker
        .validators
        .violations(schema, Direction::Response, &mut value);
    violations
        .iter()
        .map(|violation| {
            view.finding(
                ID,
                &place,
                &violation.schema,
                "the value of the header breaks its schema",
                &violation.expected,
                text,
            )
        })
        .collect()
}
