//! A request as a `curl` command that a person can paste into a shell.

use std::fmt::Write as _;

use super::Request;

/// Writes the command that sends the same request again.
///
/// The credentials of `Authorization` are masked here, right or wrong: a wrong secret may be close to
/// the right one. Secrets elsewhere are masked together with all other text that leaves the program
/// (see [`super::Secrets`]).
pub fn curl(request: &Request) -> String {
    let mut line = String::from("curl -i");
    if request.method != "GET" || !request.body.is_empty() {
        let _ = write!(line, " -X {}", request.method);
    }
    let _ = write!(line, " {}", quote(&request.url));
    for header in &request.headers.0 {
        let mut value = header.text();
        if header.name.eq_ignore_ascii_case("authorization") {
            let scheme = value.split(' ').next().unwrap_or_default();
            value = format!("{scheme} ***").into();
        }
        let _ = write!(line, " -H {}", quote(&format!("{}: {value}", header.name)));
    }
    if !request.body.is_empty() {
        match std::str::from_utf8(&request.body) {
            Ok(text) => {
                let _ = write!(line, " --data-binary {}", quote(text));
            }
            Err(_) => {
                let _ = write!(
                    line,
                    " --data-binary '@body.bin' # {} bytes that are not text",
                    request.body.len()
                );
            }
        }
    }
    line
}

/// Quotes for a POSIX shell; text with control characters takes the `$'...'` form.
fn quote(text: &str) -> String {
    if !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_./:=@%,+".contains(&b))
    {
        return text.to_owned();
    }
    if text.chars().any(char::is_control) {
        let mut quoted = String::from("$'");
        for c in text.chars() {
            match c {
                '\r' => quoted.push_str("\\r"),
                '\n' => quoted.push_str("\\n"),
                '\t' => quoted.push_str("\\t"),
                '\\' => quoted.push_str("\\\\"),
                '\'' => quoted.push_str("\\'"),
                c if c.is_control() => {
                    let _ = write!(quoted, "\\x{:02x}", u32::from(c));
                }
                c => quoted.push(c),
            }
        }
        quoted.push('\'');
        return quoted;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Headers;

    #[test]
    fn quotes_what_a_shell_would_split() {
        let mut headers = Headers::default();
        headers.push("Accept", "application/json");
        headers.push("Authorization", "Basic c2VjcmV0");
        let request = Request {
            method: "POST".into(),
            url: "http://127.0.0.1:1/a?b=1&c=2".into(),
            headers,
            body: b"Name=it's".to_vec(),
        };
        assert_eq!(
            curl(&request),
            "curl -i -X POST 'http://127.0.0.1:1/a?b=1&c=2' -H 'Accept: application/json' \
             -H 'Authorization: Basic ***' --data-binary 'Name=it'\\''s'"
        );
    }

    #[test]
    fn line_breaks_survive() {
        assert_eq!(quote("a\r\nb"), "$'a\\r\\nb'");
    }
}
