//! A JSON body is complete, well-formed JSON (RFC 8259): UTF-8, no name twice, nothing behind it.

use super::view::View;
use crate::outcome::Finding;

pub(super) const ID: &str = "json";

/// Longest beginning of a body that is shown, in characters.
const SHOWN: usize = 120;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(media)) = (view.response, view.media) else {
        return Vec::new();
    };
    if !media.is_json() || response.status == 204 || view.exchange.request.method == "HEAD" {
        return Vec::new();
    }
    let message = match &view.json_fault {
        Some(fault) => format!("the body is not well-formed JSON: {fault}"),
        None if response.body.is_empty() => "the body is empty".to_owned(),
        None => return Vec::new(),
    };
    let text = String::from_utf8_lossy(&response.body);
    let mut seen: String = text.chars().take(SHOWN).collect();
    if seen.len() < text.len() {
        seen.push_str("...");
    }
    vec![view.finding(
        ID,
        "body",
        &media.pointer,
        message,
        format!("one {} value", media.name),
        if seen.is_empty() {
            "no bytes".to_owned()
        } else {
            seen
        },
    )]
}
