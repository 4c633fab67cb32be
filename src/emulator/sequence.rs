//! Bodies of items that follow each other (`OpenAPI` 3.2.0, Sequential Media Types).

use serde_json::Value;

use super::value::plain_text;
use crate::contract::Framing;

/// The items of an array, one behind the other.
pub(super) fn text(framing: Framing, items: &[Value]) -> String {
    let items = items.iter().map(|item| match framing {
        Framing::Lines => format!("{item}\n"),
        Framing::Records => format!("\u{1e}{item}\n"),
        Framing::Events => event(item),
    });
    items.collect()
}

fn event(item: &Value) -> String {
    let fields = item.as_object().into_iter().flatten();
    let lines = fields.flat_map(|(name, value)| {
        let text = plain_text(value);
        let lines: Vec<String> = text
            .split('\n')
            .map(|line| format!("{name}: {line}\n"))
            .collect();
        lines
    });
    lines.chain(["\n".to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn items_follow_each_other() {
        let items = [json!({"data": "a\nb", "retry": 1}), json!({"data": "c"})];
        let events = "data: a\ndata: b\nretry: 1\n\ndata: c\n\n";
        assert_eq!(text(Framing::Events, &items), events);
        let lines = "{\"data\":\"a\\nb\",\"retry\":1}\n{\"data\":\"c\"}\n";
        assert_eq!(text(Framing::Lines, &items), lines);
        assert_eq!(
            text(Framing::Records, &items[1..]),
            "\u{1e}{\"data\":\"c\"}\n"
        );
    }
}
