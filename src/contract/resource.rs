//! Collections and their items, recognised from paths, operations and schemas.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use super::correction::{self, Correction};
use super::extension;
use super::operation::Operation;
use super::operations::Operations;
use super::path::PathTemplate;
use super::response::StatusRange;
use crate::spec::{Document, LoadError};
use crate::wire::pointer;

/// A collection and its items.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Name of one item in `CamelCase`, such as `AssetVersion`.
    pub name: String,
    /// Path of the collection.
    pub collection_path: PathTemplate,
    /// Path of an item.
    pub item_path: PathTemplate,
    /// Path parameter that names the item.
    pub parameter: String,
    /// Property of the item that holds the parameter's value.
    pub id: String,
    /// Index of the parent among the contract's resources.
    pub parent: Option<usize>,
    /// Operation that creates an item.
    pub create: Option<String>,
    /// Operation that lists the items.
    pub list: Option<String>,
    /// Operation that fetches an item.
    pub fetch: Option<String>,
    /// Operation that changes an item.
    pub update: Option<String>,
    /// Operation that deletes an item.
    pub delete: Option<String>,
    /// Operations that read a part or a view of an item.
    pub views: Vec<String>,
    /// JSON pointer of the item's schema; empty if no answer shows an item.
    pub schema: String,
    /// JSON pointer of the item in an answer; empty unless it stands in an envelope.
    pub envelope: String,
    /// Whether the client chooses the id: the operation that creates an item names it in its path.
    pub chosen: bool,
    /// What the body of an item has once others can refer to it (`x-trueup-ready`).
    pub ready: Option<Value>,
}

impl Resource {
    /// The name in `snake_case`.
    pub fn snake_name(&self) -> String {
        snake_case(&self.name)
    }

    /// The id of the item that an answer shows.
    pub fn id_in<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        body.pointer(&self.envelope)?.get(&self.id)
    }

    /// How a template names the id in a captured answer: `sid`, `data.id`.
    pub fn id_path(&self) -> String {
        let steps = pointer::tokens(&self.envelope).chain([self.id.clone()]);
        steps.collect::<Vec<_>>().join(".")
    }

    /// All operations of the resource.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        [
            &self.create,
            &self.list,
            &self.fetch,
            &self.update,
            &self.delete,
        ]
        .into_iter()
        .flatten()
        .chain(&self.views)
        .map(String::as_str)
    }
}

/// The resources of a contract, parents before children: recognised when somebody asks for one.
pub struct Resources(LazyLock<Recognized, Box<dyn FnOnce() -> Recognized + Send>>);

struct Recognized {
    all: Vec<Resource>,
    corrections: Vec<Correction>,
    /// By the shape of the item's path.
    by_item: HashMap<String, usize>,
    /// By the operations.
    by_operation: HashMap<String, usize>,
    /// By the schema of the item.
    by_schema: HashMap<String, usize>,
    /// By the properties and parameters that refer to an item.
    by_reference: HashMap<String, usize>,
}

impl Resources {
    pub(super) fn found_in(
        (operations, document): (Arc<Operations>, Arc<Document>),
        corrections: Vec<Correction>,
    ) -> Self {
        Self(LazyLock::new(Box::new(move || {
            let all = recognize(&operations, &document, &corrections);
            Recognized::of(all, &operations, corrections)
        })))
    }

    /// Sees that every correction has made a resource.
    ///
    /// # Errors
    /// All that have not.
    pub(super) fn verify(&self) -> Result<(), LoadError> {
        correction::verify(&self.0.corrections, self)
    }

    /// The index of the one whose item has a path of this shape.
    pub fn of_item(&self, item: &PathTemplate) -> Option<usize> {
        self.0.by_item.get(&item.shape()).copied()
    }

    /// The one that an operation creates, reads or changes, with its views.
    pub fn served_by(&self, operation: &str) -> Option<&Resource> {
        let index = self.0.by_operation.get(operation)?;
        Some(&self.0.all[*index])
    }

    /// The one whose item has the schema at this place.
    pub(super) fn of_schema(&self, place: &str) -> Option<&Resource> {
        let index = self.0.by_schema.get(place)?;
        Some(&self.0.all[*index])
    }

