//! What a contract says of a resource, as far as laws need it.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use super::super::request::Draft;
use super::unstable;
use crate::contract::{
    Contract, Echo, Location, Next, Operation, Parameter, Resource, Shape, Shapes, chooses_part,
    snake_case,
};
use crate::place::pointer;
use crate::schema::{Cursor, Keyword};
use crate::wire::{Status, StatusRange};

/// Words that mark an item as deleted. Where they are names of properties, a deletion need not be
/// final.
const MARKS: [&str; 7] = [
    "deleted",
    "deleted_at",
    "is_deleted",
    "date_deleted",
    "archived",
    "archived_at",
    "trashed",
];

/// What laws ask of a resource.
pub(super) struct Ground<'a> {
    pub(super) contract: &'a Contract,
    pub(super) resource: &'a Resource,
    pub(super) shapes: &'a Shapes,
    /// The names of all properties of an item, at any depth, and whether their values are loose.
    names: Vec<(String, bool)>,
    unstable: OnceCell<Vec<String>>,
}

impl<'a> Ground<'a> {
    /// The ground for one of the contract's resources; `shapes` has those of all items and views.
    pub(super) fn new(contract: &'a Contract, shapes: &'a Shapes, index: usize) -> Self {
        let resource = &contract.resources[index];
        let mut names = BTreeMap::new();
        if let Some(shape) = shapes.at(&resource.schema) {
            gather(shapes, shape, &mut HashSet::new(), &mut names);
        }
        Self {
            contract,
            resource,
            shapes,
            names: names.into_iter().collect(),
            unstable: OnceCell::new(),
        }
    }

