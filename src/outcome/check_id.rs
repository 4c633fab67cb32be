//! The checks and their stable names.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A check. Its text is stable: reports, SARIF rules and files of known deviations use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckId {
    /// The target responds in time and completely.
    Transport,
    /// The status is documented and the expected one.
    Status,
    /// A 204 response has no body.
    NoContent,
    /// The media type of the body is documented.
    ContentType,
    /// A JSON body is well-formed.
    Json,
    /// An XML body is well-formed and has the names that the document gives.
    Xml,
    /// A body of text or of a form can be decoded.
    Text,
    /// A sequence can be divided into its items.
    Sequence,
    /// A multipart body can be divided into its parts.
    Multipart,
    /// A binary body has an allowed length.
    Length,
    /// Every required property is present.
    Required,
    /// No undocumented property is present.
    Undocumented,
    /// An id has the format of its resource and is unique.
    Identifier,
    /// A value is one of those listed.
    Enum,
    /// The body matches its schema.
    Schema,
    /// The data of a server-sent event has the documented content.
    Content,
    /// Documented headers are present and match their schemas.
    Header,
    /// An error response is the promised one and agrees with its status.
    Error,
    /// The response returns what the request determines.
    Echo,
    /// A URL in the body leads to what it names.
    Url,
    /// Times and lists are in order.
    Order,
    /// A time of creation is the time of the response.
    Clock,
    /// A page is the requested one and links to its neighbours.
    Paging,
    /// The body is what the case expects.
    Expectation,
    /// A list contains the items that it must, each once.
    Items,
    /// A state only moves forward.
    State,
    /// A state is reached in time.
    Until,
    /// The response equals its reviewed snapshot.
    Snapshot,
    /// A valid request is accepted.
    Acceptance,
    /// A known deviation still occurs and has not expired.
    Deviation,
}

impl CheckId {
    /// All checks.
    pub const ALL: [Self; 30] = [
        Self::Transport,
        Self::Status,
        Self::NoContent,
        Self::ContentType,
        Self::Json,
        Self::Xml,
        Self::Text,
        Self::Sequence,
        Self::Multipart,
        Self::Length,
        Self::Required,
        Self::Undocumented,
        Self::Identifier,
        Self::Enum,
        Self::Schema,
        Self::Content,
        Self::Header,
        Self::Error,
        Self::Echo,
        Self::Url,
        Self::Order,
        Self::Clock,
        Self::Paging,
        Self::Expectation,
        Self::Items,
        Self::State,
        Self::Until,
        Self::Snapshot,
        Self::Acceptance,
        Self::Deviation,
    ];

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Status => "status",
            Self::NoContent => "no-content",
            Self::ContentType => "content-type",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Text => "text",
            Self::Sequence => "sequence",
            Self::Multipart => "multipart",
            Self::Length => "length",
            Self::Required => "required",
            Self::Undocumented => "undocumented",
            Self::Identifier => "identifier",
            Self::Enum => "enum",
            Self::Schema => "schema",
            Self::Content => "content",
            Self::Header => "header",
            Self::Error => "error",
            Self::Echo => "echo",
            Self::Url => "url",
            Self::Order => "order",
            Self::Clock => "clock",
            Self::Paging => "paging",
            Self::Expectation => "expectation",
            Self::Items => "items",
            Self::State => "state",
            Self::Until => "until",
            Self::Snapshot => "snapshot",
            Self::Acceptance => "acceptance",
            Self::Deviation => "deviation",
        }
    }

    /// Whether its findings can be listed as known deviations. Those about the list itself cannot.
    pub fn can_be_known(self) -> bool {
        self != Self::Deviation
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for CheckId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A text that is not the name of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCheck;

impl FromStr for CheckId {
    type Err = UnknownCheck;

    fn from_str(text: &str) -> Result<Self, UnknownCheck> {
        let found = Self::ALL.into_iter().find(|check| check.as_str() == text);
        found.ok_or(UnknownCheck)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for (index, check) in CheckId::ALL.into_iter().enumerate() {
            assert_eq!(check.as_str().parse(), Ok(check));
            assert_eq!(check as usize, index, "{check} is listed out of order");
        }
        assert_eq!("Status".parse::<CheckId>(), Err(UnknownCheck));
    }
}
