//! Who is let in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Settings;
use super::target::{Target, pairs};
use crate::contract::{Contract, Location, Operation, Scheme, SchemeKind};
use crate::wire::Request;

/// Whether a request carries what one of the operation's alternatives of security asks for.
pub(super) fn is_let_in(
    contract: &Contract,
    operation: &Operation,
    request: &Request,
    target: &Target<'_>,
    settings: &Settings,
) -> bool {
    let satisfied = |scheme: &Scheme| match &scheme.kind {
        SchemeKind::Basic => basic(request).is_some_and(|(user, secret)| {
            let user = same(user.as_bytes(), settings.user.as_bytes());
            let secret = same(secret.as_bytes(), settings.secret.as_bytes());
            user & secret
        }),
        SchemeKind::Token(word) => {
            credentials(request, word).is_some_and(|token| !token.is_empty())
        }
        SchemeKind::ApiKey { location, name } => has_key(request, target, *location, name),
        SchemeKind::Other(_) => true,
    };
    operation.security.is_empty()
        || operation.security.iter().any(|alternative| {
            alternative
                .iter()
                .all(|index| satisfied(&contract.schemes[*index]))
        })
}

/// Whether two texts are equal, in a time that tells nothing of where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    let start = u8::from(a.len() != b.len());
    a.iter().zip(b).fold(start, |all, (a, b)| all | (a ^ b)) == 0
}

/// What follows the name of a scheme in `Authorization` (RFC 9110 section 11.6.2).
fn credentials(request: &Request, scheme: &str) -> Option<String> {
    let value = request.headers.text("authorization")?;
    let (name, rest) = value.trim().split_once(' ')?;
    name.eq_ignore_ascii_case(scheme)
        .then(|| rest.trim().to_owned())
}

/// User and secret (RFC 7617 section 2).
fn basic(request: &Request) -> Option<(String, String)> {
    let bytes = STANDARD.decode(credentials(request, "basic")?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, secret) = text.split_once(':')?;
    Some((user.to_owned(), secret.to_owned()))
}

fn has_key(request: &Request, target: &Target<'_>, location: Location, name: &str) -> bool {
    match location {
        Location::Header => request.headers.text(name).is_some_and(|v| !v.is_empty()),
        Location::Query => pairs(target.query.as_bytes()).is_ok_and(|pairs| {
            pairs
                .iter()
                .any(|(key, value)| key == name && !value.is_empty())
        }),
        Location::Cookie => request.headers.all("cookie").any(|header| {
            let text = header.text();
            text.split(';')
                .filter_map(|cookie| cookie.split_once('='))
                .any(|(key, value)| key.trim() == name && !value.trim().is_empty())
        }),
        Location::Path => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same(b"abc", b"abc") && same(b"", b""));
        for other in [&b"abd"[..], b"ab", b"abcd", b""] {
            assert!(!same(b"abc", other));
        }
    }
}
