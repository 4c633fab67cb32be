//! Templates with their gaps filled.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::contract::{Contract, Location};
use crate::place::pointer;
use crate::scenario::{Expression, Segment, Template};
use crate::schema::Sampler;
use crate::snapshot::Names;

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

/// Fills every gap in a value.
///
/// # Errors
/// The gap that cannot be filled.
pub(super) fn value(
    contract: &Contract,
    memory: &mut Memory,
    value: &Value,
) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => self::text(contract, memory, text)?,
        Value::Array(items) => items
            .iter()
            .map(|item| self::value(contract, memory, item))
            .collect::<Result<_, _>>()?,
        Value::Object(members) => Value::Object(object(contract, memory, members)?),
        other => other.clone(),
    })
}

/// Fills every gap in the members of an object.
pub(super) fn object(
    contract: &Contract,
    memory: &mut Memory,
    members: &Map<String, Value>,
) -> Result<Map<String, Value>, String> {
    members
        .iter()
        .map(|(name, member)| Ok((name.clone(), value(contract, memory, member)?)))
        .collect()
}

/// Fills a text. A text that is one gap takes the type of what fills it.
fn text(contract: &Contract, memory: &mut Memory, text: &str) -> Result<Value, String> {
    if memchr::memchr(b'{', text.as_bytes()).is_none() {
        return Ok(Value::from(text));
    }
    let template = Template::parse(text)?;
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
) -> Result<Value, String> {
    match expression {
        Expression::Capture { name, path } => {
            let mut at = String::new();
            for step in path {
                pointer::push(&mut at, step);
            }
            memory
                .captures
                .get(name)
                .ok_or_else(|| format!("nothing was captured as '{name}'"))?
                .pointer(&at)
                .cloned()
                .ok_or_else(|| format!("what was captured as '{name}' has no '{at}'"))
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
fn unknown_id(contract: &Contract, memory: &mut Memory, name: &str) -> Result<String, String> {
    let resource = contract
        .resource(name)
        .ok_or_else(|| format!("the contract has no resource '{name}'"))?;
    let property = pointer::join(&pointer::join(&resource.schema, "properties"), &resource.id);
    // Where no answer shows an item, its path parameter tells what ids look like.
    let parameter = || {
        let mut operations = contract.operations.iter();
        let operation = operations.find(|o| o.path.same_shape(&resource.item_path))?;
        let name = operation.path.parameters().next_back()?;
        operation.parameter(Location::Path, name)?.schema.clone()
    };
    let schema = contract
        .document
        .resolve(&property)
        .ok()
        .filter(|place| contract.document.get(place).is_some())
        .or_else(parameter)
        .and_then(|place| contract.document.get(&place));
    let keyword = |name: &str| schema.and_then(|s| s.get(name)).and_then(Value::as_str);
    if let Some(sampler) = keyword("pattern").and_then(Sampler::new) {
        return Ok(sampler.draw(&mut memory.random));
    }
    if keyword("type") == Some("integer") {
        return Ok(memory.random.u32(1_000_000_000..2_000_000_000).to_string());
    }
    let random = memory.random.u128(..);
    if keyword("format") == Some("uuid") {
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
