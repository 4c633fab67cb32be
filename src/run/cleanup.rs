//! Removing what a case has created.

use super::Runner;
use super::case::Case;
use super::encode::{Encoded, Message, encode};
use crate::contract::Resource;

/// An item that a case has created.
#[derive(Debug, Clone)]
pub(super) struct Created {
    /// Name of the resource.
    pub(super) resource: String,
    /// Values of the path parameters of the collection.
    pub(super) parents: Vec<String>,
    /// The item's id.
    pub(super) id: String,
}

impl Case<'_> {
    /// Deletes what was created, last first. What is gone already needs no deleting; what stays is
    /// told as a leftover.
    pub(super) async fn clean_up(&mut self) {
        while let Some(item) = self.created.pop() {
            let contract = self.runner.contract;
            let Some(resource) = contract.resource(&item.resource) else {
                continue;
            };
            // An item that cannot be deleted goes with its parent.
            let Some(encoded) = delete_request(self.runner, resource, &item) else {
                continue;
            };
            let exchange = self.send(&encoded).await;
            let problem = match &exchange.answer {
                Ok(response) if response.status / 100 == 2 || response.status == 404 => continue,
                Ok(response) => format!("deleting it answered {}", response.status),
                Err(fault) => fault.to_string(),
            };
            self.leftovers
                .push(format!("{} {}: {problem}", item.resource, item.id));
        }
    }
}

fn delete_request<'a>(
    runner: &'a Runner<'a>,
    resource: &Resource,
    item: &Created,
) -> Option<Encoded<'a>> {
    let operation = runner.contract.operation(resource.delete.as_deref()?)?;
    let ids = item.parents.iter().chain([&item.id]);
    let values = operation
        .path
        .parameters()
        .zip(ids)
        .map(|(name, value)| (name.to_owned(), value.as_str().into()))
        .collect();
    let message = Message {
        values,
        ..Message::default()
    };
    encode(runner.contract, runner.target, operation, message).ok()
}
