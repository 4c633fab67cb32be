//! A 204 has no body (RFC 9110 section 15.3.5), and says so.

use super::view::View;
use crate::outcome::{AnnouncedBody, CheckId, Finding, FindingKind, ResponsePlace};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let Some(response) = view.response.filter(|r| r.status == 204) else {
        return Vec::new();
    };
    let announced = response
        .headers
        .text("content-length")
        .filter(|length| length.trim() != "0");
    let chunked = response.headers.get("transfer-encoding").is_some();
    let body = match (announced, chunked, response.body.len()) {
        (Some(length), _, _) => AnnouncedBody::ContentLength(length.into_owned()),
        (None, true, _) => AnnouncedBody::TransferEncoding,
        (None, false, 0) => return Vec::new(),
        (None, false, length) => AnnouncedBody::Bytes(length),
    };
    let pointer = view.promise.map_or("", |promise| promise.pointer.as_str());
    vec![view.finding(
        CheckId::NoContent,
        ResponsePlace::body(),
        pointer,
        FindingKind::BodyOfNoContent(body),
    )]
}
