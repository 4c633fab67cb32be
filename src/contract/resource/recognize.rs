//! Recognises resources by paths, operations and schemas.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::correction::Correction;
use super::naming::{camel_case, is_named, singular, snake_case};
use super::role::Role;
use super::{IdSource, KeyPart, Resource, ResourceKind};
use crate::contract::extension;
use crate::contract::operation::{Operation, Operations, PathTemplate};
use crate::place::pointer;
use crate::schema::{Cursor, Keyword};
use crate::spec::Document;
use crate::wire::{Status, StatusRange};

/// Finds the resources of a contract. Parents come before their children.
pub(in crate::contract) fn recognize(
    operations: &Operations,
    document: &Document,
    corrections: &[Correction],
) -> Vec<Resource> {
    let mut resources: Vec<Resource> = Vec::new();
    let mut by_item: HashMap<String, usize> = HashMap::new();
    let mut views = views(operations);
    for item_path in items(operations) {
        let Some((collection_path, parameter)) = item_path.split_item() else {
            continue;
        };
        let correction = Correction::of(corrections, &item_path.to_string());
        if correction.is_some_and(|correction| !correction.is_resource) {
            continue;
        }
        let found = Found::at(&item_path, &collection_path, operations, correction);
        let name = correction
            .and_then(|correction| correction.name.clone())
            .unwrap_or_else(|| resource_name(found.fetch, found.create, &collection_path));
        let is_chosen = found
            .create
            .is_some_and(|create| create.path.same_shape(&item_path));
        let shown = found.identify(
            (document, operations),
            (&item_path, parameter),
            &name,
            correction,
        );
        let Some(mut shown) = shown else {
            continue;
        };
        let parent = collection_path.parameters().rev().find_map(|name| {
            let item = collection_path.up_to(name)?;
            by_item.get(&item.shape()).copied()
        });
        let shape = item_path.shape();
        let found_views = views.remove(&shape).unwrap_or_default();
        by_item.insert(shape.clone(), resources.len());
        let collection_path = found.post.map_or(collection_path, |post| post.path.clone());
        let envelope = correction.and_then(|correction| correction.envelope.clone());
        shown.envelope = envelope.unwrap_or(shown.envelope);
        let guessed = found
            .create
            .map(|create| id_source(document, create, is_chosen, &shown));
        let settled = correction.and_then(|c| c.id_source(&shown.envelope, &shown.id));
        let key = key(document, &item_path, &by_item, &shown);
        resources.push(Resource {
            kind: ResourceKind::Items,
            name,
            parameter: parameter.to_owned(),
            id: shown.id.clone(),
            parent,
            create: id_of(found.create),
            list: id_of(found.list),
            fetch: id_of(found.fetch),
            replace: id_of(found.replace),
            update: id_of(found.update),
            delete: id_of(found.delete),
            views: correction
                .and_then(Correction::views)
                .unwrap_or(found_views),
            others: correction.map(Correction::others).unwrap_or_default(),
            settled: correction.map(Correction::settled).unwrap_or_default(),
            schema: shown.schema,
            envelope: shown.envelope,
            id_source: settled
                .or(guessed)
                .unwrap_or(IdSource::Request(shown.id.clone())),
            key,
            ready: found.fetch.and_then(|fetch| ready(document, fetch)),
            collection_path,
            item_path,
        });
    }
    // A collection below an item is not a view of it.
    let lists: HashSet<String> = resources.iter().filter_map(|r| r.list.clone()).collect();
    for resource in &mut resources {
        resource.views.retain(|view| !lists.contains(view));
    }
    resources
}

fn id_of(operation: Option<&Operation>) -> Option<String> {
    operation.map(|operation| operation.id.clone())
}

/// The operations on the items of one path, guessed and then corrected.
struct Found<'o> {
    /// `POST` on the collection.
    post: Option<&'o Operation>,
    create: Option<&'o Operation>,
    list: Option<&'o Operation>,
    fetch: Option<&'o Operation>,
    replace: Option<&'o Operation>,
    update: Option<&'o Operation>,
    delete: Option<&'o Operation>,
}

