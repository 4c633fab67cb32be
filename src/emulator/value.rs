//! Values as they are shown, and URLs written into them.

use serde_json::{Map, Value, json};

use super::schema::{Schema, Schemas};
use crate::place::pointer;

/// Writes the URLs of a value. The variables of a template are properties of the object that
/// holds the URL, or of one around it.
pub(super) fn with_urls(
    schemas: &Schemas,
    schema: &Schema,
    value: &Value,
    around: &[&Map<String, Value>],
    origin: &str,
) -> Value {
    match value {
        Value::Object(members) if !schema.properties.is_empty() => {
            let mut scopes = vec![members];
            scopes.extend(around);
            let mut written = Map::new();
            for (name, id) in &schema.properties {
                let child = schemas.get(*id);
                if let Some(template) = &child.url {
                    let path = template.expand(|name| {
                        let found = scopes.iter().find_map(|scope| scope.get(name));
                        found.map(|value| plain_text(value).into())
                    });
                    if let Ok(path) = path {
                        written.insert(name.clone(), json!(format!("{origin}{path}")));
                    }
                } else if let Some(value) = members.get(name) {
                    let value = with_urls(schemas, child, value, &scopes, origin);
                    written.insert(name.clone(), value);
                }
            }
            for (name, value) in members {
                if !written.contains_key(name) {
                    written.insert(name.clone(), value.clone());
                }
            }
            Value::Object(written)
        }
        Value::Array(items) => match schema.items {
            Some(id) => items
                .iter()
                .map(|item| with_urls(schemas, schemas.get(id), item, around, origin))
                .collect(),
            None => value.clone(),
        },
        _ => value.clone(),
    }
}

/// A value as it stands in a path or a query.
pub(super) fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Puts a value at a JSON pointer, making the objects on the way.
pub(super) fn put(members: &mut Map<String, Value>, place: &str, value: Value) {
    let Some((parent, name)) = pointer::split_last(place) else {
        return;
    };
    let mut members = members;
    for token in pointer::tokens(parent) {
        let child = members.entry(token).or_insert_with(|| json!({}));
        if !child.is_object() {
            *child = json!({});
        }
        let Value::Object(inner) = child else {
            return;
        };
        members = inner;
    }
    members.insert(name, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_anywhere() {
        let mut members = Map::new();
        members.insert("a".into(), json!(1));
        put(&mut members, "/a/b", json!(2));
        put(&mut members, "/c~1d", json!(3));
        put(&mut members, "", json!(4));
        assert_eq!(Value::Object(members), json!({"a": {"b": 2}, "c/d": 3}));
    }
}
