//! That an item tells its own address, which documents leave to convention.

use super::merged::Schema;
use super::node::Id;
use crate::contract::{PathTemplate, Resource, is_named, snake_case};

/// The properties that hold the address of an item.
const OWN_ADDRESS: [&str; 4] = ["url", "self", "href", "self_link"];

/// The property of a resource that holds the item's own address, and that address with properties
/// in place of the path's parameters.
pub(super) fn own_address(resource: &Resource, schema: &Schema) -> Option<(Id, PathTemplate)> {
    let mut properties = schema.properties.iter();
    let (_, id) = properties.find(|(name, _)| OWN_ADDRESS.contains(&snake_case(name).as_str()))?;
    let named = |parameter: &str| {
        if parameter == resource.parameter {
            return Some(format!("{{{}}}", resource.id));
        }
        let words = snake_case(parameter);
        let mut names = schema.properties.iter().map(|(name, _)| name);
        let name = names.find(|name| is_named(name, &words))?;
        Some(format!("{{{name}}}"))
    };
    let mut template = resource.item_path.to_string();
    for parameter in resource.item_path.parameters() {
        template = template.replace(&format!("{{{parameter}}}"), &named(parameter)?);
    }
    Some((*id, PathTemplate::parse(&template)))
}
