//! What a request says: its parameters and its body as values.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::multipart;
use super::refusal::{Reason, Refusal};
use super::schema::{Kind, Schema, Schemas};
use super::target::{self, Target};
use super::validate::{Fault, coerce, validate};
use crate::contract::{Contract, Location, MediaType, Operation};
use crate::wire::{Request, media_type_essence, pointer};

/// What was sent, validated.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Properties of the body. Of a file, only its presence is told here.
    pub(super) values: Map<String, Value>,
    /// Files by property.
    pub(super) files: HashMap<String, Vec<u8>>,
    /// Pairs of the query, as sent.
    pub(super) query: Vec<(String, String)>,
    /// The schema of the body.
    pub(super) schema: Option<String>,
}

/// Reads and validates the parameters and the body of a request.
pub(super) fn read(
    contract: &Contract,
    schemas: &Schemas,
    operation: &Operation,
    request: &Request,
    target: &Target<'_>,
) -> Result<Sent, Refusal> {
    let mut sent = Sent {
        query: target::pairs(target.query.as_bytes()).map_err(Refusal::invalid)?,
        ..Sent::default()
    };
    parameters(schemas, operation, request, &sent.query)?;
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
        contract,
        schemas,
        media,
        schema,
    };
    let is_json = essence == "application/json" || essence.ends_with("+json");
    let value = if request.body.is_empty() {
        if is_json && !body.required {
            return Ok(sent);
        }
        if body.required && schema.is_none_or(|schema| schema.kind != Some(Kind::Object)) {
            return Err(Refusal::invalid("the body is missing"));
        }
        Value::Object(Map::new())
    } else if is_json {
        serde_json::from_slice(&request.body)
            .map_err(|e| Refusal::invalid(format!("the body is not JSON: {e}")))?
    } else if essence == "application/x-www-form-urlencoded" {
        let pairs = target::pairs(&request.body).map_err(Refusal::invalid)?;
        Value::Object(form.fields(pairs))
    } else if essence == "multipart/form-data" {
        let content_type = content_type.unwrap_or_default();
        let parts = multipart::parts(&content_type, &request.body).map_err(Refusal::invalid)?;
        Value::Object(form.parts(parts, &mut sent.files)?)
    } else {
        return Ok(sent);
    };
    if let Some(schema) = schema {
        refuse(validate(schemas, schema, &value, ""))?;
        sent.schema = Some(schema.place.clone());
    }
    if let Value::Object(values) = value {
        sent.values = values;
    }
    Ok(sent)
}

/// The first fault as a refusal; one that names a promised error goes before the others.
fn refuse(faults: Vec<Fault>) -> Result<(), Refusal> {
    let named = faults.iter().position(|fault| fault.error.is_some());
    let Some(fault) = faults.into_iter().nth(named.unwrap_or_default()) else {
        return Ok(());
    };
    let place = if fault.place.is_empty() {
        "the body"
    } else {
        &fault.place
    };
    let message = format!("{place} {}", fault.message);
    Err(match fault.error {
        Some(name) => Refusal::new(Reason::Constraint(name), message),
        None => Refusal::invalid(message),
    })
}

/// Validates the parameters of query and headers.
fn parameters(
    schemas: &Schemas,
    operation: &Operation,
    request: &Request,
    query: &[(String, String)],
) -> Result<(), Refusal> {
    let paging = operation.paging.as_ref();
    let page_size = paging.and_then(|paging| paging.page_size.as_ref());
    for parameter in &operation.parameters {
        let texts: Vec<String> = match parameter.location {
            Location::Query => query
                .iter()
                .filter(|(name, _)| *name == parameter.name)
                .map(|(_, value)| value.clone())
                .collect(),
            Location::Header => request.headers.text(&parameter.name).into_iter().collect(),
            // Paths are resolved, and cookies have no conditions here.
            Location::Path | Location::Cookie => continue,
        };
        if texts.is_empty() {
            // Those three are described elsewhere (OpenAPI 3.0.3, Parameter Object).
            let elsewhere = ["accept", "content-type", "authorization"]
                .contains(&parameter.name.to_ascii_lowercase().as_str());
            if parameter.required && !(parameter.location == Location::Header && elsewhere) {
                let message = format!("{} is required", parameter.name);
                return Err(Refusal::invalid(message));
            }
            continue;
        }
        let Some(schema) = parameter.schema.as_ref().and_then(|s| schemas.at(s)) else {
            continue;
        };
        let value = several(schemas, schema, &texts, parameter.explodes());
        if let Some(fault) = validate(schemas, schema, &value, &parameter.name).first() {
            let reason = if page_size.is_some_and(|size| size.parameter == parameter.name) {
                Reason::PageSize
            } else {
                Reason::Invalid
            };
            let message = format!("{} {}", fault.place, fault.message);
            return Err(Refusal::new(reason, message));
        }
    }
    Ok(())
}

/// The value of a name that came with these texts. Of several texts for one value, the last
/// counts.
fn several(schemas: &Schemas, schema: &Schema, texts: &[String], explode: bool) -> Value {
    if schema.kind != Some(Kind::Array) {
        return texts
            .last()
            .map(|text| coerce(schema, text))
            .unwrap_or_default();
    }
    let item = |text: &str| match schema.items {
        Some(id) => coerce(schemas.get(id), text),
        None => Value::String(text.to_owned()),
    };
    if explode {
        texts.iter().map(|text| item(text)).collect()
    } else {
        texts
            .iter()
            .flat_map(|text| text.split(','))
            .map(item)
            .collect()
    }
}

/// A body of named fields.
struct Form<'a> {
    contract: &'a Contract,
    schemas: &'a Schemas,
    media: &'a MediaType,
    schema: Option<&'a Schema>,
}

impl Form<'_> {
    fn property(&self, name: &str) -> Option<&Schema> {
        let id = self.schema?.property(name)?;
        Some(self.schemas.get(id))
    }

    /// Whether an array is sent as one field per item (Encoding Object).
    fn explodes(&self, name: &str) -> bool {
        let encoding = pointer::join(&self.media.pointer, "encoding");
        let place = pointer::join(&pointer::join(&encoding, name), "explode");
        self.contract.document.get(&place) != Some(&Value::Bool(false))
    }

    /// The fields that the schema knows; others are ignored.
    fn fields(&self, pairs: Vec<(String, String)>) -> Map<String, Value> {
        let mut texts: Vec<(String, Vec<String>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (name, value) in pairs {
            let at = *places.entry(name).or_insert_with_key(|name| {
                texts.push((name.clone(), Vec::new()));
                texts.len() - 1
            });
            texts[at].1.push(value);
        }
        texts
            .into_iter()
            .filter_map(|(name, texts)| {
                let schema = self.property(&name)?;
                let value = several(self.schemas, schema, &texts, self.explodes(&name));
                Some((name, value))
            })
            .collect()
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
            pairs.push((part.name, text));
        }
        let mut values = self.fields(pairs);
        values.extend(present);
        Ok(values)
    }
}
