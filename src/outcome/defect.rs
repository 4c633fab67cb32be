//! What is wrong with a body that can be read nevertheless.

/// The name of an XML element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementName {
    /// The name without its prefix.
    pub local: String,
    /// The namespace.
    pub namespace: Option<String>,
}

/// What an XML value should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedNode {
    /// An attribute of this name.
    Attribute(String),
    /// An element of this name.
    Element(ElementName),
}

/// What is wrong with a body. Excerpts show how the part or the item begins.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DefectKind {
    /// The root element has another name.
    RootName {
        /// The name of the schema.
        expected: ElementName,
        /// The name in the body.
        actual: ElementName,
    },
    /// The element of an item has another name.
    ItemName {
        /// The name of the schema.
        expected: ElementName,
        /// The name in the body.
        actual: ElementName,
    },
    /// A value is an element or an attribute, and should be another one.
    WrongNode {
        /// What the schema says.
        expected: ExpectedNode,
        /// The element in the body.
        actual: ElementName,
    },
    /// An element occurs several times, and its value is not an array.
    RepeatedElement {
        /// Its name.
        name: String,
        /// How often it occurs.
        count: usize,
    },
    /// A part of a form has no name.
    UnnamedPart {
        /// Its number, counted from 1.
        number: usize,
        /// Its `Content-Disposition`.
        disposition: Option<String>,
    },
    /// Two parts have one name, and its value is not an array.
    RepeatedPart {
        /// The name.
        name: String,
        /// How the second part begins.
        excerpt: String,
    },
    /// A part has a media type that its encoding does not allow.
    PartMediaType {
        /// The media types and ranges of the encoding.
        expected: String,
        /// The `Content-Type` of the part.
        actual: Option<String>,
    },
    /// A part cannot be read as its media type.
    UnreadablePart {
        /// Its `Content-Type`, if it has one.
        media: Option<String>,
        /// The error of the reader.
        error: String,
        /// How the part begins.
        excerpt: String,
    },
    /// An item of a sequence is malformed.
    MalformedItem {
        /// Which item, and how.
        item: ItemDefect,
        /// How the item begins.
        excerpt: String,
        /// How many more items are malformed.
        more: usize,
    },
    /// No empty line follows the last event.
    UnfinishedEvent {
        /// The event as far as it was read.
        excerpt: String,
    },
}

/// What is wrong with an item of a sequence. Items and lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemDefect {
    /// A line is not one JSON value: the error of the parser.
    Line(usize, String),
    /// A JSON text of RFC 7464 is not one JSON value: the error of the parser.
    Record(usize, String),
    /// A JSON text does not begin with a record separator.
    NoSeparator(usize),
    /// A JSON text does not end with a line feed.
    NoLineFeed(usize),
}
