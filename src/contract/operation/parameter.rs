//! Parameters, and how their values are written as text.

use std::fmt;

use serde_json::{Map, Value};

use crate::contract::reader::Reader;
use crate::place::pointer;
use crate::wire::media_type_essence;

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// As the whole query, in the form of a media type (`OpenAPI` 3.2).
    QueryString,
    /// As a header.
    Header,
    /// In the `Cookie` header.
    Cookie,
}

impl Location {
    pub(in crate::contract) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "path" => Self::Path,
            "query" => Self::Query,
            "querystring" => Self::QueryString,
            "header" => Self::Header,
            "cookie" => Self::Cookie,
            _ => return None,
        })
    }

    /// The styles that may be used here; the first one is the default.
    fn styles(self) -> &'static [Style] {
        match self {
            Self::Path => &[Style::Simple, Style::Label, Style::Matrix],
            Self::Query | Self::QueryString => &Style::OF_FORMS,
            Self::Header => &[Style::Simple],
            Self::Cookie => &[Style::Form, Style::Cookie],
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::QueryString => "querystring",
            Self::Header => "header",
            Self::Cookie => "cookie",
        })
    }
}

/// How arrays and objects are written (`OpenAPI` 3.1.1, Style Values).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `a,b`.
    Simple,
    /// `.a,b`.
    Label,
    /// `;name=a,b`.
    Matrix,
    /// `name=a,b`.
    Form,
    /// `name=a%20b`.
    SpaceDelimited,
    /// `name=a%7Cb`.
    PipeDelimited,
    /// `name=a%09b`, which only `Swagger` 2.0 has: `collectionFormat: tsv`.
    TabDelimited,
    /// `name[member]=a`.
    DeepObject,
    /// `name=a; name=b`, without percent-encoding (`OpenAPI` 3.2).
    Cookie,
}

impl Style {
    /// The styles of the properties of a form; the first one is the default.
    pub(in crate::contract) const OF_FORMS: [Self; 5] = [
        Self::Form,
        Self::SpaceDelimited,
        Self::PipeDelimited,
        Self::TabDelimited,
        Self::DeepObject,
    ];

    /// Reads the value of the keyword.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "simple" => Self::Simple,
            "label" => Self::Label,
            "matrix" => Self::Matrix,
            "form" => Self::Form,
            "spaceDelimited" => Self::SpaceDelimited,
            "pipeDelimited" => Self::PipeDelimited,
            "tabDelimited" => Self::TabDelimited,
            "deepObject" => Self::DeepObject,
            "cookie" => Self::Cookie,
            _ => return None,
        })
    }

    /// Whether arrays and objects are exploded by default.
    pub fn explodes(self) -> bool {
        matches!(self, Self::Form | Self::Cookie)
    }
}

/// A style with its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Serialization {
    /// The style.
    pub style: Style,
    /// Whether each item of an array, each member of an object, is written separately.
    pub explode: bool,
    /// Whether the reserved characters of URLs are sent as they are.
    pub allow_reserved: bool,
}

impl Serialization {
    /// Whether the members of an object are sent one by one, under names of their own.
    pub fn is_apart(self) -> bool {
        self.style == Style::DeepObject || self.style == Style::Form && self.explode
    }

    /// A style with its defaults.
    pub fn of(style: Style) -> Self {
        Self {
            style,
            explode: style.explodes(),
            allow_reserved: false,
        }
    }
}

/// How a value becomes text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoding {
    /// By a style.
    Style(Serialization),
    /// As a body of this media type would be written.
    Media(String),
}

/// One parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name, case-sensitive but for headers.
    pub name: String,
    /// Where it travels.
    pub location: Location,
    /// Whether a request must have it.
    pub required: bool,
    /// How its value is written.
    pub encoding: Encoding,
    /// JSON pointer of its schema, references followed.
    pub schema: Option<String>,
    /// JSON pointer of the parameter.
    pub pointer: String,
}

impl Parameter {
    /// Whether an array is sent as one text per item.
    pub fn explodes(&self) -> bool {
        matches!(&self.encoding, Encoding::Style(how) if how.explode)
    }

    /// Whether OpenAPI describes this header elsewhere, so that this definition is ignored (`OpenAPI`
    /// 3.0.3, Parameter Object).
    pub fn is_described_elsewhere(&self) -> bool {
        self.location == Location::Header
            && ["accept", "content-type", "authorization"]
                .iter()
                .any(|name| self.name.eq_ignore_ascii_case(name))
    }
}

