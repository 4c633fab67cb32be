//! Documented headers are there and have their types.

use std::borrow::Cow;

use super::view::View;
use crate::codec::style::{self, Escape};
use crate::codec::text::typed;
use crate::contract::{Encoding, HeaderPromise, Kind};
use crate::outcome::{Carrier, CheckId, Excerpt, Finding, FindingKind, Level, ResponsePlace};
use crate::place::{InstancePath, pointer};
use crate::schema::{Direction, Layout};
use crate::wire::{Header, Headers, parse_json};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(promise)) = (view.response, view.promise) else {
        return Vec::new();
    };
    let parts = view.reading.parts.iter().flat_map(|headers| {
        let part = InstancePath::new(&headers.place);
        let place = move |name: &str| ResponsePlace::PartHeader {
            part: part.clone(),
            name: name.to_owned(),
        };
        judge_all(view, &place, headers.promised, &headers.headers)
    });
    let place = |name: &str| ResponsePlace::Header(name.to_owned());
    let mut findings = judge_all(view, &place, &promise.headers, &response.headers);
    findings.extend(parts);
    findings
}

/// Judges the headers of a response or of a part; `place_of` makes the place of a header.
fn judge_all(
    view: &View<'_>,
    place_of: &dyn Fn(&str) -> ResponsePlace,
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
            [] => vec![missing(view, header, place_of(&header.name))],
            texts => texts
                .iter()
                .flat_map(|text| {
                    let place = place_of(&header.name);
                    judge_one(view, header, &place, layout.as_ref(), text)
                })
                .collect(),
        };
        for finding in &mut found {
            if header.advisory {
                finding.level = Level::Warning;
            }
        }
        findings.extend(found);
    }
    findings
}

fn missing(view: &View<'_>, header: &HeaderPromise, place: ResponsePlace) -> Finding {
    view.finding(
        CheckId::Header,
        place,
        &pointer::join(&header.pointer, "required"),
        FindingKind::MissingHeader,
    )
}

fn judge_one(
    view: &View<'_>,
    header: &HeaderPromise,
    place: &ResponsePlace,
    layout: Option<&Layout<'_>>,
    text: &str,
) -> Vec<Finding> {
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
                        CheckId::Header,
                        place.clone(),
                        &pointer::join(&header.pointer, "content"),
                        FindingKind::HeaderSyntax {
                            media: media.clone(),
                            fault: fault.to_string(),
                            actual: text.to_owned(),
                        },
                    )];
                }
            }
        }
        Encoding::Media(media) if Kind::of(media) == Kind::Text => typed(layout, text),
        Encoding::Media(_) => return Vec::new(),
    };
    let violations = view
        .checker
        .validators()
        .violations(schema, Direction::Response, &mut value);
    violations
        .iter()
        .map(|violation| {
            view.finding(
                CheckId::Header,
                place.clone(),
                &violation.schema,
                FindingKind::Schema {
                    carrier: Carrier::Header,
                    keyword: violation.keyword.clone(),
                    expected: violation.expected.clone(),
                    actual: Excerpt::of_text(text),
                },
            )
        })
        .collect()
}
