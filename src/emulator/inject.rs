//! Adding items that no operation creates, such as log entries: for tests of the emulator's users.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::engine::Engine;
use super::judge::validate;
use super::reason::{Reason, Refusal};
use super::target::Target;
use crate::contract::Resource;
use crate::place::pointer;
use crate::wire::{Headers, Request, Response, Status};

/// What stands before the path of a collection.
const PREFIX: &str = "/.trueup";

/// The path of the collection that an item is to be added to.
pub(super) fn collection<'a>(method: &str, path: &'a str) -> Option<&'a str> {
    let collection = path.strip_prefix(PREFIX)?;
    (method == "POST" && collection.starts_with('/')).then_some(collection)
}

impl Engine {
    /// Adds an item with the properties that the JSON body gives; the others are made up. Whoever
    /// may list the collection may add to it.
    pub(super) fn inject(&self, path: &str, request: &Request, target: &Target<'_>) -> Response {
        let found = self.contract.route("GET", path).and_then(|(list, values)| {
            let mut resources = self.contract.resources.iter();
            let resource = resources.find(|r| r.list.as_ref() == Some(&list.id))?;
            Some((list, values, resource))
        });
        let Some((list, values, resource)) = found else {
            let message = format!("{path} is no collection");
            return self.refuse(None, &Refusal::new(Reason::Unknown, message), target);
        };
        if let Err(response) = self.let_in(list, request, target) {
            return response;
        }
        self.change(|state| {
            let place = self.resolve(state, list, values)?;
            let draft = self.read_item(resource, &request.body)?;
            let id = self.add(state, resource, &place, draft)?;
            let item = state.find(&place.path, &id);
            let schema = self.schemas.at(&resource.schema);
            let shown = item.zip(schema).map(|(item, schema)| {
                self.present(resource, item, state.now(), schema, &target.origin)
            });
            let mut headers = Headers::default();
            headers.push("Content-Type", "application/json; charset=utf-8");
            Ok(Response {
                status: Status(201),
                headers,
                body: shown.unwrap_or_default().to_string().into_bytes(),
            })
        })
        .unwrap_or_else(|refusal| self.refuse(Some(list), &refusal, target))
    }

    fn read_item(&self, resource: &Resource, body: &[u8]) -> Result<Draft, Refusal> {
        let given: Map<String, Value> = match body {
            b"" => Map::new(),
            body => serde_json::from_slice(body)
                .map_err(|e| Refusal::invalid(format!("the body is no JSON object: {e}")))?,
        };
        let schema = self.schemas.at(&resource.schema);
        let mut known = Vec::new();
        for (name, value) in given {
            let property = schema.and_then(|schema| schema.property(&name));
            let Some(id) = property else {
                let message = format!("{} has no property {name}", resource.name);
                return Err(Refusal::invalid(message));
            };
            let faults = validate(&self.schemas, self.schemas.get(id), &value);
            if let Some(fault) = faults.first() {
                return Err(Refusal::invalid(fault.sentence(&name)));
            }
            known.push((pointer::join("", &name), value));
        }
        Ok(Draft {
            known,
            ..Draft::default()
        })
    }
}
