//! The target answers, in time and to the end.

use super::view::View;
use crate::outcome::Finding;

pub(super) const ID: &str = "transport";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    match &view.exchange.answer {
        Err(fault) if fault.is_broken_promise() => vec![view.finding_at(
            ID,
            "response",
            None,
            fault.to_string(),
            "a complete HTTP response",
            "none",
        )],
        _ => Vec::new(),
    }
}
