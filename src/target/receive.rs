//! Reading the body of a response: bounded, without waiting for the end of a sequence that has
//! none, and with its content coding removed.

use std::future::Future;
use std::io::Read as _;
use std::time::{Duration, Instant};

use super::limits::Limits;
use crate::contract::Framing;
use crate::wire::{Headers, TransportFault, media_type_essence};

/// Longest time without anything new of a sequence, before its items are taken for all that come.
const SEQUENCE_QUIET: Duration = Duration::from_secs(2);
/// Longest time for which a sequence is read.
const SEQUENCE_OPEN: Duration = Duration::from_secs(10);

/// A body that arrives piece by piece.
pub(super) trait Chunks {
    /// The next piece, `None` at the end.
    fn next(&mut self)
    -> impl Future<Output = Result<Option<bytes::Bytes>, TransportFault>> + Send;
}

/// The whole body of a response with these headers, its content coding removed.
///
/// # Errors
/// When the body ends early, is too long or is not what its content coding says.
pub(super) async fn body(
    headers: &Headers,
    chunks: &mut impl Chunks,
    limits: Limits,
) -> Result<Vec<u8>, TransportFault> {
    let media_type = headers.text("content-type");
    let framing = media_type.and_then(|media| Framing::of(&media_type_essence(&media)));
    let body = match framing {
        Some(framing) => sequence(chunks, framing, limits).await?,
        None => whole(chunks, limits).await?,
    };
    decode(headers, body, limits.max_body)
}

async fn whole(chunks: &mut impl Chunks, limits: Limits) -> Result<Vec<u8>, TransportFault> {
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await? {
        if body.len() + chunk.len() > limits.max_body {
            return Err(TransportFault::TooLarge(limits.max_body));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The items of a sequence, which need not have an end: those that arrive before it is quiet, or
/// has been open, for too long.
async fn sequence(
    chunks: &mut impl Chunks,
    framing: Framing,
    limits: Limits,
) -> Result<Vec<u8>, TransportFault> {
    let quiet = SEQUENCE_QUIET.min(limits.timeout / 2);
    let opened = Instant::now();
    let mut body = Vec::new();
    while opened.elapsed() < SEQUENCE_OPEN {
        match tokio::time::timeout(quiet, chunks.next()).await {
            Ok(Ok(None)) => return Ok(body),
            Ok(Ok(Some(chunk))) if body.len() + chunk.len() <= limits.max_body => {
                body.extend_from_slice(&chunk);
            }
            Ok(Err(fault)) if !matches!(fault, TransportFault::TimedOut(_)) => return Err(fault),
            _ => break,
        }
    }
    body.truncate(framing.whole(&body));
    Ok(body)
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