    fn operation(&self, id: Option<&String>) -> Option<&'a Operation> {
        id.and_then(|id| self.contract.operation(id))
    }

    /// The operation that creates an item, if the item is there once it has answered.
    pub(super) fn create(&self) -> Option<&'a Operation> {
        let create = self.operation(self.resource.create.as_ref())?;
        (is_immediate(create) && answers_with_item(create)).then_some(create)
    }

    /// The operation that fetches an item.
    pub(super) fn fetch(&self) -> Option<&'a Operation> {
        let fetch = self.operation(self.resource.fetch.as_ref())?;
        answers_with_item(fetch).then_some(fetch)
    }

    /// The operation that changes an item.
    pub(super) fn update(&self) -> Option<&'a Operation> {
        let update = self.operation(self.resource.update.as_ref())?;
        let has_body = update
            .body
            .as_ref()
            .is_some_and(|b| !b.properties.is_empty());
        (is_immediate(update) && has_body).then_some(update)
    }

    /// The operation that changes an item, if what it changes can be seen.
    pub(super) fn update_seen(&self) -> Option<&'a Operation> {
        self.create()?;
        self.fetch()?;
        self.update()
    }

    /// Whether the answer of an operation shows an item with its id.
    pub(super) fn shows_id(&self, operation: &Operation) -> bool {
        let media = operation.successes().flat_map(|response| &response.media);
        let schemas = media.filter_map(|media| media.schema.as_ref());
        let mut items = schemas.filter_map(|schema| {
            let body = Cursor::at(&self.contract.document, schema)?;
            let mut way = pointer::tokens(&self.resource.envelope);
            way.try_fold(body, |object, name| object.property(&name))?
                .resolved()
        });
        items.any(|item| **item.place() == *self.resource.schema)
    }

    /// What of a request's body is fetched as it was sent: plain values of properties that come back
    /// under their own names.
    pub(super) fn comes_back(&self, update: &Operation, sent: &Value) -> Map<String, Value> {
        let known = properties([Some(update)]);
        let unstable = self.unstable();
        let members = sent.as_object().into_iter().flatten();
        members
            .filter(|(name, value)| known.contains(&snake_case(name)) && is_plain(value))
            .filter_map(|(name, value)| {
                let mut names = self.names.iter().map(|(own, _)| own);
                let own = names.find(|own| snake_case(own) == snake_case(name))?;
                (!unstable.contains(own)).then(|| (own.clone(), value.clone()))
            })
            .collect()
    }

    /// The operation that deletes an item, if the item is gone once it has answered.
    pub(super) fn delete(&self) -> Option<&'a Operation> {
        let delete = self.operation(self.resource.delete.as_ref())?;
        let mut names = self.names.iter();
        let is_marked = names.any(|(name, _)| MARKS.contains(&snake_case(name).as_str()));
        (is_immediate(delete) && !is_marked).then_some(delete)
    }

    /// The operation that lists the items, if what was created must be in the answer: the list has
    /// pages that can be followed, or is all there is, or its parent is new. One that must be told
    /// a property of the items has some of them only.
    pub(super) fn list(&self) -> Option<&'a Operation> {
        let list = self.operation(self.resource.list.as_ref())?;
        self.contract.items_of(list)?;
        let is_filter = |parameter: &&Parameter| {
            let words = snake_case(&parameter.name);
            let mut names = self.names.iter().map(|(name, _)| snake_case(name));
            parameter.location == Location::Query
                && parameter.required
                && names.any(|name| name == words)
        };
        if list.parameters.iter().any(|p| is_filter(&p)) {
            return None;
        }
        let has_pages = list.paging.is_some() || self.contract.counted_pages(list).is_some();
        let is_whole = !list.parameters.iter().any(|parameter| {
            parameter.location == Location::Query && chooses_part(&parameter.name)
        });
        (has_pages || is_whole || self.resource.parent.is_some()).then_some(list)
    }

    /// The parent, if the contract can create it.
    pub(super) fn parent(&self) -> Option<(usize, &'a Resource)> {
        let index = self.resource.parent?;
        let parent = &self.contract.resources[index];
        parent.create.as_ref().map(|_| (index, parent))
    }

    /// The operations below an item that name no other: its views, and what lists and creates its
    /// children.
    pub(super) fn below(&self) -> impl Iterator<Item = &'a Operation> {
        let contract = self.contract;
        let children = contract.resources.iter().filter(|child| {
            let parent = child
                .parent
                .map(|index| &contract.resources[index].item_path);
            parent.is_some_and(|path| path.same_shape(&self.resource.item_path))
        });
        let of_children = children.flat_map(|child| [&child.list, &child.create]);
        let views = self.resource.views.iter();
        views
            .chain(of_children.flatten())
            .filter_map(|id| contract.operation(id))
    }

    /// What is known of an item.
    fn shape(&self) -> Option<&'a Shape> {
        self.shapes.at(&self.resource.schema)
    }

    /// The property of an item that tells its state, with what follows what, if some state is final.
    pub(super) fn states(&self) -> Option<(&'a str, &'a Next)> {
        let properties = self.shape()?.properties.iter();
        let states = properties.filter_map(|(name, id)| {
            let next = self.shapes.get(*id).next.as_ref()?;
            (!next.last().is_empty()).then_some((name.as_str(), next))
        });
        states.min_by_key(|(name, _)| *name)
    }

    /// The views of an item that show its id and its state.
    pub(super) fn views_of(&self, state: &str) -> impl Iterator<Item = &'a Operation> {
        let views = self.resource.views.iter();
        let views = views.filter_map(|id| self.contract.operation(id));
        views.filter(move |view| {
            let media = view.successes().flat_map(|response| &response.media);
            let mut schemas = media.filter_map(|media| media.schema.as_ref());
            schemas.any(|schema| {
                let shape = self.shapes.at(schema);
                let item = shape.and_then(|s| self.shapes.below(s, &self.resource.envelope));
                item.is_some_and(|item| {
                    let state = self.shapes.member(item, state);
                    let is_watched = state.is_some_and(|state| state.next.is_some());
                    is_watched && item.properties.contains_key(&self.resource.id)
                })
            })
        })
    }

    /// Names of properties that may differ between two answers though nobody has changed the item:
    /// those that move by their names, and what no request sets and no rule of the contract ties
    /// down: numbers may be counters, and URLs may be signed anew.
    pub(super) fn unstable(&self) -> Vec<String> {
        self.unstable.get_or_init(|| self.find_unstable()).clone()
    }

    fn find_unstable(&self) -> Vec<String> {
        let operations = [&self.resource.create, &self.resource.update];
        let set = properties(operations.map(|id| self.operation(id.as_ref())));
        let is_free = |(name, is_loose): &&(String, bool)| {
            *is_loose && *name != self.resource.id && !set.contains(&snake_case(name))
        };
        let free = self.names.iter().filter(is_free);
        let mut names: Vec<String> = free.map(|(name, _)| name.clone()).collect();
        let all: Vec<&str> = self.names.iter().map(|(name, _)| name.as_str()).collect();
        names.extend(unstable::names(&all));
        names
    }

    /// Names of properties that an update without them may change. The id, the parents, the time of
    /// creation and what only requests set stay as they are.
    pub(super) fn changed_by(&self, change: &Draft<'_>) -> Vec<String> {
        let update = change.operation;
        let sent = change.body.as_ref().and_then(|body| body.value.as_object());
        // What PUT leaves out is taken away (RFC 9110 section 9.3.4).
        let set_by_requests = if update.method == "PUT" {
            Vec::new()
        } else {
            properties([self.operation(self.resource.create.as_ref()), Some(update)])
        };
        let is_parent = |words: &str| {
            let parameters = self.resource.item_path.parameters();
            parameters
                .map(snake_case)
                .any(|parameter| parameter == words)
        };
        let may_change = |name: &&String| {
            let words = snake_case(name);
            let mut sent = sent.into_iter().flat_map(Map::keys);
            let is_sent = sent.any(|sent| snake_case(sent) == words);
            let is_fixed = **name == self.resource.id
                || is_parent(&words)
                || unstable::is_creation(&words)
                || set_by_requests.contains(&words);
            is_sent || !is_fixed
        };
        let names = self.names.iter().map(|(name, _)| name);
        names.filter(may_change).cloned().collect()
    }

    /// Places in an item that hold URLs, with the operations that answer there.
    pub(super) fn links(&self) -> Vec<(Vec<String>, &'a Operation)> {
        let mut links = Vec::new();
        if let Some(shape) = self.shape() {
            self.gather_links(shape, &mut Vec::new(), &mut links);
        }
        links.sort_by(|(a, _), (b, _)| a.cmp(b));
        links
    }

    fn gather_links(
        &self,
        shape: &Shape,
        way: &mut Vec<String>,
        links: &mut Vec<(Vec<String>, &'a Operation)>,
    ) {
        for (name, id) in &shape.properties {
            let member = self.shapes.get(*id);
            way.push(name.clone());
            let answers = |operation: &&Operation| {
                let path = member.url.as_ref();
                operation.method == "GET" && path.is_some_and(|p| p.same_shape(&operation.path))
            };
            // A link of a required property of required objects is there in every item.
            if shape.required.contains(name) {
                match self.contract.operations.iter().find(answers) {
                    Some(operation) => links.push((way.clone(), operation)),
                    None if way.len() < 3 => self.gather_links(member, way, links),
                    None => {}
                }
            }
            way.pop();
        }
    }

    /// Sizes of pages that few items fill, with the parameter that asks for them. Only under a new
    /// parent are there so few items.
    pub(super) fn small_pages(&self, list: &Operation) -> Option<(String, Vec<u64>)> {
        self.parent()?;
        let size = list.paging.as_ref()?.page_size.as_ref()?;
        let parameter = list.parameter(Location::Query, &size.parameter)?;
        let schema = parameter.schema.as_ref();
        let schema = schema.and_then(|schema| Cursor::at(&self.contract.document, schema));
        let minimum = schema.and_then(|schema| schema.count(Keyword::Minimum));
        let minimum = minimum.unwrap_or(1);
        (minimum <= 1).then(|| (size.parameter.clone(), vec![1, 2]))
    }

    /// The largest size of a page that can be asked for, if the contract says it.
    pub(super) fn largest_page(&self, list: &Operation) -> Option<(String, u64)> {
        if let Some(pages) = self.contract.counted_pages(list) {
            return Some((pages.size, pages.largest?));
        }
        let size = list.paging.as_ref()?.page_size.as_ref()?;
        let parameter = list.parameter(Location::Query, &size.parameter)?;
        let schema = Cursor::at(&self.contract.document, parameter.schema.as_ref()?)?;
        let maximum = schema.count(Keyword::Maximum)?;
        Some((size.parameter.clone(), maximum))
    }
}

