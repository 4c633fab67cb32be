//! Sending requests. This is the only file that knows the reqwest crate.

use std::error::Error as _;
use std::io::Read as _;
use std::sync::{Arc, Once, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use super::Limits;
use super::health::Health;
use crate::contract::Framing;
use crate::wire::{
    Exchange, Header, Headers, Request, Response, TransportFault, media_type_essence,
};

/// Idle connections are not used again after this time: servers close theirs when they like, and
/// a request that meets the end of a connection is lost.
const IDLE: Duration = Duration::from_millis(100);

/// Longest time without anything new of a sequence, before its items are taken for all that come.
const QUIET: Duration = Duration::from_secs(2);
/// Longest time for which a sequence is listened to.
const OPEN: Duration = Duration::from_secs(10);

/// An HTTP/1.1 client. Redirects are answers like others.
#[derive(Debug)]
pub(super) struct Client {
    /// Keeps connections for the requests that follow.
    pooled: Kinds,
    /// Makes a new connection for each request.
    fresh: Kinds,
    limits: Limits,
    health: Arc<Health>,
}

fn builder(limits: Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // What is sent again is said elsewhere.
        .retry(reqwest::retry::never().max_retries_per_request(0))
        .timeout(limits.timeout)
        .pool_idle_timeout(IDLE)
        .http1_only()
        .no_proxy()
        .tcp_nodelay(true)
        .user_agent(concat!("trueup/", env!("CARGO_PKG_VERSION")))
}

/// Clients, each made for its first request: reading the certificates of the system takes longer
/// than all else, and only one of the two needs them.
#[derive(Debug, Default)]
struct Kinds {
    plain: OnceLock<reqwest::Client>,
    tls: OnceLock<reqwest::Client>,
}

impl Client {
    /// A client with these limits. It must be used in one tokio runtime only.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub(super) fn new(limits: Limits) -> Result<Self, String> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Only the first provider of a process counts; a test program may have set its own.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let client = Self {
            pooled: Kinds::default(),
            fresh: Kinds::default(),
            limits,
            health: Arc::default(),
        };
        match client.client(false, "http:") {
            Ok(_) => Ok(client),
            Err(e) => Err(format!("cannot set up the HTTP client: {}", causes(&e))),
        }
    }

    /// Another client of the same target, for another runtime.
    pub(super) fn beside(&self) -> Self {
        Self {
            pooled: Kinds::default(),
            fresh: Kinds::default(),
            limits: self.limits,
            health: Arc::clone(&self.health),
        }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// What is known of the target's condition.
    pub(super) fn health(&self) -> &Health {
        &self.health
    }

    /// Sends a request once, over a new connection if it must be `fresh`.
    pub(super) async fn send(&self, request: Arc<Request>, fresh: bool) -> Exchange {
        let started = Instant::now();
        let answer = match self.client(fresh, &request.url) {
            Ok(client) => self.receive(client, &request).await,
            Err(e) => Err(TransportFault::Unsendable(causes(&e))),
        };
        Exchange {
            request,
            answer,
            elapsed: started.elapsed(),
            ended: SystemTime::now(),
        }
    }

    fn client(&self, fresh: bool, url: &str) -> reqwest::Result<&reqwest::Client> {
        let kinds = if fresh { &self.fresh } else { &self.pooled };
        let is_plain = url.starts_with("http:");
        let kind = if is_plain { &kinds.plain } else { &kinds.tls };
        if let Some(client) = kind.get() {
            return Ok(client);
        }
        let mut builder = builder(self.limits);
        if fresh {
            builder = builder.pool_max_idle_per_host(0);
        }
        if is_plain {
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build()?;
        Ok(kind.get_or_init(|| client))
    }

    async fn receive(
        &self,
        client: &reqwest::Client,
        request: &Request,
    ) -> Result<Response, TransportFault> {
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|e| TransportFault::Unsendable(e.to_string()))?;
        let mut builder = client.request(method, &request.url);
        for header in &request.headers.0 {
            builder = builder.header(&header.name, header.value.as_slice());
        }
        if !request.body.is_empty() || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
            builder = builder.body(request.body.clone());
        }
        let mut answer = builder.send().await.map_err(|e| match self.fault(&e) {
            TransportFault::Incomplete(why) => TransportFault::NoAnswer(why),
            other => other,
        })?;
        let status = answer.status().as_u16();
        let headers = Headers(
            answer
                .headers()
                .iter()
                .map(|(name, value)| Header {
                    name: name.as_str().to_owned(),
                    value: value.as_bytes().to_vec(),
                })
                .collect(),
        );
        let media_type = headers.text("content-type");
        let framing = media_type.and_then(|media| Framing::of(&media_type_essence(&media)));
        let body = match framing {
            Some(framing) => self.sequence(&mut answer, framing).await?,
            None => self.body(&mut answer).await?,
        };
        let body = decode(&headers, body, self.limits.max_body)?;
        Ok(Response {
            status,
            headers,
            body,
        })
    }

    /// The body of an answer, to its end.
    async fn body(&self, answer: &mut reqwest::Response) -> Result<Vec<u8>, TransportFault> {
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| self.fault(&e))? {
            if body.len() + chunk.len() > self.limits.max_body {
                return Err(TransportFault::TooLarge(self.limits.max_body));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The items of a sequence, which need not have an end: those that come before it is quiet, or
    /// has been open, for too long.
    async fn sequence(
        &self,
        answer: &mut reqwest::Response,
        framing: Framing,
    ) -> Result<Vec<u8>, TransportFault> {
        let quiet = QUIET.min(self.limits.timeout / 2);
        let opened = Instant::now();
        let mut body = Vec::new();
        while opened.elapsed() < OPEN {
            match tokio::time::timeout(quiet, answer.chunk()).await {
                Ok(Ok(None)) => return Ok(body),
                Ok(Ok(Some(chunk))) if body.len() + chunk.len() <= self.limits.max_body => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Err(e)) if !e.is_timeout() => return Err(self.fault(&e)),
                _ => break,
            }
        }
        body.truncate(framing.whole(&body));
        Ok(body)
    }

    fn fault(&self, error: &reqwest::Error) -> TransportFault {
        let why = causes(error);
        if error.is_timeout() {
            return if error.is_connect() {
                TransportFault::Unreachable(why)
            } else {
                TransportFault::TimedOut(self.limits.timeout)
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

/// The body without its content coding (RFC 9110 section 8.4).
fn decode(headers: &Headers, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, TransportFault> {
    let mut body = body;
    let codings = headers.text("content-encoding").unwrap_or_default();
    for coding in codings.rsplit(',').map(str::trim) {
        let mut decoded = Vec::new();
        let most = limit as u64 + 1;
        let read = match coding.to_ascii_lowercase().as_str() {
            "" | "identity" => continue,
            _ if body.is_empty() => continue,
            "gzip" | "x-gzip" => flate2::read::MultiGzDecoder::new(body.as_slice())
                .take(most)
                .read_to_end(&mut decoded),
            "deflate" => flate2::read::ZlibDecoder::new(body.as_slice())
                .take(most)
                .read_to_end(&mut decoded),
            other => {
                return Err(TransportFault::BadEncoding(format!(
                    "'{other}' was not asked for and is not understood"
                )));
            }
        };
        read.map_err(|e| TransportFault::BadEncoding(format!("the body is not {coding}: {e}")))?;
        if decoded.len() > limit {
            return Err(TransportFault::TooLarge(limit));
        }
        body = decoded;
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn coded(coding: &str) -> Headers {
        let mut headers = Headers::default();
        headers.push("Content-Encoding", coding);
        headers
    }

    #[test]
    fn content_codings() {
        let body = gzip(b"{}");
        assert_eq!(decode(&coded("gzip"), body.clone(), 10), Ok(b"{}".to_vec()));
        assert!(matches!(
            decode(&coded("gzip"), b"{}".to_vec(), 10),
            Err(TransportFault::BadEncoding(_))
        ));
        assert!(matches!(
            decode(&coded("br"), body, 10),
            Err(TransportFault::BadEncoding(_))
        ));
    }

    #[test]
    fn a_bomb_is_too_large() {
        let bomb = gzip(&vec![0; 1_000_000]);
        assert_eq!(
            decode(&coded("gzip"), bomb, 1000),
            Err(TransportFault::TooLarge(1000))
        );
    }
}
