//! Status codes and sets of them.

use std::fmt;

use serde::Serialize;

/// A status code (RFC 9110 section 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Status(pub u16);

impl Status {
    /// Its first digit: 4 for 404.
    pub fn class(self) -> u16 {
        self.0 / 100
    }

    /// Whether the request succeeded (2xx).
    pub fn is_success(self) -> bool {
        self.class() == 2
    }

    /// Whether the client must do more (3xx).
    pub fn is_redirect(self) -> bool {
        self.class() == 3
    }

    /// Whether the server rejects the request (4xx).
    pub fn is_client_error(self) -> bool {
        self.class() == 4
    }

    /// Whether the server rejects the request or fails (4xx, 5xx and beyond).
    pub fn is_error(self) -> bool {
        self.class() >= 4
    }
}

impl From<u16> for Status {
    fn from(code: u16) -> Self {
        Self(code)
    }
}

impl PartialEq<u16> for Status {
    fn eq(&self, code: &u16) -> bool {
        self.0 == *code
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The statuses that one entry of the Responses Object describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusRange {
    /// One status.
    Exact(Status),
    /// All statuses of a class: 4 for `4XX`.
    Class(u16),
    /// All statuses that have no other entry.
    Default,
}

impl StatusRange {
    /// Reads a key of the Responses Object. Returns `None` if it is not a status, a class or
    /// `default`.
    pub fn parse(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        if let Some(class) = key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
            let class = class.parse().ok().filter(|class| (1..=5).contains(class))?;
            return Some(Self::Class(class));
        }
        let code = key.parse().ok().filter(|code| (100..600).contains(code))?;
        Some(Self::Exact(Status(code)))
    }

    /// Whether the range includes a status.
    pub fn includes(self, status: Status) -> bool {
        match self {
            Self::Exact(exact) => exact == status,
            Self::Class(class) => class == status.class(),
            Self::Default => true,
        }
    }

    /// How wide the range is: the wider, the larger.
    pub fn breadth(self) -> u8 {
        match self {
            Self::Exact(_) => 0,
            Self::Class(_) => 1,
            Self::Default => 2,
        }
    }

    /// Whether all statuses of the range are successes.
    pub fn is_success(self) -> bool {
        match self {
            Self::Exact(status) => status.is_success(),
            Self::Class(class) => class == 2,
            Self::Default => false,
        }
    }

    /// Whether the range describes errors. `default` does.
    pub fn is_error(self) -> bool {
        match self {
            Self::Exact(status) => status.is_error(),
            Self::Class(class) => class >= 4,
            Self::Default => true,
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

/// The statuses that a response may have in one place of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusSet {
    /// One status.
    Exact(Status),
    /// The successes that the operation documents; any status below 400 if it documents none.
    Success(Vec<StatusRange>),
    /// The same, or any 4xx.
    SuccessOrClientError(Vec<StatusRange>),
    /// Any 4xx.
    ClientError,
    /// What servers send for a request that no operation handles: 3xx, 4xx or 501.
    NoSuchOperation,
}

impl StatusSet {
    /// Whether the set contains a status.
    pub fn contains(&self, status: Status) -> bool {
        let is_documented = |successes: &[StatusRange]| {
            successes.is_empty() && !status.is_error()
                || successes.iter().any(|range| range.includes(status))
        };
        match self {
            Self::Exact(exact) => *exact == status,
            Self::Success(successes) => is_documented(successes),
            Self::SuccessOrClientError(successes) => {
                is_documented(successes) || status.is_client_error()
            }
            Self::ClientError => status.is_client_error(),
            Self::NoSuchOperation => {
                status.is_redirect() || status.is_client_error() || status == 501
            }
        }
    }

    /// Whether all statuses of the set are successes.
    pub fn is_success(&self) -> bool {
        match self {
            Self::Exact(status) => status.is_success(),
            Self::Success(_) => true,
            Self::SuccessOrClientError(_) | Self::ClientError | Self::NoSuchOperation => false,
        }
    }

    /// Whether a status is a success where an error is expected, or the other way round.
    pub fn is_wrong_class(&self, status: Status) -> bool {
        match self {
            Self::Exact(exact) if !exact.is_error() => !status.is_success(),
            Self::Exact(_) | Self::ClientError => !status.is_error(),
            Self::Success(_) => !status.is_success(),
            Self::SuccessOrClientError(_) => !status.is_success() && !status.is_client_error(),
            Self::NoSuchOperation => status.is_success(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_responses_object_are_ranges() {
        assert_eq!(
            StatusRange::parse("404"),
            Some(StatusRange::Exact(Status(404)))
        );
        assert_eq!(StatusRange::parse("4XX"), Some(StatusRange::Class(4)));
        assert_eq!(StatusRange::parse("default"), Some(StatusRange::Default));
        for wrong in ["40", "6XX", "XX", "4X", "abc", "600", ""] {
            assert_eq!(StatusRange::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sets_contain_what_they_say() {
        let documented = vec![StatusRange::Exact(Status(201)), StatusRange::Class(2)];
        for (set, inside, outside) in [
            (StatusSet::Exact(Status(404)), &[404][..], &[400, 200][..]),
            (
                StatusSet::Success(documented.clone()),
                &[201, 299],
                &[302, 404],
            ),
            (
                StatusSet::Success(Vec::new()),
                &[100, 200, 302],
                &[400, 500],
            ),
            (
                StatusSet::SuccessOrClientError(documented),
                &[200, 404],
                &[302, 500],
            ),
            (StatusSet::ClientError, &[400, 499], &[200, 500]),
            (StatusSet::NoSuchOperation, &[301, 404, 501], &[200, 500]),
        ] {
            for code in inside {
                assert!(set.contains(Status(*code)), "{set:?} {code}");
                assert!(
                    !set.is_wrong_class(Status(*code)) || *code < 400,
                    "{set:?} {code}"
                );
            }
            for code in outside {
                assert!(!set.contains(Status(*code)), "{set:?} {code}");
            }
        }
    }

    #[test]
    fn a_success_in_place_of_an_error_has_the_wrong_class() {
        let wrong = |set: StatusSet, code| set.is_wrong_class(Status(code));
        assert!(wrong(StatusSet::ClientError, 200) && !wrong(StatusSet::ClientError, 500));
        assert!(wrong(StatusSet::Exact(Status(201)), 404));
        assert!(!wrong(StatusSet::Exact(Status(201)), 200));
        assert!(wrong(StatusSet::Exact(Status(404)), 200));
        assert!(wrong(StatusSet::NoSuchOperation, 204));
        assert!(!wrong(StatusSet::NoSuchOperation, 500));
    }
}
