//! Walks over the schemas that stand inside a schema, by the table of keywords.

use serde_json::{Map, Value};

use crate::keyword::{Keyword, Takes};
use crate::place::pointer;

/// Visits the schemas that a keyword of a schema holds, with their places; `at` is the place of the
/// schema around them.
pub(super) fn each_held(
    schema: &Map<String, Value>,
    keyword: Keyword,
    at: &mut String,
    visit: &mut dyn FnMut(&mut String, &Value),
) {
    let Some(value) = schema.get(keyword.name()) else {
        return;
    };
    let length = at.len();
    pointer::push(at, keyword.name());
    let inner = at.len();
    match (keyword.takes(), value) {
        (Takes::Schema | Takes::SchemaOrFlag, value) => visit(at, value),
        (Takes::Schemas, Value::Array(items)) => {
            for (i, item) in items.iter().enumerate() {
                pointer::push(at, &i.to_string());
                visit(at, item);
                at.truncate(inner);
            }
        }
        (Takes::SchemaMap, Value::Object(named)) => {
            for (name, schema) in named {
                pointer::push(at, name);
                visit(at, schema);
                at.truncate(inner);
            }
        }
        _ => {}
    }
    at.truncate(length);
}
