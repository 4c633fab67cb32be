//! `application/x-www-form-urlencoded`.

use serde_json::Value;

use crate::codec::style::{Escape, pairs};
use crate::contract::{Kind, MediaType, Serialization, Style};

/// The style of what the contract says nothing of: arrays as repeated names.
const DEFAULT: Serialization = Serialization {
    style: Style::Form,
    explode: true,
    allow_reserved: false,
};

/// Writes an object. An object in it is written as JSON unless the contract names a style
/// (`OpenAPI` 3.0.3, Support for x-www-form-urlencoded Request Bodies).
///
/// # Errors
/// When the value is no object.
pub(crate) fn form(media: &MediaType, value: &Value) -> Result<String, String> {
    let Value::Object(members) = value else {
        return Err("a form is made of an object".to_owned());
    };
    let mut form = Vec::new();
    for (name, value) in members {
        let encoding = media.encoding(name);
        let how = encoding.and_then(|encoding| encoding.style);
        let as_json = encoding
            .and_then(|encoding| encoding.content_type.as_deref())
            .is_some_and(|name| Kind::of(name) == Kind::Json);
        match (how, value) {
            (Some(how), value) => {
                let escape = if how.allow_reserved {
                    Escape::Query
                } else {
                    Escape::Form
                };
                form.extend(pairs(how, name, value, escape));
            }
            (None, Value::Array(items)) if !as_json => {
                for item in items {
                    form.extend(pairs(DEFAULT, name, &whole(item), Escape::Form));
                }
            }
            (None, value) => form.extend(pairs(DEFAULT, name, &whole(value), Escape::Form)),
        }
    }
    Ok(form.join("&"))
}

/// A collection as the text of its JSON.
fn whole(value: &Value) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) => Value::from(value.to_string()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Encodings, ValueEncoding};
    use serde_json::json;

    fn media(named: Vec<(String, ValueEncoding)>) -> MediaType {
        MediaType {
            name: "application/x-www-form-urlencoded".into(),
            encodings: Encodings {
                named,
                ..Encodings::default()
            },
            ..MediaType::default()
        }
    }

    #[test]
    fn arrays_are_repeated_names() {
        let value = json!({"A": ["x", "y z"], "B": [], "C": true, "D": "a&b=c+d", "E": {"f": 1}});
        assert_eq!(
            form(&media(Vec::new()), &value).unwrap(),
            "A=x&A=y+z&C=true&D=a%26b%3Dc%2Bd&E=%7B%22f%22%3A1%7D"
        );
        assert!(form(&media(Vec::new()), &json!([1])).is_err());
    }

    #[test]
    fn encodings_name_styles_and_types() {
        let encoding = |property: &str, style: Option<Style>, content_type: Option<&str>| {
            let encoding = ValueEncoding {
                content_type: content_type.map(str::to_owned),
                style: style.map(|style| Serialization {
                    explode: false,
                    ..Serialization::of(style)
                }),
                ..ValueEncoding::default()
            };
            (property.to_owned(), encoding)
        };
        let media = media(vec![
            encoding("a", Some(Style::Form), None),
            encoding("b", Some(Style::SpaceDelimited), None),
            encoding("c", Some(Style::DeepObject), Some("application/json")),
            encoding("d", None, Some("application/json")),
        ]);
        let value = json!({"a": ["1", "2"], "b": ["x", "y"], "c": {"k": "v w"}, "d": [1, "2"]});
        assert_eq!(
            form(&media, &value).unwrap(),
            "a=1,2&b=x+y&c%5Bk%5D=v+w&d=%5B1%2C%222%22%5D"
        );
    }
}
