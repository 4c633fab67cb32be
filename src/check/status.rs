//! The status is documented, and it is the one that the case expects.

use super::view::View;
use super::{Status, view};
use crate::outcome::Finding;

pub(super) const ID: &str = "status";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let Some(response) = view.response else {
        return Vec::new();
    };
    let status = response.status;
    let operation = view.call.operation;
    let documented: Vec<String> = operation
        .responses
        .iter()
        .map(|response| response.status.to_string())
        .collect();
    if let Some(expected) = unexpected(view, status) {
        let promise = match view.expectation.status {
            Status::Promised(error) => Some(view.contract.document.place(&error.pointer)),
            _ => view.expectation.place.cloned(),
        };
        return vec![view.finding_at(
            ID,
            "status",
            promise,
            format!("the status is {status}, expected is {expected}"),
            expected,
            seen(view, status),
        )];
    }
    // The servers between client and API refuse too, in ways that no document tells. And one that
    // tells of errors only does not promise that there is no success.
    let is_open = matches!(
        view.expectation.status,
        Status::Rejected | Status::SuccessOrRejected | Status::Unanswered
    ) || view.is_success() && operation.successes().next().is_none();
    if view.promise.is_none() && !is_open {
        return vec![view.finding(
            ID,
            "status",
            &format!("{}/responses", operation.pointer),
            format!("the status {status} is not documented"),
            documented.join(", "),
            seen(view, status),
        )];
    }
    Vec::new()
}

/// What was expected, if the status is not that.
fn unexpected(view: &View<'_>, status: u16) -> Option<String> {
    let (expected, met) = match view.expectation.status {
        Status::Documented => return None,
        Status::Success => success(view, status),
        Status::SuccessOrRejected => {
            let (expected, met) = success(view, status);
            (format!("{expected} or 4xx"), met || status / 100 == 4)
        }
        Status::Exact(exact) => (exact.to_string(), status == exact),
        Status::Refused | Status::Rejected => ("4xx".to_owned(), status / 100 == 4),
        Status::Unanswered => {
            let met = status / 100 == 3 || status / 100 == 4 || status == 501;
            ("405, 404 or 501".to_owned(), met)
        }
        Status::Promised(error) => (error.status.to_string(), status == error.status),
    };
    (!met).then_some(expected)
}

/// The successes of the operation, and whether the status is one of them.
fn success(view: &View<'_>, status: u16) -> (String, bool) {
    let successes = view.call.operation.successes();
    let (names, met): (Vec<String>, Vec<bool>) = successes
        .map(|success| (success.status.to_string(), success.status.includes(status)))
        .unzip();
    if names.is_empty() {
        ("a success".to_owned(), status < 400)
    } else {
        (names.join(" or "), met.contains(&true))
    }
}

fn seen(view: &View<'_>, status: u16) -> String {
    match view.body {
        Some(body) if status >= 400 => format!("{status} {}", view::show(body)),
        _ => status.to_string(),
    }
}
