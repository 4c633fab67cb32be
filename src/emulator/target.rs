//! What the first line and the headers of a request say: origin, path and query.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use url::Url;

use crate::wire::Request;

/// Characters that a query shows as they are (RFC 3986 section 2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target<'a> {
    /// Scheme, host and port as the client knows them.
    pub(super) origin: String,
    /// Path as sent.
    pub(super) path: &'a str,
    /// Query as sent, without the question mark.
    pub(super) query: &'a str,
}

impl<'a> Target<'a> {
    /// Takes an absolute URL apart without changing it. The `Host` header, if there is a sane one,
    /// tells the origin.
    pub(super) fn of(request: &'a Request) -> Self {
        let (scheme, rest) = request
            .url
            .split_once("://")
            .unwrap_or(("http", &request.url));
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let host = request.headers.text("host").filter(|host| {
            Url::parse(&format!("{scheme}://{host}/")).is_ok_and(|url| {
                url.path() == "/" && url.query().is_none() && url.username().is_empty()
            })
        });
        Self {
            origin: format!("{scheme}://{}", host.as_deref().unwrap_or(authority)),
            path: if path.is_empty() { "/" } else { path },
            query,
        }
    }
}

/// The pairs of a query or a form (`application/x-www-form-urlencoded`).
///
/// # Errors
/// What is wrong with the percent-encoding.
pub(super) fn pairs(text: &[u8]) -> Result<Vec<(String, String)>, String> {
    text.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let middle = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match middle {
                Some(i) => (&pair[..i], &pair[i + 1..]),
                None => (pair, &pair[pair.len()..]),
            };
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

pub(super) fn decode(text: &[u8]) -> Result<String, String> {
    let hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let broken = |i: usize| text[i] == b'%' && !(hex(text.get(i + 1)) && hex(text.get(i + 2)));
    if (0..text.len()).any(broken) {
        return Err("a percent sign is not followed by two hexadecimal digits".to_owned());
    }
    let blanks: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&blanks)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| "percent-encoded bytes are not UTF-8".to_owned())
}

/// A query of these pairs, with the question mark; empty for none.
pub(super) fn query(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
    let mut query = String::new();
    for (name, value) in pairs {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(&encode(name));
        query.push('=');
        query.push_str(&encode(value));
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Headers;

    fn target(url: &str, host: Option<&str>) -> (String, String, String) {
        let mut headers = Headers::default();
        if let Some(host) = host {
            headers.push("Host", host);
        }
        let request = Request {
            method: "GET".into(),
            url: url.into(),
            headers,
            body: Vec::new(),
        };
        let target = Target::of(&request);
        (target.origin, target.path.into(), target.query.into())
    }

    #[test]
    fn the_host_header_tells_the_origin() {
        let parts = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(
            target("http://a:1/b/../c?d=e", Some("x.test:8")),
            parts("http://x.test:8", "/b/../c", "d=e")
        );
        assert_eq!(target("http://a:1", None), parts("http://a:1", "/", ""));
        for strange in ["a/b", "a b", "", "u@h", "x?y"] {
            assert_eq!(target("http://a?q", Some(strange)).0, "http://a");
        }
    }

    #[test]
    fn forms_are_read_strictly_and_written_plainly() {
        let read = |text: &str| pairs(text.as_bytes());
        assert_eq!(
            read("a=1+2&a=%33%20&&b&c=d=e").unwrap(),
            [("a", "1 2"), ("a", "3 "), ("b", ""), ("c", "d=e")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert!(read("a=%2").is_err() && read("a=%zz").is_err() && read("%ff=a").is_err());
        let pairs = [
            ("a".to_owned(), "1:2 ä".to_owned()),
            ("b".to_owned(), String::new()),
        ];
        assert_eq!(query(&pairs), "?a=1%3A2%20%C3%A4&b=");
        assert_eq!(query(&[]), "");
    }
}
