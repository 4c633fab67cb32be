//! Discriminators: which schema the value of a property chooses (`OpenAPI` 3.0.3, Discriminator
//! Object; Swagger 2.0, Composition and Inheritance).

use serde_json::{Map, Value};

use crate::place::pointer;
use crate::spec::{Document, Version};

/// A discriminator with all that it chooses between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discriminator {
    /// The property that decides.
    pub property: String,
    /// Values of the property, and the places of the schemas that they choose.
    pub choices: Vec<(String, String)>,
    /// The keyword that lists the schemas; none where they add to this one with `allOf`.
    pub list: Option<&'static str>,
}

impl Discriminator {
    /// The discriminator of the schema at a place.
    pub fn read(document: &Document, at: &str, schema: &Map<String, Value>) -> Option<Self> {
        let (property, mapping) = match schema.get("discriminator")? {
            Value::String(property) if document.version() == Some(Version::V2_0) => {
                (property.clone(), None)
            }
            Value::Object(members) => {
                let property = members.get("propertyName")?.as_str()?.to_owned();
                (property, members.get("mapping").and_then(Value::as_object))
            }
            _ => return None,
        };
        let list = ["oneOf", "anyOf"]
            .into_iter()
            .find(|list| schema.get(*list).is_some_and(Value::is_array));
        let mut choices: Vec<(String, String)> = mapping
            .into_iter()
            .flatten()
            .filter_map(|(value, target)| Some((value.clone(), target.as_str()?)))
            .filter_map(|(value, target)| Some((value, mapped(document, at, target)?)))
            .collect();
        let unnamed = match list {
            Some(list) => branches(document, at, schema, list)?,
            None if mapping.is_none() => document.heirs(at).to_vec(),
            None => Vec::new(),
        };
        for place in unnamed {
            let (_, name) = pointer::split_last(&place)?;
            if choices.iter().all(|(known, _)| *known != name) {
                choices.push((name, place));
            }
        }
        choices.retain(|(_, place)| place != at);
        Some(Self {
            property,
            choices,
            list,
        })
    }
}

/// The schema that an entry of the mapping names: by its name among the components, or by a URI.
fn mapped(document: &Document, at: &str, target: &str) -> Option<String> {
    let plain = target
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if plain {
        let component = pointer::join("/components/schemas", target);
        if document.get(&component).is_some() {
            return Some(component);
        }
    }
    document.reference(at, target).ok()
}

/// Where the branches of a list lead; none if one of them is no reference, since a discriminator
/// cannot choose that.
fn branches(
    document: &Document,
    at: &str,
    schema: &Map<String, Value>,
    list: &str,
) -> Option<Vec<String>> {
    let items = schema.get(list)?.as_array()?;
    let list = pointer::join(at, list);
    items
        .iter()
        .enumerate()
        .map(|(i, item)| {
            let reference = item.get("$ref")?.as_str()?;
            let branch = pointer::join(&list, &i.to_string());
            document.reference(&branch, reference).ok()
        })
        .collect()
}
