//! What a request says: its parameters and its body as values.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::judge::{Fault, coerce, validate};
use super::multipart;
use super::reason::{Reason, Refusal};
use super::schema::{Kind, Schema, Schemas};
use super::sent::Sent;
use super::style::{self, Pair};
use super::target::{self, Target};
use crate::contract::{
    self, Encoding, Location, MediaType, Operation, Serialization, Style, ValueEncoding,
};
use crate::wire::{Header, Request, media_type_essence};

/// Reads and validates the parameters and the body of a request.
pub(super) fn read(
    schemas: &Schemas,
    operation: &Operation,
    request: &Request,
    target: &Target<'_>,
) -> Result<Sent, Refusal> {
    let mut sent = Sent {
        query: target::pairs(target.query.as_bytes()).map_err(Refusal::invalid)?,
        ..Sent::default()
    };
    parameters(schemas, operation, request, target)?;
    let Some(body) = &operation.body else {
        return Ok(sent);
    };
    let content_type = request.headers.text("content-type");
    let essence = content_type.as_deref().map(media_type_essence);
    let known = match &essence {
        Some(essence) => body.media.iter().find(|media| media.covers(essence)),
        None => body.media.first(),
    };
    let Some(media) = known.or_else(|| body.media.first().filter(|_| request.body.is_empty()))
    else {
        return Err(Refusal::new(
            Reason::MediaType,
            "the media type of the body is not understood",
        ));
    };
    let essence = essence.filter(|_| known.is_some());
    let essence = essence.as_deref().unwrap_or(&media.name);
    let schema = media.schema.as_deref().and_then(|place| schemas.at(place));
    let form = Form {
        schemas,
        media,
        schema,
    };
    essence.clone_into(&mut sent.media);
    let is_json = is_json(essence);
    let value = if request.body.is_empty() {
        // A form may have no fields.
        let is_form = !is_json && schema.is_some_and(|schema| schema.kind == Some(Kind::Object));
        if !is_form && !body.required {
            return Ok(sent);
        }
        if !is_form {
            return Err(Refusal::invalid("the body is missing"));
        }
        Value::Object(Map::new())
    } else if is_json {
        serde_json::from_slice(&request.body)
            .map_err(|e| Refusal::invalid(format!("the body is not JSON: {e}")))?
    } else if essence == "application/x-www-form-urlencoded" {
        let text = String::from_utf8(request.body.clone())
            .map_err(|_| Refusal::invalid("the form is not UTF-8"))?;
        let pairs = style::pairs(&text).map_err(Refusal::invalid)?;
        Value::Object(form.fields(&pairs).map_err(Refusal::invalid)?)
    } else if essence.starts_with("text/") && !essence.ends_with("/xml") {
        let text = String::from_utf8(request.body.clone())
            .map_err(|_| Refusal::invalid("the body is not UTF-8"))?;
        schema.map_or_else(
            || Value::from(text.as_str()),
            |schema| coerce(schemas, schema, &text),
        )
    } else if essence == "multipart/form-data" {
        let content_type = content_type.unwrap_or_default();
        let parts = multipart::parts(&content_type, &request.body).map_err(Refusal::invalid)?;
        Value::Object(form.parts(parts, &mut sent.files)?)
    } else {
        return Ok(sent);
    };
    if let Some(schema) = schema {
        refuse(validate(schemas, schema, &value))?;
        sent.schema = Some(schema.place.clone());
    }
    match value {
        Value::Object(values) => sent.values = values,
        other => sent.whole = Some(other),
    }
    Ok(sent)
}

fn is_json(essence: &str) -> bool {
    contract::Kind::of(essence) == contract::Kind::Json
}

/// The first fault as a refusal; one that names a promised error goes before the others.
fn refuse(faults: Vec<Fault>) -> Result<(), Refusal> {
    let named = faults.iter().position(|fault| fault.error.is_some());
    let Some(fault) = faults.into_iter().nth(named.unwrap_or_default()) else {
        return Ok(());
    };
    let message = fault.sentence("");
    Err(match fault.error {
        Some(name) => Refusal::new(Reason::Constraint(name), message),
        None => Refusal::invalid(message),
    })
}

