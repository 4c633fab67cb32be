//! Where a list holds its items.

use super::array::array_in;
use crate::contract::api::Contract;
use crate::contract::operation::Operation;

impl Contract {
    /// The place of the items in the response of a list: the one that the contract names, the answer
    /// itself if it is an array, or the only array in it. None for any other operation.
    pub fn items_of(&self, list: &Operation) -> Option<String> {
        if let Some(paging) = &list.paging {
            return Some(paging.items.clone());
        }
        let mut resources = self.resources.iter();
        resources.find(|resource| resource.list.as_ref() == Some(&list.id))?;
        array_in(&self.document, list)
    }
}
