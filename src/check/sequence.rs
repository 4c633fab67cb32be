//! A sequence can be divided into its items (`OpenAPI` 3.2.0, Sequential Media Types). Each item is
//! judged as JSON.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::{CheckId, Finding, Syntax};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(media), Some(Kind::Sequence(_))) = (view.media, view.kind) else {
        return Vec::new();
    };
    match view.unreadable(CheckId::Sequence, Syntax::Sequence, media, true) {
        Some(finding) => vec![finding],
        None => view.defects(CheckId::Sequence, &media.pointer),
    }
}
