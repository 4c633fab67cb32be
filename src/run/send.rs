//! Sending the requests of a case.

use std::time::Instant;

use super::case::Case;
use super::encode::Encoded;
use super::filled::Filled;
use super::slot::Slot;
use crate::contract::ExpectedStatus;
use crate::outcome::{CheckId, Finding, FindingKind, Level, ResponsePlace};
use crate::target::{Delivered, Delivery, Stop, Waiting};
use crate::wire::{Exchange, Status, curl};

/// A case waits without its slot in the schedule, and no longer than the run goes on.
struct CaseWaiting<'c> {
    slot: &'c mut Slot,
    stop: &'c Stop,
}

impl Waiting for CaseWaiting<'_> {
    async fn idle_until(&mut self, until: Instant) {
        let stop = self.stop;
        let wait = async {
            tokio::select! {
                () = tokio::time::sleep_until(until.into()) => {}
                () = stop.wait() => {}
            }
        };
        self.slot.lend(wait).await;
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_set()
    }
}

impl Case<'_> {
    /// Sends the request, and waits out a 429 unless the step expects just that.
    pub(super) async fn exchange(
        &mut self,
        filled: &Filled<'_>,
        encoded: &Encoded<'_>,
    ) -> Exchange {
        let expects_it = filled.step.expect.status == ExpectedStatus::Exact(Status(429))
            || filled.promised.is_some_and(|error| error.status == 429);
        if !expects_it {
            return self.send(encoded).await;
        }
        let (client, scenario) = (self.runner.client, self.scenario);
        let delivery = delivery(&scenario.name, encoded);
        let delivered = client.send_once(delivery, &mut self.waiting()).await;
        self.count(encoded, delivered)
    }

    /// Sends a request. A 429 is waited out, and a lost connection made again.
    pub(super) async fn send(&mut self, encoded: &Encoded<'_>) -> Exchange {
        let (client, scenario) = (self.runner.client, self.scenario);
        let delivery = delivery(&scenario.name, encoded);
        let delivered = client.send(delivery, &mut self.waiting()).await;
        self.count(encoded, delivered)
    }

    /// Sends several requests without waiting for responses between them.
    pub(super) async fn send_concurrently(&mut self, all: &[&Encoded<'_>]) -> Vec<Exchange> {
        let (client, scenario) = (self.runner.client, self.scenario);
        let deliveries = all.iter().map(|encoded| delivery(&scenario.name, encoded));
        let deliveries: Vec<Delivery<'_>> = deliveries.collect();
        let delivered = client
            .send_concurrently(&deliveries, &mut self.waiting())
            .await;
        let counted = all.iter().zip(delivered);
        counted
            .map(|(encoded, delivered)| self.count(encoded, delivered))
            .collect()
    }

    /// Waits, and lets other cases run meanwhile. A run that is stopped waits no longer.
    pub(super) async fn idle_until(&mut self, until: Instant) {
        self.waiting().idle_until(until).await;
    }

    fn waiting(&mut self) -> CaseWaiting<'_> {
        CaseWaiting {
            slot: &mut self.slot,
            stop: self.stop,
        }
    }

    fn count(&mut self, encoded: &Encoded<'_>, delivered: Delivered) -> Exchange {
        if delivered.requests > 0 {
            self.ledger.count(delivered.requests);
            self.last_response = Instant::now();
            if let Some(reporter) = &self.runner.reporter {
                let operation = &encoded.call.operation.id;
                reporter.exchange(&self.scenario.name, operation, &delivered.exchange);
            }
        }
        if let Some(why) = delivered.lost_response {
            self.ledger.warn(lost_connection(encoded, why));
        }
        delivered.exchange
    }
}

fn delivery<'e>(case: &'e str, encoded: &'e Encoded<'_>) -> Delivery<'e> {
    Delivery {
        operation: &encoded.call.operation.id,
        case,
        request: &encoded.request,
    }
}

/// A server may end a connection that is idle (RFC 9112 section 9.6), but it may also have crashed.
fn lost_connection(encoded: &Encoded<'_>, why: String) -> Finding {
    Finding {
        level: Level::Warning,
        check: CheckId::Transport,
        operation: encoded.call.operation.id.clone(),
        place: ResponsePlace::Response,
        promise: None,
        kind: FindingKind::ConnectionLost(why),
        curl: curl(&encoded.request),
    }
}
