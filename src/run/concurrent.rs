//! Steps that are sent together.

use super::case::{Case, Filled, INTERRUPTED, Part, Progress};
use super::encode::Encoded;
use crate::outcome::{CheckId, Finding, FindingKind, ResponsePlace};
use crate::scenario::Step;
use crate::wire::Exchange;

impl<'a> Case<'a> {
    /// The way of several steps that are in flight at the same time.
    pub(super) async fn send_group(
        &mut self,
        steps: &'a [Step],
        part: Part,
    ) -> Result<Progress, String> {
        let mut requests: Vec<(Filled<'a>, Encoded<'a>)> = Vec::new();
        for step in steps {
            let filled = self.fill(step)?;
            let encoded = self.encode(&filled)?;
            self.note(step, part, &encoded);
            requests.push((filled, encoded));
        }
        if self.stop.is_set() {
            return Err(INTERRUPTED.to_owned());
        }
        let encoded: Vec<&Encoded<'a>> = requests.iter().map(|(_, encoded)| encoded).collect();
        let exchanges = self.send_concurrently(&encoded).await;
        let first = self.created.len();
        let mut whole = Ok(Progress::GoOn);
        // What the others have created is to be removed whatever comes of one.
        for ((filled, encoded), exchange) in requests.iter().zip(&exchanges) {
            let judgement = self.judge(filled, encoded, exchange);
            let known = self.created.len();
            let progress = self
                .conclude(filled, encoded, exchange, judgement, part)
                .await;
            if self.created.len() > known {
                let finding = self.collision(first, filled, exchange);
                self.add(finding);
            }
            if matches!(whole, Ok(Progress::GoOn)) {
                whole = progress;
            }
        }
        whole
    }

    /// Whether the newest item has the id of another that was created at the same time, though a
    /// 201 says that there is a new one (RFC 9110 section 15.3.2).
    fn collision(&self, first: usize, filled: &Filled<'_>, exchange: &Exchange) -> Option<Finding> {
        let (newest, others) = self.created.get(first..)?.split_last()?;
        let resource = self.runner.contract.resource(&newest.resource)?;
        let is_new = exchange.answer.as_ref().ok()?.status == 201;
        if resource.has_client_assigned_id() || !is_new || !others.contains(newest) {
            return None;
        }
        Some(Self::finding(
            filled,
            exchange,
            CheckId::Identifier,
            ResponsePlace::body(),
            Some(filled.step.place.clone()),
            FindingKind::DuplicateIdentifier {
                id: newest.id.clone(),
            },
        ))
    }
}
