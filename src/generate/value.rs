//! Values that keep a schema. Each is proven by the compiled schemas before it is used.

use std::cell::OnceCell;

use serde_json::{Map, Value, json};

use super::reference::Names;
use super::schema::{Merged, Requests, Schemas};
use super::{number, text};
use crate::contract::{Contract, Shapes};
use crate::scenario::has_template;
use crate::schema::{Cursor, Direction, Sampler, Validators};

/// How often a value is tried before it is given up.
const ATTEMPTS: usize = 24;
/// From this attempt on, the examples of the document are left alone.
const WITHOUT_EXAMPLES: usize = 8;
/// Depth from which on values stay as small as they may be.
const SMALL: usize = 5;
/// Depth at which values are given up.
const DEEPEST: usize = 16;

/// How much of what is optional a value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What is required, and nothing else.
    Required,
    /// Everything that may be sent.
    Everything,
}

/// Makes values for the requests of some operations.
#[derive(Debug)]
pub struct Maker<'a> {
    schemas: Schemas<'a>,
    names: Names<'a>,
    item_shapes: OnceCell<Shapes>,
}

impl<'a> Maker<'a> {
    /// What makes values for the requests of which this is known.
    pub fn new(contract: &'a Contract, requests: &'a Requests) -> Self {
        Self {
            schemas: Schemas::new(contract, requests),
            names: Names::new(contract),
            item_shapes: OnceCell::new(),
        }
    }

    /// The contract.
    pub fn contract(&self) -> &'a Contract {
        self.schemas.contract
    }

    /// Whether a value keeps the schema at a place of the document.
    pub fn is_valid(&self, place: &str, value: &Value) -> bool {
        self.validators().is_valid(place, Direction::Request, value)
    }

    /// What is known of the items of all resources.
    pub(super) fn item_shapes(&self) -> &Shapes {
        self.item_shapes.get_or_init(|| {
            let contract = self.contract();
            let resources = contract.resources.iter();
            let schemas = resources.map(|resource| resource.schema.as_str());
            Shapes::compile(contract, schemas)
        })
    }

    pub(super) fn names(&self) -> &Names<'a> {
        &self.names
    }

    pub(super) fn validators(&self) -> &Validators {
        &self.schemas.requests.validators
    }

    pub(super) fn schemas(&self) -> &Schemas<'a> {
        &self.schemas
    }

    /// A value that keeps the schema at a place of the document. `name` is what the value is
    /// called.
    ///
    /// # Errors
    /// Why none was found.
    pub fn value(
        &self,
        place: &str,
        name: &str,
        extent: Extent,
        random: &mut fastrand::Rng,
    ) -> Result<Value, String> {
        let schemas = self.schemas();
        let node = schemas
            .at(place)
            .ok_or_else(|| format!("'{name}' has no schema"))?;
        for attempt in 0..ATTEMPTS {
            let mut making = Making {
                schemas,
                random,
                extent,
                attempt,
            };
            let made = making.value(&node, name, 0);
            let right = |value: &Value| !has_template(value) && self.is_valid(place, value);
            if let Some(value) = made.filter(right) {
                return Ok(value);
            }
        }
        let place = self.contract().document.place(place);
        Err(format!(
            "no value was found that keeps the schema of '{name}' ({place})"
        ))
    }

    /// A value for the property of a body that holds the id of a new item, drawn so that no other
    /// item has it; none where the body has no such property, or no such value is found.
    pub(super) fn id(
        &self,
        body: &str,
        property: &str,
        random: &mut fastrand::Rng,
    ) -> Option<Value> {
        let schemas = self.schemas();
        let body = schemas.merge(&schemas.at(body)?, 0);
        let mut properties = body.properties.iter();
        let (_, node) = properties.find(|(name, _)| *name == property)?;
        let merged = schemas.merge(node, 0);
        match merged.kind() {
            _ if merged.choices.is_some() => None,
            Some("integer") if merged.minimum.is_none() && merged.maximum.is_none() => {
                Some(Value::from(random.u32(1_000_000_000..2_000_000_000)))
            }
            Some("string") => text::make(&merged, random).map(Value::String),
            _ => None,
        }
    }
}

/// One attempt.
pub(super) struct Making<'a, 'r> {
    pub(super) schemas: &'r Schemas<'a>,
    pub(super) random: &'r mut fastrand::Rng,
    pub(super) extent: Extent,
    pub(super) attempt: usize,
}

