//! Content codings (RFC 9110 section 8.4): `gzip` and `deflate`, in the order in which they were
//! applied. Only the reader is needed, since requests are sent as they are.

use std::io::{self, Read as _};

use thiserror::Error;

/// Why a content coding cannot be removed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContentCodingError {
    /// No request accepts this coding.
    #[error("'{0}' was not asked for and is not understood")]
    Unknown(String),
    /// The body is not in this coding; the message of the decoder.
    #[error("the body is not {coding}: {error}")]
    Malformed {
        /// The coding.
        coding: String,
        /// What is wrong.
        error: String,
    },
    /// The decoded body is longer than the limit, in bytes.
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
}

/// Removes the codings that a `Content-Encoding` names.
///
/// # Errors
/// If a coding is unknown, the body is not in it, or is longer than `limit` bytes without it.
pub fn remove(codings: &str, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, ContentCodingError> {
    let mut body = body;
    for coding in codings.rsplit(',').map(str::trim) {
        let name = coding.to_ascii_lowercase();
        let decoded = match name.as_str() {
            "" | "identity" => continue,
            _ if body.is_empty() => continue,
            "gzip" | "x-gzip" => read(flate2::read::MultiGzDecoder::new(body.as_slice()), limit),
            "deflate" => read(flate2::read::ZlibDecoder::new(body.as_slice()), limit),
            _ => return Err(ContentCodingError::Unknown(name)),
        };
        body = decoded.map_err(|error| ContentCodingError::Malformed {
            coding: coding.to_owned(),
            error: error.to_string(),
        })?;
        if body.len() > limit {
            return Err(ContentCodingError::TooLong(limit));
        }
    }
    Ok(body)
}

/// Reads one byte more than the limit at most, so that a small body cannot fill the memory.
fn read(decoder: impl io::Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use std::io::Write as _;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn bodies_come_back_from_each_coding() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..50 {
            let length = random.usize(..200);
            let body: Vec<u8> = (0..length).map(|_| random.u8(b'a'..b'e')).collect();
            for (codings, coded) in [
                ("", body.clone()),
                ("identity", body.clone()),
                ("gzip", gzip(&body)),
                ("X-GZIP", gzip(&body)),
                ("deflate", deflate(&body)),
                ("deflate, gzip", gzip(&deflate(&body))),
            ] {
                assert_eq!(remove(codings, coded, 200), Ok(body.clone()), "{codings}");
            }
        }
    }

    #[test]
    fn other_bodies_are_errors() {
        let error = |codings: &str, body: Vec<u8>| remove(codings, body, 1000).unwrap_err();
        assert!(matches!(
            error("gzip", b"{}".to_vec()),
            ContentCodingError::Malformed { coding, .. } if coding == "gzip"
        ));
        assert_eq!(
            error("br", gzip(b"{}")),
            ContentCodingError::Unknown("br".to_owned())
        );
        let bomb = gzip(&vec![0; 1_000_000]);
        assert_eq!(error("gzip", bomb), ContentCodingError::TooLong(1000));
    }
}
