//! Delivery of requests, whatever kind of target takes them: a 429 is waited out, an unreachable
//! target is tried again, a lost response to a safe request is requested once more, and nothing is
//! sent that would meet a known fault.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::join_all;

use super::circuit_breaker::{Circuit, CircuitBreaker};
use super::limits::Limits;
use super::transport::{Connection, Transport};
use crate::wire::{BaseUrl, Exchange, Headers, Request, TransportFault};

/// The client has sent too many requests (RFC 6585 section 4).
const TOO_MANY_REQUESTS: u16 = 429;
/// Pauses before a target that accepts no connection is tried again.
const RECONNECT_PAUSES: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_millis(600),
];
/// A connection that was refused this late will be refused again.
const RECONNECT_WITHIN: Duration = Duration::from_secs(1);
/// Shortest and longest pause after a 429 that does not say how long to wait.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));
/// Shortest pause after any 429.
const MIN_BACKOFF: Duration = Duration::from_millis(50);

/// Methods that may be sent again when the response is lost (RFC 9110 section 9.2.2). PUT and DELETE
/// may too, but their second response is another one: what is deleted is not found.
const SAFE_METHODS: [&str; 4] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/// The way from one event loop to a target. All clients of a target share its circuit breaker.
pub(crate) struct Client {
    transport: Box<dyn Transport>,
    breaker: Arc<CircuitBreaker>,
    base: BaseUrl,
    limits: Limits,
}

/// One request of a case.
#[derive(Clone, Copy)]
pub(crate) struct Delivery<'a> {
    /// The operation, whose health is recorded.
    pub(crate) operation: &'a str,
    /// The case, which a report names where its request opens the circuit.
    pub(crate) case: &'a str,
    /// The request.
    pub(crate) request: &'a Arc<Request>,
}

/// What came of a delivery.
pub(crate) struct Delivered {
    /// The last exchange.
    pub(crate) exchange: Exchange,
    /// How many requests were sent.
    pub(crate) requests: usize,
    /// Why the first connection ended before a response, where a second request got one.
    pub(crate) lost_response: Option<String>,
}

/// How the sender of a request waits.
pub(crate) trait Waiting {
    /// Waits until then, or until the run is stopped.
    fn idle_until(&mut self, until: Instant) -> impl Future<Output = ()>;

    /// Whether the run is stopped.
    fn is_stopped(&self) -> bool;
}

impl Client {
    /// A client of a target.
    pub(super) fn new(
        transport: Box<dyn Transport>,
        breaker: Arc<CircuitBreaker>,
        base: BaseUrl,
        limits: Limits,
    ) -> Self {
        Self {
            transport,
            breaker,
            base,
            limits,
        }
    }

    /// Why an operation gets no requests any more; `None` if it does.
    pub(crate) fn opened(&self, operation: &str) -> Option<String> {
        self.breaker.opened(operation)
    }

    /// Sends a request and waits out every 429.
    pub(crate) async fn send(
        &self,
        delivery: Delivery<'_>,
        waiting: &mut impl Waiting,
    ) -> Delivered {
        let mut waited = Duration::ZERO;
        let mut backoff = BACKOFF.0;
        let mut requests = 0;
        let mut lost_response = None;
        loop {
            let sent = self.send_once(delivery, waiting).await;
            requests += sent.requests;
            lost_response = sent.lost_response.or(lost_response);
            let delivered = |exchange| Delivered {
                exchange,
                requests,
                lost_response: lost_response.clone(),
            };
            let exchange = sent.exchange;
            let requested = match &exchange.answer {
                Ok(response) if response.status == TOO_MANY_REQUESTS => {
                    retry_after(&response.headers, SystemTime::now())
                }
                _ => return delivered(exchange),
            };
            let pause = requested.unwrap_or(backoff).max(MIN_BACKOFF);
            backoff = (backoff * 2).min(BACKOFF.1);
            let total = waited.saturating_add(pause);
            if total > self.limits.patience || waiting.is_stopped() {
                let is_stopped = waiting.is_stopped();
                return delivered(Exchange {
                    answer: Err(self.give_up(delivery.operation, waited, requested, is_stopped)),
                    ..exchange
                });
            }
            waited = total;
            let until = Instant::now() + pause;
            self.breaker.back_off(delivery.operation, until);
            waiting.idle_until(until).await;
        }
    }

