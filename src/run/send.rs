//! Sending the requests of a case: with patience where the target asks for it, once more where HTTP
//! says that this is safe, and not at all where a fault that is known already would be met again.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::join_all;

use super::case::{Case, Filled};
use super::encode::Encoded;
use super::health::Closed;
use crate::outcome::{Finding, Level};
use crate::scenario::{ExpectedStatus, Step};
use crate::wire::{Exchange, Headers, TransportFault, curl};

/// Too much was asked (RFC 6585 section 4).
const TOO_MANY_REQUESTS: u16 = 429;
/// Pauses before a target that takes no connection is tried again.
const RECONNECT: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(600),
];
/// A connection that was refused this late will be refused again.
const QUICK: Duration = Duration::from_secs(1);
/// Shortest and longest pause after a 429 that does not say how long to wait.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));
/// Shortest pause after any 429.
const SHORTEST: Duration = Duration::from_millis(50);

/// Methods that may be sent again when the answer is lost (RFC 9110 section 9.2.2). PUT and DELETE
/// may too, but their second answer is another one: what is deleted is not found.
const SAFE: [&str; 4] = ["GET", "HEAD", "OPTIONS", "TRACE"];

impl Case<'_> {
    /// Sends the request, and waits out a 429 unless the step expects just that.
    pub(super) async fn exchange(
        &mut self,
        filled: &Filled<'_>,
        encoded: &Encoded<'_>,
    ) -> Exchange {
        let expects_it = filled.step.expect.status == ExpectedStatus::Exact(429)
            || filled.promised.is_some_and(|error| error.status == 429);
        if expects_it {
            self.send_now(encoded).await
        } else {
            self.send(encoded).await
        }
    }

    /// Sends a request. A 429 is waited out, and a lost connection made again.
    pub(super) async fn send(&mut self, encoded: &Encoded<'_>) -> Exchange {
        let operation = encoded.call.operation.id.as_str();
        let patience = self.runner.client.limits().patience;
        let mut spent = Duration::ZERO;
        let mut backoff = BACKOFF.0;
        loop {
            let exchange = self.send_now(encoded).await;
            let told = match &exchange.answer {
                Ok(response) if response.status == TOO_MANY_REQUESTS => {
                    retry_after(&response.headers, SystemTime::now())
                }
                _ => return exchange,
            };
            let pause = told.unwrap_or(backoff).max(SHORTEST);
            backoff = (backoff * 2).min(BACKOFF.1);
            let total = spent.saturating_add(pause);
            if total > patience || self.stop.is_set() {
                return Exchange {
                    answer: Err(self.impatient(operation, spent, told)),
                    ..exchange
                };
            }
            spent = total;
            let until = Instant::now() + pause;
            self.runner.client.health().leave_in_peace(operation, until);
            self.idle_until(until).await;
        }
    }

    /// Sends a request and takes any answer for one, a 429 included.
    pub(super) async fn send_now(&mut self, encoded: &Encoded<'_>) -> Exchange {
        let operation = encoded.call.operation.id.as_str();
        let runner = self.runner;
        let health = runner.client.health();
        while let Some(until) = health.quiet(operation)
            && !self.stop.is_set()
        {
            self.idle_until(until).await;
        }
        if let Some(why) = health.closed(operation) {
            return not_asked(encoded, why);
        }
        let sent = Instant::now();
        let mut exchange = self.once(encoded, false).await;
        for pause in RECONNECT {
            let is_unreachable = matches!(exchange.answer, Err(TransportFault::Unreachable(_)));
            if !is_unreachable || exchange.elapsed > QUICK || self.stop.is_set() {
                break;
            }
            self.idle_until(Instant::now() + pause).await;
            exchange = self.once(encoded, false).await;
        }
        if let Err(TransportFault::NoAnswer(why)) = &exchange.answer
            && SAFE.contains(&encoded.request.method.as_str())
        {
            let why = why.clone();
            let second = self.once(encoded, true).await;
            if second.answer.is_ok() {
                self.warn(lost_connection(encoded, why));
                exchange = second;
            }
        }
        self.noted(encoded, exchange, sent)
    }

    /// What is known of the target's health after an exchange is kept. One that tells what another
    /// case has told meanwhile counts as not sent.
    fn noted(&self, encoded: &Encoded<'_>, exchange: Exchange, sent: Instant) -> Exchange {
        let operation = encoded.call.operation.id.as_str();
        let runner = self.runner;
        let health = runner.client.health();
        let told = match &exchange.answer {
            Ok(_) => {
                health.answered(operation);
                Ok(())
            }
            Err(TransportFault::TimedOut(limit)) => {
                let why = format!(
                    "not asked: {operation} did not answer within {} s in {}",
                    limit.as_secs_f64(),
                    self.scenario.name
                );
                health.timed_out(operation, sent, &why)
            }
            Err(TransportFault::Unreachable(_)) => {
                // An operation may have a server of its own.
                let is_target = encoded.request.url.starts_with(&runner.target.base);
                let closed = if is_target {
                    Closed::Target
                } else {
                    Closed::Operation
                };
                let why = "not asked: there is no connection to the target";
                health.close(operation, closed, why)
            }
            Err(_) => Ok(()),
        };
        match told {
            Ok(()) => exchange,
            Err(why) => not_asked(encoded, why),
        }
    }

    /// A 429 that is waited for no longer.
    fn impatient(
        &self,
        operation: &str,
        spent: Duration,
        told: Option<Duration>,
    ) -> TransportFault {
        if !self.stop.is_set() {
            let why = format!("not asked: {operation} answers 429 for too long");
            let health = self.runner.client.health();
            if let Err(why) = health.close(operation, Closed::Operation, &why) {
                return TransportFault::NotAsked(why);
            }
        }
        let wish = told.map_or_else(String::new, |told| {
            format!(", and wants {} s of peace", told.as_secs())
        });
        TransportFault::TooBusy(format!(
            "{operation} answers 429 after {} s of waiting{wish}; try fewer --jobs or a longer \
             --patience",
            spent.as_secs_f64()
        ))
    }

    /// Sends several requests without waiting for answers between them. What is refused for now, or
    /// does not arrive, is sent once more by itself.
    pub(super) async fn send_at_once(&mut self, all: &[&Encoded<'_>]) -> Vec<Exchange> {
        let client = self.runner.client;
        let health = client.health();
        let is_troubled = all.iter().any(|encoded| {
            let operation = encoded.call.operation.id.as_str();
            health.closed(operation).is_some() || health.quiet(operation).is_some()
        });
        let sent = Instant::now();
        let mut exchanges = Vec::new();
        if !is_troubled {
            let requests = all.iter().map(|encoded| Arc::clone(&encoded.request));
            exchanges = join_all(requests.map(|request| client.send(request, false))).await;
            self.requests += all.len();
            self.last_answer = Instant::now();
        }
        let mut answered = exchanges.into_iter();
        let mut settled = Vec::new();
        for encoded in all {
            let is_final = |exchange: &Exchange| match &exchange.answer {
                Ok(response) => response.status != TOO_MANY_REQUESTS,
                Err(fault) => !matches!(fault, TransportFault::Unreachable(_)),
            };
            settled.push(match answered.next().filter(is_final) {
                Some(exchange) => self.noted(encoded, exchange, sent),
                None => self.send(encoded).await,
            });
        }
        settled
    }

    async fn once(&mut self, encoded: &Encoded<'_>, fresh: bool) -> Exchange {
        self.requests += 1;
        let request = Arc::clone(&encoded.request);
        let exchange = self.runner.client.send(request, fresh).await;
        self.last_answer = Instant::now();
        exchange
    }

    /// Waits, and lets other cases run meanwhile. A run that is stopped waits no longer.
    pub(super) async fn idle_until(&mut self, until: Instant) {
        let stop = self.stop;
        let wait = async {
            tokio::select! {
                () = tokio::time::sleep_until(until.into()) => {}
                () = stop.wait() => {}
            }
        };
        self.slot.lend(wait).await;
    }

    /// Whether there is no answer though the target has broken no promise. Notes why.
    pub(super) fn got_nothing_to_judge(&mut self, step: &Step, exchange: &Exchange) -> bool {
        match &exchange.answer {
            Err(TransportFault::NotAsked(why)) => self.skipped = Some(why.clone()),
            Err(fault) if !fault.is_broken_promise() => {
                // After something has failed, it is a consequence.
                if self.findings.is_empty() {
                    self.reasons.push(format!("{}: {fault}", step.name));
                }
            }
            _ => return false,
        }
        true
    }

    /// Takes a warning; once a case is enough.
    pub(super) fn warn(&mut self, warning: Finding) {
        if !self.warnings.iter().any(|known| known.same_cause(&warning)) {
            self.warnings.push(warning);
        }
    }
}

