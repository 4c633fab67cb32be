//! A 204 has no body (RFC 9110 section 15.3.5), and says so.

use super::view::View;
use crate::outcome::Finding;

pub(super) const ID: &str = "no-content";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let Some(response) = view.response.filter(|r| r.status == 204) else {
        return Vec::new();
    };
    let announced = response
        .headers
        .text("content-length")
        .filter(|length| length.trim() != "0");
    let chunked = response.headers.get("transfer-encoding").is_some();
    let actual = match (&announced, chunked, response.body.len()) {
        (Some(length), _, _) => format!("Content-Length: {length}"),
        (None, true, _) => "Transfer-Encoding, which announces a body".to_owned(),
        (None, false, 0) => return Vec::new(),
        (None, false, length) => format!("{length} bytes"),
    };
    let pointer = view.promise.map_or("", |promise| promise.pointer.as_str());
    vec![view.finding(
        ID,
        "body",
        pointer,
        "a 204 response has a body",
        "no body",
        actual,
    )]
}
