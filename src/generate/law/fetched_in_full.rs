//! What was created with all that can be sent, and with the last value of every enum, is fetched so.
//! Whether it is listed is another matter: lists may pass over drafts, and over what is inactive.

use super::definition::Law;
use super::ground::Ground;
use super::stage::Stage;
use crate::contract::{Operation, Property};
use crate::schema::{Cursor, Keyword};

pub(super) const LAW: Law = Law {
    name: "is_fetched_in_full",
    says: "what is created with all that can be sent is fetched so",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    let document = &ground.contract.document;
    let has_more = |property: &Property| {
        let schema = Cursor::at(document, &property.schema);
        let parts = schema.map(|schema| schema.chain()).unwrap_or_default();
        !property.required || parts.iter().any(|part| part.get(Keyword::Enum).is_some())
    };
    let body = ground.create()?.body.as_ref()?;
    body.properties.iter().any(has_more).then_some(())?;
    ground.fetch()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let create = ground.create().ok_or("no operation creates an item")?;
    let item = stage.full_item(create)?;
    stage.fetch(ground, &item, &item.whole(), ground.unstable())?;
    Ok(())
}