/// The pause that `Retry-After` asks for (RFC 9110 section 10.2.3): seconds, or a time by the clock
/// of the answer's `Date`.
fn retry_after(headers: &Headers, now: SystemTime) -> Option<Duration> {
    let text = headers.text("retry-after")?;
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = headers
        .text("date")
        .and_then(|date| httpdate::parse_http_date(date.trim()).ok())
        .unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default())
}

fn not_asked(encoded: &Encoded<'_>, why: String) -> Exchange {
    Exchange {
        request: Arc::clone(&encoded.request),
        answer: Err(TransportFault::NotAsked(why)),
        elapsed: Duration::ZERO,
        ended: SystemTime::now(),
    }
}

/// A server may end a connection that is idle (RFC 9112 section 9.6), but it may also have crashed.
fn lost_connection(encoded: &Encoded<'_>, why: String) -> Finding {
    Finding {
        level: Level::Warning,
        check: "transport",
        operation: encoded.call.operation.id.clone(),
        place: "response".to_owned(),
        promise: None,
        message: "the connection ended before the answer began; asked again, the target answered"
            .to_owned(),
        expected: "an answer".to_owned(),
        actual: why,
        curl: curl(&encoded.request),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(lines: &[(&str, &str)]) -> Option<Duration> {
        let mut headers = Headers::default();
        for (name, value) in lines {
            headers.push(*name, *value);
        }
        retry_after(&headers, SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(pause(&[]), None);
        assert_eq!(pause(&[("Retry-After", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(pause(&[("Retry-After", "soon")]), None);
        assert_eq!(pause(&[("Retry-After", "-1")]), None);
        assert_eq!(
            pause(&[("Retry-After", "99999999999999999999999")]),
            Some(Duration::MAX)
        );
        let date = ("Retry-After", "Thu, 01 Jan 1970 00:00:09 GMT");
        assert_eq!(pause(&[date]), Some(Duration::from_secs(9)));
        // By the server's clock, whatever ours says.
        let server = ("Date", "Thu, 01 Jan 1970 00:00:06 GMT");
        assert_eq!(pause(&[date, server]), Some(Duration::from_secs(3)));
        let late = ("Date", "Thu, 01 Jan 1970 00:00:10 GMT");
        assert_eq!(pause(&[date, late]), Some(Duration::ZERO));
    }
}
