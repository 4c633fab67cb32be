//! One schema as the document writes it: what the emulator judges values by.

use std::sync::Arc;

use serde_json::{Number, Value};

use super::pattern::Pattern;

/// Index of a schema among the schemas of an emulator.
pub(in crate::emulator) type Id = usize;

/// The schema that every value keeps.
pub(in crate::emulator) const ANYTHING: Id = 0;
/// The schema that no value keeps.
pub(in crate::emulator) const NEVER: Id = 1;

/// The types that values may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) struct Types(u8);

impl Types {
    pub(in crate::emulator) const ALL: Self = Self(0b11_1111);
    pub(in crate::emulator) const NONE: Self = Self(0);
    pub(in crate::emulator) const NULL: Self = Self(1);
    pub(in crate::emulator) const BOOLEAN: Self = Self(2);
    pub(in crate::emulator) const NUMBER: Self = Self(4);
    pub(in crate::emulator) const STRING: Self = Self(8);
    pub(in crate::emulator) const ARRAY: Self = Self(16);
    pub(in crate::emulator) const OBJECT: Self = Self(32);

    /// The type by its name in JSON Schema. An integer is a number.
    pub(in crate::emulator) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" | "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    /// The type of a value.
    pub(in crate::emulator) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(_) => Self::NUMBER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(in crate::emulator) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(in crate::emulator) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All but these.
    pub(in crate::emulator) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether one of these is among them.
    pub(in crate::emulator) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// A required property, and the direction in which it is not.
#[derive(Debug, Clone)]
pub(in crate::emulator) struct Required {
    pub(in crate::emulator) name: String,
    pub(in crate::emulator) read_only: bool,
    pub(in crate::emulator) write_only: bool,
}

/// `contains` with the number of items that it allows.
#[derive(Debug, Clone)]
pub(in crate::emulator) struct Contains {
    pub(in crate::emulator) id: Id,
    pub(in crate::emulator) least: u64,
    pub(in crate::emulator) most: Option<u64>,
}

/// A branch of `allOf`, and whether it is only what the schema adds to: the discriminator of such
/// a branch chooses nothing.
#[derive(Debug, Clone, Copy)]
pub(in crate::emulator) struct Branch {
    pub(in crate::emulator) id: Id,
    pub(in crate::emulator) as_base: bool,
}

/// A discriminator whose choices have been read.
#[derive(Debug, Clone)]
pub(in crate::emulator) struct Choice {
    pub(in crate::emulator) property: String,
    pub(in crate::emulator) choices: Vec<(String, Id)>,
    /// Whether it chooses between the branches of `oneOf` or `anyOf`, rather than between the
    /// schemas that add to this one.
    pub(in crate::emulator) has_list: bool,
}

/// `if`, `then` and `else`.
#[derive(Debug, Clone)]
pub(in crate::emulator) struct Condition {
    pub(in crate::emulator) test: Id,
    pub(in crate::emulator) then: Option<Id>,
    pub(in crate::emulator) otherwise: Option<Id>,
}

/// The keywords of one schema, without what other schemas add.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a keyword that is a flag"
)]
pub(in crate::emulator) struct Node {
    /// Whether no value keeps this schema (`false`).
    pub(in crate::emulator) never: bool,
    pub(in crate::emulator) types: Option<Types>,
    /// Whether numbers must be integers.
    pub(in crate::emulator) integers: bool,
    pub(in crate::emulator) choices: Option<Vec<Value>>,
    pub(in crate::emulator) constant: Option<Value>,
    pub(in crate::emulator) default: Option<Value>,
    /// `example` and `examples`.
    pub(in crate::emulator) examples: Vec<Value>,
    pub(in crate::emulator) format: Option<String>,
    pub(in crate::emulator) pattern: Option<Arc<Pattern>>,
    pub(in crate::emulator) min_length: Option<u64>,
    pub(in crate::emulator) max_length: Option<u64>,
    /// `x-trueup-max-bytes`.
    pub(in crate::emulator) max_bytes: Option<u64>,
    pub(in crate::emulator) minimum: Option<Number>,
    pub(in crate::emulator) above: Option<Number>,
    pub(in crate::emulator) maximum: Option<Number>,
    pub(in crate::emulator) below: Option<Number>,
    pub(in crate::emulator) multiple_of: Option<Number>,
    pub(in crate::emulator) min_items: Option<u64>,
    pub(in crate::emulator) max_items: Option<u64>,
    pub(in crate::emulator) unique: bool,
    pub(in crate::emulator) prefix: Vec<Id>,
    pub(in crate::emulator) items: Option<Id>,
    pub(in crate::emulator) contains: Option<Contains>,
    pub(in crate::emulator) unevaluated_items: Option<Id>,
    pub(in crate::emulator) min_properties: Option<u64>,
    pub(in crate::emulator) max_properties: Option<u64>,
    pub(in crate::emulator) required: Vec<Required>,
    pub(in crate::emulator) properties: Vec<(String, Id)>,
    pub(in crate::emulator) patterned: Vec<(Arc<Pattern>, Id)>,
    pub(in crate::emulator) additional: Option<Id>,
    pub(in crate::emulator) names: Option<Id>,
    pub(in crate::emulator) unevaluated: Option<Id>,
    pub(in crate::emulator) dependent_required: Vec<(String, Vec<String>)>,
    pub(in crate::emulator) dependent_schemas: Vec<(String, Id)>,
    /// `$ref` or `$dynamicRef` with other keywords beside it.
    pub(in crate::emulator) references: Vec<Id>,
    pub(in crate::emulator) all_of: Vec<Branch>,
    pub(in crate::emulator) any_of: Vec<Id>,
    pub(in crate::emulator) one_of: Vec<Id>,
    pub(in crate::emulator) not: Option<Id>,
    pub(in crate::emulator) condition: Option<Condition>,
    pub(in crate::emulator) discriminator: Option<Choice>,
    pub(in crate::emulator) write_only: bool,
    /// The template of a URL that is written when the value is shown (`x-trueup-url`).
    pub(in crate::emulator) url: Option<String>,
    /// `x-trueup-ends-with`.
    pub(in crate::emulator) ends_with: Option<String>,
    /// `x-trueup-http-status`.
    pub(in crate::emulator) http_status: bool,
    /// `x-trueup-error`.
    pub(in crate::emulator) error: Option<String>,
}

impl Node {
    /// The schema of a property in `properties`.
    pub(in crate::emulator) fn property(&self, name: &str) -> Option<Id> {
        let found = self.properties.iter().find(|(own, _)| own == name);
        found.map(|(_, id)| *id)
    }

    /// The schemas that the member of a name has to keep.
    pub(in crate::emulator) fn of_member(&self, name: &str) -> Vec<Id> {
        let mut ids: Vec<Id> = self.property(name).into_iter().collect();
        let matching = self.patterned.iter();
        ids.extend(
            matching
                .filter(|(p, _)| p.is_match(name))
                .map(|(_, id)| *id),
        );
        if ids.is_empty() {
            ids.extend(self.additional);
        }
        ids
    }
}
