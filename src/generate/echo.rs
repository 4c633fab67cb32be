//! What the answer says of a value that is sent: it comes back, so it must be fit to.

use std::collections::HashMap;

use serde_json::Value;

use crate::contract::{Contract, Echo, Operation, Property, is_named, snake_case};
use crate::schema::{Cursor, Keyword};

/// What is known of the properties of requests by the places of their schemas.
#[derive(Debug, Default)]
pub(super) struct Echoes(HashMap<String, Returned>);

/// How a value comes back.
#[derive(Debug, Clone, Default)]
pub(super) struct Returned {
    /// The values that the answer may hold; none if any.
    pub(super) choices: Vec<Value>,
    /// Text that the answer has in front.
    pub(super) prefix: Option<String>,
    /// Whether the text is JSON.
    pub(super) is_json: bool,
}

impl Echoes {
    pub(super) fn new<'a>(
        contract: &Contract,
        operations: impl IntoIterator<Item = &'a Operation>,
    ) -> Self {
        let mut known = HashMap::new();
        for operation in operations {
            for property in operation.body.iter().flat_map(|body| &body.properties) {
                let returned = match &property.echo {
                    Echo::Never => continue,
                    Echo::ByName => Returned {
                        choices: choices(contract, operation, property),
                        ..Returned::default()
                    },
                    Echo::At {
                        prefix, parse_json, ..
                    } => Returned {
                        choices: Vec::new(),
                        prefix: prefix.clone(),
                        is_json: *parse_json,
                    },
                };
                known.insert(property.schema.clone(), returned);
            }
        }
        Self(known)
    }

    /// What is known of the property whose schema stands here.
    pub(super) fn get(&self, place: &str) -> Option<&Returned> {
        self.0.get(place)
    }
}

/// The values that the answer's property of the same name may have.
fn choices(contract: &Contract, operation: &Operation, property: &Property) -> Vec<Value> {
    let document = &contract.document;
    let media = operation.successes().flat_map(|response| &response.media);
    let mut schemas = media
        .filter(|m| m.is_json())
        .filter_map(|m| m.schema.as_ref());
    let wanted = snake_case(&property.name);
    schemas
        .find_map(|schema| {
            let schema = Cursor::at(document, schema)?;
            let mut properties = schema.each_named(Keyword::Properties);
            let (_, property) = properties.find(|(name, _)| is_named(name, &wanted))?;
            let parts = property.chain();
            let listed = parts.iter().find_map(|part| part.get(Keyword::Enum))?;
            listed.as_array().cloned()
        })
        .unwrap_or_default()
}
