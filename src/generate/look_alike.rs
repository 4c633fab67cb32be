//! Items of other kinds whose ids look the same.

use super::reference::id_schema;
use super::value::Maker;
use crate::contract::{Contract, Shape, Shapes};
use crate::schema::{Keyword, Sampler};

/// Length of ids that are too many for two of them to be the same by chance.
const RARE: usize = 16;
/// The format of ids that no pattern describes.
const UUID: &str = "uuid";
/// Depth to which items are compared.
const DEEPEST: usize = 4;

/// A resource beside another one with ids of the same form, whose items cannot be items of the
/// other one too: they lack something that the contract requires there.
pub(super) fn of(maker: &Maker<'_>, index: usize) -> Option<usize> {
    let contract = maker.contract();
    let own = &contract.resources[index];
    let form = form(contract, index).filter(|form| is_rare(form))?;
    let looks_alike = |other: &usize| {
        let resource = &contract.resources[*other];
        let is_beside = *other != index && resource.parent == own.parent;
        is_beside && resource.create.is_some() && self::form(contract, *other) == Some(form)
    };
    let lacks_something = |other: &usize| {
        let shapes = maker.item_shapes();
        let theirs = shapes.at(&contract.resources[*other].schema);
        let both = shapes.at(&own.schema).zip(theirs);
        both.is_some_and(|(own, theirs)| is_incomplete(shapes, own, theirs, 0))
    };
    let mut others = 0..contract.resources.len();
    others.find(|other| looks_alike(other) && lacks_something(other))
}

/// What the ids of a resource look like: their pattern, or the format of UUIDs.
fn form(contract: &Contract, index: usize) -> Option<&str> {
    let schema = id_schema(contract, index)?;
    let format = schema
        .text(Keyword::Format)
        .filter(|format| *format == UUID);
    schema.text(Keyword::Pattern).or(format)
}

/// Whether ids of this form are so many that two are never the same.
fn is_rare(form: &str) -> bool {
    let sampler = || Sampler::new(form);
    form == UUID || sampler().is_some_and(|sampler| sampler.lengths().0 >= RARE)
}

/// Whether items of the other shape lack something that is required of the own one.
fn is_incomplete(shapes: &Shapes, own: &Shape, other: &Shape, depth: usize) -> bool {
    let lacks = |name: &String| match (own.properties.get(name), other.properties.get(name)) {
        (Some(own), Some(other)) => {
            depth < DEEPEST
                && is_incomplete(shapes, shapes.get(*own), shapes.get(*other), depth + 1)
        }
        (_, None) => !other.properties.is_empty() && !other.open && other.additional.is_none(),
        (None, Some(_)) => false,
    };
    own.required.iter().any(lacks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;
    use crate::generate::Requests;
    use crate::spec::{Files, load};

    const FILES: Files = Files::Bundle(&[(
        "a.yaml",
        "
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /users: {post: {operationId: createUser, responses: {'201': {$ref: '#/components/responses/User'}}}}
  /users/{id}: {get: {operationId: getUser, parameters: [{$ref: '#/components/parameters/id'}], responses: {'200': {$ref: '#/components/responses/User'}}}}
  /admins: {post: {operationId: createAdmin, responses: {'201': {$ref: '#/components/responses/Admin'}}}}
  /admins/{id}: {get: {operationId: getAdmin, parameters: [{$ref: '#/components/parameters/id'}], responses: {'200': {$ref: '#/components/responses/Admin'}}}}
  /pets: {post: {operationId: createPet, responses: {'201': {$ref: '#/components/responses/Pet'}}}}
  /pets/{id}: {get: {operationId: getPet, parameters: [{$ref: '#/components/parameters/id'}], responses: {'200': {$ref: '#/components/responses/Pet'}}}}
components:
  parameters:
    id: {name: id, in: path, required: true, schema: {type: string}}
  responses:
    User: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
    Admin: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Admin'}}}}
    Pet: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  schemas:
    User:
      type: object
      required: [id, name]
      properties: {id: {type: string, format: uuid}, name: {type: string}}
    Admin:
      type: object
      required: [id, name, level]
      properties: {id: {type: string, format: uuid}, name: {type: string}, level: {type: integer}}
    Pet:
      type: object
      required: [id, name]
      properties: {id: {type: integer}, name: {type: string}}
",
    )]);

    /// An admin may be a user, but not the other way round.
    #[test]
    fn an_item_may_be_of_both_kinds() {
        let contract = contract::build(load(&FILES, "a.yaml", &[]).unwrap()).unwrap();
        let requests = Requests::compile(&contract, contract.operations.iter()).unwrap();
        let maker = Maker::new(&contract, &requests);
        let index = |name: &str| {
            let mut resources = contract.resources.iter();
            resources.position(|resource| resource.name == name)
        };
        let alike = |name: &str| of(&maker, index(name).unwrap());
        assert_eq!(alike("Admin"), index("User"));
        assert_eq!((alike("User"), alike("Pet")), (None, None));
    }
}
