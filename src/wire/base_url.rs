//! The URL that all paths of a target are added to.

use std::fmt;

/// The base URL of a target, without a slash at its end. It also identifies the target: a URL from
/// a response belongs to the target if it begins with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// The base URL that this text writes, with or without slashes at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.truncate(text.trim_end_matches('/').len());
        Self(text)
    }

    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of the base URL, empty for none.
    pub fn path(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').map_or("", |at| &rest[at..])
    }

    /// What a URL of this target has behind the base URL: path, query and fragment. `None` if the
    /// URL leads elsewhere; `http://host:8080/a` is not below `http://host:80`.
    pub fn strip<'u>(&self, url: &'u str) -> Option<&'u str> {
        url.strip_prefix(&self.0)
            .filter(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }

    /// Whether a URL leads to this target.
    pub fn contains(&self, url: &str) -> bool {
        self.strip(url).is_some()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_a_longer_port_or_host_leads_elsewhere() {
        let base = BaseUrl::new("http://host:80/v1/");
        assert_eq!(base.as_str(), "http://host:80/v1");
        assert_eq!(base.path(), "/v1");
        assert_eq!(base.strip("http://host:80/v1/a?b"), Some("/a?b"));
        assert_eq!(base.strip("http://host:80/v1"), Some(""));
        assert!(!base.contains("http://host:80/v10/a"));
        let base = BaseUrl::new("http://host:80");
        assert_eq!(base.path(), "");
        assert!(!base.contains("http://host:8080/a"));
    }
}
