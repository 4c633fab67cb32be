//! A sequence can be divided into its items (`OpenAPI` 3.2.0, Sequential Media Types). Each item is
//! judged as JSON.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::Finding;

pub(super) const ID: &str = "sequence";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(media), Some(Kind::Sequence(_))) = (view.media, view.kind) else {
        return Vec::new();
    };
    if let Some(fault) = &view.reading.fault {
        return vec![view.finding(
            ID,
            "body",
            &media.pointer,
            format!("the body is not {}: {fault}", media.name),
            format!("items as {}", media.name),
            view.beginning(),
        )];
    }
    view.defects(ID, &media.pointer)
}
