//! Reading the body of a response: bounded, without waiting for the end of a sequence that has
//! none, and with its content coding removed.

use std::future::Future;
use std::time::{Duration, Instant};

use super::limits::Limits;
use crate::codec::{ContentCodingError, content_coding};
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
    let codings = headers.text("content-encoding").unwrap_or_default();
    content_coding::remove(&codings, body, limits.max_body).map_err(|error| match error {
        ContentCodingError::TooLong(limit) => TransportFault::TooLarge(limit),
        other => TransportFault::BadEncoding(other.to_string()),
    })
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
