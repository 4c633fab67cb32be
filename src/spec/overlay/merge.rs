//! Merging a value into a node (Overlay 1.1.0, Action Object).

use serde_json::{Map, Value};

use super::read::Version;
use crate::place::pointer;
use crate::spec::provenance::{Origin, Provenance};

/// Where the merged value comes from.
pub(super) enum From {
    /// It is written in this overlay.
    Overlay(usize),
    /// The document contains it, and its parts keep their origins.
    Document(Provenance),
}

pub(super) struct Merge<'a> {
    pub(super) version: Version,
    pub(super) from: From,
    pub(super) provenance: &'a mut Provenance,
}

/// Place in what is merged, and what does not fit there.
pub(super) type Mismatch = (String, String);

impl Merge<'_> {
    /// Merges `value`, whose own place is `from`, into the node at `at`.
    ///
    /// # Errors
    /// What does not fit.
    pub(super) fn merge(
        &mut self,
        node: &mut Value,
        value: &Value,
        at: &str,
        from: &str,
    ) -> Result<(), Mismatch> {
        match (node, value) {
            (Value::Object(members), Value::Object(value)) => {
                self.merge_object(members, value, at, from)
            }
            (Value::Array(items), Value::Array(more)) if self.version == Version::V1_1 => {
                self.concatenate(items, more, at, from);
                Ok(())
            }
            (Value::Array(items), value) => {
                self.append(items, value, at, from);
                Ok(())
            }
            (node, value) if self.version == Version::V1_1 && is_plain(node) && is_plain(value) => {
                self.record(at, from);
                node.clone_from(value);
                Ok(())
            }
            (node, _) if self.version == Version::V1_0 && is_plain(node) => Err((
                from.to_owned(),
                format!(
                    "the target {at} is a plain value, which version 1.0 cannot update: target \
                     the object around it"
                ),
            )),
            (node, value) => Err((
                from.to_owned(),
                format!(
                    "the target {at} is {}, and this is {}",
                    kind(node),
                    kind(value)
                ),
            )),
        }
    }

    fn merge_object(
        &mut self,
        members: &mut Map<String, Value>,
        more: &Map<String, Value>,
        at: &str,
        from: &str,
    ) -> Result<(), Mismatch> {
        for (name, value) in more {
            let at = pointer::join(at, name);
            let from = pointer::join(from, name);
            match (members.get_mut(name), value) {
                (Some(Value::Object(members)), Value::Object(more)) => {
                    self.merge_object(members, more, &at, &from)?;
                }
                (Some(Value::Array(items)), Value::Array(more)) => {
                    self.concatenate(items, more, &at, &from);
                }
                (Some(old), new) if !is_plain(old) || !is_plain(new) => {
                    return Err((
                        from,
                        format!("{at} is {}, and this is {}", kind(old), kind(new)),
                    ));
                }
                (_, new) => {
                    self.record(&at, &from);
                    members.insert(name.clone(), new.clone());
                }
            }
        }
        Ok(())
    }

    fn concatenate(&mut self, items: &mut Vec<Value>, more: &[Value], at: &str, from: &str) {
        for (i, item) in more.iter().enumerate() {
            self.append(items, item, at, &pointer::join(from, &i.to_string()));
        }
    }

    fn append(&mut self, items: &mut Vec<Value>, item: &Value, at: &str, from: &str) {
        self.record(&pointer::join(at, &items.len().to_string()), from);
        items.push(item.clone());
    }

    fn record(&mut self, at: &str, from: &str) {
        match &self.from {
            From::Overlay(layer) => self.provenance.record(at, Origin::Overlay(*layer), from),
            From::Document(before) => self.provenance.graft(at, before.branch(from)),
        }
    }
}

fn is_plain(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "an object",
        Value::Array(_) => "an array",
        _ => "a plain value",
    }
}
