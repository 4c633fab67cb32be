//! Comparing the answers of fixtures with their snapshots.

use serde_json::Value;

use super::case::Case;
use super::encode::Encoded;
use super::filled::Filled;
use crate::contract::ExpectedStatus;
use crate::outcome::{CheckId, Finding, FindingKind, Origin, ResponsePlace, SnapshotProblem};
use crate::place::Place;
use crate::snapshot::{Comparison, Reply, normalize};
use crate::wire::Exchange;

impl<'a> Case<'a> {
    /// Compares the answer with its snapshot.
    pub(super) fn snapshot(
        &self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        body: Option<&Value>,
    ) -> Option<Finding> {
        let store = self.runner.snapshots?;
        let Origin::Fixture { file, .. } = &self.scenario.origin else {
            return None;
        };
        let response = exchange.answer.as_ref().ok()?;
        let checker = self.runner.checker;
        // As written: what a template made of another answer is different in every run.
        let pinned: Vec<Value> = filled
            .step
            .expect
            .body
            .iter()
            .chain(filled.step.until.iter().flat_map(|until| &until.bodies))
            .cloned()
            .chain(
                filled
                    .promised
                    .map(|error| Value::Object(error.body.clone())),
            )
            .collect();
        let paging = filled.operation.paging.as_ref();
        let has = |pointer: Option<&String>| {
            pointer
                .and_then(|pointer| body?.pointer(pointer))
                .is_some_and(Value::is_string)
        };
        let part = paging.is_some_and(|paging| {
            has(paging.previous.as_ref()) || has(paging.next.as_ref()) && filled.step.walk.is_none()
        });
        let reply = Reply {
            request: (&encoded.request.method, &encoded.request.url),
            followed: filled.step.follow.is_some(),
            response,
            body,
            shape: checker.body_shape(filled.operation, response.status),
            open_status: filled.step.expect.status == ExpectedStatus::DocumentedClientError,
            pinned: &pinned.iter().collect::<Vec<_>>(),
            paging,
            partial: part,
            only_known: filled.items.as_ref().is_some_and(|i| i.exactly.is_none()),
            base: self.runner.target.base.as_str(),
        };
        let text = normalize(
            self.runner.contract,
            checker.shapes(),
            &self.world.memory.names,
            &reply,
        );
        let text = self.runner.secrets.mask(&text).into_owned();
        let (place, problem, actual) =
            match store.compare(&self.scenario.name, &filled.step.name, file, &text) {
                Comparison::Same => return None,
                Comparison::Missing { place, pending } => {
                    (place, SnapshotProblem::Missing(pending), text)
                }
                Comparison::Differs {
                    place,
                    diff,
                    pending,
                } => (place, SnapshotProblem::Differs(pending), diff),
                Comparison::Broken(message) => (
                    Place {
                        file: store.name(&self.scenario.name, &filled.step.name),
                        line: None,
                        pointer: String::new(),
                    },
                    SnapshotProblem::Broken(message),
                    text,
                ),
            };
        Some(Self::finding(
            filled,
            exchange,
            CheckId::Snapshot,
            ResponsePlace::Response,
            Some(place),
            FindingKind::Snapshot { problem, actual },
        ))
    }
}
