//! `JSONPath` (RFC 9535). This is the only file that knows the `serde_json_path` crate.

use std::cmp::Ordering;

use serde_json::Value;
use serde_json_path::{JsonPath, NormalizedPath};

use crate::place::pointer;

/// A query that selects nodes of a document.
pub(super) struct Query(JsonPath);

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        JsonPath::parse(text).map(Self).map_err(|e| e.to_string())
    }

    /// JSON pointers of the selected nodes, each once. Parents come before their children,
    /// and items of an array in their order.
    pub(super) fn locations(&self, root: &Value) -> Vec<String> {
        let located = self.0.query_located(root).dedup();
        let mut places: Vec<String> = located
            .locations()
            .map(NormalizedPath::to_json_pointer)
            .collect();
        places.sort_by(|a, b| in_order(a, b));
        places
    }
}

/// Indexes are compared as numbers.
fn in_order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (pointer::tokens(a), pointer::tokens(b));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, _) => Ordering::Less,
            (_, None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<usize>(), b.parse::<usize>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => a.cmp(&b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_unique_and_in_order() {
        let root = serde_json::json!({"a": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, {"a": [0]}]});
        let query = Query::parse("$.a[10, 2, 2]").unwrap();
        assert_eq!(query.locations(&root), ["/a/2", "/a/10"]);
        let query = Query::parse("$..a").unwrap();
        assert_eq!(query.locations(&root), ["/a", "/a/10/a"]);
    }
}
