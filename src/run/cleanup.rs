//! Removing what a case has created.

use super::case::Case;
use super::encode::{Encoded, Message, encode};
use super::runner::Runner;
use crate::check::Expectation;
use crate::contract::Resource;
use crate::outcome::Item;

impl Case<'_> {
    /// Deletes what was created, last first. What is gone already needs no deleting; what is needed
    /// by others is tried again after them, and what stays then is told as a leftover.
    pub(super) async fn clean_up(&mut self) {
        let mut kept = Vec::new();
        for item in self.world.take_created().into_iter().rev() {
            if self.remove(&item).await.is_err() {
                kept.push(item);
            }
        }
        for item in kept {
            if let Err(problem) = self.remove(&item).await {
                let leftover = format!("{} {}: {problem}", item.resource, item.id);
                self.ledger.leave(leftover);
            }
        }
    }

    /// Reports that an item of the case is gone.
    pub(super) fn report_removed(&self, item: &Item) {
        if let Some(reporter) = &self.runner.reporter {
            reporter.removed(&self.scenario.name, item);
        }
    }

    /// Deletes one item, or says why it stays. One that no operation deletes goes with its parent.
    /// A request that gets no answer is judged as any other is: nobody else may meet the fault.
    async fn remove(&mut self, item: &Item) -> Result<(), String> {
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
            self.ledger.add(judged.findings);
        }
        match exchange.answer {
            Ok(response) if response.status.is_success() || response.status == 404 => {
                self.report_removed(item);
                Ok(())
            }
            Ok(response) => Err(format!("deleting it answered {}", response.status)),
            Err(fault) => Err(fault.to_string()),
        }
    }
}

fn delete_request<'a>(
    runner: &'a Runner<'a>,
    resource: &Resource,
    item: &Item,
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
