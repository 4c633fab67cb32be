//! Recognises resources by paths, operations and schemas.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::Resource;
use super::correction::Correction;
use super::naming::{camel_case, is_named, singular, snake_case};
use crate::contract::extension;
use crate::contract::operation::{Operation, Operations, PathTemplate, StatusRange};
use crate::place::pointer;
use crate::spec::Document;

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
        let role = |role: &str, guess| match correction {
            Some(correction) => correction.role(role, operations, guess),
            None => guess,
        };
        let on = |path: &PathTemplate, methods: &[&str]| {
            let mut methods = methods.iter();
            methods.find_map(|method| operations.on(method, path))
        };
        let fetch = role("fetch", on(&item_path, &["GET"]));
        let post = on(&collection_path, &["POST"]);
        let put = on(&item_path, &["PUT"]).filter(|put| post.is_none() && may_create(put));
        let create = role("create", post.or(put));
        let update = role("update", on(&item_path, &["PATCH", "POST", "PUT"]));
        let delete = role("delete", on(&item_path, &["DELETE"]));
        let list = role("list", on(&collection_path, &["GET"]));
        let name = correction
            .and_then(|correction| correction.name.clone())
            .unwrap_or_else(|| resource_name(fetch, create, &collection_path));
        let id = correction.and_then(|correction| correction.id.as_deref());
        let shown = [fetch, create, update]
            .into_iter()
            .flatten()
            .find_map(|operation| {
                shown_item(document, operation, |schema| match id {
                    Some(id) => has_property(document, schema, id).then(|| id.to_owned()),
                    None => id_property(document, schema, parameter, &name),
                })
            });
        // Without a property that holds it, the answer may tell the id in other ways.
        let create_alone = create.filter(|_| id.is_none());
        let linked = create_alone.and_then(|c| linked_id(document, c, &item_path, operations));
        let Some(mut shown) = shown.or_else(|| Shown::located(create_alone?, parameter)) else {
            continue;
        };
        if let Some((envelope, id)) = linked {
            (shown.envelope, shown.id) = (envelope, id);
        }
        let id_of = |operation: Option<&Operation>| operation.map(|o| o.id.clone());
        let parent = collection_path.parameters().rev().find_map(|name| {
            let item = collection_path.up_to(name)?;
            by_item.get(&item.shape()).copied()
        });
        let shape = item_path.shape();
        by_item.insert(shape.clone(), resources.len());
        let collection_path = post.map_or(collection_path, |post| post.path.clone());
        resources.push(Resource {
            name,
            parameter: parameter.to_owned(),
            id: shown.id,
            parent,
            create: id_of(create),
            list: id_of(list),
            fetch: id_of(fetch),
            update: id_of(update),
            delete: id_of(delete),
            views: views.remove(&shape).unwrap_or_default(),
            schema: shown.schema,
            envelope: shown.envelope,
            chosen: create.is_some_and(|create| create.path.same_shape(&item_path)),
            ready: fetch.and_then(|fetch| ready(document, fetch)),
            collection_path,
            item_path,
        });
    }
    // A collection below an item is no view of it.
    let lists: HashSet<String> = resources.iter().filter_map(|r| r.list.clone()).collect();
    for resource in &mut resources {
        resource.views.retain(|view| !lists.contains(view));
    }
    resources
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

/// Where an answer shows an item.
struct Shown {
    schema: String,
    envelope: String,
    id: String,
}

impl Shown {
    /// An answer that shows no id tells it in `Location`.
    fn located(create: &Operation, parameter: &str) -> Option<Self> {
        is_located(create).then(|| Self {
            schema: String::new(),
            envelope: String::new(),
            id: parameter.to_owned(),
        })
    }
}

/// The item in a successful answer: the body itself, or the one member of it that is an item.
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
    let properties = pointer::join(&schema, "properties");
    let members = document.get(&properties)?.as_object()?;
    let mut shown = members.keys().filter_map(|member| {
        let place = document.resolve(&pointer::join(&properties, member)).ok()?;
        let id = id_in(&place)?;
        Some(Shown {
            schema: place,
            envelope: pointer::join("", member),
            id,
        })
    });
    let only = shown.next()?;
    shown.next().is_none().then_some(only)
}

/// Whether a PUT says that it may create what it names.
fn may_create(put: &Operation) -> bool {
    put.responses
        .iter()
        .any(|response| response.status == StatusRange::Exact(201))
}

/// Whether the answer of an operation that creates says where the new item is.
fn is_located(create: &Operation) -> bool {
    create.successes().any(|response| {
        let mut headers = response.headers.iter();
        headers.any(|header| header.name.eq_ignore_ascii_case("location"))
    })
}

/// Envelope and id as the links of an answer name them, for an operation on the item
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

fn success_schema(operation: &Operation) -> Option<String> {
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
    let mut properties = Vec::new();
    collect_properties(document, schema, 0, &mut properties);
    properties.contains(&name)
}

/// The property that holds the value of the item's path parameter.
fn id_property(document: &Document, schema: &str, parameter: &str, name: &str) -> Option<String> {
    let mut properties = Vec::new();
    collect_properties(document, schema, 0, &mut properties);
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
fn collect_properties<'a>(
    document: &'a Document,
    schema: &str,
    depth: usize,
    found: &mut Vec<&'a str>,
) {
    let Ok(schema) = document.resolve(schema) else {
        return;
    };
    let Some(members) = document.get(&schema) else {
        return;
    };
    let names = members.get("properties").and_then(Value::as_object);
    found.extend(names.into_iter().flat_map(Map::keys).map(String::as_str));
    let branches = members
        .get("allOf")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    for i in (0..branches).filter(|_| depth < 16) {
        let at = format!("{schema}/allOf/{i}");
        collect_properties(document, &at, depth + 1, found);
    }
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
                    "{}/{} by {} from {create}, chosen {}",
                    parent,
                    r.name,
                    r.id_path(),
                    r.chosen
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "/Box by data.id from create_box_boxes__post, chosen false",
                "/Label by label from putLabel, chosen true",
                "/Job by ticket from startJob, chosen false",
                "Box/Lock by lockId from addLock, chosen false",
            ]
        );
    }
}
