//! A JSON body is complete, well-formed JSON (RFC 8259): UTF-8, no name twice, nothing behind it.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::{CheckId, Finding, Syntax};

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
    let finding = view.unreadable(CheckId::Json, Syntax::Json, media, false);
    finding.into_iter().collect()
}
