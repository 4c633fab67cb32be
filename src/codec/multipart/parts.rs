//! The parts of a multipart body (RFC 2046 section 5.1.1).

use memchr::memmem;

use crate::wire::Headers;

const LINE_BREAK: &[u8] = b"\r\n";

/// One part as it travelled.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'b> {
    pub(super) headers: Headers,
    pub(super) bytes: &'b [u8],
}

/// A line that divides parts.
struct Delimiter {
    start: usize,
    /// Where the line behind it begins.
    end: usize,
    /// Whether no part follows.
    is_last: bool,
}

/// Divides a body into its parts. What stands before the first and behind the last delimiter says
/// nothing.
///
/// # Errors
/// What is malformed, and where.
pub(super) fn divide<'b>(bytes: &'b [u8], boundary: &str) -> Result<Vec<Part<'b>>, String> {
    let dashed = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut before =
        next(bytes, &dashed, 0)?.ok_or_else(|| format!("the delimiter {dashed} stands nowhere"))?;
    while !before.is_last {
        let number = parts.len() + 1;
        let behind = next(bytes, &dashed, before.end)?.ok_or_else(|| {
            format!("the closing delimiter {dashed}-- is missing behind part {number}")
        })?;
        // The line break before a delimiter belongs to it.
        let text = bytes.get(before.end..behind.start - LINE_BREAK.len());
        let text = text.ok_or_else(|| format!("part {number} is no line long"))?;
        parts.push(part(text).map_err(|why| format!("part {number} {why}"))?);
        before = behind;
    }
    Ok(parts)
}

/// The next delimiter at some place or behind it.
fn next(bytes: &[u8], dashed: &str, from: usize) -> Result<Option<Delimiter>, String> {
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
            return Err(format!(
                "the delimiter at byte {start} stands between bare line feeds, not CR LF"
            ));
        }
        return Ok(Some(Delimiter {
            start,
            end: bytes.len() - behind.unwrap_or_default().len(),
            is_last,
        }));
    }
    Ok(None)
}

/// Reads what stands between two delimiters.
fn part(text: &[u8]) -> Result<Part<'_>, &'static str> {
    let (head, bytes) = match text.strip_prefix(LINE_BREAK) {
        Some(bytes) => (&[][..], bytes),
        None => match memmem::find(text, b"\r\n\r\n") {
            Some(at) => (&text[..at], &text[at + 2 * LINE_BREAK.len()..]),
            None => return Err("has no empty line behind its headers"),
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
            .ok_or("has a line among its headers that is none")?;
        headers.push(name, value.trim());
    }
    Ok(Part { headers, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(body: &str) -> Result<Vec<(Option<String>, String)>, String> {
        let parts = divide(body.as_bytes(), "b")?.into_iter();
        let text = |part: Part<'_>| {
            let text = String::from_utf8_lossy(part.bytes).into_owned();
            let header = part.headers.text("x");
            (header.map(std::borrow::Cow::into_owned), text)
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
    fn what_is_malformed_is_told_with_its_place() {
        for (body, why) in [
            ("one", "the delimiter --b stands nowhere"),
            (
                "--b\r\n\r\none\r\n",
                "the closing delimiter --b-- is missing behind part 1",
            ),
            (
                "--b\r\n\r\none\r\n--b\r\n\r\n",
                "--b-- is missing behind part 2",
            ),
            (
                "--b\n\none\n--b--\n",
                "the delimiter at byte 0 stands between bare line feeds",
            ),
            (
                "--b\r\n\r\none\n--b--\r\n",
                "the delimiter at byte 11 stands between",
            ),
            (
                "--b\r\none\r\n--b--\r\n",
                "part 1 has no empty line behind its headers",
            ),
            ("--b\r\n--b--\r\n", "part 1 is no line long"),
            (
                "--b\r\none\r\n\r\ntwo\r\n--b--\r\n",
                "part 1 has a line among its headers",
            ),
        ] {
            let error = texts(body).unwrap_err();
            assert!(error.contains(why), "{body:?}: {error}");
        }
    }
}
