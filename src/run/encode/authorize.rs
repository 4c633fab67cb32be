//! Credentials: the right ones, wrong ones, or none.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::parameters::Written;
use crate::codec::style::Escape;
use crate::contract::{Contract, Location, Operation, Scheme, SchemeKind};
use crate::scenario::Credentials;
use crate::target::Access;
use crate::wire::{Header, Secrets};

/// What is sent where nobody knows how wrong secrets look.
const WRONG: &str = "wrong";

/// Shortest secret of which the nearly right ones are masked too. Those of a shorter one may stand
/// anywhere in a report.
const SHORTEST: usize = 6;

/// Adds the credentials that the operation asks for, and the headers of the run.
pub(super) fn authorize(
    contract: &Contract,
    target: &Access,
    operation: &Operation,
    credentials: Credentials,
    out: &mut Written,
) {
    let of = |alternative: &[usize]| -> Vec<&Scheme> {
        alternative.iter().map(|i| &contract.schemes[*i]).collect()
    };
    let all: Vec<&Scheme> = operation.security.iter().flat_map(|a| of(a)).collect();
    for header in &target.headers.0 {
        let is_credential = all.iter().any(|scheme| travels_in(scheme, &header.name));
        match credentials {
            _ if !is_credential => out.header(header.clone()),
            Credentials::Right => out.header(header.clone()),
            Credentials::None => {}
            _ => {
                let value = match header.text().split_once(' ') {
                    Some((scheme, _)) => format!("{scheme} {WRONG}"),
                    None => WRONG.to_owned(),
                };
                out.header(Header::new(header.name.clone(), value));
            }
        }
    }
    // Of several alternatives the one that most is known for; a later one only if it is better.
    let in_header = |scheme: &Scheme| {
        let mut headers = target.headers.0.iter();
        headers.any(|header| travels_in(scheme, &header.name))
    };
    let missing = |scheme: &&&Scheme| !in_header(scheme) && !target.knows(scheme);
    let chosen = operation
        .security
        .iter()
        .map(|alternative| of(alternative))
        .min_by_key(|schemes| {
            let missing = schemes.iter().filter(missing).count();
            (missing, std::cmp::Reverse(schemes.len()))
        });
    for scheme in chosen.unwrap_or_default() {
        if !in_header(scheme) {
            place(target, scheme, credentials, out);
        }
    }
}

/// Whether a header of this name carries the credentials of a scheme.
fn travels_in(scheme: &Scheme, header: &str) -> bool {
    match &scheme.kind {
        SchemeKind::ApiKey {
            location: Location::Header,
            name,
        } => name.eq_ignore_ascii_case(header),
        SchemeKind::ApiKey {
            location: Location::Cookie,
            ..
        } => header.eq_ignore_ascii_case("cookie"),
        SchemeKind::ApiKey { .. } | SchemeKind::Other(_) => false,
        SchemeKind::Basic | SchemeKind::Token(_) => header.eq_ignore_ascii_case("authorization"),
    }
}

/// Puts the credentials of one scheme where they travel. Where nobody gave any, there are wrong
/// ones all the same.
fn place(target: &Access, scheme: &Scheme, credentials: Credentials, out: &mut Written) {
    if credentials == Credentials::None {
        return;
    }
    let is_right = credentials == Credentials::Right;
    let authorization =
        |word: &str, value: &str| Header::new("Authorization", format!("{word} {value}"));
    match &scheme.kind {
        SchemeKind::Basic => {
            let account = target.account(scheme);
            let (name, secret) = match (account, credentials) {
                (None, _) if is_right => return,
                (None, _) => (WRONG.to_owned(), WRONG.to_owned()),
                (Some((name, secret)), Credentials::Other) => (almost(name), secret.to_owned()),
                (Some((name, secret)), _) => (name.to_owned(), spoilt(secret, credentials)),
            };
            let encoded = STANDARD.encode(name + ":" + &secret);
            let word = match credentials {
                Credentials::Scheme => "Bearer",
                _ => "Basic",
            };
            out.header(authorization(word, &encoded));
        }
        SchemeKind::Token(word) => {
            let token = match target.credential(scheme) {
                Some(token) if is_right => token.to_owned(),
                Some(token) => almost_token(token),
                None if is_right => return,
                None => WRONG.to_owned(),
            };
            out.header(authorization(word, &token));
        }
        SchemeKind::ApiKey { location, name } => {
            let key = match target.credential(scheme) {
                Some(key) if is_right => key,
                None if is_right => return,
                _ => WRONG,
            };
            let pair = || format!("{}={}", Escape::Url.apply(name), Escape::Url.apply(key));
            match location {
                Location::Header => out.header(Header::new(name.clone(), key)),
                Location::Query => out.query.push(pair()),
                Location::Cookie => out.cookies.push(pair()),
                Location::Path | Location::QueryString => {}
            }
        }
        SchemeKind::Other(_) => {}
    }
}

