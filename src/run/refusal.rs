//! What it means when a request that keeps the contract is refused.

use std::collections::HashSet;

use serde_json::Value;

use super::case::Case;
use super::encode::Encoded;
use super::error::StepError;
use super::filled::Filled;
use super::trail::Part;
use crate::contract::ExpectedStatus;
use crate::outcome::{CheckId, Finding, FindingKind, ResponsePlace};
use crate::wire::{Exchange, Request, Status};

/// Statuses that speak of the client and its quota, not of the request. They need not be
/// documented.
const RIGHTS: [u16; 4] = [401, 403, 407, 429];
/// Statuses that speak of the form of a request.
const FORM: [u16; 7] = [400, 405, 406, 413, 414, 415, 422];

/// Length from which a word may be an id, in characters.
const SHORTEST_ID: usize = 8;

/// What the rejection of a request that keeps the contract means.
pub(super) enum Rejection {
    /// The target has broken promises.
    Broken(Vec<Finding>),
    /// Nothing can be said, and there are other steps to take.
    Fallback,
    /// Nothing can be said; the rest of the case is skipped for this reason.
    Skip(String),
}

impl<'a> Case<'a> {
    /// Finds out what the rejection of a request means that keeps the contract. It is a broken
    /// promise if its status is not documented, or if the simplest request of the operation is
    /// accepted; otherwise the result is inconclusive.
    pub(super) async fn examine_rejection(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        part: Part,
    ) -> Result<Rejection, StepError> {
        let status = exchange.answer.as_ref().map_or(0, |answer| answer.status.0);
        let operation = filled.operation;
        if part == Part::Body {
            let mut findings = self
                .judge_as(&ExpectedStatus::Documented, filled, encoded, exchange)
                .findings;
            findings.retain(|finding| !finding.kind.is_status() || !RIGHTS.contains(&status));
            if findings.is_empty()
                && FORM.contains(&status)
                && self.is_control_accepted(filled).await?
            {
                findings.push(Self::finding(
                    filled,
                    exchange,
                    CheckId::Acceptance,
                    ResponsePlace::Status,
                    Some(filled.step.place.clone()),
                    FindingKind::Rejected {
                        actual: Status(status),
                        body: beginning(exchange),
                    },
                ));
            }
            if !findings.is_empty() {
                return Ok(Rejection::Broken(findings));
            }
        }
        if !filled.step.instead.is_empty() {
            return Ok(Rejection::Fallback);
        }
        let hint = match part {
            Part::Setup => "; fixtures can say under `resources` how to create one",
            Part::Body => "",
        };
        Ok(Rejection::Skip(format!(
            "{} was refused: {}{hint}",
            operation.id,
            without_values(&seen(exchange), &exchange.request)
        )))
    }

    /// Whether the simplest request of the operation is accepted.
    async fn is_control_accepted(&mut self, filled: &Filled<'a>) -> Result<bool, StepError> {
        let Some(control) = &filled.step.control else {
            return Ok(false);
        };
        let filled = self.fill(control)?;
        let encoded = self.encode(&filled)?;
        let exchange = self.send(&encoded).await;
        let judgement = self.judge_as(&ExpectedStatus::Documented, &filled, &encoded, &exchange);
        self.remember(&filled, &encoded, &exchange, judgement.body.as_ref());
        Ok(exchange
            .answer
            .is_ok_and(|response| response.status.is_success()))
    }
}

/// Status and the beginning of the body.
fn seen(exchange: &Exchange) -> String {
    let Ok(response) = &exchange.answer else {
        return "no answer".to_owned();
    };
    format!("{} {}", response.status, beginning(exchange))
        .trim_end()
        .to_owned()
}

/// The beginning of the body.
fn beginning(exchange: &Exchange) -> String {
    /// The longest part of a body that is reported, in characters.
    const MAX_CHARACTERS: usize = 200;
    let body = exchange
        .answer
        .as_ref()
        .map_or(&[][..], |answer| &answer.body);
    let text = String::from_utf8_lossy(body);
    let beginning: String = text.chars().take(MAX_CHARACTERS).collect();
    beginning.trim().to_owned()
}

/// A text without what differs from case to case, so that equal reasons read the same: words as
/// long as ids that have digits or were values of the request.
fn without_values(text: &str, request: &Request) -> String {
    let sent = sent_words(request);
    let mut told = String::new();
    for (word, end) in words(text) {
        let is_id = word.len() >= SHORTEST_ID
            && (word.bytes().any(|b| b.is_ascii_digit()) || sent.contains(word));
        told.push_str(if is_id { "..." } else { word });
        told.push_str(end);
    }
    told.trim_end().to_owned()
}

/// The words of the values that a request has in its path, its query and its body. The names of
/// members are not among them.
fn sent_words(request: &Request) -> HashSet<String> {
    let mut sent: HashSet<String> = words(&request.url)
        .map(|(word, _)| word.to_owned())
        .collect();
    if let Ok(body) = serde_json::from_slice::<Value>(&request.body) {
        let mut open = vec![&body];
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) => sent.extend(words(text).map(|(word, _)| word.to_owned())),
                Value::Array(items) => open.extend(items),
                Value::Object(members) => open.extend(members.values()),
                _ => {}
            }
        }
    }
    sent
}

/// The words of a text, each with what follows it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.split_inclusive(move |c| !is_inside(c))
        .map(move |part| part.split_at(part.trim_end_matches(|c| !is_inside(c)).len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Headers;

    #[test]
    fn equal_reasons_read_the_same_whatever_was_sent() {
        let request = Request {
            method: "PUT".to_owned(),
            url: "http://localhost/things/acptexmy".to_owned(),
            headers: Headers::default(),
            body: br#"{"friendlyName": "tllbcryb"}"#.to_vec(),
        };
        for (text, told) in [
            (
                r#"400 {"message":"Build ZB15dbf9c6c383 is not ready.","code":20001}"#,
                r#"400 {"message":"Build ... is not ready.","code":20001}"#,
            ),
            (
                "400 The path names acptexmy, and the body tllbcryb.",
                "400 The path names ..., and the body ....",
            ),
            ("400 friendlyName is missing", "400 friendlyName is missing"),
        ] {
            assert_eq!(without_values(text, &request), told);
        }
    }
}
