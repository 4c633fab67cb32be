//! The parts of a multipart body (RFC 2046 section 5.1.1).

use std::borrow::Cow;

use memchr::memmem;

use crate::codec::error::PartsError;
use crate::wire::{Header, Headers};

/// The boundary, made longer until it occurs in no part.
pub(super) const BOUNDARY: &str = "trueup-0f6d1c9a5b7e4832";

const LINE_BREAK: &[u8] = b"\r\n";

/// One part as it is in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part<'b> {
    pub(super) headers: Headers,
    pub(super) bytes: Cow<'b, [u8]>,
}

/// Joins parts with delimiters that occur in none of them; returns the boundary too.
pub(super) fn join(parts: &[Part<'_>]) -> (String, Vec<u8>) {
    let mut boundary = BOUNDARY.to_owned();
    let occurs = |boundary: &str, part: &Part<'_>| {
        let mut all = std::iter::once(&*part.bytes)
            .chain(part.headers.0.iter().map(|header| header.value.as_slice()));
        all.any(|bytes| memmem::find(bytes, boundary.as_bytes()).is_some())
    };
    while parts.iter().any(|part| occurs(&boundary, part)) {
        boundary.push('0');
    }
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        for Header { name, value } in &part.headers.0 {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(LINE_BREAK);
        }
        bytes.extend_from_slice(LINE_BREAK);
        bytes.extend_from_slice(&part.bytes);
        bytes.extend_from_slice(LINE_BREAK);
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (boundary, bytes)
}

/// A line that divides parts.
struct Delimiter {
    start: usize,
    /// Where the line behind it begins.
    end: usize,
    /// Whether no part follows.
    is_last: bool,
}

/// Divides a body into its parts. What precedes the first delimiter and follows the last one is
/// ignored.
///
/// # Errors
/// If a delimiter or the head of a part is malformed.
pub(super) fn divide<'b>(bytes: &'b [u8], boundary: &str) -> Result<Vec<Part<'b>>, PartsError> {
    let dashed = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut before =
        next(bytes, &dashed, 0)?.ok_or_else(|| PartsError::NoDelimiter(boundary.to_owned()))?;
    while !before.is_last {
        let number = parts.len() + 1;
        let behind = next(bytes, &dashed, before.end)?.ok_or_else(|| PartsError::Unclosed {
            boundary: boundary.to_owned(),
            part: number,
        })?;
        // The line break before a delimiter belongs to it.
        let text = bytes.get(before.end..behind.start - LINE_BREAK.len());
        parts.push(part(text.ok_or(PartsError::TooShort(number))?, number)?);
        before = behind;
    }
    Ok(parts)
}

/// The next delimiter at some place or behind it.
fn next(bytes: &[u8], dashed: &str, from: usize) -> Result<Option<Delimiter>, PartsError> {
    for start in memmem::find_iter(&bytes[from..], dashed).map(|at| from + at) {
        let before = &bytes[..start];
        let rest = &bytes[start + dashed.len()..];
        let (is_last, rest) = match rest.strip_prefix(b"--") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(**byte, b' ' | b'\t'));
        let rest = &rest[blanks.count()..];
        let behind = rest.strip_prefix(LINE_BREAK);
        let has_bare_line_feed =
            rest.starts_with(b"\n") || before.ends_with(b"\n") && !before.ends_with(LINE_BREAK);
        // What has more behind it or in front is the text of a part.
        let is_line = (before.is_empty() || before.ends_with(b"\n"))
            && (rest.is_empty() || rest.starts_with(b"\n") || behind.is_some());
        if !is_line {
            continue;
        }
        if has_bare_line_feed {
            return Err(PartsError::BareLineFeed(start));
        }
        return Ok(Some(Delimiter {
            start,
            end: bytes.len() - behind.unwrap_or_default().len(),
            is_last,
        }));
    }
    Ok(None)
}

/// Reads what is between two delimiters.
fn part(text: &[u8], number: usize) -> Result<Part<'_>, PartsError> {
    let (head, bytes) = match text.strip_prefix(LINE_BREAK) {
        Some(bytes) => (&[][..], bytes),
        None => match memmem::find(text, b"\r\n\r\n") {
            Some(at) => (&text[..at], &text[at + 2 * LINE_BREAK.len()..]),
            None => return Err(PartsError::NoEmptyLine(number)),
        },
    };
    let mut headers = Headers::default();
    let head = String::from_utf8_lossy(head);
    // A line that begins with a blank goes on with the one before it (RFC 5322 section 2.2.3).
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    for line in unfolded.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line
            .split_once(':')
            .filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()))
            .ok_or(PartsError::BadHeader(number))?;
        headers.push(name, value.trim());
    }
    Ok(Part {
        headers,
        bytes: Cow::Borrowed(bytes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(body: &str) -> Result<Vec<(Option<String>, String)>, PartsError> {
        let parts = divide(body.as_bytes(), "b")?.into_iter();
        let text = |part: Part<'_>| {
            let text = String::from_utf8_lossy(&part.bytes).into_owned();
            let header = part.headers.text("x");
            (header.map(Cow::into_owned), text)
        };
        Ok(parts.map(text).collect())
    }

    #[test]
    fn delimiters_divide_parts() {
        let body = "preamble\r\n--b \t\r\nX: 1\r\n  2\r\nY:\r\n\r\none\r\n--bc\r\n--b\r\n\r\n\r\n\
                    --b--\r\nepilogue --b\r\n";
        let expected = [
            (Some("1  2".to_owned()), "one\r\n--bc".to_owned()),
            (None, String::new()),
        ];
        assert_eq!(texts(body), Ok(expected.to_vec()));
        assert_eq!(texts("--b--"), Ok(Vec::new()));
    }

    #[test]
    fn malformed_bodies_are_rejected_with_the_place() {
        for (body, why) in [
            ("one", "the delimiter --b is missing"),
            (
                "--b\r\n\r\none\r\n",
                "the closing delimiter --b-- is missing after part 1",
            ),
            (
                "--b\r\n\r\none\r\n--b\r\n\r\n",
                "--b-- is missing after part 2",
            ),
            (
                "--b\n\none\n--b--\n",
                "the delimiter at byte 0 is between bare line feeds",
            ),
            (
                "--b\r\n\r\none\n--b--\r\n",
                "the delimiter at byte 11 is between",
            ),
            (
                "--b\r\none\r\n--b--\r\n",
                "part 1 has no empty line after its headers",
            ),
            ("--b\r\n--b--\r\n", "part 1 is shorter than a line"),
            (
                "--b\r\none\r\n\r\ntwo\r\n--b--\r\n",
                "part 1 has a line among its headers",
            ),
        ] {
            let error = texts(body).unwrap_err().to_string();
            assert!(error.contains(why), "{body:?}: {error}");
        }
    }
}
