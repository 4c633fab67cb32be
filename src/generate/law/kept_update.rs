//! An update lasts: what it answers is what is fetched from then on. Where it answers with nothing,
//! what was sent is.

use super::Law;
use super::ground::{Ground, answers_with_item};
use super::stage::{Stage, accepted};
use serde_json::Value;

use crate::contract::Operation;
use crate::generate::request::DraftBody;

/// Name of the answer to the update.
const CHANGED: &str = "changed";

pub(super) const LAW: Law = Law {
    name: "lasts",
    says: "what an update changes is fetched as it was changed",
    ground,
    steps,
};

fn ground<'a>(ground: &Ground<'a>) -> Option<&'a Operation> {
    ground.create()?;
    ground.fetch()?;
    ground.update()
}

fn steps<'a>(ground: &Ground<'a>, stage: &mut Stage<'a>) -> Result<(), String> {
    let update = ground.update().ok_or("no operation changes an item")?;
    let item = stage.item()?;
    let (draft, _) = stage.change(update, &item)?;
    if answers_with_item(update) {
        stage.send(&draft, accepted()).save = Some(CHANGED.to_owned());
        let changed = format!("{{{{{CHANGED}}}}}");
        stage.fetch(ground, &item, &changed, ground.unstable())?;
        return Ok(());
    }
    let sent = draft.body.as_ref().map(DraftBody::filled);
    let fetched = ground.comes_back(update, &sent.unwrap_or_default());
    if fetched.is_empty() {
        return Err(format!("nothing that {} sends comes back", update.id));
    }
    stage.send(&draft, accepted());
    let step = stage.fetch(ground, &item, &item.whole(), Vec::new())?;
    step.expect.same_as = None;
    step.expect.body = Some(Value::Object(fetched));
    Ok(())
}
