//! Parameters: each is written in a style (`OpenAPI` 3.1.1, Parameter Object), or as the media type
//! of its `content`.

use std::borrow::Cow;

use serde_json::Value;

use super::body;
use super::error::{ReadError, WriteError, WriteErrorKind};
use super::style::{Escape, divide, divide_cookies, pairs, read_pairs, read_segment, segment};
use super::text::plain;
use crate::contract::{Contract, Encoding, Kind, Location, Parameter, Serialization, Style};
use crate::schema::Layout;

/// What a parameter adds to the place where it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrittenParameter {
    /// The segment of the path, percent-encoded.
    Path(String),
    /// Pairs of the query, percent-encoded.
    Query(Vec<String>),
    /// The value of the header of its name.
    Header(String),
    /// Pairs of the `Cookie` header; `None` for none.
    Cookie(Option<String>),
}

/// Writes a parameter.
///
/// # Errors
/// If its place or its media type cannot hold the value.
pub fn write(
    contract: &Contract,
    parameter: &Parameter,
    value: &Value,
) -> Result<WrittenParameter, WriteError> {
    let name = &parameter.name;
    let (how, value) = match &parameter.encoding {
        Encoding::Style(how) => (*how, Cow::Borrowed(value)),
        Encoding::Media(media) => {
            let schema = parameter.schema.as_deref();
            let text = body::write_text(contract, media, schema, value)?;
            (
                Serialization::of(Style::Simple),
                Cow::Owned(Value::from(text)),
            )
        }
    };
    Ok(match parameter.location {
        Location::Path => {
            let escape = path_escape(how);
            WrittenParameter::Path(segment(how, name, &value, escape))
        }
        Location::Query => {
            let escape = if how.allow_reserved {
                Escape::Query
            } else {
                Escape::Url
            };
            WrittenParameter::Query(pairs(how, name, &value, escape))
        }
        Location::QueryString => {
            let text = plain(&value);
            // A form is a query as it is.
            let query = if is_form(parameter) {
                text.into_owned()
            } else {
                Escape::Url.apply(&text)
            };
            WrittenParameter::Query(vec![query])
        }
        Location::Header => {
            let text = segment(how, name, &value, Escape::Nothing);
            if text.chars().any(|c| c.is_control() && c != '\t') {
                return Err(WriteErrorKind::ControlCharacter("header").into());
            }
            WrittenParameter::Header(text)
        }
        Location::Cookie => {
            let (escape, separator) = match how.style {
                Style::Cookie => (Escape::Nothing, "; "),
                _ => (Escape::Url, "&"),
            };
            let pairs = pairs(how, name, &value, escape);
            if pairs.iter().any(|pair| pair.chars().any(char::is_control)) {
                return Err(WriteErrorKind::ControlCharacter("cookie").into());
            }
            WrittenParameter::Cookie((!pairs.is_empty()).then(|| pairs.join(separator)))
        }
    })
}

/// Reads a parameter from the text of its place: its segment of the path, the query, the header of
/// its name, or the `Cookie` header. Returns `None` if the place does not have it, or nothing says
/// how its value is written.
///
/// # Errors
/// If the text is not of the media type of the parameter.
///
/// # Examples
/// The query `ids=1,2` has the value `[1, 2]` for a parameter `ids` whose schema is an array of
/// integers and whose `explode` is false.
pub fn read(
    contract: &Contract,
    parameter: &Parameter,
    text: &str,
) -> Result<Option<Value>, ReadError> {
    let name = &parameter.name;
    let schema = parameter.schema.as_deref();
    let layout = schema.and_then(|schema| Layout::at(&contract.document, schema));
    let (how, layout) = match &parameter.encoding {
        Encoding::Style(how) => (*how, layout.as_ref()),
        // The media type gives the value its types.
        Encoding::Media(_) => (Serialization::of(Style::Simple), None),
    };
    let value = match parameter.location {
        Location::Path => Some(read_segment(how, name, layout, text, path_escape(how))),
        Location::Query => {
            let pairs = divide(text, Escape::Form);
            read_pairs(how, name, layout, &pairs, Escape::Form)
        }
        Location::QueryString if is_form(parameter) => Some(Value::from(text)),
        Location::QueryString => Some(Value::from(Escape::Url.remove(text))),
        Location::Header => Some(read_segment(how, name, layout, text, Escape::Nothing)),
        Location::Cookie => {
            let escape = match how.style {
                Style::Cookie => Escape::Nothing,
                _ => Escape::Url,
            };
            let pairs = divide_cookies(text, how.style);
            read_pairs(how, name, layout, &pairs, escape)
        }
    };
    match (&parameter.encoding, value) {
        (Encoding::Media(media), Some(Value::String(text))) => {
            body::read_text(contract, media, schema, &text)
        }
        (_, value) => Ok(value),
    }
}

fn path_escape(how: Serialization) -> Escape {
    if how.allow_reserved {
        Escape::Path
    } else {
        Escape::Url
    }
}

fn is_form(parameter: &Parameter) -> bool {
    matches!(&parameter.encoding, Encoding::Media(media) if Kind::of(media) == Kind::Form)
}
