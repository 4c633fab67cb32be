//! Removing what a case has created.

use super::Runner;
use super::case::Case;
use super::encode::{Encoded, Message, encode};
use crate::check::Expectation;
use crate::contract::Resource;

/// An item that a case has created.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Created {
    /// Name of the resource.
    pub(super) resource: String,
    /// Values of the path parameters of the collection.
    pub(super) parents: Vec<String>,
    /// The item's id.
    pub(super) id: String,
}

impl Case<'_> {
    /// Deletes what was created, last first. What is gone already needs no deleting; what is needed
    /// by others is tried again after them, and what stays then is told as a leftover.
    pub(super) async fn clean_up(&mut self) {
        let mut kept = Vec::new();
        while let Some(item) = self.created.pop() {
            if self.remove(&item).await.is_err() {
                kept.push(item);
            }
        }
        for item in kept {
            if let Err(problem) = self.remove(&item).await {
                self.leftovers
                    .push(format!("{} {}: {problem}", item.resource, item.id));
            }
        }
    }

    /// Deletes one item, or says why it stays. One that no operation deletes goes with its parent.
    /// A request that gets no answer is judged as any other is: nobody else may meet the fault.
    async fn remove(&mut self, item: &Created) -> Result<(), String> {
        let runner = self.runner;
        let resource = runner.contract.resource(&item.resource);
        let Some(encoded) = resource.and_then(|resource| delete_request(runner, resource, item))
        else {
            return Ok(());
        };
        let exchange = self.send(&encoded).await;
        if exchange.answer.is_err() {
            let expectation = Expectation::default();
            let judged =
                runner
                    .checker
                    .judge(runner.contract, &encoded.call, &exchange, &expectation);
            self.findings.extend(judged.findings);
        }
        match exchange.answer {
            Ok(response) if response.status.is_success() || response.status == 404 => Ok(()),
            Ok(response) => Err(format!("deleting it answered {}", response.status)),
            Err(fault) => Err(fault.to_string()),
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
