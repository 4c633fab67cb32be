//! Parameters at their places.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::error::EncodeError;
use crate::codec::parameter::{self, WrittenParameter};
use crate::contract::{Contract, Operation, Parameter, PathTemplate};
use crate::wire::{Header, Headers};

/// What the parameters of a request have become.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Path parameters, percent-encoded.
    path: Vec<(String, String)>,
    /// Pairs of the query, percent-encoded.
    pub(super) query: Vec<String>,
    /// Headers that the request itself needs.
    headers: Headers,
    /// Headers of the run.
    run: Vec<Header>,
    /// Pairs of the `Cookie` header.
    pub(super) cookies: Vec<String>,
}

impl Written {
    /// Nothing but what the answer may be.
    pub(super) fn new(operation: &Operation) -> Self {
        let mut written = Self::default();
        written.headers.push("Accept", accept(operation));
        written
    }

    /// Writes one parameter.
    ///
    /// # Errors
    /// If the value cannot be sent.
    pub(super) fn add(
        &mut self,
        contract: &Contract,
        parameter: &Parameter,
        value: &Value,
    ) -> Result<(), EncodeError> {
        let name = &parameter.name;
        let written = parameter::write(contract, parameter, value).map_err(|error| {
            EncodeError::Parameter {
                name: name.clone(),
                error,
            }
        })?;
        match written {
            WrittenParameter::Path(segment) => self.path.push((name.clone(), segment)),
            WrittenParameter::Query(pairs) => self.query.extend(pairs),
            WrittenParameter::Header(text) => self.set(Header::new(name.clone(), text)),
            WrittenParameter::Cookie(pairs) => self.cookies.extend(pairs),
        }
        Ok(())
    }

    /// The path with the path parameters in it, and their values as a server reads them.
    ///
    /// # Errors
    /// If a parameter has no value, or the path has a dot segment.
    pub(super) fn path(
        &self,
        template: &PathTemplate,
    ) -> Result<(String, Vec<(String, String)>), EncodeError> {
        let value = |name: &str| self.path.iter().find(|(other, _)| other == name);
        let path = template
            .fill(|name| value(name).map(|(_, value)| value.as_str()))
            .map_err(EncodeError::NoPathValue)?;
        if let Some(dots) = path.split('/').find(|part| matches!(*part, "." | "..")) {
            let segment = dots.to_owned();
            return Err(EncodeError::DotSegment { path, segment });
        }
        let values = template
            .parameters()
            .filter_map(value)
            .map(|(name, written)| {
                let read = percent_decode_str(written).decode_utf8_lossy();
                (name.clone(), read.into_owned())
            })
            .collect();
        Ok((path, values))
    }

    /// Adds a header of the run.
    pub(super) fn header(&mut self, header: Header) {
        if header.name.eq_ignore_ascii_case("cookie") {
            self.cookies.push(header.text().into_owned());
        } else {
            self.run.push(header);
        }
    }

    fn set(&mut self, header: Header) {
        self.headers
            .0
            .retain(|other| !other.name.eq_ignore_ascii_case(&header.name));
        self.headers.0.push(header);
    }

    /// All headers. Those of the run stand behind what the request itself needs; only what is
    /// accepted is theirs to say. Cookies travel in one header (RFC 6265 section 5.4).
    pub(super) fn into_headers(mut self, content_type: Option<&str>) -> Headers {
        if let Some(content_type) = content_type
            && self.headers.get("content-type").is_none()
        {
            self.headers.push("Content-Type", content_type);
        }
        for header in std::mem::take(&mut self.run) {
            if header.name.eq_ignore_ascii_case("accept") {
                self.set(header);
            } else if self.headers.get(&header.name).is_none() {
                self.headers.0.push(header);
            }
        }
        if !self.cookies.is_empty() {
            self.headers.push("Cookie", self.cookies.join("; "));
        }
        self.headers
    }
}

/// The media types of the operation's answers.
fn accept(operation: &Operation) -> String {
    let mut names: Vec<&str> = Vec::new();
    for media in operation.responses.iter().flat_map(|r| &r.media) {
        if !names.contains(&media.name.as_str()) {
            names.push(&media.name);
        }
    }
    if names.is_empty() {
        return "*/*".to_owned();
    }
    names.join(", ")
}
