//! Where a list holds its items.

use crate::contract::api::Contract;
use crate::contract::operation::{Kind, MediaType, Operation};
use crate::place::pointer;
use crate::schema::Layout;
use crate::spec::Document;

impl Contract {
    /// The place of the items in the answer of a list: the one that the contract names, the answer
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

/// The place of the items in the response of an operation: the body if it is an array, or the only
/// array in it.
pub(super) fn array_in(document: &Document, list: &Operation) -> Option<String> {
    let media = || list.successes().flat_map(|response| &response.media);
    let is_sequence = |media: &&MediaType| matches!(media.kind(), Kind::Sequence(_));
    let json = media().find(|media| media.is_json());
    let media = json.or_else(|| media().find(is_sequence))?;
    if media.item_schema.is_some() {
        return Some(String::new());
    }
    let schema = media.schema.as_ref()?;
    let layout = Layout::at(document, schema)?;
    if layout.items().is_some() {
        return Some(String::new());
    }
    let mut arrays = layout.properties().into_iter().filter(|name| {
        let member = layout.member(name);
        member.is_some_and(|member| member.items().is_some())
    });
    let only = arrays.next()?;
    arrays.next().is_none().then(|| pointer::join("", only))
}