impl Reader<'_> {
    /// The parameters of a path item or an operation.
    pub(in crate::contract) fn parameters(&mut self, at: &str) -> Vec<Parameter> {
        let list = pointer::join(at, "parameters");
        let count = match self.get(&list) {
            None => 0,
            Some(Value::Array(items)) => items.len(),
            Some(_) => {
                self.error(&list, "`parameters` must be a list", "");
                0
            }
        };
        (0..count)
            .filter_map(|i| {
                let place = self.resolved(&pointer::join(&list, &i.to_string()))?;
                self.parameter(place)
            })
            .collect()
    }

    fn parameter(&mut self, place: String) -> Option<Parameter> {
        let members = self.object(&place, "a parameter")?;
        let Some(name) = members.get("name").and_then(Value::as_str) else {
            self.error(&place, "the parameter has no name", "add `name`");
            return None;
        };
        let text = members.get("in").and_then(Value::as_str);
        let Some(location) = text.and_then(Location::parse) else {
            self.error(
                &pointer::join(&place, "in"),
                match text {
                    Some(text) => format!("`{text}` is not a location of parameters"),
                    None => "the parameter has no location".to_owned(),
                },
                "write `in: path`, query, header or cookie",
            );
            return None;
        };
        let (encoding, schema) = self.encoding(&place, members, location);
        Some(Parameter {
            name: name.to_owned(),
            location,
            required: self.flag(&place, members, "required").unwrap_or_default()
                || location == Location::Path,
            encoding,
            schema,
            pointer: place,
        })
    }

    /// How the value of a parameter or a header is written, and the place of its schema.
    pub(in crate::contract) fn encoding(
        &mut self,
        place: &str,
        members: &Map<String, Value>,
        location: Location,
    ) -> (Encoding, Option<String>) {
        let content = members.get("content").and_then(Value::as_object);
        if let Some((name, _)) = content.and_then(|content| content.iter().next()) {
            let at = pointer::join(&pointer::join(place, "content"), name);
            let schema = self.schema_of(&at);
            return (
                Encoding::Media(media_type_essence(name).into_owned()),
                schema,
            );
        }
        let default = location.styles()[0];
        let how = self
            .serialization(place, members, location.styles())
            .unwrap_or(Serialization::of(default));
        (Encoding::Style(how), self.schema_of(place))
    }

    /// The style that a parameter or a property of a form names. Returns `None` if it does not name
    /// one.
    pub(in crate::contract) fn serialization(
        &mut self,
        place: &str,
        members: &Map<String, Value>,
        styles: &[Style],
    ) -> Option<Serialization> {
        let given = ["style", "explode", "allowReserved"];
        if !given.iter().any(|name| members.contains_key(*name)) {
            return None;
        }
        let mut style = styles[0];
        if let Some(value) = members.get("style") {
            match value.as_str().and_then(Style::parse) {
                Some(known) if styles.contains(&known) => style = known,
                _ => self.warn(
                    &pointer::join(place, "style"),
                    format!("the style {value} cannot be used here, so the default style is used"),
                    "see the table of styles (OpenAPI 3.1.1, Style Values)",
                ),
            }
        }
        Some(Serialization {
            style,
            explode: self
                .flag(place, members, "explode")
                .unwrap_or(style.explodes()),
            allow_reserved: self
                .flag(place, members, "allowReserved")
                .unwrap_or_default(),
        })
    }

    /// The place of the schema that a part has, references followed.
    pub(in crate::contract) fn schema_of(&mut self, place: &str) -> Option<String> {
        self.schema_at(&pointer::join(place, "schema"))
    }

    /// The place of a schema after following references. Returns `None` if the schema does not exist.
    pub(in crate::contract) fn schema_at(&mut self, place: &str) -> Option<String> {
        self.get(place)?;
        self.resolved_schema(place)
    }

    /// A member that is true or false.
    pub(in crate::contract) fn flag(
        &mut self,
        place: &str,
        members: &Map<String, Value>,
        name: &str,
    ) -> Option<bool> {
        match members.get(name)? {
            Value::Bool(flag) => Some(*flag),
            other => {
                self.warn(
                    &pointer::join(place, name),
                    format!("`{name}` is {other} and not true or false, so it is ignored"),
                    "write true or false, without quotes",
                );
                None
            }
        }
    }
}
