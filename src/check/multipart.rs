//! A body of parts can be divided into them, and each part is of the media type that it should have
//! (`OpenAPI` 3.2.0, Encoding Usage and Restrictions). Their values are judged as JSON.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::Finding;

pub(super) const ID: &str = "multipart";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(media)) = (view.response, view.media) else {
        return Vec::new();
    };
    if view.kind != Some(Kind::Multipart)
        || response.status == 204
        || view.exchange.request.method == "HEAD"
    {
        return Vec::new();
    }
    let message = match &view.reading.fault {
        Some(fault) => format!("the body cannot be divided into parts: {fault}"),
        None if response.body.is_empty() => "the body is empty".to_owned(),
        None => return view.defects(ID, &media.pointer),
    };
    vec![view.finding(
        ID,
        "body",
        &media.pointer,
        message,
        format!("parts as {}", media.name),
        view.beginning(),
    )]
}
