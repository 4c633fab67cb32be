//! An XML body is well-formed, and its names are those of the schemas (`OpenAPI` 3.1.1, XML
//! Object). Its values are judged as JSON.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::{CheckId, Finding, Syntax};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(media)) = (view.response, view.media) else {
        return Vec::new();
    };
    if view.kind != Some(Kind::Xml)
        || response.status == 204
        || view.exchange.request.method == "HEAD"
    {
        return Vec::new();
    }
    if let Some(finding) = view.unreadable(CheckId::Xml, Syntax::Xml, media, false) {
        return vec![finding];
    }
    let schema = media.schema.as_deref().unwrap_or(&media.pointer);
    view.defects(CheckId::Xml, schema)
}
