//! The body has a documented media type.

use super::view::View;
use crate::outcome::{CheckId, Finding, FindingKind, ResponsePlace};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(promise)) = (view.response, view.promise) else {
        return Vec::new();
    };
    if promise.media.is_empty() || response.status == 204 {
        return Vec::new();
    }
    let is_right = match response.media_type() {
        // An empty body has no type; another rule reports that it is empty.
        None => response.body.is_empty(),
        Some(essence) => promise.media.iter().any(|media| media.covers(&essence)),
    };
    if is_right {
        return Vec::new();
    }
    let actual = response.headers.text("content-type");
    let kind = FindingKind::MediaType {
        documented: promise.media.iter().map(|m| m.name.clone()).collect(),
        actual: actual.map(std::borrow::Cow::into_owned),
    };
    vec![view.finding(
        CheckId::ContentType,
        ResponsePlace::Header("Content-Type".to_owned()),
        &format!("{}/content", promise.pointer),
        kind,
    )]
}
