//! A body of text or of a form can be decoded.

use super::view::View;
use crate::contract::Kind;
use crate::outcome::{CheckId, Finding, Syntax};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let Some(media) = view.media else {
        return Vec::new();
    };
    if !matches!(view.kind, Some(Kind::Text | Kind::Form)) {
        return Vec::new();
    }
    let finding = view.unreadable(CheckId::Text, Syntax::Text, media, true);
    finding.into_iter().collect()
}