impl<'o> Found<'o> {
    fn at(
        item_path: &PathTemplate,
        collection_path: &PathTemplate,
        operations: &'o Operations,
        correction: Option<&Correction>,
    ) -> Self {
        let role = |role: Role, guess| match correction {
            Some(correction) => correction.role(role, operations, guess),
            None => guess,
        };
        let on = |path: &PathTemplate, methods: &[&str]| {
            let mut methods = methods.iter();
            methods.find_map(|method| operations.on(method, path))
        };
        let fetch = role(Role::Fetch, on(item_path, &["GET"]));
        let post = on(collection_path, &["POST"]);
        let put = on(item_path, &["PUT"]);
        let creating_put = put.filter(|put| post.is_none() && may_create(put));
        let replace = role(Role::Replace, put);
        let partial = on(item_path, &["PATCH", "POST"]);
        Self {
            post,
            create: role(Role::Create, post.or(creating_put)),
            list: role(Role::List, on(collection_path, &["GET"])),
            fetch,
            replace,
            update: role(Role::Update, partial.or(replace)),
            delete: role(Role::Delete, on(item_path, &["DELETE"])),
        }
    }

    /// Where a response shows an item, and by which property others name it. Returns
    /// `None` if the contract does not show what the id of an item is.
    fn identify(
        &self,
        (document, operations): (&Document, &Operations),
        (item_path, parameter): (&PathTemplate, &str),
        name: &str,
        correction: Option<&Correction>,
    ) -> Option<Shown> {
        let id = correction.and_then(|correction| correction.id.as_deref());
        let mut showing = [self.fetch, self.create, self.update].into_iter().flatten();
        let shown = showing.find_map(|operation| {
            shown_item(document, operation, |schema| match id {
                Some(id) => has_property(document, schema, id).then(|| id.to_owned()),
                None => id_property(document, schema, parameter, name),
            })
        });
        if correction.is_some_and(Correction::says_where_ids_are) {
            return shown.or_else(|| Some(Shown::nowhere(id.unwrap_or(parameter))));
        }
        // Without a property that holds it, the response may carry the id in other ways.
        let create = self.create.filter(|_| id.is_none());
        let linked = create.and_then(|c| linked_id(document, c, item_path, operations));
        let elsewhere = || {
            let create = create?;
            let is_chosen = create.path.same_shape(item_path);
            let is_told = is_chosen || is_located(create) || returns_id(document, create);
            is_told.then(|| Shown::nowhere(parameter))
        };
        let mut shown = shown.or_else(elsewhere)?;
        if let Some((envelope, id)) = linked {
            (shown.envelope, shown.id) = (envelope, id);
        }
        Some(shown)
    }
}

/// What the body of an item has once others can refer to it.
fn ready(document: &Document, fetch: &Operation) -> Option<Value> {
    let body = document.get(&pointer::join(&fetch.pointer, extension::READY));
    body.filter(|body| body.is_object()).cloned()
}

/// The paths that may be those of items, the shortest first.
fn items(operations: &Operations) -> Vec<PathTemplate> {
    let mut items: Vec<PathTemplate> = Vec::new();
    let mut known = HashSet::new();
    for outline in operations.outlines() {
        if outline.path.split_item().is_some() && known.insert(outline.path.shape()) {
            items.push(outline.path.clone());
        }
    }
    items.sort_by_key(|item| item.parameters().count());
    items
}

/// The operations that may read a part or a view of an item, by the shape of the item's path.
fn views(operations: &Operations) -> HashMap<String, Vec<String>> {
    let mut views: HashMap<String, Vec<String>> = HashMap::new();
    for outline in operations.outlines().filter(|o| o.method == "GET") {
        let last = outline.path.parameters().next_back();
        let Some(item) = last.and_then(|name| outline.path.up_to(name)) else {
            continue;
        };
        let below = outline.path.below(&item);
        if below.is_some_and(|rest| rest.last_word().is_some()) {
            let of_item = views.entry(item.shape()).or_default();
            of_item.push(outline.id.clone());
        }
    }
    views
}

/// Where a response shows an item.
struct Shown {
    schema: String,
    envelope: String,
    id: String,
}

impl Shown {
    /// No body shows an item: its id is somewhere else.
    fn nowhere(parameter: &str) -> Self {
        Self {
            schema: String::new(),
            envelope: String::new(),
            id: parameter.to_owned(),
        }
    }
}

/// Whether the body of the response is the id of the new item: a plain text or number.
fn returns_id(document: &Document, create: &Operation) -> bool {
    let schema = success_schema(create).and_then(|place| Cursor::at(document, &place));
    let kind = schema.and_then(|schema| schema.text(Keyword::Type));
    matches!(kind, Some("string" | "integer"))
}

/// Where the operation that creates an item returns its id.
fn id_source(document: &Document, create: &Operation, is_chosen: bool, shown: &Shown) -> IdSource {
    if is_chosen {
        return IdSource::Path;
    }
    let own = |schema: &str| has_property(document, schema, &shown.id).then(|| shown.id.clone());
    if let Some(item) = shown_item(document, create, own) {
        return IdSource::Body(pointer::join(&item.envelope, &item.id));
    }
    if !shown.schema.is_empty() && shown_in(document, create, shown) {
        return IdSource::Body(pointer::join(&shown.envelope, &shown.id));
    }
    if is_located(create) {
        return IdSource::Location;
    }
    if returns_id(document, create) {
        return IdSource::Value;
    }
    IdSource::Request(shown.id.clone())
}