    /// The one to whose items a property or a parameter of this name refers: `service_sid`.
    pub(super) fn named_by(&self, reference: &str) -> Option<&Resource> {
        let index = self.0.by_reference.get(reference)?;
        Some(&self.0.all[*index])
    }
}

impl Deref for Resources {
    type Target = [Resource];

    fn deref(&self) -> &[Resource] {
        &self.0.all
    }
}

impl fmt::Debug for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Recognized {
    fn of(all: Vec<Resource>, operations: &Operations, corrections: Vec<Correction>) -> Self {
        let mut by_item = HashMap::new();
        let mut by_operation = HashMap::new();
        let mut by_schema = HashMap::new();
        let mut by_reference = HashMap::new();
        for (index, resource) in all.iter().enumerate() {
            by_item.entry(resource.item_path.shape()).or_insert(index);
            for operation in resource.operations() {
                by_operation.entry(operation.to_owned()).or_insert(index);
            }
            by_schema.entry(resource.schema.clone()).or_insert(index);
            let own = format!("{}_{}", resource.snake_name(), snake_case(&resource.id));
            by_reference.insert(own, index);
        }
        for outline in operations.outlines() {
            for parameter in outline.path.parameters() {
                let item = outline.path.up_to(parameter).map(|item| item.shape());
                let Some(index) = item.and_then(|item| by_item.get(&item).copied()) else {
                    continue;
                };
                // `{Sid}` says nothing of what it names; `{ServiceSid}` does.
                let name = snake_case(parameter);
                if name != snake_case(&all[index].id) {
                    by_reference.insert(name, index);
                }
            }
        }
        Self {
            all,
            corrections,
            by_item,
            by_operation,
            by_schema,
            by_reference,
        }
    }
}

/// Finds the resources of a contract. Parents come before their children.
fn recognize(
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

/// `cities` as `city`, `builds` as `build`, `statuses` as `status`; `access` as it is.
pub fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let is_one = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    let is_many = ["sses", "xes", "tuses"]
        .iter()
        .any(|end| word.ends_with(end));
    let end = match (is_one, is_many) {
        (true, _) => "",
        (_, true) => "es",
        _ => "s",
    };
    word.strip_suffix(end).unwrap_or(word).to_owned()
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
        .find(|property| snake_case(property) == parameter_words)
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

/// `AssetVersion`, `assetVersion` and `asset-version` as `asset_version`; `HTTPServer` as
/// `http_server`.
pub fn snake_case(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let last = before.replace(c);
        if !c.is_alphanumeric() {
            if !words.is_empty() && !words.ends_with('_') {
                words.push('_');
            }
            continue;
        }
        if !c.is_uppercase() {
            words.push(c);
            continue;
        }
        let after_lower = last.is_some_and(|last| last.is_lowercase() || last.is_numeric());
        let before_lower = last.is_some_and(char::is_uppercase)
            && chars.peek().is_some_and(|next| next.is_lowercase());
        if (after_lower || before_lower) && !words.ends_with('_') {
            words.push('_');
        }
        words.extend(c.to_lowercase());
    }
    words.truncate(words.trim_end_matches('_').len());
    words
}

/// `asset_version` as `AssetVersion`.
pub(super) fn camel_case(words: &str) -> String {
    words
        .split('_')
        .map(|word| {
            let mut chars = word.chars();
            chars
                .next()
                .map(|first| first.to_uppercase().chain(chars).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_styles() {
        for (name, words) in [
            ("AssetVersion", "asset_version"),
            ("ServiceSid", "service_sid"),
            ("petId", "pet_id"),
            ("HTTPServer", "http_server"),
            ("friendly-name", "friendly_name"),
            ("already_snake", "already_snake"),
            ("SID", "sid"),
        ] {
            assert_eq!(snake_case(name), words);
        }
        assert_eq!(camel_case("asset_version"), "AssetVersion");
    }

    #[test]
    fn one_of_many() {
        for (many, one) in [
            ("cities", "city"),
            ("builds", "build"),
            ("caches", "cache"),
            ("statuses", "status"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("access", "access"),
            ("status", "status"),
            ("sheep", "sheep"),
        ] {
            assert_eq!(singular(many), one);
        }
    }

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
