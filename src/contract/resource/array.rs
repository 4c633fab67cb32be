//! The array in a response.

use crate::contract::operation::{Kind, MediaType, Operation};
use crate::place::pointer;
use crate::schema::Layout;
use crate::spec::Document;

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
