//! Collections and their items, recognised from paths, operations and schemas.

use serde_json::{Map, Value};

use super::operation::Operation;
use super::path::PathTemplate;
use crate::spec::Document;

/// A collection and its items.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Name of one item in `CamelCase`, such as `AssetVersion`.
    pub name: String,
    /// Path of the collection.
    pub collection_path: PathTemplate,
    /// Path of an item.
    pub item_path: PathTemplate,
    /// Path parameter that names the item.
    pub parameter: String,
    /// Property of the item that holds the parameter's value.
    pub id: String,
    /// Index of the parent among the contract's resources.
    pub parent: Option<usize>,
    /// Operation that creates an item.
    pub create: Option<String>,
    /// Operation that lists the items.
    pub list: Option<String>,
    /// Operation that fetches an item.
    pub fetch: Option<String>,
    /// Operation that changes an item.
    pub update: Option<String>,
    /// Operation that deletes an item.
    pub delete: Option<String>,
    /// Operations that read a part or a view of an item.
    pub views: Vec<String>,
    /// JSON pointer of the item's schema.
    pub schema: String,
}

impl Resource {
    /// The name in `snake_case`.
    pub fn snake_name(&self) -> String {
        snake_case(&self.name)
    }

    /// All operations of the resource.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        [
            &self.create,
            &self.list,
            &self.fetch,
            &self.update,
            &self.delete,
        ]
        .into_iter()
        .flatten()
        .chain(&self.views)
        .map(String::as_str)
    }
}

/// Finds the resources of a contract. Parents come before their children.
pub(super) fn recognize(operations: &[Operation], document: &Document) -> Vec<Resource> {
    let mut resources: Vec<Resource> = Vec::new();
    let mut items: Vec<PathTemplate> = Vec::new();
    for operation in operations {
        if operation.path.split_item().is_some()
            && !items.iter().any(|item| item.same_shape(&operation.path))
        {
            items.push(operation.path.clone());
        }
    }
    items.sort_by_key(|item| item.parameters().count());
    for item_path in items {
        let Some((collection_path, parameter)) = item_path.split_item() else {
            continue;
        };
        let on = |path: &PathTemplate, methods: &[&str]| {
            operations
                .iter()
                .find(|o| methods.contains(&o.method.as_str()) && o.path.same_shape(path))
        };
        let fetch = on(&item_path, &["GET"]);
        let create = on(&collection_path, &["POST"]);
        let update = on(&item_path, &["PATCH", "POST", "PUT"]);
        let Some(schema) = [fetch, create, update]
            .into_iter()
            .flatten()
            .find_map(success_schema)
        else {
            continue;
        };
        let name = resource_name(fetch, create, &collection_path);
        let Some(id) = id_property(document, &schema, parameter, &name) else {
            continue;
        };
        let views = operations
            .iter()
            .filter(|o| o.method == "GET")
            .filter(|o| {
                o.path.below(&item_path).is_some_and(|rest| {
                    rest.parameters().next().is_none() && rest.last_word().is_some()
                })
            })
            .map(|o| o.id.clone())
            .collect();
        let parent = resources
            .iter()
            .rposition(|r| collection_path.below(&r.item_path).is_some());
        let id_of = |operation: Option<&Operation>| operation.map(|o| o.id.clone());
        resources.push(Resource {
            name,
            parameter: parameter.to_owned(),
            id,
            parent,
            create: id_of(create),
            list: id_of(on(&collection_path, &["GET"])),
            fetch: id_of(fetch),
            update: id_of(update),
            delete: id_of(on(&item_path, &["DELETE"])),
            views,
            schema,
            collection_path,
            item_path,
        });
    }
    // A collection below an item is no view of it.
    let lists: Vec<String> = resources.iter().filter_map(|r| r.list.clone()).collect();
    for resource in &mut resources {
        resource.views.retain(|view| !lists.contains(view));
    }
    resources
}

fn success_schema(operation: &Operation) -> Option<String> {
    operation
        .successes()
        .flat_map(|response| &response.media)
        .find(|media| media.is_json())
        .and_then(|media| media.schema.clone())
}

