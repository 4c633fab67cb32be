//! Where a list holds its items.

use serde_json::{Map, Value};

use super::{Contract, Operation};
use crate::wire::pointer;

impl Contract {
    /// The place of the items in the answer of a list: the one that the contract names, the answer
    /// itself if it is an array, or the only array in it. None for any other operation.
    pub fn items_of(&self, list: &Operation) -> Option<String> {
        if let Some(paging) = &list.paging {
            return Some(paging.items.clone());
        }
        let mut resources = self.resources.iter();
        resources.find(|resource| resource.list.as_ref() == Some(&list.id))?;
        let mut media = list.successes().flat_map(|response| &response.media);
        let schema = media.find(|media| media.is_json())?.schema.as_ref()?;
        let (place, members) = self.schema(schema)?;
        if is_array(members) {
            return Some(String::new());
        }
        let properties = pointer::join(&place, "properties");
        let names = members.get("properties")?.as_object()?.keys();
        let mut arrays = names.filter(|name| {
            self.schema(&pointer::join(&properties, name))
                .is_some_and(|(_, member)| is_array(member))
        });
        let only = arrays.next().filter(|_| arrays.next().is_none())?;
        Some(pointer::join("", only))
    }

    fn schema(&self, place: &str) -> Option<(String, &Map<String, Value>)> {
        let place = self.document.resolve(place).ok()?;
        let members = self.document.get(&place)?.as_object()?;
        Some((place, members))
    }
}

fn is_array(schema: &Map<String, Value>) -> bool {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "array"),
        kind => kind.is_some_and(|kind| kind == "array"),
    }
}
