//! The status is documented, and it is the one that the case expects.

use super::view::{View, show};
use crate::outcome::Finding;
use crate::wire::{Status, StatusRange, StatusSet};

pub(super) const ID: &str = "status";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let Some(response) = view.response else {
        return Vec::new();
    };
    let (status, operation) = (response.status, view.call.operation);
    let expectation = view.expectation;
    let expected = expectation.status.statuses(operation);
    if let Some(expected) = expected.filter(|expected| !expected.contains(status)) {
        let promise = match expectation.status.error(operation) {
            Some(error) => Some(view.contract.document.place(&error.pointer)),
            None => expectation.place.cloned(),
        };
        let expected = in_words(&expected);
        return vec![view.finding_at(
            ID,
            "status",
            promise,
            format!("the status is {status}, expected is {expected}"),
            expected,
            seen(view, status),
        )];
    }
    // A document that describes errors only does not promise that there is no success.
    let is_open = expectation.status.allows_undocumented()
        || view.is_success() && operation.successes().next().is_none();
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

fn in_words(statuses: &StatusSet) -> String {
    let successes = |successes: &[StatusRange]| {
        let names: Vec<String> = successes.iter().map(ToString::to_string).collect();
        if names.is_empty() {
            "a success".to_owned()
        } else {
            names.join(" or ")
        }
    };
    match statuses {
        StatusSet::Exact(status) => status.to_string(),
        StatusSet::Success(documented) => successes(documented),
        StatusSet::SuccessOrClientError(documented) => format!("{} or 4xx", successes(documented)),
        StatusSet::ClientError => "4xx".to_owned(),
        StatusSet::NoSuchOperation => "405, 404 or 501".to_owned(),
    }
}

fn seen(view: &View<'_>, status: Status) -> String {
    match view.body {
        Some(body) if status.is_error() => format!("{status} {}", show(body)),
        _ => status.to_string(),
    }
}
