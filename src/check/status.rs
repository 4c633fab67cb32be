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
        let documented: Vec<String> = operation
            .responses
            .iter()
            .map(|response| response.status.to_string())
            .collect();
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
    let is_met = match view.expectation.status {
        Status::Documented => true,
        Status::Success => is_success(view, status),
        Status::SuccessOrRejected => is_success(view, status) || status / 100 == 4,
        Status::Exact(exact) => status == exact,
        Status::Refused | Status::Rejected => status / 100 == 4,
        Status::Unanswered => matches!(status / 100, 3 | 4) || status == 501,
        Status::Promised(error) => status == error.status,
    };
    if is_met {
        return None;
    }
    Some(match view.expectation.status {
        Status::Documented => "a documented status".to_owned(),
        Status::Success => successes(view),
        Status::SuccessOrRejected => format!("{} or 4xx", successes(view)),
        Status::Exact(exact) => exact.to_string(),
        Status::Refused | Status::Rejected => "4xx".to_owned(),
        Status::Unanswered => "405, 404 or 501".to_owned(),
        Status::Promised(error) => error.status.to_string(),
    })
}

/// Whether a status is a success of the operation, or any one if the contract tells of none.
fn is_success(view: &View<'_>, status: u16) -> bool {
    let mut successes = view.call.operation.successes().peekable();
    if successes.peek().is_none() {
        return status < 400;
    }
    successes.any(|success| success.status.includes(status))
}

/// The successes of the operation.
fn successes(view: &View<'_>) -> String {
    let successes = view.call.operation.successes();
    let names: Vec<String> = successes
        .map(|success| success.status.to_string())
        .collect();
    if names.is_empty() {
        return "a success".to_owned();
    }
    names.join(" or ")
}

fn seen(view: &View<'_>, status: u16) -> String {
    match view.body {
        Some(body) if status >= 400 => format!("{status} {}", view::show(body)),
        _ => status.to_string(),
    }
}