/// Validates the parameters of query, headers and cookies. Paths are resolved elsewhere.
fn parameters(
    schemas: &Schemas,
    operation: &Operation,
    request: &Request,
    target: &Target<'_>,
) -> Result<(), Refusal> {
    let paging = operation.paging.as_ref();
    let page_size = paging.and_then(|paging| paging.page_size.as_ref());
    let query = style::pairs(target.query).map_err(Refusal::invalid)?;
    let cookies = request.headers.all("cookie").map(Header::text);
    let cookies = cookies.collect::<Vec<_>>().join(";");
    let plain_cookies = style::plain_cookies(&cookies);
    let cookies = cookies.replace([';', ' '], "&");
    let cookies = style::pairs(&cookies).unwrap_or_default();
    let anything = Schema::default();
    for parameter in &operation.parameters {
        let name = &parameter.name;
        let known = parameter.schema.as_ref().and_then(|s| schemas.at(s));
        let schema = known.unwrap_or(&anything);
        let (how, is_content) = match &parameter.encoding {
            Encoding::Style(how) => (*how, false),
            Encoding::Media(_) => (Serialization::of(Style::Form), true),
        };
        let text_schema = if is_content { &anything } else { schema };
        let pairs = match parameter.location {
            Location::Path | Location::QueryString => continue,
            Location::Query => &query,
            Location::Cookie if how.style == Style::Cookie => &plain_cookies,
            Location::Cookie => &cookies,
            Location::Header => &Vec::new(),
        };
        let value = match parameter.location {
            Location::Header => request
                .headers
                .text(name)
                .map(|text| style::segment(schemas, text_schema, how, name, &text)),
            _ => style::value(schemas, text_schema, how, name, pairs).map_err(Refusal::invalid)?,
        };
        let Some(value) = value else {
            if parameter.required && !parameter.is_described_elsewhere() {
                return Err(Refusal::invalid(format!("{name} is required")));
            }
            continue;
        };
        let value = match (&parameter.encoding, value) {
            (Encoding::Media(media), Value::String(text))
                if contract::Kind::of(media) == contract::Kind::Json =>
            {
                serde_json::from_str(&text)
                    .map_err(|e| Refusal::invalid(format!("{name} is not JSON: {e}")))?
            }
            (_, value) => value,
        };
        if let Some(fault) = validate(schemas, schema, &value).first() {
            let reason = if page_size.is_some_and(|size| size.parameter == *name) {
                Reason::PageSize
            } else {
                Reason::Invalid
            };
            return Err(Refusal::new(reason, fault.sentence(name)));
        }
    }
    Ok(())
}

/// A body of named fields.
struct Form<'a> {
    schemas: &'a Schemas,
    media: &'a MediaType,
    schema: Option<&'a Schema>,
}

