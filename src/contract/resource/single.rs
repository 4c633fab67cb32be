//! Resources whose items have no paths: singletons, which are read and changed at one path, and
//! collections of which only the whole is read.

use std::collections::HashSet;

use super::array::array_in;
use super::correction::Correction;
use super::naming::{camel_case, singular, snake_case};
use super::recognize::success_schema;
use super::role::Role;
use super::{IdSource, Resource, ResourceKind};
use crate::contract::operation::{Operation, Operations, PathTemplate};
use crate::spec::Document;

/// Finds them among the paths that belong to no resource with item paths.
pub(super) fn recognize(
    with_items: &[Resource],
    operations: &Operations,
    document: &Document,
    corrections: &[Correction],
) -> Vec<Resource> {
    let mut taken: HashSet<String> = HashSet::new();
    let served: HashSet<&str> = with_items
        .iter()
        .flat_map(Resource::roles)
        .filter(|(role, _)| *role != Role::View)
        .map(|(_, id)| id)
        .collect();
    for outline in operations.outlines() {
        // What has items below it, recognised or not, is no resource of one part.
        if let Some((collection, _)) = outline.path.split_item() {
            taken.insert(outline.path.shape());
            taken.insert(collection.shape());
        }
        if served.contains(outline.id.as_str()) {
            taken.insert(outline.path.shape());
        }
    }
    let mut found = Vec::new();
    for outline in operations.outlines() {
        let path = &outline.path;
        let correction = Correction::of(corrections, &path.to_string());
        let is_denied = correction.is_some_and(|correction| !correction.is_resource);
        let is_named = correction.is_some() && path.split_item().is_none();
        let is_free = is_named || !taken.contains(&path.shape());
        if is_denied || !is_free || !found.iter().all(|one| is_elsewhere(one, path)) {
            continue;
        }
        found.extend(at(path, with_items, operations, document, correction));
    }
    found
}

fn is_elsewhere(one: &Resource, path: &PathTemplate) -> bool {
    !one.collection_path.same_shape(path)
}

/// The resource at a path, if the methods there make one.
fn at(
    path: &PathTemplate,
    with_items: &[Resource],
    operations: &Operations,
    document: &Document,
    correction: Option<&Correction>,
) -> Option<Resource> {
    let role = |role: Role, guess: Option<&'static str>| {
        let guess = guess.and_then(|method| operations.on(method, path));
        match correction {
            Some(correction) => correction.role(role, operations, guess),
            None => guess,
        }
    };
    // No operation is read before a method says that it is worth it.
    let has = |method: &str| {
        let mut outlines = operations.outlines();
        outlines.any(|outline| outline.method == method && outline.path.same_shape(path))
    };
    let can_change = has("PUT") || has("PATCH");
    if correction.is_none() && !(has("GET") && (can_change || has("POST"))) {
        return None;
    }
    let is_singleton = match correction {
        Some(_) => role(Role::Fetch, None).is_some() || can_change,
        None => can_change && !has("POST"),
    };
    let id = |operation: Option<&Operation>| operation.map(|operation| operation.id.clone());
    let mut resource = Resource {
        kind: ResourceKind::Singleton,
        name: correction
            .and_then(|correction| correction.name.clone())
            .unwrap_or_else(|| name(path, is_singleton)),
        collection_path: path.clone(),
        item_path: path.clone(),
        parameter: String::new(),
        id: correction.and_then(|c| c.id.clone()).unwrap_or_default(),
        parent: parent(path, with_items),
        create: None,
        list: None,
        fetch: None,
        replace: None,
        update: None,
        delete: None,
        views: Vec::new(),
        others: correction.map(Correction::others).unwrap_or_default(),
        settled: correction.map(Correction::settled).unwrap_or_default(),
        schema: String::new(),
        envelope: correction
            .and_then(|c| c.envelope.clone())
            .unwrap_or_default(),
        id_source: IdSource::Request(String::new()),
        key: Vec::new(),
        ready: None,
    };
    if is_singleton {
        let fetch = role(Role::Fetch, Some("GET"))?;
        let replace = role(Role::Replace, Some("PUT"));
        resource.schema = success_schema(fetch).unwrap_or_default();
        resource.fetch = Some(fetch.id.clone());
        resource.update = id(role(Role::Update, Some("PATCH")).or(replace));
        resource.replace = id(replace);
        resource.delete = id(role(Role::Delete, Some("DELETE")));
        return Some(resource);
    }
    let list = role(Role::List, Some("GET"))?;
    let create = role(Role::Create, Some("POST"))?;
    array_in(document, list)?;
    resource.kind = ResourceKind::Itemless;
    resource.schema = success_schema(create).unwrap_or_default();
    resource.list = Some(list.id.clone());
    resource.create = Some(create.id.clone());
    Some(resource)
}