/// A secret as these credentials have it.
fn spoilt(secret: &str, credentials: Credentials) -> String {
    let swapped = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    match credentials {
        Credentials::Wrong => almost(secret),
        Credentials::Short => secret
            .chars()
            .take(secret.chars().count().saturating_sub(1))
            .collect(),
        Credentials::Long => secret.to_owned() + "0",
        Credentials::Case => secret.chars().map(swapped).collect(),
        Credentials::Empty => String::new(),
        Credentials::Right | Credentials::Scheme | Credentials::Other | Credentials::None => {
            secret.to_owned()
        }
    }
}

/// A text that differs in its last character only.
fn almost(text: &str) -> String {
    let mut other = text.to_owned();
    let last = other.pop();
    other.push(if last == Some('0') { '1' } else { '0' });
    other
}

/// A token that differs in the middle: its last character may hold bits that do not count.
fn almost_token(token: &str) -> String {
    let middle = token.chars().count() / 2;
    token
        .chars()
        .enumerate()
        .map(|(i, c)| match c {
            '0' if i == middle => '1',
            _ if i == middle => '0',
            c => c,
        })
        .collect()
}

impl Access {
    /// The account for HTTP Basic: the credentials given for that scheme, or the user.
    fn account(&self, scheme: &Scheme) -> Option<(&str, &str)> {
        let user = self.user.as_ref();
        self.credential(scheme)
            .and_then(|given| given.split_once(':'))
            .or_else(|| user.map(|(name, secret)| (name.as_str(), secret.as_str())))
    }

