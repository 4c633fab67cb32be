//! The sentences of findings. No other file words what a finding says.

use super::defect;
use super::description::Description;
use crate::outcome::{
    AnnouncedBody, Bound, Carrier, Excerpt, ExpectedFrom, FindingKind as Kind, PageMember,
    PageUrlProblem, SnapshotProblem, Syntax, WalkProblem,
};
use crate::wire::{Status, StatusRange, StatusSet, media_type_essence};

/// Puts what a finding says into words.
pub fn describe(kind: &Kind) -> Description {
    Description {
        message: message(kind),
        expected: expected(kind),
        actual: actual(kind),
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each kind")]
fn message(kind: &Kind) -> String {
    match kind {
        Kind::NoResponse(fault) => fault.to_string(),
        Kind::ConnectionLost(_) => "the connection ended before the answer began; asked again, \
                                    the target answered"
            .to_owned(),
        Kind::UnexpectedStatus {
            expected, actual, ..
        } => format!("the status is {actual}, expected is {}", set(expected)),
        Kind::UndocumentedStatus { actual, .. } => {
            format!("the status {actual} is not documented")
        }
        Kind::Rejected { actual, .. } => format!(
            "a request that keeps the contract is refused with {actual}, and the simplest one is \
             not"
        ),
        Kind::BodyOfNoContent(_) => "a 204 response has a body".to_owned(),
        Kind::MediaType { actual: None, .. } => {
            "the response has a body and no Content-Type".to_owned()
        }
        Kind::MediaType {
            actual: Some(value),
            ..
        } => format!(
            "the media type {} is not documented",
            media_type_essence(value)
        ),
        Kind::UnreadableBody {
            syntax,
            media,
            fault,
            ..
        } => unreadable(*syntax, media, fault.as_deref()),
        Kind::BodyDefect(defect) => defect::describe(defect).message,
        Kind::BodyLength { bound, .. } => match bound {
            Bound::Min => "the body breaks 'minLength'".to_owned(),
            Bound::Max => "the body breaks 'maxLength'".to_owned(),
        },
        Kind::MissingProperty { name } => format!("the required property '{name}' is missing"),
        Kind::UndocumentedProperty { name, strict, .. } => format!(
            "the property '{name}' is not documented{}",
            if *strict { " (--strict)" } else { "" }
        ),
        Kind::Schema {
            carrier,
            keyword,
            actual,
            ..
        } => breach(*carrier, keyword, actual),
        Kind::IdentifierFormat {
            other: Some(other), ..
        } => format!("this is an id of another kind, {other}"),
        Kind::IdentifierFormat { other: None, .. } => {
            "the id does not have the shape of its kind".to_owned()
        }
        Kind::DuplicateIdentifier { .. } => {
            "two items that were created at the same time have the same id".to_owned()
        }
        Kind::EventDataSyntax { fault, .. } => {
            format!("the data is not well-formed JSON: {fault}")
        }
        Kind::MissingHeader => "the required header is missing".to_owned(),
        Kind::HeaderSyntax { fault, .. } => {
            format!("the value of the header is not well-formed JSON: {fault}")
        }
        Kind::PromisedMember { name, error, .. } => {
            format!("'{name}' is not that of the promised error {error}")
        }
        Kind::StatusMember { .. } => "the value differs from the status of the response".to_owned(),
        Kind::WrongSuffix { member, .. } => format!("the text does not end with '{member}'"),
        Kind::EchoOfPath {
            property,
            parameter,
            ..
        } => format!("'{property}' differs from '{parameter}' in the path"),
        Kind::EchoOfUser { property, .. } => format!("'{property}' is not the account that asks"),
        Kind::EchoOfField { field, .. } => {
            format!("the '{field}' that was sent does not come back")
        }
        Kind::ItemTwice { .. } => "an item is listed twice".to_owned(),
        Kind::ItemMissing { .. } => "an item is missing from the list".to_owned(),
        Kind::ItemDiffers { at, .. } => {
            format!("in the list, {at} differs from that in an earlier answer")
        }
        Kind::ItemUnwanted { .. } => "an item is listed that must not be there".to_owned(),
        Kind::ItemTooMany { .. } => "the list has an item too much".to_owned(),
        Kind::PageTooLong { .. } => "the page has more items than were asked for".to_owned(),
        Kind::PageMember { member, .. } => match member {
            PageMember::Size => "the page size is not the one asked for".to_owned(),
            PageMember::Number => "the page is not the one asked for".to_owned(),
        },
        Kind::FirstPageHasPrevious { .. } => "the first page has a page before it".to_owned(),
        Kind::PreviousPageMissing { .. } => {
            "a page after the first has no page before it".to_owned()
        }
        Kind::PageUrl { problem, .. } => match problem {
            PageUrlProblem::Elsewhere { .. } => {
                "the URL does not lead to this list on the target".to_owned()
            }
            PageUrlProblem::OtherParent { parameter, .. } => {
                format!("the URL leads to the list of another '{parameter}'")
            }
            PageUrlProblem::Parameter { name, .. } => format!("'{name}' in the URL is wrong"),
            PageUrlProblem::LostFilter { name, .. } => {
                format!("the URL has lost the filter '{name}'")
            }
        },
        Kind::EndlessList { problem, .. } => match problem {
            WalkProblem::Repeats => {
                "the list comes back to a page that was there already".to_owned()
            }
            WalkProblem::TooManyPages(limit) => {
                format!("the list does not end within {limit} pages")
            }
            WalkProblem::BadUrl(why) => why.clone(),
        },
        Kind::WrongUrl { .. } => "the URL is not that of what it names".to_owned(),
        Kind::TooEarly { member, .. } => format!("the time is before '{member}'"),
        Kind::NotNewestFirst { member, .. } => {
            format!("the items are not ordered by '{member}', newest first")
        }
        Kind::CreationTime { .. } => "the time is not that of the creation".to_owned(),
        Kind::StateBackwards { before, actual, .. } => {
            format!("the state goes from '{before}' to '{actual}'")
        }
        Kind::StateNotReached { problem, .. } => problem.to_string(),
        Kind::NoBody => "the response has no body that can be compared".to_owned(),
        Kind::Differs { source, .. } => match source {
            ExpectedFrom::Case => "the value is not the expected one".to_owned(),
            ExpectedFrom::EarlierResponse => {
                "the value differs from that in an earlier answer".to_owned()
            }
        },
        Kind::Snapshot { problem, .. } => match problem {
            SnapshotProblem::Missing(pending) => {
                reviewable("there is no snapshot yet", pending.as_deref())
            }
            SnapshotProblem::Differs(pending) => {
                reviewable("the answer differs from its snapshot", pending.as_deref())
            }
            SnapshotProblem::Broken(why) => why.clone(),
        },
        Kind::StaleDeviation { expired, .. } => match expired {
            Some(day) => format!("the known deviation has expired on {day}"),
            None => "the known deviation no longer occurs; take it off the list".to_owned(),
        },
    }
}

fn expected(kind: &Kind) -> String {
    match kind {
        Kind::NoResponse(_) => "a complete HTTP response".to_owned(),
        Kind::ConnectionLost(_) => "an answer".to_owned(),
        Kind::UnexpectedStatus { expected, .. } => set(expected),
        Kind::UndocumentedStatus { documented, .. } => ranges(documented, ", "),
        Kind::Rejected { .. } => "a documented success".to_owned(),
        Kind::BodyOfNoContent(_) => "no body".to_owned(),
        Kind::MediaType { documented, .. } => documented.join(", "),
        Kind::UnreadableBody { syntax, media, .. } => match syntax {
            Syntax::Json => format!("one {media} value"),
            Syntax::Xml => "one XML document".to_owned(),
            Syntax::Text => media.clone(),
            Syntax::Sequence => format!("items as {media}"),
            Syntax::Multipart => format!("parts as {media}"),
        },
        Kind::BodyDefect(defect) => defect::describe(defect).expected,
        Kind::Schema { expected, .. } | Kind::IdentifierFormat { expected, .. } => expected.clone(),
        Kind::BodyLength { bound, limit, .. } => match bound {
            Bound::Min => format!("at least {limit} bytes"),
            Bound::Max => format!("at most {limit} bytes"),
        },
        Kind::MissingProperty { name } => format!("a property '{name}'"),
        Kind::UndocumentedProperty { .. } => "no such property".to_owned(),
        Kind::DuplicateIdentifier { .. } => "an id of its own".to_owned(),
        Kind::EventDataSyntax { .. } => "one JSON value".to_owned(),
        Kind::MissingHeader => "the header".to_owned(),
        Kind::HeaderSyntax { media, .. } => format!("one {media} value"),
        Kind::PromisedMember { expected, .. }
        | Kind::EchoOfField { expected, .. }
        | Kind::ItemDiffers { expected, .. }
        | Kind::Differs { expected, .. } => shown(expected),
        Kind::StatusMember { expected, .. } => expected.to_string(),
        Kind::WrongSuffix { suffix, .. } => format!("text that ends with {suffix}"),
        Kind::EchoOfPath { expected, .. }
        | Kind::EchoOfUser { expected, .. }
        | Kind::WrongUrl { expected, .. } => format!("{expected:?}"),
        Kind::ItemTwice { .. } => "every item once".to_owned(),
        Kind::ItemMissing { id, .. } => shown(id),
        Kind::ItemUnwanted { id } => format!("a list without {}", shown(id)),
        Kind::ItemTooMany { expected, .. } => format!("{expected} items"),
        Kind::PageTooLong { limit, .. } => format!("at most {limit} items"),
        Kind::PageMember { expected, .. } => expected.to_string(),
        Kind::FirstPageHasPrevious { .. } => "null".to_owned(),
        Kind::PreviousPageMissing { .. } => "a URL".to_owned(),
        Kind::PageUrl { problem, .. } => match problem {
            PageUrlProblem::Elsewhere { expected }
            | PageUrlProblem::OtherParent { expected, .. } => expected.clone(),
            PageUrlProblem::Parameter { name, expected } => format!("{name}={expected}"),
            PageUrlProblem::LostFilter { name, value } => format!("{name}={value}"),
        },
        Kind::EndlessList { .. } => "a list that ends".to_owned(),
        Kind::TooEarly { earliest, .. } => format!("{} or later", shown(earliest)),
        Kind::NotNewestFirst { .. } => "no item newer than the one before it".to_owned(),
        Kind::CreationTime { date, .. } => format!("about {date}, as the header Date says"),
        Kind::StateBackwards { allowed, .. } => {
            let allowed: Vec<String> = allowed.iter().map(|state| format!("'{state}'")).collect();
            allowed.join(" or ")
        }
        Kind::StateNotReached { expected, .. } => {
            let wanted: Vec<String> = expected.iter().map(shown).collect();
            wanted.join(" or ")
        }
        Kind::NoBody => "a body".to_owned(),
        Kind::Snapshot { .. } => "the reviewed snapshot".to_owned(),
        Kind::StaleDeviation { check, reason, .. } => format!("{check}: {reason}"),
    }
}

fn actual(kind: &Kind) -> String {
    match kind {
        Kind::NoResponse(_) | Kind::NoBody => "none".to_owned(),
        Kind::ConnectionLost(why) => why.clone(),
        Kind::UnexpectedStatus { actual, body, .. }
        | Kind::UndocumentedStatus { actual, body, .. } => match body {
            Excerpt::Nothing => actual.to_string(),
            body => format!("{actual} {}", shown(body)),
        },
        Kind::Rejected { actual, body } => rejection(*actual, body),
        Kind::BodyOfNoContent(body) => match body {
            AnnouncedBody::ContentLength(length) => format!("Content-Length: {length}"),
            AnnouncedBody::TransferEncoding => {
                "Transfer-Encoding, which announces a body".to_owned()
            }
            AnnouncedBody::Bytes(length) => format!("{length} bytes"),
        },
        Kind::MediaType { actual, .. } => actual.clone().unwrap_or_else(|| "none".to_owned()),
        Kind::UnreadableBody { beginning, .. } if beginning.is_empty() => "no bytes".to_owned(),
        Kind::UnreadableBody { beginning, .. } => beginning.clone(),
        Kind::BodyDefect(defect) => defect::describe(defect).actual,
        Kind::HeaderSyntax { actual, .. } | Kind::Snapshot { actual, .. } => actual.clone(),
        Kind::BodyLength { actual, .. } => format!("{actual} bytes"),
        Kind::MissingProperty { .. } => "no such property".to_owned(),
        Kind::Schema {
            carrier: Carrier::Header,
            actual: Excerpt::Whole(serde_json::Value::String(text)),
            ..
        } => text.clone(),
        Kind::StateNotReached {
            actual: Excerpt::Nothing,
            ..
        } => "no JSON body".to_owned(),
        Kind::UndocumentedProperty { actual, .. }
        | Kind::StateNotReached { actual, .. }
        | Kind::Schema { actual, .. }
        | Kind::IdentifierFormat { actual, .. }
        | Kind::EventDataSyntax { actual, .. }
        | Kind::PromisedMember { actual, .. }
        | Kind::StatusMember { actual, .. }
        | Kind::WrongSuffix { actual, .. }
        | Kind::EchoOfPath { actual, .. }
        | Kind::EchoOfUser { actual, .. }
        | Kind::EchoOfField { actual, .. }
        | Kind::ItemTwice { item: actual }
        | Kind::ItemDiffers { actual, .. }
        | Kind::ItemTooMany { item: actual, .. }
        | Kind::PageMember { actual, .. }
        | Kind::FirstPageHasPrevious { actual }
        | Kind::PreviousPageMissing { actual }
        | Kind::PageUrl { actual, .. }
        | Kind::WrongUrl { actual, .. }
        | Kind::TooEarly { actual, .. }
        | Kind::NotNewestFirst { actual, .. }
        | Kind::CreationTime { actual, .. }
        | Kind::Differs { actual, .. } => shown(actual),
        Kind::DuplicateIdentifier { id } => id.clone(),
        Kind::MissingHeader => "no such header".to_owned(),
        Kind::ItemMissing { others, .. } => format!("{others} other items"),
        Kind::ItemUnwanted { .. } => "it is there".to_owned(),
        Kind::PageTooLong { actual, .. } => format!("{actual} items"),
        Kind::EndlessList { url, .. } => url.clone(),
        Kind::StateBackwards { actual, .. } => format!("'{actual}'"),
        Kind::StaleDeviation { occurs: true, .. } => "it occurs".to_owned(),
        Kind::StaleDeviation { occurs: false, .. } => "it does not occur".to_owned(),
    }
}

fn unreadable(syntax: Syntax, media: &str, fault: Option<&str>) -> String {
    let Some(fault) = fault else {
        return "the body is empty".to_owned();
    };
    match syntax {
        Syntax::Json => format!("the body is not well-formed JSON: {fault}"),
        Syntax::Xml => format!("the body is not well-formed XML: {fault}"),
        Syntax::Text | Syntax::Sequence => format!("the body is not {media}: {fault}"),
        Syntax::Multipart => format!("the body cannot be divided into parts: {fault}"),
    }
}

/// How a value breaks a keyword of its schema.
fn breach(carrier: Carrier, keyword: &str, actual: &Excerpt) -> String {
    match carrier {
        Carrier::Header => return "the value of the header breaks its schema".to_owned(),
        Carrier::EventData => return format!("the value in the data breaks '{keyword}'"),
        Carrier::Body => {}
    }
    let is_null = matches!(actual, Excerpt::Whole(value) if value.is_null());
    match keyword {
        "type" if is_null => "null is not allowed here".to_owned(),
        "type" => "the value has another type".to_owned(),
        "enum" => "the value is not one of those that are listed".to_owned(),
        "format" => "the text does not have its format".to_owned(),
        "pattern" => "the text does not match its pattern".to_owned(),
        keyword => format!("the value breaks '{keyword}'"),
    }
}

fn rejection(status: Status, body: &str) -> String {
    format!("{status} {body}").trim_end().to_owned()
}

fn reviewable(message: &str, pending: Option<&str>) -> String {
    match pending {
        Some(name) => format!("{message}; review {name} with `cargo insta review`"),
        None => message.to_owned(),
    }
}

/// A set of statuses.
fn set(statuses: &StatusSet) -> String {
    let successes = |successes: &[StatusRange]| {
        if successes.is_empty() {
            "a success".to_owned()
        } else {
            ranges(successes, " or ")
        }
    };
    match statuses {
        StatusSet::Exact(status) => status.to_string(),
        StatusSet::Success(documented) => successes(documented),
        StatusSet::SuccessOrClientError(documented) => format!("{} or 4xx", successes(documented)),
        StatusSet::ClientError => "4xx".to_owned(),
        StatusSet::NoSuchOperation => "405, 404 or 501".to_owned(),
    }
}

fn ranges(ranges: &[StatusRange], separator: &str) -> String {
    let names: Vec<String> = ranges.iter().map(ToString::to_string).collect();
    names.join(separator)
}

fn shown(value: &Excerpt) -> String {
    match value {
        Excerpt::Nothing => "nothing".to_owned(),
        Excerpt::Whole(value) => value.to_string(),
        Excerpt::Cut { text, characters } => format!("{text}... ({characters} characters)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn statuses_are_named_as_they_are_documented() {
        let kind = Kind::UnexpectedStatus {
            expected: StatusSet::Success(vec![
                StatusRange::Exact(Status(200)),
                StatusRange::Class(2),
            ]),
            actual: Status(404),
            body: Excerpt::of(&json!({"code": 1})),
        };
        let description = describe(&kind);
        assert_eq!(
            description.message,
            "the status is 404, expected is 200 or 2XX"
        );
        assert_eq!(description.expected, "200 or 2XX");
        assert_eq!(description.actual, r#"404 {"code":1}"#);
    }

    #[test]
    fn null_has_a_sentence_of_its_own() {
        let at = |carrier, actual: &serde_json::Value| {
            describe(&Kind::Schema {
                carrier,
                keyword: "type".to_owned(),
                expected: "string".to_owned(),
                actual: Excerpt::of(actual),
            })
            .message
        };
        assert_eq!(at(Carrier::Body, &json!(null)), "null is not allowed here");
        assert_eq!(at(Carrier::Body, &json!(1)), "the value has another type");
        assert_eq!(
            at(Carrier::EventData, &json!(null)),
            "the value in the data breaks 'type'"
        );
    }
}
