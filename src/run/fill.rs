//! Templates with their gaps filled.

use std::collections::HashMap;

use serde_json::Value;

use crate::contract::{Contract, Location};
use crate::place::pointer;
use crate::scenario::{Expression, Segment, Template, Templates};
use crate::schema::{Cursor, Keyword, Sampler};
use crate::snapshot::Names;

/// Why a template cannot be filled.
#[derive(Debug, thiserror::Error)]
pub(super) enum FillError {
    /// No step has saved anything under this name.
    #[error("nothing was captured as '{0}'")]
    NothingCaptured(String),
    /// The body that a step has saved has no such member.
    #[error("what was captured as '{capture}' has no '{pointer}'")]
    NoMember {
        /// Name of the capture.
        capture: String,
        /// JSON pointer into the body.
        pointer: String,
    },
    /// The contract has no such resource.
    #[error("the contract has no resource '{0}'")]
    UnknownResource(String),
}

/// What the steps of a scenario know.
#[derive(Debug)]
pub(super) struct Memory {
    /// Captured bodies.
    pub(super) captures: HashMap<String, Value>,
    /// Names of made-up values.
    pub(super) names: Names,
    /// Where made-up values come from.
    pub(super) random: fastrand::Rng,
}

/// A value with its templates filled.
///
/// # Errors
/// The template that cannot be filled.
pub(super) fn value(
    contract: &Contract,
    memory: &mut Memory,
    value: &Value,
    templates: &Templates,
) -> Result<Value, FillError> {
    let mut filled = value.clone();
    for (at, template) in templates.iter() {
        let text = self::template(contract, memory, template)?;
        if let Some(place) = filled.pointer_mut(at) {
            *place = text;
        }
    }
    Ok(filled)
}

/// A filled template. One that is a single gap has the type of what fills it.
fn template(
    contract: &Contract,
    memory: &mut Memory,
    template: &Template,
) -> Result<Value, FillError> {
    if let [Segment::Gap(expression)] = template.0.as_slice() {
        return evaluate(contract, memory, expression);
    }
    let mut filled = String::new();
    for segment in &template.0 {
        match segment {
            Segment::Text(text) => filled.push_str(text),
            Segment::Gap(expression) => match evaluate(contract, memory, expression)? {
                Value::String(text) => filled.push_str(&text),
                other => filled.push_str(&other.to_string()),
            },
        }
    }
    Ok(Value::from(filled))
}

fn evaluate(
    contract: &Contract,
    memory: &mut Memory,
    expression: &Expression,
) -> Result<Value, FillError> {
    match expression {
        Expression::Capture { name, path } => {
            let mut at = String::new();
            for step in path {
                pointer::push(&mut at, step);
            }
            memory
                .captures
                .get(name)
                .ok_or_else(|| FillError::NothingCaptured(name.clone()))?
                .pointer(&at)
                .cloned()
                .ok_or_else(|| FillError::NoMember {
                    capture: name.clone(),
                    pointer: at,
                })
        }
        Expression::Unique => {
            let unique: String =
                std::iter::repeat_with(|| char::from_digit(memory.random.u32(0..16), 16))
                    .flatten()
                    .take(12)
                    .collect();
            memory.names.add(&unique, "unique");
            Ok(Value::from(unique))
        }
        Expression::Repeat(text, count) => Ok(Value::from(text.repeat(*count))),
        Expression::Unknown(name) => {
            let id = unknown_id(contract, memory, name)?;
            memory.names.add(&id, &format!("unknown {name}"));
            Ok(Value::from(id))
        }
    }
}

/// An id of the right shape that nothing has.
fn unknown_id(contract: &Contract, memory: &mut Memory, name: &str) -> Result<String, FillError> {
    let resource = contract
        .resource(name)
        .ok_or_else(|| FillError::UnknownResource(name.to_owned()))?;
    // Where no answer shows an item, its path parameter tells what ids look like.
    let parameter = || {
        let mut operations = contract.operations.iter();
        let operation = operations.find(|o| o.path.same_shape(&resource.item_path))?;
        let name = operation.path.parameters().next_back()?;
        operation.parameter(Location::Path, name)?.schema.clone()
    };
    let document = &contract.document;
    let item = Cursor::at(document, &resource.schema);
    let property = item.and_then(|item| item.property(&resource.id)?.resolved());
    let schema = property.or_else(|| Cursor::at(document, &parameter()?));
    let keyword = |keyword: Keyword| schema.as_ref()?.text(keyword);
    if let Some(sampler) = keyword(Keyword::Pattern).and_then(Sampler::new) {
        return Ok(sampler.draw(&mut memory.random));
    }
    if keyword(Keyword::Type) == Some("integer") {
        return Ok(memory.random.u32(1_000_000_000..2_000_000_000).to_string());
    }
    let random = memory.random.u128(..);
    if keyword(Keyword::Format) == Some("uuid") {
        // Version 4, variant 1 (RFC 9562 section 5.4).
        let bits = (random & !(0xf << 76) & !(0xc << 60)) | (0x4 << 76) | (0x8 << 60);
        let hex = format!("{bits:032x}");
        return Ok(format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        ));
    }
    Ok(format!("unknown-{random:032x}"))
}
