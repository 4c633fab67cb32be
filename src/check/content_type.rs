//! The body has a documented media type.

use std::borrow::Cow;

use super::view::View;
use crate::outcome::Finding;

pub(super) const ID: &str = "content-type";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(promise)) = (view.response, view.promise) else {
        return Vec::new();
    };
    if promise.media.is_empty() || response.status == 204 {
        return Vec::new();
    }
    let message = match response.media_type() {
        // An empty body has no type; that it is empty is another rule's matter.
        None if response.body.is_empty() => return Vec::new(),
        None => "the response has a body and no Content-Type".to_owned(),
        Some(essence) if promise.media.iter().any(|media| media.covers(&essence)) => {
            return Vec::new();
        }
        Some(essence) => format!("the media type {essence} is not documented"),
    };
    let names: Vec<&str> = promise.media.iter().map(|m| m.name.as_str()).collect();
    let actual = response
        .headers
        .text("content-type")
        .unwrap_or(Cow::Borrowed("none"));
    vec![view.finding(
        ID,
        "header Content-Type",
        &format!("{}/content", promise.pointer),
        message,
        names.join(", "),
        actual,
    )]
}
