//! Responses by status.

use std::fmt;

use super::body::MediaType;

/// The statuses that one entry of the Responses Object is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusRange {
    /// One status.
    Exact(u16),
    /// A hundred of them: 4 for `4XX`.
    Class(u16),
    /// All that have no other entry.
    Default,
}

impl StatusRange {
    /// Reads a key of the Responses Object.
    pub fn parse(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        if let Some(class) = key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
            let class = class.parse().ok().filter(|class| (1..=5).contains(class))?;
            return Some(Self::Class(class));
        }
        let status = key
            .parse()
            .ok()
            .filter(|status| (100..600).contains(status))?;
        Some(Self::Exact(status))
    }

    /// Whether a status belongs here.
    pub fn includes(self, status: u16) -> bool {
        match self {
            Self::Exact(exact) => exact == status,
            Self::Class(class) => class == status / 100,
            Self::Default => true,
        }
    }

    /// The wider, the more.
    pub(super) fn breadth(self) -> u8 {
        match self {
            Self::Exact(_) => 0,
            Self::Class(_) => 1,
            Self::Default => 2,
        }
    }

    /// Whether all of these are successes.
    pub fn is_success(self) -> bool {
        match self {
            Self::Exact(status) => status / 100 == 2,
            Self::Class(class) => class == 2,
            Self::Default => false,
        }
    }
}

impl fmt::Display for StatusRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(status) => write!(f, "{status}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One entry of the Responses Object.
#[derive(Debug, Clone)]
pub struct Response {
    /// Its statuses.
    pub status: StatusRange,
    /// Media types of the body; none for no body.
    pub media: Vec<MediaType>,
    /// Headers.
    pub headers: Vec<HeaderPromise>,
    /// JSON pointer of the response, references followed.
    pub pointer: String,
}

/// A header of a response.
#[derive(Debug, Clone)]
pub struct HeaderPromise {
    /// Name as written.
    pub name: String,
    /// Whether every such response has it.
    pub required: bool,
    /// Whether a response that breaks what is said here gets a warning only.
    pub advisory: bool,
    /// JSON pointer of its schema, references followed.
    pub schema: Option<String>,
    /// JSON pointer of the header, references followed.
    pub pointer: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(StatusRange::parse("404"), Some(StatusRange::Exact(404)));
        assert_eq!(StatusRange::parse("4XX"), Some(StatusRange::Class(4)));
        assert_eq!(StatusRange::parse("default"), Some(StatusRange::Default));
        for wrong in ["40", "6XX", "XX", "4X", "abc", "0404"] {
            assert_ne!(
                StatusRange::parse(wrong).map(|s| s.to_string()),
                Some(wrong.into())
            );
        }
    }
}
