//! `multipart/form-data` (RFC 7578) from bytes.

/// One part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) name: String,
    /// The content type, if the part has one.
    pub(super) media: Option<String>,
    pub(super) content: &'a [u8],
}

/// Reads all parts.
///
/// # Errors
/// What is broken.
pub(super) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Result<Vec<Part<'a>>, String> {
    let boundary = parameter(content_type, "boundary")
        .filter(|boundary| !boundary.is_empty() && boundary.len() <= 70)
        .ok_or("the content type names no boundary")?;
    let delimiter = format!("--{boundary}");
    let delimiter = delimiter.as_bytes();
    let mut found = Vec::new();
    let first = if body.starts_with(delimiter) {
        0
    } else {
        2 + line_with(body, delimiter).ok_or("the boundary does not occur")?
    };
    let mut rest = &body[first + delimiter.len()..];
    loop {
        if rest.starts_with(b"--") {
            return Ok(found);
        }
        let blanks = rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        rest = rest[blanks..]
            .strip_prefix(b"\r\n")
            .ok_or("a boundary does not end its line")?;
        let end = line_with(rest, delimiter).ok_or("the last boundary is missing")?;
        found.push(part(&rest[..end])?);
        rest = &rest[end + 2 + delimiter.len()..];
    }
}

/// Where a line break followed by a text begins.
fn line_with(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(i) = bytes[from..].iter().position(|byte| *byte == b'\r') {
        let at = from + i;
        if bytes[at + 1..]
            .strip_prefix(b"\n")
            .is_some_and(|rest| rest.starts_with(text))
        {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn part(bytes: &[u8]) -> Result<Part<'_>, String> {
    let mut rest = bytes;
    let mut name = None;
    let mut media = None;
    loop {
        let end = line_with(rest, b"").ok_or("a part has no blank line after its headers")?;
        let line = String::from_utf8_lossy(&rest[..end]);
        rest = &rest[end + 2..];
        if line.is_empty() {
            break;
        }
        let (header, value) = line
            .split_once(':')
            .ok_or("a header of a part has no colon")?;
        if header.trim().eq_ignore_ascii_case("content-disposition") {
            // Browsers write what a header cannot hold as percent-encoded bytes.
            name = parameter(value, "name").map(|name| {
                name.replace("%22", "\"")
                    .replace("%0D", "\r")
                    .replace("%0A", "\n")
            });
        } else if header.trim().eq_ignore_ascii_case("content-type") {
            media = Some(value.trim().to_owned());
        }
    }
    Ok(Part {
        name: name.ok_or("a part has no name")?,
        media,
        content: rest,
    })
}

/// A parameter of a header value (RFC 9110 section 5.6.6), quoted or not.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let text;
        (text, rest) = match after.strip_prefix('"') {
            Some(quoted) => quoted_text(quoted),
            None => match after.split_once(';') {
                Some((text, rest)) => (text.trim().to_owned(), rest),
                None => (after.trim().to_owned(), ""),
            },
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(text);
        }
        rest = rest.trim_start().trim_start_matches(';');
    }
}

/// A quoted text and what follows it. Browsers write a quote as `%22`, others as `\"`.
fn quoted_text(quoted: &str) -> (String, &str) {
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => return (text, &quoted[i + 1..]),
            '\\' if quoted[i + 1..].starts_with(['"', '\\']) => {
                text.extend(chars.next().map(|(_, c)| c));
            }
            c => text.push(c),
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_and_files() {
        let body = b"preamble\r\n--b\r\nContent-Disposition: form-data; name=\"Path\"\r\n\r\n/a\r\n\
            --b \r\ncontent-disposition: form-data; filename=\"a; name=\\\"x\\\".js\"; name=Content\r\n\
            Content-Type: application/javascript\r\n\r\nline\r\n--not\r\n\r\n--b--\r\nend";
        let parts = parts("multipart/form-data; charset=utf-8; boundary=\"b\"", body).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(
            (parts[0].name.as_str(), parts[0].content),
            ("Path", &b"/a"[..])
        );
        assert_eq!(parts[1].name, "Content");
        assert_eq!(parts[1].content, b"line\r\n--not\r\n");
        let none = super::parts("multipart/form-data; boundary=b", b"--b--").unwrap();
        assert!(none.is_empty());
    }

    #[test]
    fn names_what_is_broken() {
        let kind = "multipart/form-data; boundary=b";
        for (content_type, body, message) in [
            ("multipart/form-data", &b"--b--"[..], "no boundary"),
            (kind, b"", "does not occur"),
            (kind, b"--bX", "does not end its line"),
            (
                kind,
                b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
                "last boundary",
            ),
            (kind, b"--b\r\nA: b\r\n\r\nx\r\n--b--", "no name"),
            (kind, b"--b\r\nno colon\r\n\r\nx\r\n--b--", "no colon"),
            (kind, b"--b\r\nA: b\r\n--b--", "no blank line"),
        ] {
            let error = parts(content_type, body).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn any_bytes_are_survived() {
        let mut random = fastrand::Rng::with_seed(1);
        let words: [&[u8]; 7] = [
            b"--b",
            b"\r\n",
            b"\r",
            b"--",
            b"Content-Disposition: form-data; name=",
            b"\"",
            b"x;",
        ];
        for _ in 0..5000 {
            let body: Vec<u8> = (0..random.usize(..12))
                .flat_map(|_| words[random.usize(..words.len())].to_vec())
                .collect();
            let _ = parts("multipart/form-data; boundary=b", &body);
        }
    }
}
