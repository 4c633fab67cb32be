//! Documented headers are there and have their types.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::view::{View, body_place};
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
    let parts = view.reading.heads.iter().flat_map(|head| {
        let around = format!("{}, ", body_place(&head.place));
        judge_all(view, &around, head.promised, &head.headers)
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
        Encoding::Style(how) => styled(layout, how.explode, text),
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

/// The value that a text in the style `simple` stands for, the only one that headers have.
fn styled(layout: Option<&Layout<'_>>, explode: bool, text: &str) -> Value {
    let items = || text.split(',').map(str::trim);
    let Some(layout) = layout else {
        return Value::from(text.trim());
    };
    if layout.is("array") {
        let layout = layout.items();
        return if text.trim().is_empty() {
            Value::Array(Vec::new())
        } else {
            items().map(|item| typed(layout.as_ref(), item)).collect()
        };
    }
    if !layout.is("object") {
        return typed(Some(layout), text.trim());
    }
    let member = |(name, text): (&str, &str)| {
        let value = typed(layout.member(name).as_ref(), text);
        (name.to_owned(), value)
    };
    let members: Option<Map<String, Value>> = if explode {
        items()
            .map(|item| item.split_once('=').map(member))
            .collect()
    } else {
        let items: Vec<&str> = items().collect();
        items
            .chunks(2)
            .map(|pair| match pair {
                [name, text] => Some(member((*name, *text))),
                _ => None,
            })
            .collect()
    };
    members.map_or_else(|| Value::from(text), Value::Object)
}

fn typed(layout: Option<&Layout<'_>>, text: &str) -> Value {
    layout.map_or_else(|| Value::from(text), |layout| layout.typed(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;
    use serde_json::json;

    #[test]
    fn texts_in_the_simple_style() {
        let contract = sample(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    \
             n: {type: integer}\n    l: {type: array, items: {type: integer}}\n    \
             o: {type: object, properties: {a: {type: integer}, b: {type: boolean}}}\n    \
             s: {type: string}\n",
        );
        for (schema, explode, text, expected) in [
            ("n", false, "12", json!(12)),
            ("n", false, "1x", json!("1x")),
            ("s", false, "1, 2", json!("1, 2")),
            ("l", false, "1, 2,x", json!([1, 2, "x"])),
            ("l", true, "", json!([])),
            ("o", false, "a,1,b,true", json!({"a": 1, "b": true})),
            ("o", true, "a=1, b=x", json!({"a": 1, "b": "x"})),
            ("o", true, "a", json!("a")),
            ("o", false, "a", json!("a")),
        ] {
            let place = format!("/components/schemas/{schema}");
            let layout = Layout::at(&contract.document, &place);
            assert_eq!(styled(layout.as_ref(), explode, text), expected, "{text}");
        }
    }
}