/// Whether the successful response of an operation has a body in which the id may be.
fn shown_in(document: &Document, create: &Operation, shown: &Shown) -> bool {
    let mut steps = pointer::tokens(&shown.envelope);
    let body = success_schema(create).and_then(|place| Cursor::at(document, &place));
    let item = body
        .and_then(|body| steps.try_fold(body, |object, name| object.property(&name)?.resolved()));
    item.is_some_and(|item| has_property(document, item.place(), &shown.id))
}

/// The parameters that name an item below its parent, with the properties that hold their values.
fn key(
    document: &Document,
    item_path: &PathTemplate,
    known: &HashMap<String, usize>,
    shown: &Shown,
) -> Vec<KeyPart> {
    let mut key = Vec::new();
    let mut path = item_path.clone();
    while let Some((before, parameter)) = path.split_item() {
        let is_last = key.is_empty();
        if !is_last && known.contains_key(&path.shape()) {
            break;
        }
        let property = if is_last {
            Some(shown.id.clone()).filter(|_| !shown.schema.is_empty())
        } else {
            let properties = property_names(document, &shown.schema);
            let words = snake_case(parameter);
            let mut named = properties.into_iter().filter(|name| is_named(name, &words));
            named.next().map(str::to_owned)
        };
        key.push(KeyPart {
            parameter: parameter.to_owned(),
            property,
        });
        path = before;
    }
    key.reverse();
    key
}

/// The item in a successful response: the body itself, or the one member of it that is an item.
fn shown_item(
    document: &Document,
    operation: &Operation,
    id_in: impl Fn(&str) -> Option<String>,
) -> Option<Shown> {
    let schema = success_schema(operation)?;
    if let Some(id) = id_in(&schema) {
        let envelope = String::new();
        return Some(Shown {
            schema,
            envelope,
            id,
        });
    }
    let body = Cursor::at(document, &schema)?;
    let mut shown = body
        .each_named(Keyword::Properties)
        .filter_map(|(member, item)| {
            let schema = item.resolved()?.place().to_string();
            let id = id_in(&schema)?;
            Some(Shown {
                schema,
                envelope: pointer::join("", member),
                id,
            })
        });
    let only = shown.next()?;
    shown.next().is_none().then_some(only)
}

/// Whether a PUT documents that it may create the item that it names.
fn may_create(put: &Operation) -> bool {
    put.responses
        .iter()
        .any(|response| response.status == StatusRange::Exact(Status(201)))
}

/// Whether the response of an operation that creates an item returns the item's URL.
fn is_located(create: &Operation) -> bool {
    create.successes().any(|response| {
        let mut headers = response.headers.iter();
        headers.any(|header| header.name.eq_ignore_ascii_case("location"))
    })
}

/// Envelope and id as the links of a response name them, for an operation on the item
/// (`OpenAPI` 3.0.3, Link Object).
fn linked_id(
    document: &Document,
    create: &Operation,
    item_path: &PathTemplate,
    operations: &Operations,
) -> Option<(String, String)> {
    create.successes().find_map(|response| {
        let place = pointer::join(&response.pointer, "links");
        let links = document.get(&place)?.as_object()?;
        links.keys().find_map(|name| {
            let link = document.get(&document.resolve(&pointer::join(&place, name)).ok()?)?;
            let target = link.get("operationId")?.as_str()?;
            let target = operations.get(target)?;
            let own = target.path.parameters().next_back()?;
            let is_item = target.path.same_shape(item_path);
            let value = link.get("parameters")?.get(own).filter(|_| is_item)?;
            let at = value.as_str()?.strip_prefix("$response.body#")?;
            let (envelope, id) = pointer::split_last(at)?;
            Some((envelope.to_owned(), id))
        })
    })
}

pub(super) fn success_schema(operation: &Operation) -> Option<String> {
    operation
        .successes()
        .flat_map(|response| &response.media)
        .find(|media| media.is_json())
        .and_then(|media| media.schema.clone())
}

fn resource_name(
    fetch: Option<&Operation>,
    create: Option<&Operation>,
    collection: &PathTemplate,
) -> String {
    const VERBS: [&str; 12] = [
        "fetch", "get", "read", "retrieve", "show", "find", "describe", "create", "add", "post",
        "new", "insert",
    ];
    for operation in [fetch, create].into_iter().flatten() {
        let words = without_path(operation);
        if let Some((verb, rest)) = words.split_once('_')
            && VERBS.contains(&verb)
        {
            let rest = rest.split("_by_").next().unwrap_or(rest);
            return camel_case(rest);
        }
    }
    let word = collection.last_word().unwrap_or("item");
    camel_case(&snake_case(&singular(word)))
}

