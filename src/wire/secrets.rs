//! Texts that must not leave the program.

use std::borrow::Cow;
use std::cmp::Reverse;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem::Finder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::replaced;

/// All but the unreserved characters of a URL (RFC 3986 section 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What stands in a report where a secret was.
const MASK: &str = "***";

/// The secrets of one run. Every text that leaves the program goes through [`Secrets::mask`].
#[derive(Clone, Default)]
pub struct Secrets(Vec<Finder<'static>>);

impl Secrets {
    /// Remembers a secret in its plain, percent-encoded, JSON and shell-quoted forms. An empty text is
    /// no secret.
    pub fn add(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        let as_form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for form in [
            secret.to_owned(),
            utf8_percent_encode(secret, UNRESERVED).to_string(),
            as_form,
            // As part of a JSON text.
            Value::from(secret).to_string().trim_matches('"').to_owned(),
            secret.replace('\'', "'\\''"),
            secret.replace('\'', "\\'"),
        ] {
            if !self.0.iter().any(|known| known.needle() == form.as_bytes()) {
                self.0.push(Finder::new(&form).into_owned());
            }
        }
        // A secret that contains another must be masked whole.
        self.0.sort_by_key(|known| Reverse(known.needle().len()));
    }

    /// Remembers the secret of basic credentials and the header value made from them.
    pub fn add_basic(&mut self, name: &str, secret: &str) {
        self.add(secret);
        self.add(&STANDARD.encode(format!("{name}:{secret}")));
    }

    /// The text with every secret replaced.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut masked = Cow::Borrowed(text);
        for secret in &self.0 {
            if let Some(hidden) = replaced(&masked, secret, MASK) {
                masked = Cow::Owned(hidden);
            }
        }
        masked
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_every_form() {
        let mut secrets = Secrets::default();
        secrets.add_basic("user", "to&ken'x");
        secrets.add("a \"b*");
        let text = format!(
            "to&ken'x to%26ken%27x to&ken'\\''x Basic {} a+%22b* a%20%22b%2A {}",
            STANDARD.encode("user:to&ken'x"),
            Value::from("a \"b*")
        );
        assert_eq!(secrets.mask(&text), "*** *** *** Basic *** *** *** \"***\"");
    }

    #[test]
    fn an_empty_secret_masks_nothing() {
        let mut secrets = Secrets::default();
        secrets.add("");
        assert_eq!(secrets.mask("text"), "text");
    }
}
