//! An update lasts: what it answers is what is fetched from then on, and what is listed. Where it
//! answers with nothing, what was sent is.

use super::definition::Law;
use super::ground::{Ground, answers_with_item};
use super::stage::{CHANGED, Stage};
use serde_json::Value;

use crate::generate::request::DraftBody;
use crate::scenario::template_of;

/// Name of the item as it is fetched after the update.
const FETCHED: &str = "fetched";

pub(super) const LAW: Law = Law {
    name: "lasts",
    says: "what an update changes is fetched and listed as it was changed",
    ground: |ground| ground.update_seen(),
    steps,
};

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let change = stage.change(ground)?;
    let update = change.draft.operation;
    let changed = template_of(CHANGED, []);
    let step = stage.fetch(ground, &change.item, &changed, ground.unstable())?;
    step.save = Some(FETCHED.to_owned());
    if !answers_with_item(update) {
        let sent = change.draft.body.map(DraftBody::filled);
        let fetched = ground.comes_back(update, &sent.unwrap_or_default());
        if fetched.is_empty() {
            return Err(format!("nothing that {} sends comes back", update.id));
        }
        step.expect.same_as = None;
        step.expect.body = Some(Value::Object(fetched));
    }
    if ground.fetch().is_some_and(|fetch| ground.shows_id(fetch)) {
        stage.list_as_it_is(ground, &[stage.shown(FETCHED)])?;
    }
    Ok(())
}
