//! The status is documented, and it is the one that the case expects.

use super::view::View;
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind, ResponsePlace};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let Some(response) = view.response else {
        return Vec::new();
    };
    let (actual, operation) = (response.status, view.call.operation);
    let body = Excerpt::of_optional(view.body.filter(|_| actual.is_error()));
    let expectation = view.expectation;
    let expected = expectation.status.statuses(operation);
    if let Some(expected) = expected.filter(|expected| !expected.contains(actual)) {
        let promise = match expectation.status.error(operation) {
            Some(error) => Some(view.contract.document.place(&error.pointer)),
            None => expectation.place.cloned(),
        };
        let kind = FindingKind::UnexpectedStatus {
            expected,
            actual,
            body,
        };
        return vec![view.finding_at(CheckId::Status, ResponsePlace::Status, promise, kind)];
    }
    // A document that describes errors only does not promise that there is no success.
    let is_open = expectation.status.allows_undocumented()
        || view.is_success() && operation.successes().next().is_none();
    if view.promise.is_some() || is_open {
        return Vec::new();
    }
    let responses = operation.responses.iter();
    let kind = FindingKind::UndocumentedStatus {
        documented: responses.map(|response| response.status).collect(),
        actual,
        body,
    };
    let promise = format!("{}/responses", operation.pointer);
    vec![view.finding(CheckId::Status, ResponsePlace::Status, &promise, kind)]
}
