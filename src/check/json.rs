//! A JSON body is complete, well-formed JSON (RFC 8259): UTF-8, no name twice, nothing behind it.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::Finding;

pub(super) const ID: &str = "json";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(media)) = (view.response, view.media) else {
        return Vec::new();
    };
    if view.kind != Some(Kind::Json)
        || response.status == 204
        || view.exchange.request.method == "HEAD"
    {
        return Vec::new();
    }
    let message = match &view.reading.fault {
        Some(fault) => format!("the body is not well-formed JSON: {fault}"),
        None if response.body.is_empty() => "the body is empty".to_owned(),
        None => return Vec::new(),
    };
    vec![view.finding(
        ID,
        "body",
        &media.pointer,
        message,
        format!("one {} value", media.name),
        view.beginning(),
    )]
}
