//! An XML body is well-formed, and its names are those of the schemas (`OpenAPI` 3.1.1, XML
//! Object). Its values are judged as JSON.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::Finding;

pub(super) const ID: &str = "xml";

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
    let fault = match &view.reading.fault {
        Some(fault) => Some(format!("the body is not well-formed XML: {fault}")),
        None if response.body.is_empty() => Some("the body is empty".to_owned()),
        None => None,
    };
    if let Some(message) = fault {
        return vec![view.finding(
            ID,
            "body",
            &media.pointer,
            message,
            "one XML document",
            view.beginning(),
        )];
    }
    let schema = media.schema.as_deref().unwrap_or(&media.pointer);
    view.defects(ID, schema)
}
