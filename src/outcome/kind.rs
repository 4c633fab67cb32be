//! What a finding says, as data. `report` writes the sentences.

use std::fmt;
use std::mem;
use std::time::Duration;

use super::{CheckId, DefectKind, Excerpt};
use crate::wire::{Status, StatusRange, StatusSet, TransportFault};

/// What is wrong, with the expected and the actual values.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum FindingKind {
    /// There is no complete response.
    NoResponse(TransportFault),
    /// The connection was lost before the response began; a second request got a response.
    ConnectionLost(String),

    /// The status is not the expected one.
    UnexpectedStatus {
        /// The expected statuses.
        expected: StatusSet,
        /// The actual status.
        actual: Status,
        /// The body, if the status is an error.
        body: Excerpt,
    },
    /// The operation does not document the status.
    UndocumentedStatus {
        /// The documented statuses.
        documented: Vec<StatusRange>,
        /// The actual status.
        actual: Status,
        /// The body, if the status is an error.
        body: Excerpt,
    },
    /// A valid request is rejected, and the simplest valid request is not.
    Rejected {
        /// The actual status.
        actual: Status,
        /// The beginning of the body.
        body: String,
    },

    /// A 204 response has or announces a body.
    BodyOfNoContent(AnnouncedBody),
    /// The media type is missing or not documented.
    MediaType {
        /// The documented media types.
        documented: Vec<String>,
        /// The value of `Content-Type`.
        actual: Option<String>,
    },
    /// The body cannot be read as its media type says.
    UnreadableBody {
        /// How it is read.
        syntax: Syntax,
        /// The documented media type.
        media: String,
        /// The error of the reader; `None` if the body is empty.
        fault: Option<String>,
        /// The beginning of the body.
        beginning: String,
    },
    /// The body can be read, but part of it is not where or what the document says.
    BodyDefect(DefectKind),
    /// A binary body is too short or too long.
    BodyLength {
        /// Which limit is broken.
        bound: Bound,
        /// The limit in bytes.
        limit: u64,
        /// The actual length in bytes.
        actual: u64,
    },

    /// A required property is missing.
    MissingProperty {
        /// Its name.
        name: String,
    },
    /// A property is present that the document does not name.
    UndocumentedProperty {
        /// Its name.
        name: String,
        /// Whether only `--strict` forbids it.
        strict: bool,
        /// Its value.
        actual: Excerpt,
    },
    /// A value breaks a keyword of its schema.
    Schema {
        /// What the value is part of.
        carrier: Carrier,
        /// The keyword.
        keyword: String,
        /// What the keyword requires, as the validator reports it.
        expected: String,
        /// The value.
        actual: Excerpt,
    },
    /// An id does not have the format of its resource.
    IdentifierFormat {
        /// What the schema requires.
        expected: String,
        /// The resource whose ids have this format, if there is one.
        other: Option<String>,
        /// The value.
        actual: Excerpt,
    },
    /// Two items that were created at the same time have the same id.
    DuplicateIdentifier {
        /// The id.
        id: String,
    },
    /// The data of a server-sent event is not JSON.
    EventDataSyntax {
        /// The error of the reader.
        fault: String,
        /// The data.
        actual: Excerpt,
    },
    /// A required header is missing.
    MissingHeader,
    /// The value of a header is not JSON.
    HeaderSyntax {
        /// The documented media type.
        media: String,
        /// The error of the reader.
        fault: String,
        /// The value.
        actual: String,
    },

    /// A member of an error response is not the promised one.
    PromisedMember {
        /// Name of the member.
        name: String,
        /// Name of the promised error.
        error: String,
        /// The promised value.
        expected: Excerpt,
        /// The actual value.
        actual: Excerpt,
    },
    /// A member repeats the status of the response and differs from it.
    StatusMember {
        /// Status of the response.
        expected: Status,
        /// The value.
        actual: Excerpt,
    },
    /// A text must end with the value of another member and does not.
    WrongSuffix {
        /// Name of the other member.
        member: String,
        /// Its value.
        suffix: String,
        /// The text.
        actual: Excerpt,
    },

    /// A property differs from the path parameter of its name.
    EchoOfPath {
        /// Name of the property.
        property: String,
        /// Name of the path parameter.
        parameter: String,
        /// The value in the path.
        expected: String,
        /// The value of the property.
        actual: Excerpt,
    },
    /// A property differs from the account that sent the request.
    EchoOfUser {
        /// Name of the property.
        property: String,
        /// Name of the account.
        expected: String,
        /// The value of the property.
        actual: Excerpt,
    },
    /// A field of the request body is not returned.
    EchoOfField {
        /// Name of the field.
        field: String,
        /// The value that must be returned.
        expected: Excerpt,
        /// The actual value.
        actual: Excerpt,
    },

    /// A list contains an item twice.
    ItemTwice {
        /// The item.
        item: Excerpt,
    },
    /// A list lacks an item.
    ItemMissing {
        /// Id of the item, or the item.
        id: Excerpt,
        /// Number of items in the list.
        others: usize,
    },
    /// An item of a list differs from an earlier response.
    ItemDiffers {
        /// JSON pointer in the item.
        at: String,
        /// The earlier value.
        expected: Excerpt,
        /// The value in the list.
        actual: Excerpt,
    },
    /// A list contains an item that must not be there.
    ItemUnwanted {
        /// Id of the item.
        id: Excerpt,
    },
    /// A list contains more than the expected items.
    ItemTooMany {
        /// Number of expected items.
        expected: usize,
        /// The additional item.
        item: Excerpt,
    },
    /// A page has more items than requested.
    PageTooLong {
        /// The requested number.
        limit: u64,
        /// The actual number.
        actual: usize,
    },
    /// The page size or page number in the body is not the requested one.
    PageMember {
        /// Which of them.
        member: PageMember,
        /// The requested value.
        expected: u64,
        /// The actual value.
        actual: Excerpt,
    },
    /// The first page links to a previous page.
    FirstPageHasPrevious {
        /// The link.
        actual: Excerpt,
    },
    /// A later page does not link to the previous page.
    PreviousPageMissing {
        /// The value in its place.
        actual: Excerpt,
    },
    /// The URL of a page is wrong.
    PageUrl {
        /// What is wrong with it.
        problem: PageUrlProblem,
        /// The URL.
        actual: Excerpt,
    },
    /// Following the pages of a list does not come to an end.
    EndlessList {
        /// Why.
        problem: WalkProblem,
        /// The URL at which following them stopped.
        url: String,
    },

    /// A URL does not lead to what it names.
    WrongUrl {
        /// The URL that would.
        expected: String,
        /// The actual URL.
        actual: Excerpt,
    },
    /// A time is before another that it must not precede.
    TooEarly {
        /// Name of the other member.
        member: String,
        /// Its value.
        earliest: Excerpt,
        /// The time.
        actual: Excerpt,
    },
    /// A list is not ordered, newest first.
    NotNewestFirst {
        /// The member that decides the order.
        member: String,
        /// The first value that is newer than the one before it.
        actual: Excerpt,
    },
    /// A time of creation is not the time of the response.
    CreationTime {
        /// Time of the response by its `Date`, in RFC 3339.
        date: String,
        /// The time of creation.
        actual: Excerpt,
    },
    /// A state has moved backwards.
    StateBackwards {
        /// The state before.
        before: String,
        /// The states that may follow, the one before included.
        allowed: Vec<String>,
        /// The actual state.
        actual: String,
    },
    /// A state was not reached.
    StateNotReached {
        /// Why.
        problem: PollProblem,
        /// The bodies that were waited for.
        expected: Vec<Excerpt>,
        /// The last body.
        actual: Excerpt,
    },

    /// There is no body to compare.
    NoBody,
    /// A value differs from the expected one.
    Differs {
        /// Where the expected value comes from.
        source: ExpectedFrom,
        /// The expected value.
        expected: Excerpt,
        /// The actual value.
        actual: Excerpt,
    },
    /// The response differs from its snapshot.
    Snapshot {
        /// The problem.
        problem: SnapshotProblem,
        /// The difference, or the response.
        actual: String,
    },
    /// A known deviation must be removed from the list.
    StaleDeviation {
        /// The check of the deviation.
        check: CheckId,
        /// Why it was accepted.
        reason: String,
        /// The last day on which it was accepted, if that is over.
        expired: Option<String>,
        /// Whether it still occurs.
        occurs: bool,
    },
}