/// Gathers the names of the properties at and below a shape. What two schemas say together is
/// another shape than what one of them says, though both stand at one place.
fn gather(
    shapes: &Shapes,
    shape: &Shape,
    seen: &mut HashSet<*const Shape>,
    names: &mut BTreeMap<String, bool>,
) {
    if !seen.insert(std::ptr::from_ref(shape)) {
        return;
    }
    for (name, id) in &shape.properties {
        let member = shapes.get(*id);
        *names.entry(name.clone()).or_default() |= is_loose(member);
        gather(shapes, member, seen, names);
    }
    let values = shape.additional.map(|id| shapes.get(id));
    for inner in shapes.items(shape).into_iter().chain(values) {
        gather(shapes, inner, seen, names);
    }
}

/// Whether an item with this value may count as deleted.
pub(super) fn is_mark(value: &Value) -> bool {
    let words = value.as_str().map(snake_case);
    words.is_some_and(|words| MARKS.contains(&words.as_str()))
}

/// Whether values of a shape may be counters or signed URLs.
fn is_loose(shape: &Shape) -> bool {
    let is_url = matches!(
        shape.format.as_deref(),
        Some("uri" | "url" | "uri-reference")
    );
    matches!(shape.kind.as_deref(), Some("integer" | "number")) || is_url && shape.url.is_none()
}

