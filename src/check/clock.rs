//! A time of creation is that of the answer which tells of the creation.

use time::{Duration, OffsetDateTime};

use super::view::{View, instant};
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind};
use crate::place::pointer;

/// How far two clocks of one target may be apart.
const TOLERANCE: Duration = Duration::minutes(5);

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    if !creates(view) {
        return Vec::new();
    }
    let Some(now) = told_now(view) else {
        return Vec::new();
    };
    // A target whose `Date` is wrong may be right about the rest.
    let here = OffsetDateTime::from(view.exchange.ended);
    let is_now =
        |time: OffsetDateTime| (time - now).abs() <= TOLERANCE || (time - here).abs() <= TOLERANCE;
    let mut findings = Vec::new();
    for node in view.nodes.iter() {
        let (value, shape) = (node.value, node.shape);
        // What the new item is made of may be older.
        if node.around().count() == 1
            && shape.creation_time
            && let Some(time) = instant(value)
            && !is_now(time)
        {
            findings.push(view.finding(
                CheckId::Clock,
                node.path().into(),
                &pointer::join(&shape.pointer, "x-trueup-creation-time"),
                FindingKind::CreationTime {
                    date: rfc3339(now),
                    actual: Excerpt::of(value),
                },
            ));
        }
    }
    findings
}

/// The target's own time, to the second.
fn told_now(view: &View<'_>) -> Option<OffsetDateTime> {
    let text = view.response?.headers.text("date")?;
    httpdate::parse_http_date(&text).ok().map(Into::into)
}

fn creates(view: &View<'_>) -> bool {
    let operation = view.call.operation;
    let resource = view.contract.resource_served_by(operation);
    view.is_success()
        && resource.is_some_and(|resource| resource.create.as_ref() == Some(&operation.id))
}

fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default()
}