impl Form<'_> {
    fn property(&self, name: &str) -> Option<&Schema> {
        let id = self.schema?.property(name)?;
        Some(self.schemas.get(id))
    }

    /// The fields that the schema knows; others are ignored, unless it allows no others.
    fn fields(&self, pairs: &[Pair<'_>]) -> Result<Map<String, Value>, String> {
        let mut fields = Map::new();
        // Members of objects may be fields of their own, by their styles.
        let is_plain = |name: &String| self.media.encoding(name).is_none_or(|e| e.style.is_none());
        let only = self.schema.and_then(|schema| schema.only.as_ref());
        if let Some(only) = only.filter(|only| only.names.iter().all(is_plain)) {
            let unknown = pairs.iter().filter(|pair| !only.allows(&pair.name));
            fields.extend(unknown.map(|pair| (pair.name.clone(), Value::from(&*pair.text))));
        }
        let properties = self.schema.map_or(&[][..], |schema| &schema.properties);
        for (name, id) in properties {
            let encoding = self.media.encoding(name);
            // Without a style an object is one JSON text.
            let how = encoding.and_then(|encoding| encoding.style);
            let schema = self.schemas.get(*id);
            if how.is_none()
                && let Some(value) = json_text(encoding, name, pairs)?
            {
                fields.insert(name.clone(), value);
                continue;
            }
            let how = how.unwrap_or(Serialization {
                explode: schema.kind != Some(Kind::Object),
                ..Serialization::of(Style::Form)
            });
            if let Some(value) = style::value(self.schemas, schema, how, name, pairs)? {
                fields.insert(name.clone(), value);
            }
        }
        Ok(fields)
    }

    /// Whether some property is written in a style.
    fn has_styles(&self) -> bool {
        let mut named = self.media.encodings.named.iter();
        named.any(|(_, encoding)| encoding.style.is_some())
    }

    /// The parts that the schema knows; those that are files go apart.
    fn parts(
        &self,
        parts: Vec<multipart::Part<'_>>,
        files: &mut HashMap<String, Vec<u8>>,
    ) -> Result<Map<String, Value>, Refusal> {
        let mut pairs = Vec::new();
        let mut present = Map::new();
        for part in parts {
            let Some(schema) = self.property(&part.name) else {
                // It may be a member of an object whose members are parts.
                if self.has_styles()
                    && let Ok(text) = std::str::from_utf8(part.content)
                {
                    pairs.push(Pair::plain(part.name, text));
                }
                continue;
            };
            let item = schema.items.map(|id| self.schemas.get(id));
            if schema.is_binary() || item.is_some_and(Schema::is_binary) {
                let mark = Value::String(String::new());
                let value = match present.remove(&part.name) {
                    Some(Value::Array(mut marks)) => {
                        marks.push(mark);
                        Value::Array(marks)
                    }
                    _ if item.is_some() => Value::Array(vec![mark]),
                    _ => mark,
                };
                present.insert(part.name.clone(), value);
                files.insert(part.name, part.content.to_vec());
                continue;
            }
            let text = String::from_utf8(part.content.to_vec())
                .map_err(|_| Refusal::invalid(format!("{} is not UTF-8", part.name)))?;
            // A part says itself that it is JSON. Each item of an array may be a part.
            let essence = part.media.as_deref().map(media_type_essence);
            if essence.is_some_and(|essence| is_json(&essence))
                && let Ok(value) = serde_json::from_str::<Value>(&text)
            {
                let is_item = schema.kind == Some(Kind::Array) && !value.is_array();
                match present.get_mut(&part.name) {
                    Some(Value::Array(items)) if is_item => items.push(value),
                    _ if is_item => {
                        present.insert(part.name, Value::Array(vec![value]));
                    }
                    _ => {
                        present.insert(part.name, value);
                    }
                }
                continue;
            }
            // A style writes an object into one part, as it would into a segment.
            let how = self.media.encoding(&part.name).and_then(|own| own.style);
            if let Some(how) =
                how.filter(|how| schema.kind == Some(Kind::Object) && how.style == Style::Form)
            {
                let how = Serialization {
                    explode: how.explode,
                    ..Serialization::of(Style::Simple)
                };
                let value = style::segment(self.schemas, schema, how, &part.name, &text);
                present.insert(part.name, value);
                continue;
            }
            pairs.push(Pair::plain(part.name, &text));
        }
        let mut values = self.fields(&pairs).map_err(Refusal::invalid)?;
        values.extend(present);
        Ok(values)
    }
}

/// The value of a property whose encoding says that it is JSON; `None` if it says something else, or
/// the text is not JSON.
fn json_text(
    encoding: Option<&ValueEncoding>,
    name: &str,
    pairs: &[Pair<'_>],
) -> Result<Option<Value>, String> {
    let media = encoding.and_then(|encoding| encoding.content_type.as_deref());
    if !media.is_some_and(|media| is_json(&media_type_essence(media))) {
        return Ok(None);
    }
    let Some(pair) = pairs.iter().rfind(|pair| pair.name == name) else {
        return Ok(None);
    };
    Ok(serde_json::from_str(&target::decode(pair.text.as_bytes())?).ok())
}
