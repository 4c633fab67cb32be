//! The sentences about what is wrong with a body.

use super::description::Description;
use crate::outcome::{DefectKind, ElementName, ExpectedNode, ItemDefect};

/// Puts a defect into words.
pub(super) fn describe(defect: &DefectKind) -> Description {
    match defect {
        DefectKind::RootName { expected, actual } => Description::new(
            "the root element has another name than promised",
            shown(expected),
            shown(actual),
        ),
        DefectKind::ItemName { expected, actual } => Description::new(
            "the element of an item has another name than promised",
            shown(expected),
            shown(actual),
        ),
        DefectKind::WrongNode { expected, actual } => Description::new(
            "the value is in another node than promised",
            match expected {
                ExpectedNode::Attribute(name) => format!("an attribute '{name}'"),
                ExpectedNode::Element(name) => shown(name),
            },
            shown(actual),
        ),
        DefectKind::RepeatedElement { name, count } => Description::new(
            format!("the element <{name}> occurs {count} times"),
            "one element",
            format!("{count} elements"),
        ),
        DefectKind::UnnamedPart {
            number,
            disposition,
        } => Description::new(
            format!("part {number} has no name"),
            "Content-Disposition: form-data; name=...",
            disposition.as_deref().unwrap_or("no Content-Disposition"),
        ),
        DefectKind::RepeatedPart { name, excerpt } => Description::new(
            format!("the part '{name}' occurs more than once"),
            "one part",
            excerpt,
        ),
        DefectKind::PartMediaType { expected, actual } => Description::new(
            "the part has another media type than promised",
            expected,
            actual.as_deref().unwrap_or("no Content-Type"),
        ),
        DefectKind::UnreadablePart {
            media,
            error,
            excerpt,
        } => {
            let media = media.as_deref().unwrap_or("what its schema says");
            Description::new(format!("the part is not {media}: {error}"), media, excerpt)
        }
        DefectKind::MalformedItem {
            item,
            excerpt,
            more,
        } => malformed(item, excerpt, *more),
        DefectKind::UnfinishedEvent { excerpt } => Description::new(
            "no empty line ends the last event, so that no client sees it",
            "an empty line after each event",
            excerpt,
        ),
    }
}

fn malformed(item: &ItemDefect, excerpt: &str, more: usize) -> Description {
    const LINES: &str = "one JSON value in each line";
    const RECORDS: &str = "each JSON value between a record separator (0x1E) and a line feed";
    let (message, expected) = match item {
        ItemDefect::Line(line, error) => {
            // The line has been named.
            let error = error.replace(" at line 1 column ", " at column ");
            (format!("line {line} is not one JSON value: {error}"), LINES)
        }
        ItemDefect::Record(number, error) => (
            format!("text {number} is not one JSON value: {error}"),
            RECORDS,
        ),
        ItemDefect::NoSeparator(number) => (
            format!("text {number} does not begin with a record separator (0x1E)"),
            RECORDS,
        ),
        ItemDefect::NoLineFeed(number) => (
            format!("text {number} does not end with a line feed"),
            RECORDS,
        ),
    };
    let more = match more {
        0 => String::new(),
        1 => "; one more is malformed".to_owned(),
        more => format!("; {more} more are malformed"),
    };
    Description::new(message + &more, expected, excerpt)
}

fn shown(name: &ElementName) -> String {
    match &name.namespace {
        Some(namespace) => format!("<{}> in the namespace {namespace}", name.local),
        None => format!("<{}>", name.local),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_tells_of_all_malformed_items() {
        let error = "EOF at line 1 column 5".to_owned();
        let told = |more| {
            let kind = DefectKind::MalformedItem {
                item: ItemDefect::Line(2, error.clone()),
                excerpt: "{".to_owned(),
                more,
            };
            describe(&kind).message
        };
        let one = "line 2 is not one JSON value: EOF at column 5";
        assert_eq!(told(0), one);
        assert_eq!(told(1), format!("{one}; one more is malformed"));
        assert_eq!(told(3), format!("{one}; 3 more are malformed"));
    }
}
