//! The data of an event holds what `contentMediaType` and `contentSchema` say (`OpenAPI` 3.2.0,
//! Special Considerations for Server-Sent Events).

use serde_json::Value;

use super::view::View;
use crate::contract::{Framing, Kind, contents};
use crate::outcome::{Carrier, CheckId, Excerpt, Finding, FindingKind};
use crate::place::{InstancePath, pointer};
use crate::schema::{Direction, Keyword, Violation};
use crate::wire::parse_json;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(media), Some(Value::Array(events))) = (view.media, view.body) else {
        return Vec::new();
    };
    let (Some(schema), Some(Kind::Sequence(Framing::Events))) = (&media.item_schema, view.kind)
    else {
        return Vec::new();
    };
    let events = events.iter().enumerate();
    events
        .filter_map(|(i, event)| Some((i, event, event.get("data")?)))
        .flat_map(|(i, event, data)| {
            let document = &view.contract.document;
            let found = contents(
                document,
                schema,
                &mut |branches| the_one(view, branches, event),
                &mut |branches| the_one(view, branches, data),
            );
            let place = InstancePath::root().item(i).join("data");
            let text = data.as_str().unwrap_or_default();
            let judged = found.into_iter();
            judged.flat_map(move |content| judge_one(view, &content, &place, text))
        })
        .collect()
}

/// The branch that a value keeps, if that is only one: where several hold, one of them may have
/// nothing to say of the data.
fn the_one(view: &View<'_>, branches: Vec<String>, value: &Value) -> Vec<String> {
    let validators = view.checker.validators();
    let holds = |branch: &String| validators.is_valid(branch, Direction::Response, value);
    let kept: Vec<String> = branches.into_iter().filter(holds).collect();
    if kept.len() == 1 { kept } else { Vec::new() }
}

/// Judges the data of one event by a schema that says that it is JSON.
fn judge_one(view: &View<'_>, schema: &str, place: &InstancePath, data: &str) -> Vec<Finding> {
    let mut value = match parse_json(data.as_bytes()) {
        Ok(value) => value,
        Err(fault) => {
            return vec![view.finding(
                CheckId::Content,
                place.clone().into(),
                &pointer::join(schema, Keyword::ContentMediaType.name()),
                FindingKind::EventDataSyntax {
                    fault: fault.to_string(),
                    actual: Excerpt::of_text(data),
                },
            )];
        }
    };
    let content = pointer::join(schema, Keyword::ContentSchema.name());
    let validators = view.checker.validators();
    let violations = validators.violations(&content, Direction::Response, &mut value);
    let violations = violations.into_iter();
    violations
        .map(|violation| {
            let (below, kind) = kind_of(violation.clone(), &value);
            view.finding(
                CheckId::Content,
                InstancePath::new(format!("{place}{below}")).into(),
                &violation.schema,
                kind,
            )
        })
        .collect()
}

/// The place in the data that a violation is about, and what is wrong there.
fn kind_of(violation: Violation, data: &Value) -> (InstancePath, FindingKind) {
    let place = InstancePath::new(violation.instance);
    let at = |place: &InstancePath| Excerpt::of_optional(data.pointer(place.as_str()));
    match violation.property {
        Some(name) if violation.keyword == "required" => {
            (place.join(&name), FindingKind::MissingProperty { name })
        }
        Some(name) => {
            let place = place.join(&name);
            let kind = FindingKind::UndocumentedProperty {
                name,
                strict: false,
                actual: at(&place),
            };
            (place, kind)
        }
        None => {
            let kind = FindingKind::Schema {
                carrier: Carrier::EventData,
                keyword: violation.keyword,
                expected: violation.expected,
                actual: at(&place),
            };
            (place, kind)
        }
    }
}
