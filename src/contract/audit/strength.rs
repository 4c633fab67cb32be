//! How much a contract requires of responses, judged by its compiled schemas.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::contract::api::Contract;
use crate::contract::operation::{Kind, Operation};
use crate::schema::{Cursor, Direction, Keyword, Validators};
use crate::spec::{Document, LoadError};

/// How much a contract demands. What reaches a schema that cannot be used is counted apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strength {
    /// JSON bodies of successful responses; of a sequence, its items.
    pub bodies: usize,
    /// Those whose schemas cannot be used.
    pub unusable_bodies: usize,
    /// Those that accept an object without any property, as `operation status`.
    pub empty: Vec<String>,
    /// Properties that the bodies of responses can have.
    pub properties: usize,
    /// Those whose schemas cannot be used.
    pub unusable_properties: usize,
    /// Those that may be null.
    pub nullable: usize,
    /// Operations that promise no error response.
    pub without_errors: Vec<String>,
}

impl Strength {
    /// Measures a contract.
    ///
    /// # Errors
    /// When the schemas cannot be compiled and no single one is at fault.
    pub fn of(contract: &Contract) -> Result<Self, LoadError> {
        let document = &contract.document;
        let bodies: Vec<(String, Option<&str>)> = contract
            .operations
            .iter()
            .flat_map(|operation| operation.successes().map(move |answer| (operation, answer)))
            .flat_map(|(operation, answer)| {
                let name = format!("{} {}", operation.id, answer.status);
                let schemas = answer.media.iter().filter_map(|media| match media.kind() {
                    Kind::Json => Some(media.schema.as_deref()),
                    Kind::Sequence(_) => media.item_schema.as_deref().map(Some),
                    _ => None,
                });
                schemas.map(move |schema| (name.clone(), schema))
            })
            .collect();
        let places: BTreeSet<&str> = bodies.iter().filter_map(|(_, place)| *place).collect();
        let properties = Properties::reached(document, places.iter().copied());
        let all = places.iter().copied();
        let all = all.chain(properties.places.iter().map(String::as_str));
        let response = all.map(|place| (place.to_owned(), Direction::Response));
        let validators = Validators::salvage(document, response)?;
        let is_usable = |place: &str| validators.faults(place, Direction::Response).is_empty();
        let accepts = |place: &str, value: &Value| {
            is_usable(place) && validators.is_valid(place, Direction::Response, value)
        };
        let count = |holds: &dyn Fn(&str) -> bool| {
            let places = properties.places.iter();
            places.filter(|place| holds(place)).count()
        };
        let is_unusable = |place: &str| !is_usable(place);
        let places = bodies.iter().filter_map(|(_, place)| *place);
        Ok(Self {
            bodies: bodies.len(),
            unusable_bodies: places.filter(|place| is_unusable(place)).count(),
            properties: properties.places.len(),
            unusable_properties: count(&is_unusable),
            nullable: count(&|place| accepts(place, &Value::Null)),
            empty: bodies
                .into_iter()
                .filter(|(_, place)| place.is_none_or(|place| accepts(place, &json!({}))))
                .map(|(name, _)| name)
                .collect(),
            without_errors: contract
                .operations
                .iter()
                .filter(|operation| !promises_an_error(operation))
                .map(|operation| operation.id.clone())
                .collect(),
        })
    }
}

fn promises_an_error(operation: &Operation) -> bool {
    let mut responses = operation.responses.iter();
    !operation.errors.is_empty() || responses.any(|response| response.status.is_error())
}

/// The properties that some schemas reach.
struct Properties<'a> {
    document: &'a Document,
    places: BTreeSet<String>,
    seen: BTreeSet<String>,
}

impl<'a> Properties<'a> {
    fn reached<'p>(document: &'a Document, schemas: impl Iterator<Item = &'p str>) -> Self {
        let mut properties = Self {
            document,
            places: BTreeSet::new(),
            seen: BTreeSet::new(),
        };
        for schema in schemas {
            properties.visit(schema);
        }
        properties
    }

    fn visit(&mut self, schema: &str) {
        let mut waiting = vec![schema.to_owned()];
        while let Some(place) = waiting.pop() {
            if !self.seen.insert(place.clone()) {
                continue;
            }
            let Some(schema) = Cursor::at(self.document, &place) else {
                continue;
            };
            let below = schema.in_place().into_iter().chain(schema.children());
            for (keyword, inner) in below {
                if keyword == Keyword::Properties {
                    self.places.insert(inner.place().to_string());
                }
                waiting.push(inner.place().to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::build;
    use crate::spec::{Files, load};

    const FILES: Files = Files::Bundle(&[(
        "a.yaml",
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
         operationId: weak\n      responses:\n        '200':\n          description: d\n          \
         content:\n            application/json:\n              schema:\n                \
         properties: {p: {type: string, nullable: true}, q: {$ref: '#/components/schemas/n'}}\n    \
         post:\n      operationId: strong\n      responses:\n        default: {description: e}\n        \
         '200':\n          description: d\n          content:\n            application/json:\n              \
         schema: {allOf: [{$ref: '#/components/schemas/s'}]}\n\
         components:\n  schemas:\n    n: {enum: [a, null]}\n    s:\n      required: [r]\n      \
         properties: {r: {type: integer}}\n",
    )]);

    #[test]
    fn schemas_judge_and_not_keywords() {
        let contract = build(load(&FILES, "a.yaml", &[]).unwrap()).unwrap();
        let strength = Strength::of(&contract).unwrap();
        assert_eq!(
            strength,
            Strength {
                bodies: 2,
                unusable_bodies: 0,
                empty: vec!["weak 200".to_owned()],
                properties: 3,
                unusable_properties: 0,
                nullable: 2,
                without_errors: vec!["weak".to_owned()],
            }
        );
    }
    #[test]
    fn items_of_sequences_count() {
        let text = "openapi: 3.2.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
             operationId: a\n      responses:\n        '200':\n          description: d\n          \
             content: {application/jsonl: {itemSchema: {properties: {p: {type: 'null'}}}}}\n";
        let strength = Strength::of(&crate::contract::sample(text)).unwrap();
        assert_eq!((strength.bodies, strength.empty.len()), (1, 1));
        assert_eq!((strength.properties, strength.nullable), (1, 1));
    }

    #[test]
    fn what_is_broken_hides_nothing_else() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      \
             responses:\n        '200':\n          description: d\n          content:\n            \
             application/json:\n              schema: {properties: {p: {pattern: '('}, q: {type: string}}}\n        \
             '201':\n          description: d\n          content: {application/json: {schema: {}}}\n";
        let strength = Strength::of(&crate::contract::sample(text)).unwrap();
        assert_eq!((strength.bodies, strength.unusable_bodies), (2, 1));
        assert_eq!((strength.properties, strength.unusable_properties), (2, 1));
        assert_eq!((strength.empty.len(), strength.nullable), (1, 0));
    }
}