impl<'a> Making<'a, '_> {
    pub(super) fn value(&mut self, node: &Cursor<'a>, name: &str, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        let merged = self.schemas.merge(node, self.attempt);
        if let Some(value) = self.given(&merged, name) {
            return Some(value);
        }
        match merged.kind() {
            Some("object") => self.object(&merged, depth),
            Some("array") => self.array(&merged, name, depth),
            Some("integer") => number::make(&merged, true, self.random),
            Some("number") => number::make(&merged, false, self.random),
            Some("boolean") => Some(match merged.default {
                Some(Value::Bool(default)) => json!(!default),
                _ => json!(true),
            }),
            Some("null") => Some(Value::Null),
            _ => text::make(&merged, self.random).map(Value::String),
        }
    }

    /// A value that the document gives: one of an enum, or an example.
    fn given(&mut self, merged: &Merged<'a>, name: &str) -> Option<Value> {
        if let Some(choices) = &merged.choices {
            let unusual: Vec<&&Value> = choices
                .iter()
                .filter(|choice| !choice.is_null() && merged.default != Some(choice))
                .collect();
            let count = unusual.len();
            return match unusual.get(self.attempt % count.max(1)) {
                Some(choice) => Some((**choice).clone()),
                None => choices.first().map(|choice| (*choice).clone()),
            };
        }
        if self.attempt >= WITHOUT_EXAMPLES || matches!(merged.kind(), Some("object")) {
            return None;
        }
        let example = merged
            .examples
            .get(self.attempt % merged.examples.len().max(1))?;
        Some(match example {
            Value::String(example) => {
                Value::from(text::distinct(example, name, merged, self.random))
            }
            other => (*other).clone(),
        })
    }

    fn object(&mut self, merged: &Merged<'a>, depth: usize) -> Option<Value> {
        let mut members = Map::with_capacity(merged.required.len());
        let mut optional = Vec::new();
        for (name, node) in &merged.properties {
            if members.contains_key(*name) {
                continue;
            }
            let required = merged.required.contains(name);
            let wanted = self.extent == Extent::Everything && depth < SMALL;
            if !required && !wanted {
                optional.push((*name, node));
                continue;
            }
            if !required && self.schemas.merge(node, self.attempt).read_only {
                continue;
            }
            let value = self.value(node, name, depth + 1);
            match value {
                Some(value) => {
                    members.insert((*name).to_owned(), value);
                }
                None if required => return None,
                None => {}
            }
        }
        for name in &merged.required {
            if !members.contains_key(*name) {
                let value = match &merged.additional {
                    Some(node) => self.value(node, name, depth + 1)?,
                    None => json!("trueup"),
                };
                members.insert((*name).to_owned(), value);
            }
        }
        for (name, node) in optional {
            if members.len() < merged.min_properties
                && let Some(value) = self.value(node, name, depth + 1)
            {
                members.insert(name.to_owned(), value);
            }
        }
        if self.extent == Extent::Everything && depth < SMALL {
            for (pattern, node) in &merged.by_pattern {
                if let Some((name, value)) = self.member(pattern, node, depth) {
                    members.entry(name).or_insert(value);
                }
            }
        }
        while members.len() < merged.min_properties {
            let mut by_pattern = merged.by_pattern.iter();
            let is_new = |(name, _): &(String, Value)| !members.contains_key(name);
            let drawn = by_pattern
                .find_map(|(pattern, node)| self.member(pattern, node, depth).filter(is_new));
            let (name, value) = match (drawn, &merged.additional) {
                (Some(drawn), _) => drawn,
                (None, additional) => {
                    let name = format!("trueup{}", members.len());
                    let value = match additional {
                        Some(node) => self.value(node, &name, depth + 1)?,
                        None => json!("trueup"),
                    };
                    (name, value)
                }
            };
            members.insert(name, value);
        }
        Some(Value::Object(members))
    }

    /// A member whose name fits a pattern.
    fn member(
        &mut self,
        pattern: &str,
        node: &Cursor<'a>,
        depth: usize,
    ) -> Option<(String, Value)> {
        let name = Sampler::new(pattern)?.draw(self.random);
        let value = self.value(node, &name, depth + 1)?;
        Some((name, value))
    }

    fn array(&mut self, merged: &Merged<'a>, name: &str, depth: usize) -> Option<Value> {
        // An empty array cannot be told from none in a form.
        let usual = usize::from(depth < SMALL || merged.min_items > 0);
        let count = merged
            .min_items
            .max(usual)
            .min(merged.max_items.unwrap_or(usize::MAX));
        self.items(merged, count, name, depth).map(Value::Array)
    }

    /// So many items of an array.
    pub(super) fn items(
        &mut self,
        merged: &Merged<'a>,
        count: usize,
        name: &str,
        depth: usize,
    ) -> Option<Vec<Value>> {
        let mut items: Vec<Value> = Vec::new();
        for i in 0..count {
            let node = merged
                .prefix_items
                .get(i)
                .or(merged.contains.as_ref().filter(|_| i == 0))
                .or(merged.items.as_ref());
            let Some(node) = node else {
                items.push(json!(format!("trueup{i}")));
                continue;
            };
            let before = self.attempt;
            let mut item = self.value(node, name, depth + 1);
            for again in 1..ATTEMPTS {
                let known = item.as_ref().is_some_and(|item| items.contains(item));
                if !(merged.unique_items && known) {
                    break;
                }
                self.attempt = before + again;
                item = self.value(node, name, depth + 1);
            }
            self.attempt = before;
            items.push(item?);
        }
        Some(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;
    use crate::spec::{Files, load};

    const FILES: Files = Files::Bundle(&[(
        "a.yaml",
        "
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    post:
      operationId: createA
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [id, name, kind, count, tags, inner, either]
              additionalProperties: false
              properties:
                id: {type: string, format: uuid}
                name: {type: string, minLength: 3, maxLength: 5}
                sku: {type: string, pattern: '^[A-Z]{2}-[0-9]+$', minLength: 9, maxLength: 9}
                kind: {type: string, enum: [a, b], default: a}
                count: {type: integer, minimum: 3, exclusiveMinimum: true, multipleOf: 4}
                price: {type: number, maximum: 0.5, exclusiveMaximum: true, minimum: 0}
                on: {type: boolean, default: true}
                tags: {type: array, minItems: 2, uniqueItems: true, items: {type: string, maxLength: 1}}
                inner: {allOf: [{$ref: '#/components/schemas/B'}, {required: [d]}]}
                either:
                  oneOf:
                  - {type: object, required: [x], properties: {x: {not: {}}}}
                  - {type: object, required: [y], properties: {y: {type: string, format: date}}}
                when: {type: string, format: date-time}
                seen: {type: string, readOnly: true}
                bad: {type: string, maxLength: 2, example: far too long}
      responses: {'201': {description: d}}
  /b:
    post:
      operationId: createB
      requestBody:
        content:
          application/json:
            schema: {type: object, required: [x], properties: {x: {type: string, maxLength: 1, minLength: 2}}}
      responses: {'201': {description: d}}
components:
  schemas:
    B:
      type: object
      properties:
        d: {type: string, format: email}
        more: {$ref: '#/components/schemas/B'}
",
    )]);

    fn made(operation: &str, extent: Extent, seed: u64) -> Result<Value, String> {
        let contract = contract::build(load(&FILES, "a.yaml", &[]).unwrap()).unwrap();
        let operation = contract.operation(operation).unwrap();
        let requests = Requests::compile(&contract, [operation]).unwrap();
        let maker = Maker::new(&contract, &requests);
        let schema = operation.body.as_ref().unwrap().media[0].schema.clone();
        let mut random = fastrand::Rng::with_seed(seed);
        maker.value(&schema.unwrap(), "body", extent, &mut random)
    }

    #[test]
    fn what_is_required_and_everything() {
        for seed in 0..20 {
            let least = made("createA", Extent::Required, seed).unwrap();
            assert_eq!(least.as_object().unwrap().len(), 7, "{least}");
            let most = made("createA", Extent::Everything, seed).unwrap();
            let members = most.as_object().unwrap();
            assert!(
                members.len() == 12 && !members.contains_key("seen"),
                "{most}"
            );
            assert_eq!((&most["kind"], &most["on"]), (&json!("b"), &json!(false)));
            assert_eq!(made("createA", Extent::Everything, seed), Ok(most));
        }
    }

    #[test]
    fn what_cannot_be_is_given_up_with_its_place() {
        let reason = made("createB", Extent::Required, 1).unwrap_err();
        assert!(reason.contains("a.yaml:39"), "{reason}");
    }

    #[test]
    fn names_fit_their_patterns() {
        let contract = contract::sample(
            "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    post:\n      \
             operationId: a\n      requestBody:\n        content:\n          application/json:\n            \
             schema: {required: [b], properties: {b: {type: boolean}}, minProperties: 3, \
             additionalProperties: false, patternProperties: {'^x[0-9]{4}$': {type: integer}}}\n      \
             responses: {'201': {description: d}}\n",
        );
        let operation = contract.operation("a").unwrap();
        let requests = Requests::compile(&contract, [operation]).unwrap();
        let maker = Maker::new(&contract, &requests);
        let schema = operation.body.as_ref().unwrap().media[0].schema.clone();
        let schema = schema.unwrap();
        for extent in [Extent::Required, Extent::Everything] {
            let mut random = fastrand::Rng::with_seed(1);
            let made = maker.value(&schema, "body", extent, &mut random).unwrap();
            assert_eq!(made.as_object().unwrap().len(), 3, "{made}");
        }
    }
}
