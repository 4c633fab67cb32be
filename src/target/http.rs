//! HTTP over TCP and TLS. This is the only file that knows the reqwest crate.

use std::error::Error as _;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use super::error::TargetError;
use super::limits::Limits;
use super::receive::{self, Chunks};
use super::transport::{Connection, Sending, Transport, USER_AGENT};
use crate::wire::{Exchange, Header, Headers, Request, Response, TransportFault};

/// Idle connections are not used again after this time: servers close theirs when they like, and
/// a request that meets the end of a connection is lost.
const IDLE_TIMEOUT: Duration = Duration::from_millis(100);

/// An HTTP/1.1 client. Redirects are responses like others.
#[derive(Debug)]
pub(super) struct Http {
    /// Keeps connections for the requests that follow.
    pooled: Clients,
    /// Makes a new connection for each request.
    fresh: Clients,
    limits: Limits,
}

/// Clients, each made for its first request: reading the certificates of the system takes longer
/// than all else, and only one of the two needs them.
#[derive(Debug, Default)]
struct Clients {
    plain: OnceLock<reqwest::Client>,
    tls: OnceLock<reqwest::Client>,
}

/// The body of a response.
struct Body<'a> {
    response: reqwest::Response,
    limits: &'a Limits,
}

impl Chunks for Body<'_> {
    async fn next(&mut self) -> Result<Option<bytes::Bytes>, TransportFault> {
        let chunk = self.response.chunk().await;
        chunk.map_err(|error| fault(&error, self.limits))
    }
}

#[cfg(feature = "tls")]
fn install_provider() {
    static PROVIDER: std::sync::Once = std::sync::Once::new();
    PROVIDER.call_once(|| {
        // Only the first provider of a process counts; a test program may have set its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

impl Http {
    /// A client with these limits. It must be used in one event loop only.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub(super) fn new(limits: Limits) -> Result<Self, TargetError> {
        #[cfg(feature = "tls")]
        install_provider();
        let http = Self {
            pooled: Clients::default(),
            fresh: Clients::default(),
            limits,
        };
        match http.client(Connection::Pooled, "http:") {
            Ok(_) => Ok(http),
            Err(error) => Err(TargetError::HttpClient(causes(&error))),
        }
    }

    fn client(&self, connection: Connection, url: &str) -> reqwest::Result<&reqwest::Client> {
        let clients = match connection {
            Connection::Pooled => &self.pooled,
            Connection::Fresh => &self.fresh,
        };
        let is_plain = url.starts_with("http:");
        let client = if is_plain {
            &clients.plain
        } else {
            &clients.tls
        };
        if let Some(client) = client.get() {
            return Ok(client);
        }
        let mut builder = builder(self.limits);
        if connection == Connection::Fresh {
            builder = builder.pool_max_idle_per_host(0);
        }
        #[cfg(feature = "tls")]
        if is_plain {
            builder = builder.tls_certs_only([]);
        }
        let made = builder.build()?;
        Ok(client.get_or_init(|| made))
    }

    async fn exchange(
        &self,
        request: &Request,
        connection: Connection,
    ) -> Result<Response, TransportFault> {
        let client = self
            .client(connection, &request.url)
            .map_err(|e| TransportFault::Unsendable(causes(&e)))?;
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|e| TransportFault::Unsendable(e.to_string()))?;
        let mut builder = client.request(method, &request.url);
        for header in &request.headers.0 {
            builder = builder.header(&header.name, header.value.as_slice());
        }
        if !request.body.is_empty() || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
            builder = builder.body(request.body.clone());
        }
        let sent = builder.send().await;
        let response = sent.map_err(|e| match fault(&e, &self.limits) {
            TransportFault::Incomplete(why) => TransportFault::NoAnswer(why),
            other => other,
        })?;
        let status = response.status().as_u16().into();
        let headers = response.headers().iter().map(|(name, value)| Header {
            name: name.as_str().to_owned(),
            value: value.as_bytes().to_vec(),
        });
        let headers = Headers(headers.collect());
        let limits = &self.limits;
        let body = receive::body(&headers, &mut Body { response, limits }, *limits).await?;
        Ok(Response {
            status,
            headers,
            body,
        })
    }
}

impl Transport for Http {
    fn send(&self, request: Arc<Request>, connection: Connection) -> Sending<'_> {
        Box::pin(async move {
            let started = Instant::now();
            let answer = self.exchange(&request, connection).await;
            Exchange {
                request,
                answer,
                elapsed: started.elapsed(),
                ended: SystemTime::now(),
            }
        })
    }
}

fn builder(limits: Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // What is sent again is decided elsewhere.
        .retry(reqwest::retry::never().max_retries_per_request(0))
        .timeout(limits.timeout)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .http1_only()
        .no_proxy()
        .tcp_nodelay(true)
        .user_agent(USER_AGENT)
}

fn fault(error: &reqwest::Error, limits: &Limits) -> TransportFault {
    let why = causes(error);
    if error.is_timeout() {
        return if error.is_connect() {
            TransportFault::Unreachable(why)
        } else {
            TransportFault::TimedOut(limits.timeout)
        };
    }
    if error.is_connect() {
        return TransportFault::Unreachable(why);
    }
    if error.is_builder() {
        return TransportFault::Unsendable(why);
    }
    if why.contains("invalid HTTP") || why.contains("invalid header") || why.contains("parse") {
        return TransportFault::NotHttp(why);
    }
    TransportFault::Incomplete(why)
}

/// The chain of causes of an error, without the URL, which may hold a secret.
fn causes(error: &reqwest::Error) -> String {
    let mut source = error.source();
    let mut texts: Vec<String> = Vec::new();
    while let Some(cause) = source {
        let text = cause.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        source = cause.source();
    }
    if texts.is_empty() {
        return "the request failed".to_owned();
    }
    texts.join(": ")
}
