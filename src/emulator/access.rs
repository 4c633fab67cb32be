//! Who is let in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

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
            credentials(request, word).is_some_and(|token| is_right(&token, scheme, settings))
        }
        SchemeKind::ApiKey { location, name } => {
            let keys = keys(request, target, *location, name);
            keys.iter().any(|key| is_right(key, scheme, settings))
        }
        // How these are sent is not known: nothing can be missing.
        SchemeKind::Other(_) => true,
    };
    let is_known = |index: &usize| !matches!(contract.schemes[*index].kind, SchemeKind::Other(_));
    let alternatives = || operation.security.iter();
    let is_any_known = alternatives().any(|schemes| schemes.iter().all(is_known));
    operation.security.is_empty()
        || alternatives()
            .filter(|schemes| !is_any_known || schemes.iter().all(is_known))
            .any(|schemes| {
                schemes
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

/// Whether a token or a key is the right one.
fn is_right(given: &str, scheme: &Scheme, settings: &Settings) -> bool {
    let mut known = settings.credentials.iter();
    let right = known
        .find(|(name, _)| *name == scheme.name)
        .map_or(&settings.secret, |(_, value)| value);
    same(given.as_bytes(), right.as_bytes())
}

/// The values that a request has where a key travels.
fn keys(request: &Request, target: &Target<'_>, location: Location, name: &str) -> Vec<String> {
    match location {
        Location::Header => {
            let headers = request.headers.all(name);
            headers.map(|header| header.text().into_owned()).collect()
        }
        Location::Query => {
            let pairs = pairs(target.query.as_bytes()).unwrap_or_default();
            let keys = pairs.into_iter().filter(|(key, _)| key == name);
            keys.map(|(_, value)| value).collect()
        }
        Location::Cookie => {
            let cookies = request.headers.all("cookie").flat_map(|header| {
                let pairs = header.text();
                let pairs: Vec<String> = pairs.split(';').map(str::to_owned).collect();
                pairs
            });
            cookies
                .filter_map(|cookie| {
                    let (key, value) = cookie.split_once('=')?;
                    (key.trim() == name).then(|| {
                        let value = percent_decode_str(value.trim()).decode_utf8_lossy();
                        value.into_owned()
                    })
                })
                .collect()
        }
        Location::Path | Location::QueryString => Vec::new(),
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