/// How a 204 response has a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnnouncedBody {
    /// The value of `Content-Length`.
    ContentLength(String),
    /// It has `Transfer-Encoding`.
    TransferEncoding,
    /// The number of bytes that were sent.
    Bytes(usize),
}

/// How a body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// As one JSON value.
    Json,
    /// As one XML document.
    Xml,
    /// As a text or a form.
    Text,
    /// As a sequence of items.
    Sequence,
    /// As parts.
    Multipart,
}

/// A lower or an upper limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The least value.
    Min,
    /// The greatest value.
    Max,
}

/// What a value is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// The body.
    Body,
    /// The data of an event in the body.
    EventData,
    /// A header.
    Header,
}

/// What a page says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageMember {
    /// Its size.
    Size,
    /// Its number.
    Number,
}

/// What is wrong with the URL of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageUrlProblem {
    /// It does not lead to the list on the target.
    Elsewhere {
        /// URL of the list.
        expected: String,
    },
    /// It leads to the list of another parent.
    OtherParent {
        /// Name of the path parameter.
        parameter: String,
        /// Its value in the request.
        expected: String,
    },
    /// A query parameter has the wrong value.
    Parameter {
        /// Name of the parameter.
        name: String,
        /// The right value.
        expected: u64,
    },
    /// It lacks a filter of the request.
    LostFilter {
        /// Name of the parameter.
        name: String,
        /// Its value in the request.
        value: String,
    },
}

