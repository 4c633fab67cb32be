//! The target responds, in time and completely.

use super::view::View;
use crate::outcome::{CheckId, Finding, FindingKind, ResponsePlace};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    match &view.exchange.answer {
        Err(fault) if fault.is_broken_promise() => vec![view.finding_at(
            CheckId::Transport,
            ResponsePlace::Response,
            None,
            FindingKind::NoResponse(fault.clone()),
        )],
        _ => Vec::new(),
    }
}