/// The properties in snake case that requests of these operations set, and that come back.
fn properties<'o>(operations: impl IntoIterator<Item = Option<&'o Operation>>) -> Vec<String> {
    operations
        .into_iter()
        .flatten()
        .flat_map(|operation| &operation.body)
        .flat_map(|body| &body.properties)
        .filter(|property| property.echo == Echo::ByName)
        .map(|property| snake_case(&property.name))
        .collect()
}

/// Whether no server has a reason to write a value in another way.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::Number(number) => number.is_i64(),
        Value::String(text) => {
            let mut bytes = text.bytes();
            !text.is_empty()
                && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        }
        _ => false,
    }
}

/// Whether what an operation does is done when it answers: it never says "accepted" only.
fn is_immediate(operation: &Operation) -> bool {
    !operation
        .successes()
        .any(|response| response.status == StatusRange::Exact(Status(202)))
}

pub(super) fn answers_with_item(operation: &Operation) -> bool {
    let mut media = operation.successes().flat_map(|response| &response.media);
    media.any(|media| media.is_json() && media.schema.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether every new item must be in a list that has this parameter.
    fn is_whole(parameter: &str) -> bool {
        let document = format!(
            "
openapi: 3.0.3
info: {{title: t, version: '1'}}
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{{in: query, schema: {{type: string}}, {parameter}}}]
      responses: {{'200': {{description: d, content: {{application/json: {{schema: {{type: array, items: {{}}}}}}}}}}}}
  /pets/{{id}}:
    get:
      operationId: getPet
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      responses:
        '200':
          description: d
          content: {{application/json: {{schema: {{type: object, properties: {{id: {{}}, kind: {{}}}}}}}}}}
"
        );
        let contract = crate::contract::sample(&document);
        let items = contract.resources.iter().map(|r| r.schema.as_str());
        let shapes = Shapes::compile(&contract, items);
        Ground::new(&contract, &shapes, 0).list().is_some()
    }

    #[test]
    fn a_list_of_one_kind_has_not_all_items() {
        assert!(is_whole("name: kind"));
        assert!(is_whole("name: version, required: true"));
        assert!(!is_whole("name: kind, required: true"));
        assert!(!is_whole("name: limit"));
    }
}