    /// Sends a request and accepts any response, a 429 included.
    pub(crate) async fn send_once(
        &self,
        delivery: Delivery<'_>,
        waiting: &mut impl Waiting,
    ) -> Delivered {
        let Delivery {
            operation, request, ..
        } = delivery;
        while let Some(until) = self.breaker.backoff_until(operation)
            && !waiting.is_stopped()
        {
            waiting.idle_until(until).await;
        }
        if let Some(why) = self.breaker.opened(operation) {
            return Delivered {
                exchange: not_sent(request, why),
                requests: 0,
                lost_response: None,
            };
        }
        let transmit = |connection| self.transport.send(Arc::clone(request), connection);
        let sent = Instant::now();
        let mut requests = 1;
        let mut exchange = transmit(Connection::Pooled).await;
        for pause in RECONNECT_PAUSES {
            let is_unreachable = matches!(exchange.answer, Err(TransportFault::Unreachable(_)));
            if !is_unreachable || exchange.elapsed > RECONNECT_WITHIN || waiting.is_stopped() {
                break;
            }
            waiting.idle_until(Instant::now() + pause).await;
            requests += 1;
            exchange = transmit(Connection::Pooled).await;
        }
        let mut lost_response = None;
        if let Err(TransportFault::NoAnswer(why)) = &exchange.answer
            && SAFE_METHODS.contains(&request.method.as_str())
        {
            let why = why.clone();
            requests += 1;
            let second = transmit(Connection::Fresh).await;
            if second.answer.is_ok() {
                lost_response = Some(why);
                exchange = second;
            }
        }
        Delivered {
            exchange: self.record_health(delivery, exchange, sent),
            requests,
            lost_response,
        }
    }

    /// Sends several requests without waiting for responses between them. What gets a 429, or
    /// does not arrive, is sent once more by itself.
    pub(crate) async fn send_concurrently(
        &self,
        deliveries: &[Delivery<'_>],
        waiting: &mut impl Waiting,
    ) -> Vec<Delivered> {
        let is_troubled = deliveries.iter().any(|delivery| {
            self.breaker.opened(delivery.operation).is_some()
                || self.breaker.backoff_until(delivery.operation).is_some()
        });
        let sent = Instant::now();
        let mut exchanges = Vec::new();
        if !is_troubled {
            let requests = deliveries.iter().map(|delivery| {
                let request = Arc::clone(delivery.request);
                self.transport.send(request, Connection::Pooled)
            });
            exchanges = join_all(requests).await;
        }
        let first = usize::from(!is_troubled);
        let mut exchanges = exchanges.into_iter();
        let mut settled = Vec::new();
        for delivery in deliveries {
            let is_final = |exchange: &Exchange| match &exchange.answer {
                Ok(response) => response.status != TOO_MANY_REQUESTS,
                Err(fault) => !matches!(fault, TransportFault::Unreachable(_)),
            };
            let mut delivered = if let Some(exchange) = exchanges.next().filter(is_final) {
                Delivered {
                    exchange: self.record_health(*delivery, exchange, sent),
                    requests: 0,
                    lost_response: None,
                }
            } else {
                self.send(*delivery, waiting).await
            };
            delivered.requests += first;
            settled.push(delivered);
        }
        settled
    }

    /// Records what an exchange says of the target's health. An exchange that would report a fault
    /// that another case has reported meanwhile counts as not sent.
    fn record_health(&self, delivery: Delivery<'_>, exchange: Exchange, sent: Instant) -> Exchange {
        let Delivery {
            operation,
            case,
            request,
        } = delivery;
        let recorded = match &exchange.answer {
            Ok(_) => {
                self.breaker.responded(operation);
                Ok(())
            }
            Err(TransportFault::TimedOut(limit)) => {
                let why = format!(
                    "not asked: {operation} did not answer within {} s in {case}",
                    limit.as_secs_f64(),
                );
                self.breaker.timed_out(operation, sent, &why)
            }
            Err(TransportFault::Unreachable(_)) => {
                // An operation may have a server of its own.
                let circuit = if self.base.contains(&request.url) {
                    Circuit::Target
                } else {
                    Circuit::Operation
                };
                let why = "not asked: there is no connection to the target";
                self.breaker.open(operation, circuit, why)
            }
            Err(_) => Ok(()),
        };
        match recorded {
            Ok(()) => exchange,
            Err(why) => not_sent(request, why),
        }
    }

    /// The fault of a 429 that is waited for no longer.
    fn give_up(
        &self,
        operation: &str,
        spent: Duration,
        requested: Option<Duration>,
        is_stopped: bool,
    ) -> TransportFault {
        if !is_stopped {
            let why = format!("not asked: {operation} answers 429 for too long");
            if let Err(why) = self.breaker.open(operation, Circuit::Operation, &why) {
                return TransportFault::NotAsked(why);
            }
        }
        let wish = requested.map_or_else(String::new, |pause| {
            format!(", and wants {} s of peace", pause.as_secs())
        });
        TransportFault::TooBusy(format!(
            "{operation} answers 429 after {} s of waiting{wish}; try fewer --jobs or a longer \
             --patience",
            spent.as_secs_f64()
        ))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// The pause that `Retry-After` asks for (RFC 9110 section 10.2.3): seconds, or a time by the clock
/// of the response's `Date`.
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

fn not_sent(request: &Arc<Request>, why: String) -> Exchange {
    Exchange {
        request: Arc::clone(request),
        answer: Err(TransportFault::NotAsked(why)),
        elapsed: Duration::ZERO,
        ended: SystemTime::now(),
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