/// The words of an operation's name, without path and method at their end, which some generators
/// of documents put there.
fn without_path(operation: &Operation) -> String {
    let words = snake_case(&operation.id);
    let path = snake_case(&operation.path.to_string());
    let end = format!("_{path}_{}", operation.method.to_lowercase());
    match words.strip_suffix(&end) {
        Some(rest) => rest.to_owned(),
        None => words,
    }
}

/// Whether an object has a property.
fn has_property(document: &Document, schema: &str, name: &str) -> bool {
    property_names(document, schema).contains(&name)
}

/// The property that holds the value of the item's path parameter.
fn id_property(document: &Document, schema: &str, parameter: &str, name: &str) -> Option<String> {
    let properties = property_names(document, schema);
    let has = |property: &str| properties.contains(&property);
    let parameter_words = snake_case(parameter);
    let own = snake_case(name);
    let stripped = parameter_words
        .strip_prefix(&own)
        .map(|rest| rest.trim_start_matches('_').to_owned());
    if let Some(property) = properties
        .iter()
        .find(|property| is_named(property, &parameter_words))
    {
        return Some((*property).to_owned());
    }
    let of_own = ["id", "sid", "uuid"].map(|id| format!("{own}_{id}"));
    stripped
        .into_iter()
        .filter(|rest| !rest.is_empty())
        .chain(["id", "sid", "uuid"].map(str::to_owned))
        .find(|property| has(property))
        .or_else(|| {
            let mut all = properties.iter();
            all.find(|property| of_own.contains(&snake_case(property)))
                .map(|property| (*property).to_owned())
        })
}

/// The names of an object's properties, those of `allOf` included.
fn property_names<'a>(document: &'a Document, schema: &str) -> Vec<&'a str> {
    let parts = Cursor::at(document, schema).map(|schema| schema.parts());
    let properties = parts.iter().flatten();
    let properties = properties.flat_map(|part| part.each_named(Keyword::Properties));
    properties.map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    const STYLES: &str = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /boxes/:
    post:
      operationId: create_box_boxes__post
      responses:
        '201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Boxed'}}}}
  /boxes/{id}/:
    get:
      operationId: get_box_boxes__id___get
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Boxed'}}}}
  /boxes/{id}/locks:
    post:
      operationId: addLock
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        '201': {description: d, headers: {Location: {schema: {type: string}}}}
  /boxes/{id}/locks/{lockId}:
    delete:
      operationId: removeLock
      parameters:
      - {name: id, in: path, required: true, schema: {type: integer}}
      - {name: lockId, in: path, required: true, schema: {type: string}}
      responses: {'204': {description: d}}
  /labels/{label}:
    parameters: [{name: label, in: path, required: true, schema: {type: string}}]
    put:
      operationId: putLabel
      responses:
        '201': {description: d, content: {application/json: {schema: {type: object, properties: {label: {type: string}}}}}}
  /jobs:
    post:
      operationId: startJob
      responses:
        '202':
          description: d
          content: {application/json: {schema: {type: object, properties: {ticket: {type: string}, job: {type: string}}}}}
          links: {follow: {operationId: readJob, parameters: {jobNumber: '$response.body#/ticket'}}}
  /jobs/{jobNumber}:
    parameters: [{name: jobNumber, in: path, required: true, schema: {type: string}}]
    get:
      operationId: readJob
      responses:
        '200': {description: d, content: {application/json: {schema: {type: object, properties: {job_id: {type: string}}}}}}
components:
  schemas:
    Boxed: {type: object, properties: {data: {type: object, properties: {id: {type: integer}}}, ok: {type: boolean}}}
";

    #[test]
    fn resources_of_many_styles() {
        let contract = crate::contract::sample(STYLES);
        let told: Vec<String> = contract
            .resources
            .iter()
            .map(|r| {
                let parent = r.parent.map_or("", |index| &contract.resources[index].name);
                let create = r.create.as_deref().unwrap_or("none");
                format!(
                    "{}/{} by {} from {create}, {:?}",
                    parent,
                    r.name,
                    r.id_path(),
                    r.id_source
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "/Box by data.id from create_box_boxes__post, Body(\"/data/id\")",
                "/Label by label from putLabel, Path",
                "/Job by ticket from startJob, Body(\"/ticket\")",
                "Box/Lock by lockId from addLock, Location",
            ]
        );
    }
}
