//! A body of text or of a form can be read as such.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::Finding;

pub(super) const ID: &str = "text";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(media), Some(fault)) = (view.media, &view.reading.fault) else {
        return Vec::new();
    };
    if !matches!(view.kind, Some(Kind::Text | Kind::Form)) {
        return Vec::new();
    }
    vec![view.finding(
        ID,
        "body",
        &media.pointer,
        format!("the body is not {}: {fault}", media.name),
        &media.name,
        view.beginning(),
    )]
}