/// Why following the pages of a list stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalkProblem {
    /// A page links to an earlier one.
    Repeats,
    /// There are more pages than this.
    TooManyPages(usize),
    /// The URL of the next page cannot be requested.
    BadUrl(String),
}

/// Why waiting for a state stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollProblem {
    /// The time is over.
    Late(Duration),
    /// The item has reached another final state.
    OtherEnd {
        /// That state.
        state: String,
        /// JSON pointer of the state in the body.
        at: String,
    },
}

impl fmt::Display for PollProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late(limit) => write!(f, "not reached within {limit:?}"),
            Self::OtherEnd { state, at } => write!(
                f,
                "'{state}' at body {at} is final: what is waited for never comes"
            ),
        }
    }
}

/// Where an expected value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedFrom {
    /// The case names it.
    Case,
    /// An earlier response has it.
    EarlierResponse,
}

/// Why a response does not equal its snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnapshotProblem {
    /// There is no snapshot. A pending one was written under this name.
    Missing(Option<String>),
    /// It differs. A pending one was written under this name.
    Differs(Option<String>),
    /// The snapshot cannot be read.
    Broken(String),
}

impl FindingKind {
    /// Whether the status itself is wrong, so that the body means little.
    pub fn is_status(&self) -> bool {
        matches!(
            self,
            Self::UnexpectedStatus { .. } | Self::UndocumentedStatus { .. }
        )
    }

    /// Whether each case makes this promise at a place of its own: a success and its body. What a
    /// case expects to be rejected is another promise each time.
    pub(super) fn is_promised_by_case(&self) -> bool {
        match self {
            Self::UnexpectedStatus { expected, .. } => expected.is_success(),
            Self::UndocumentedStatus { .. } | Self::NoBody | Self::Differs { .. } => true,
            _ => false,
        }
    }

    /// Whether two findings report the same problem, whatever the values are that only show it.
    pub(super) fn is_same_problem(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::UnexpectedStatus {
                    expected, actual, ..
                },
                Self::UnexpectedStatus {
                    expected: other,
                    actual: other_actual,
                    ..
                },
            ) => expected == other && actual == other_actual,
            (
                Self::UndocumentedStatus { actual, .. },
                Self::UndocumentedStatus { actual: other, .. },
            ) => actual == other,
            (Self::HeaderSyntax { fault, .. }, Self::HeaderSyntax { fault: other, .. }) => {
                fault == other
            }
            (Self::Differs { source, .. }, Self::Differs { source: other, .. }) => source == other,
            (one, other) => mem::discriminant(one) == mem::discriminant(other),
        }
    }
}