fn resource_name(
    fetch: Option<&Operation>,
    create: Option<&Operation>,
    collection: &PathTemplate,
) -> String {
    const VERBS: [&str; 12] = [
        "fetch", "get", "read", "retrieve", "show", "find", "describe", "create", "add", "post",
        "new", "insert",
    ];
    for operation in [fetch, create].into_iter().flatten() {
        let words = snake_case(&operation.id);
        if let Some((verb, rest)) = words.split_once('_')
            && VERBS.contains(&verb)
        {
            let rest = rest.split("_by_").next().unwrap_or(rest);
            return camel_case(rest);
        }
    }
    let word = collection.last_word().unwrap_or("item");
    let singular = if let Some(stem) = word.strip_suffix("ies") {
        format!("{stem}y")
    } else {
        word.strip_suffix('s').unwrap_or(word).to_owned()
    };
    camel_case(&snake_case(&singular))
}

/// The property that holds the value of the item's path parameter.
fn id_property(document: &Document, schema: &str, parameter: &str, name: &str) -> Option<String> {
    let mut properties = Vec::new();
    collect_properties(document, schema, 0, &mut properties);
    let has = |property: &str| properties.contains(&property);
    let parameter_words = snake_case(parameter);
    let own = snake_case(name);
    let stripped = parameter_words
        .strip_prefix(&own)
        .map(|rest| rest.trim_start_matches('_').to_owned());
    if let Some(property) = properties
        .iter()
        .find(|property| snake_case(property) == parameter_words)
    {
        return Some((*property).to_owned());
    }
    stripped
        .into_iter()
        .filter(|rest| !rest.is_empty())
        .chain(["id", "sid", "uuid"].map(str::to_owned))
        .find(|property| has(property))
}

/// The names of an object's properties, those of `allOf` included.
fn collect_properties<'a>(
    document: &'a Document,
    schema: &str,
    depth: usize,
    found: &mut Vec<&'a str>,
) {
    let Ok(schema) = document.resolve(schema) else {
        return;
    };
    let Some(members) = document.get(&schema) else {
        return;
    };
    let names = members.get("properties").and_then(Value::as_object);
    found.extend(names.into_iter().flat_map(Map::keys).map(String::as_str));
    let branches = members
        .get("allOf")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    for i in (0..branches).filter(|_| depth < 16) {
        let at = format!("{schema}/allOf/{i}");
        collect_properties(document, &at, depth + 1, found);
    }
}

/// `AssetVersion`, `assetVersion` and `asset-version` as `asset_version`; `HTTPServer` as
/// `http_server`.
pub fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut words = String::new();
    for (i, c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            if !words.is_empty() && !words.ends_with('_') {
                words.push('_');
            }
            continue;
        }
        let after_lower = i > 0 && (chars[i - 1].is_lowercase() || chars[i - 1].is_numeric());
        let before_lower = i > 0
            && chars[i - 1].is_uppercase()
            && chars.get(i + 1).is_some_and(|next| next.is_lowercase());
        if c.is_uppercase() && (after_lower || before_lower) && !words.ends_with('_') {
            words.push('_');
        }
        words.extend(c.to_lowercase());
    }
    words.trim_end_matches('_').to_owned()
}

/// `asset_version` as `AssetVersion`.
pub(super) fn camel_case(words: &str) -> String {
    words
        .split('_')
        .map(|word| {
            let mut chars = word.chars();
            chars
                .next()
                .map(|first| first.to_uppercase().chain(chars).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_styles() {
        for (name, words) in [
            ("AssetVersion", "asset_version"),
            ("ServiceSid", "service_sid"),
            ("petId", "pet_id"),
            ("HTTPServer", "http_server"),
            ("friendly-name", "friendly_name"),
            ("already_snake", "already_snake"),
            ("SID", "sid"),
        ] {
            assert_eq!(snake_case(name), words);
        }
        assert_eq!(camel_case("asset_version"), "AssetVersion");
    }
}
