//! The embedded emulator, called without a socket.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::in_process::{Cut, received, sent};
use super::limits::Limits;
use super::receive::{self, Chunks};
use super::transport::{Connection, Sending, Transport};
use crate::emulator::Engine;
use crate::wire::{BaseUrl, Exchange, Header, Headers, Request, Response, TransportFault};

/// Calls the engine of an emulator.
pub(super) struct Embedded {
    engine: Arc<Engine>,
    base: BaseUrl,
    limits: Limits,
}

/// A body that is there already.
struct Whole(Option<Bytes>);

impl Chunks for Whole {
    async fn next(&mut self) -> Result<Option<Bytes>, TransportFault> {
        Ok(self.0.take())
    }
}

impl Embedded {
    /// Calls this engine, whose items have URLs below the base URL.
    pub(super) fn new(engine: Arc<Engine>, base: BaseUrl, limits: Limits) -> Self {
        Self {
            engine,
            base,
            limits,
        }
    }

    async fn exchange(&self, request: &Request) -> Result<Response, TransportFault> {
        let (parts, body) = received(request)?.into_parts();
        let headers = parts.headers.iter().map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: value.as_bytes().to_vec(),
        });
        let received = Request {
            method: parts.method.as_str().to_owned(),
            url: format!("{}{}", self.base, parts.uri),
            headers: Headers(headers.collect()),
            body: body.into(),
        };
        // The engine's state is behind a lock that forgives a panic.
        let response = catch_unwind(AssertUnwindSafe(|| self.engine.answer(&received)))
            .map_err(|_| TransportFault::NoAnswer("the emulator panicked".to_owned()))?;
        let status =
            StatusCode::from_u16(response.status.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = HeaderMap::new();
        for header in response.headers.0 {
            let name = HeaderName::from_bytes(header.name.as_bytes());
            let value = HeaderValue::from_bytes(&header.value);
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
        }
        let length = response.body.len() as u64;
        let (headers, length) = sent(&parts.method, status, headers, Some(length));
        let whole = Whole(Some(response.body.into()));
        let body = receive::body(&headers, &mut Cut::new(whole, length), self.limits).await?;
        Ok(Response {
            status: status.as_u16().into(),
            headers,
            body,
        })
    }
}

impl Transport for Embedded {
    fn send(&self, request: Arc<Request>, _: Connection) -> Sending<'_> {
        Box::pin(async move {
            // Without a wait, one case would run to its end before another begins.
            tokio::task::yield_now().await;
            let started = Instant::now();
            let answer = self.exchange(&request).await;
            Exchange {
                request,
                answer,
                elapsed: started.elapsed(),
                ended: SystemTime::now(),
            }
        })
    }
}
