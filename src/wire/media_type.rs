//! Media types, media ranges, and the parameters of header values (RFC 9110 sections 5.6.6, 8.3.1
//! and 12.5.1).
//!
//! This is the only parser of them outside the emulator. The crate `mediatype` was tried in its
//! place and rejected: it refuses a whole value for an empty parameter (`text/plain;;`, which
//! RFC 9110 allows), for a parameter without a value (`text/plain; charset`) and for an unquoted
//! value that is not a token (`boundary=--=_1`). Servers send all of these, and their bodies must
//! still be judged by their media type. It also cannot read `Content-Disposition`, whose parameters
//! have the same grammar.

use std::borrow::Cow;

/// The media type in lower case, without parameters: `application/json` for
/// `Application/JSON; charset=utf-8`.
pub fn media_type_essence(value: &str) -> Cow<'_, str> {
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(essence.to_ascii_lowercase())
    } else {
        Cow::Borrowed(essence)
    }
}

/// Whether a media range such as `image/*` includes a media type; a range without an asterisk
/// includes itself. Both are in lower case and have no parameters.
pub fn media_range_includes(range: &str, essence: &str) -> bool {
    match range.strip_suffix('*') {
        Some("*/") => true,
        Some(prefix) => essence.starts_with(prefix),
        None => range == essence,
    }
}

/// Which characters a backslash escapes in a quoted string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backslash {
    /// All of them (RFC 9110 section 5.6.4).
    Any,
    /// Only a quotation mark and another backslash. Browsers write other backslashes as they are
    /// (WHATWG HTML, multipart form data).
    QuoteOnly,
}

/// The value of the first parameter of this name, such as `charset` of a `Content-Type`. The name
/// is compared without regard to case. Parameters that are malformed are skipped, except for a
/// quoted string without an end, which hides everything behind it.
pub fn header_parameter(header: &str, name: &str) -> Option<String> {
    find(header, name, Backslash::Any)
}

/// The value of a parameter of `Content-Disposition` in a multipart body. Names and file names are
/// written with `%22`, `%0D` and `%0A` for the characters that a header cannot hold (RFC 7578
/// section 4.2; WHATWG HTML, multipart form data).
pub fn disposition_parameter(header: &str, name: &str) -> Option<String> {
    let text = find(header, name, Backslash::QuoteOnly)?;
    Some(
        text.replace("%22", "\"")
            .replace("%0D", "\r")
            .replace("%0A", "\n"),
    )
}

/// A text as a quoted parameter of `Content-Disposition`, quotation marks included: the inverse of
/// [`disposition_parameter`].
pub fn disposition_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' => quoted.push_str("%22"),
            '\r' => quoted.push_str("%0D"),
            '\n' => quoted.push_str("%0A"),
            // A lone backslash is understood by all readers only if it is left alone; before
            // another one, or before the closing quotation mark, it would escape that.
            '\\' if matches!(characters.peek(), None | Some('\\')) => quoted.push_str("\\\\"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn find(header: &str, name: &str, backslash: Backslash) -> Option<String> {
    let (_, mut rest) = header.split_once(';')?;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['=', ';']).unwrap_or(rest.len());
        let key = rest[..end].trim();
        let Some(value) = rest[end..].strip_prefix('=') else {
            // A parameter without a value.
            rest = &rest[end..];
            continue;
        };
        let value = value.trim_start();
        let (text, behind) = if let Some(quoted) = value.strip_prefix('"') {
            unquoted(quoted, backslash)?
        } else {
            let end = value.find(';').unwrap_or(value.len());
            (value[..end].trim().to_owned(), &value[end..])
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(text);
        }
        rest = behind;
    }
}

/// The text up to the closing quotation mark, and what follows it.
fn unquoted(quoted: &str, backslash: Backslash) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((text, &quoted[at + 1..])),
            '\\' if backslash == Backslash::Any || quoted[at + 1..].starts_with(['"', '\\']) => {
                text.push(characters.next()?.1);
            }
            c => text.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_malformed_headers_are_found() {
        for (header, expected) in [
            ("a/b; boundary=x", Some("x")),
            ("a/b;;boundary=x;", Some("x")),
            ("a/b; charset; boundary=x", Some("x")),
            ("a/b; boundary=--=_1/2:3", Some("--=_1/2:3")),
            ("a/b ; charset=\"x\"junk; boundary = \"y z\"", Some("y z")),
            (
                "a/b; charset=\"u;boundary=z\" ;Boundary = \"x \\\"y\"; c=d",
                Some("x \"y"),
            ),
            ("a/b; boundary=", Some("")),
            ("a/b; other=x", None),
            ("a/b; boundary=\"x", None),
            ("a/b; xboundary=x", None),
            ("a/b", None),
            ("", None),
        ] {
            assert_eq!(
                header_parameter(header, "boundary").as_deref(),
                expected,
                "{header}"
            );
        }
    }

    #[test]
    fn ranges_include_what_begins_as_they_do() {
        for (range, essence, expected) in [
            ("*/*", "image/png", true),
            ("image/*", "image/png", true),
            ("image/*", "imagex/png", false),
            ("image/png", "image/png", true),
            ("image/png", "image/pngx", false),
        ] {
            assert_eq!(media_range_includes(range, essence), expected, "{range}");
        }
    }

    #[test]
    fn any_name_comes_back_from_a_content_disposition() {
        let mut random = fastrand::Rng::with_seed(1);
        let alphabet: Vec<char> = "ab\"\\\r\n;= ä%".chars().collect();
        for _ in 0..20_000 {
            let name: String = (0..random.usize(..8))
                .map(|_| alphabet[random.usize(..alphabet.len())])
                .collect();
            let header = format!("form-data; name={}; x=y", disposition_quoted(&name));
            assert_eq!(
                disposition_parameter(&header, "name"),
                Some(name),
                "{header}"
            );
        }
        for (header, expected) in [
            ("form-data; name=\"a\\b\"", "a\\b"),
            ("form-data; name=\"a\\\"b\"", "a\"b"),
            ("form-data; name=a", "a"),
        ] {
            assert_eq!(
                disposition_parameter(header, "name").as_deref(),
                Some(expected)
            );
        }
    }
}
