//! A body of parts can be divided into them, and each part is of the media type that it should have
//! (`OpenAPI` 3.2.0, Encoding Usage and Restrictions). Their values are judged as JSON.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::{CheckId, Finding, Syntax};

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
    match view.unreadable(CheckId::Multipart, Syntax::Multipart, media, false) {
        Some(finding) => vec![finding],
        None => view.defects(CheckId::Multipart, &media.pointer),
    }
}
