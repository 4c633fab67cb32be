//! What HTTP/1.1 does between a client and a server, for targets that are called without a socket:
//! a server sees the headers that a client adds and no others, and a client sees the headers, and
//! as much of the body, as a server would have sent.

use std::time::SystemTime;

use bytes::Bytes;
use http::header::{
    ACCEPT, CONTENT_LENGTH, DATE, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
    USER_AGENT as USER_AGENT_HEADER,
};
use http::{Method, StatusCode};
use url::{Position, Url};

use super::receive::Chunks;
use super::transport::USER_AGENT;
use crate::wire::{Header, Headers, Request, TransportFault};

/// What a server receives of a request.
///
/// # Errors
/// When the request cannot be sent over HTTP at all.
pub(super) fn received(request: &Request) -> Result<http::Request<Bytes>, TransportFault> {
    let unsendable = |why: &dyn std::fmt::Display| TransportFault::Unsendable(why.to_string());
    let url = Url::parse(&request.url).map_err(|e| unsendable(&e))?;
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|e| unsendable(&e))?;
    let mut headers = HeaderMap::new();
    for header in &request.headers.0 {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|e| unsendable(&e))?;
        let value = HeaderValue::from_bytes(header.value.trim_ascii());
        headers.append(name, value.map_err(|e| unsendable(&e))?);
    }
    let host = &url[Position::BeforeHost..Position::AfterPort];
    add(&mut headers, HOST, host);
    add(&mut headers, ACCEPT, "*/*");
    add(&mut headers, USER_AGENT_HEADER, USER_AGENT);
    if !request.body.is_empty() || matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") {
        add(
            &mut headers,
            CONTENT_LENGTH,
            &request.body.len().to_string(),
        );
    }
    let mut received = http::Request::builder()
        .method(method)
        .uri(&url[Position::BeforePath..Position::AfterQuery])
        .body(Bytes::from(request.body.clone()))
        .map_err(|e| unsendable(&e))?;
    *received.headers_mut() = headers;
    Ok(received)
}

/// How much of a body is sent behind the headers of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyLength {
    /// So many bytes.
    Exactly(u64),
    /// All that there is.
    ToTheEnd,
}

/// The headers of a response as a client receives them, and the length of the body behind them.
/// `length` is the length of the body if the service knows it.
pub(super) fn sent(
    method: &Method,
    status: StatusCode,
    mut headers: HeaderMap,
    length: Option<u64>,
) -> (Headers, BodyLength) {
    // RFC 9110 section 6.4.1: what these statuses and methods respond with has no content.
    let is_empty = status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    // RFC 9110 section 8.6: a 1xx or 204 has no Content-Length.
    if status.is_informational() || status == StatusCode::NO_CONTENT {
        headers.remove(CONTENT_LENGTH);
    }
    let body = if is_empty || method == Method::HEAD {
        BodyLength::Exactly(0)
    } else {
        let stated = headers.get(CONTENT_LENGTH).and_then(|value| {
            let text = value.to_str().ok()?;
            text.trim().parse().ok()
        });
        match (stated, length) {
            (Some(stated), _) => BodyLength::Exactly(stated),
            (None, Some(length)) => {
                add(&mut headers, CONTENT_LENGTH, &length.to_string());
                BodyLength::Exactly(length)
            }
            (None, None) => {
                add(&mut headers, TRANSFER_ENCODING, "chunked");
                BodyLength::ToTheEnd
            }
        }
    };
    add(
        &mut headers,
        DATE,
        &httpdate::fmt_http_date(SystemTime::now()),
    );
    let headers = headers.iter().map(|(name, value)| Header {
        name: name.as_str().to_owned(),
        value: value.as_bytes().trim_ascii().to_vec(),
    });
    (Headers(headers.collect()), body)
}

/// Adds a header unless there is one of that name.
fn add(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.entry(name).or_insert(value);
    }
}

/// A body cut to the length that the headers of its response state.
pub(super) struct Cut<C> {
    chunks: C,
    left: BodyLength,
}

impl<C: Chunks> Cut<C> {
    /// The body behind headers that state this length.
    pub(super) fn new(chunks: C, length: BodyLength) -> Self {
        Self {
            chunks,
            left: length,
        }
    }
}

impl<C: Chunks + Send> Chunks for Cut<C> {
    async fn next(&mut self) -> Result<Option<Bytes>, TransportFault> {
        let BodyLength::Exactly(left) = self.left else {
            return self.chunks.next().await;
        };
        if left == 0 {
            return Ok(None);
        }
        let Some(mut chunk) = self.chunks.next().await? else {
            return Err(TransportFault::Incomplete(format!(
                "{left} bytes of what Content-Length states are missing"
            )));
        };
        chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        self.left = BodyLength::Exactly(left - chunk.len() as u64);
        Ok(Some(chunk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, body: &str) -> Request {
        let mut headers = Headers::default();
        headers.push("X-A", " 1 ");
        Request {
            method: method.to_owned(),
            url: "http://h.localhost:8/a/../b?c=d e#f".to_owned(),
            headers,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_server_receives_what_a_client_sends() {
        let got = received(&request("POST", "hi")).unwrap();
        assert_eq!(got.uri(), "/b?c=d%20e");
        let header = |name: &str| got.headers()[name].to_str().unwrap();
        assert_eq!(header("host"), "h.localhost:8");
        assert_eq!(header("content-length"), "2");
        assert_eq!(header("x-a"), "1");
        assert!(
            received(&request("GET", ""))
                .unwrap()
                .headers()
                .get("content-length")
                .is_none()
        );
        assert!(matches!(
            received(&request("B D", "")),
            Err(TransportFault::Unsendable(_))
        ));
    }

    #[test]
    fn a_client_receives_what_a_server_sends() {
        let get = |status: u16, length| {
            let status = StatusCode::from_u16(status).unwrap();
            sent(&Method::GET, status, HeaderMap::new(), length)
        };
        let (headers, body) = get(200, Some(3));
        assert_eq!(headers.text("content-length").as_deref(), Some("3"));
        assert!(headers.get("date").is_some());
        assert_eq!(body, BodyLength::Exactly(3));
        let (headers, body) = get(200, None);
        assert_eq!(
            headers.text("transfer-encoding").as_deref(),
            Some("chunked")
        );
        assert_eq!(body, BodyLength::ToTheEnd);
        let (headers, body) = get(204, Some(3));
        assert!(headers.get("content-length").is_none());
        assert_eq!(body, BodyLength::Exactly(0));
    }

    #[test]
    fn a_body_is_cut_or_missed_by_its_stated_length() {
        struct One(Option<Bytes>);
        impl Chunks for One {
            async fn next(&mut self) -> Result<Option<Bytes>, TransportFault> {
                Ok(self.0.take())
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let read = |length| {
            let mut cut = Cut::new(One(Some(Bytes::from("abc"))), BodyLength::Exactly(length));
            runtime.block_on(async { (cut.next().await, cut.next().await) })
        };
        assert_eq!(read(2), (Ok(Some(Bytes::from("ab"))), Ok(None)));
        assert!(matches!(
            read(4),
            (Ok(Some(_)), Err(TransportFault::Incomplete(_)))
        ));
    }
}