fn name(path: &PathTemplate, is_singleton: bool) -> String {
    let word = path.last_word().unwrap_or("item");
    if is_singleton {
        camel_case(&snake_case(word))
    } else {
        camel_case(&snake_case(&singular(word)))
    }
}

fn parent(path: &PathTemplate, with_items: &[Resource]) -> Option<usize> {
    path.parameters().rev().find_map(|name| {
        let item = path.up_to(name)?;
        let mut items = with_items.iter();
        items.position(|resource| resource.item_path.same_shape(&item))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{IdSource, ResourceKind, Role};

    const DOCUMENT: &str = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /settings:
    get: {operationId: readSettings, responses: {'200': {description: d, content: {application/json: {schema: {type: object}}}}}}
    put: {operationId: putSettings, responses: {'200': {description: d}}}
  /votes:
    get: {operationId: listVotes, responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {type: object}}}}}}}
    post: {operationId: vote, responses: {'201': {description: d}}}
  /login:
    post: {operationId: login, responses: {'200': {description: d}}}
  /things:
    get: {operationId: listThings, responses: {'200': {description: d}}}
    post: {operationId: makeThing, responses: {'201': {description: d, content: {application/json: {schema: {type: string}}}}}}
    delete: {operationId: dropThings, responses: {'204': {description: d}}}
  /things/search:
    post: {operationId: searchThings, responses: {'200': {description: d}}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: getThing, responses: {'200': {description: d}}}
    put: {operationId: putThing, responses: {'200': {description: d}}}
    patch: {operationId: patchThing, responses: {'200': {description: d}}}
  /things/{id}/start:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post: {operationId: startThing, responses: {'200': {description: d}}}
  /things/{id}/size:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {operationId: sizeOfThing, responses: {'200': {description: d}}}
  /pairs/{a}/{b}:
    parameters:
    - {name: a, in: path, required: true, schema: {type: string}}
    - {name: b, in: path, required: true, schema: {type: string}}
    put: {operationId: putPair, responses: {'201': {description: d, content: {application/json: {schema: &pair {type: object, properties: {a: {type: string}, b: {type: string}}}}}}}}
    get: {operationId: getPair, responses: {'200': {description: d, content: {application/json: {schema: *pair}}}}}
";

    #[test]
    fn every_operation_has_its_role() {
        let contract = crate::contract::sample(DOCUMENT);
        let resources = &contract.resources;
        for (operation, expected) in [
            ("readSettings", Some(("Settings", Role::Fetch))),
            ("putSettings", Some(("Settings", Role::Replace))),
            ("listVotes", Some(("Vote", Role::List))),
            ("vote", Some(("Vote", Role::Create))),
            ("login", None),
            ("listThings", Some(("Thing", Role::List))),
            ("makeThing", Some(("Thing", Role::Create))),
            ("dropThings", Some(("Thing", Role::Bulk))),
            ("searchThings", Some(("Thing", Role::Search))),
            ("getThing", Some(("Thing", Role::Fetch))),
            ("putThing", Some(("Thing", Role::Replace))),
            ("patchThing", Some(("Thing", Role::Update))),
            ("startThing", Some(("Thing", Role::Action))),
            ("sizeOfThing", Some(("Thing", Role::View))),
            ("putPair", Some(("Pair", Role::Create))),
            ("getPair", Some(("Pair", Role::Fetch))),
        ] {
            let found = resources.role_of(operation);
            let found = found.map(|(id, role)| (resources[id].name.as_str(), role));
            assert_eq!(found, expected, "{operation}");
        }
        assert_eq!(resources.roles_of("putPair"), [Role::Create, Role::Replace]);
        let kinds: Vec<ResourceKind> = resources.all().map(|(_, one)| one.kind).collect();
        let (items, other) = (ResourceKind::Items, ResourceKind::Itemless);
        assert_eq!(kinds, [items, items, ResourceKind::Singleton, other]);
    }

    #[test]
    fn keys_may_have_parts_and_ids_may_be_the_whole_body() {
        let contract = crate::contract::sample(DOCUMENT);
        let pair = contract.resource("Pair").unwrap();
        let key = pair.key.iter();
        let key: Vec<_> = key
            .map(|part| (part.parameter.as_str(), part.property.as_deref()))
            .collect();
        assert_eq!(key, [("a", Some("a")), ("b", Some("b"))]);
        assert_eq!(pair.id_source, IdSource::Path);
        let thing = contract.resource("Thing").unwrap();
        assert_eq!(thing.id_source, IdSource::Value);
    }
}