    fn credential(&self, scheme: &Scheme) -> Option<&str> {
        self.credentials
            .iter()
            .find(|(name, _)| *name == scheme.name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether there are credentials for a scheme.
    fn knows(&self, scheme: &Scheme) -> bool {
        match scheme.kind {
            SchemeKind::Basic => self.account(scheme).is_some(),
            SchemeKind::Other(_) => false,
            SchemeKind::Token(_) | SchemeKind::ApiKey { .. } => self.credential(scheme).is_some(),
        }
    }

    /// What must not leave the program: the secrets, and the wrong ones that are close to them.
    pub fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        let mut account = |name: &str, secret: &str| {
            secrets.add_basic(name, secret);
            secrets.add_basic(&almost(name), secret);
            if secret.len() >= SHORTEST {
                secrets.add_basic(name, &almost(secret));
            }
        };
        if let Some((name, secret)) = &self.user {
            account(name, secret);
        }
        for (_, value) in &self.credentials {
            if let Some((name, secret)) = value.split_once(':') {
                account(name, secret);
            }
        }
        for (_, value) in &self.credentials {
            secrets.add(value);
            if value.len() >= SHORTEST {
                secrets.add(&almost_token(value));
            }
        }
        for header in &self.headers.0 {
            let value = header.text();
            secrets.add(value.rsplit(' ').next().unwrap_or_default());
        }
        secrets
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;
    use crate::wire::{BaseUrl, Headers};

    /// A contract whose one operation asks for this.
    fn contract(security: &str) -> Contract {
        sample(&format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      \
             security: {security}\n      responses: {{'200': {{description: d}}}}\ncomponents:\n  \
             securitySchemes:\n    basic: {{type: http, scheme: Basic}}\n    \
             bearer: {{type: http, scheme: bearer}}\n    oauth: {{type: oauth2, flows: {{}}}}\n    \
             head: {{type: apiKey, in: header, name: X-Key}}\n    \
             query: {{type: apiKey, in: query, name: api key}}\n    \
             cookie: {{type: apiKey, in: cookie, name: sid}}\n"
        ))
    }

    fn target(given: &[(&str, &str)], headers: &[(&str, &str)]) -> Access {
        let mut target = Access {
            base: BaseUrl::default(),
            user: None,
            credentials: Vec::new(),
            headers: Headers::default(),
        };
        for (scheme, value) in given {
            match *scheme {
                "user" => {
                    let (name, secret) = value.split_once(':').unwrap();
                    target.user = Some((name.into(), secret.into()));
                }
                scheme => target.credentials.push((scheme.into(), (*value).into())),
            }
        }
        for (name, value) in headers {
            target.headers.push(*name, *value);
        }
        target
    }

    /// Query and headers but for `Accept`.
    fn sent(security: &str, target: &Access, credentials: Credentials) -> String {
        let contract = contract(security);
        let operation = &contract.operations[0];
        let mut out = Written::new(operation);
        authorize(&contract, target, operation, credentials, &mut out);
        let query = out.query.join("&");
        let headers = out.into_headers(None);
        let lines = headers.0.iter().skip(1);
        let lines: Vec<String> = lines.map(|h| format!("{}: {}", h.name, h.text())).collect();
        format!("{query}|{}", lines.join("|"))
    }

    #[test]
    fn every_scheme_right_wrong_and_not_at_all() {
        let basic = |account: &str| format!("|Authorization: Basic {}", STANDARD.encode(account));
        for (scheme, given, right, wrong) in [
            (
                "basic",
                ("user", "me:secret1"),
                basic("me:secret1"),
                basic("me:secret0"),
            ),
            (
                "basic",
                ("basic", "you:x9"),
                basic("you:x9"),
                basic("you:x0"),
            ),
            (
                "bearer",
                ("bearer", "abcd"),
                "|Authorization: Bearer abcd".into(),
                "|Authorization: Bearer ab0d".into(),
            ),
            (
                "oauth",
                ("oauth", "ab0d"),
                "|Authorization: Bearer ab0d".into(),
                "|Authorization: Bearer ab1d".into(),
            ),
            (
                "head",
                ("head", "k"),
                "|X-Key: k".into(),
                "|X-Key: wrong".into(),
            ),
            (
                "query",
                ("query", "k&l"),
                "api%20key=k%26l|".into(),
                "api%20key=wrong|".into(),
            ),
            (
                "cookie",
                ("cookie", "k"),
                "|Cookie: sid=k".into(),
                "|Cookie: sid=wrong".into(),
            ),
        ] {
            let security = format!("[{{{scheme}: []}}]");
            let target = target(&[given], &[]);
            assert_eq!(sent(&security, &target, Credentials::Right), right);
            assert_eq!(sent(&security, &target, Credentials::Wrong), wrong);
            assert_eq!(sent(&security, &target, Credentials::None), "|");
            assert_ne!(sent(&security, &target, Credentials::Other), right);
        }
    }

    #[test]
    fn the_alternative_that_is_known_is_taken_whole() {
        let security = "[{oauth: []}, {head: [], cookie: []}, {query: []}]";
        let right =
            |given: &[(&str, &str)]| sent(security, &target(given, &[]), Credentials::Right);
        assert_eq!(
            right(&[("head", "h"), ("cookie", "c")]),
            "|X-Key: h|Cookie: sid=c"
        );
        assert_eq!(right(&[("cookie", "c"), ("query", "q")]), "api%20key=q|");
        assert_eq!(
            right(&[("oauth", "o"), ("query", "q")]),
            "|Authorization: Bearer o"
        );
        assert_eq!(right(&[]), "|");
        // An optional security is used where it can be.
        let optional = "[{}, {query: []}]";
        let known = target(&[("query", "q")], &[]);
        assert_eq!(sent(optional, &known, Credentials::Right), "api%20key=q|");
        assert_eq!(sent(optional, &target(&[], &[]), Credentials::Right), "|");
    }

    #[test]
    fn headers_of_the_run_count_as_credentials() {
        let headers = [
            ("X-Key", "k"),
            ("authorization", "Bearer t"),
            ("Cookie", "a=b"),
            ("X-Other", "o"),
        ];
        let target = target(&[("user", "me:secret")], &headers);
        let sent = |security: &str, credentials| sent(security, &target, credentials);
        let all = "|X-Key: k|authorization: Bearer t|X-Other: o|Cookie: a=b";
        assert_eq!(sent("[{head: [], basic: []}]", Credentials::Right), all);
        assert_eq!(
            sent("[{head: [], basic: []}]", Credentials::Wrong),
            "|X-Key: wrong|authorization: Bearer wrong|X-Other: o|Cookie: a=b"
        );
        assert_eq!(
            sent("[{head: []}, {cookie: []}]", Credentials::None),
            "|authorization: Bearer t|X-Other: o"
        );
        assert_eq!(sent("[]", Credentials::None), all);
    }

    #[test]
    fn secrets_and_what_is_close_to_them_are_masked() {
        let target = target(
            &[
                ("user", "me:secret1"),
                ("bearer", "tokentoken"),
                ("query", "a b"),
            ],
            &[("X-Key", "headerkey")],
        );
        let text = format!(
            "secret1 secret0 tokentoken token0oken a b a%20b headerkey {}",
            STANDARD.encode("me:secret0")
        );
        let masked = target.secrets().mask(&text).into_owned();
        assert_eq!(masked, "*** *** *** *** *** *** *** ***");
        assert!(!format!("{target:?}").contains("secret1"));
    }
}
