//! Which values of a request name items.

use std::cell::{OnceCell, RefCell};

use foldhash::HashMap;
use serde_json::Value;

use crate::contract::{Contract, Operation, Resource, singular, snake_case};
use crate::place::pointer;
use crate::schema::{Cursor, Keyword};

/// How requests of a contract call its items and their ids.
#[derive(Debug)]
pub(super) struct Names<'a> {
    contract: &'a Contract,
    /// `build_sid`, `pet_id`: what the id of an item is called elsewhere.
    ids: HashMap<String, usize>,
    /// `build`, `pet`.
    items: HashMap<String, usize>,
    /// How templates call the id, by resource: `sid`, `data.id`.
    paths: Vec<String>,
    /// The types of the ids, by resource.
    types: Vec<OnceCell<Option<&'a str>>>,
    /// The names that were looked up, with what was found.
    known: RefCell<HashMap<String, Option<Referred>>>,
}

/// What a name refers to.
#[derive(Debug, Clone, Copy)]
struct Referred {
    index: usize,
    /// Whether the whole name is that of the id, nothing standing before it.
    is_whole: bool,
}

impl<'a> Names<'a> {
    pub(super) fn new(contract: &'a Contract) -> Self {
        let resources = &contract.resources;
        let mut ids = HashMap::default();
        let mut items = HashMap::default();
        for (index, resource) in resources.iter().enumerate() {
            for name in id_names(resource) {
                ids.entry(name).or_insert(index);
            }
            items.entry(resource.snake_name()).or_insert(index);
        }
        Self {
            contract,
            ids,
            items,
            paths: resources.iter().map(Resource::id_path).collect(),
            types: vec![OnceCell::new(); resources.len()],
            known: RefCell::default(),
        }
    }

    /// How templates call the id of an item.
    pub(super) fn id_path(&self, index: usize) -> &str {
        &self.paths[index]
    }

    /// The resource whose item a parameter or property of this name refers to.
    pub(super) fn referred(&self, operation: &Operation, name: &str) -> Option<usize> {
        let known = self.known.borrow().get(name).copied();
        let found = known.unwrap_or_else(|| {
            let found = self.find(name);
            self.known.borrow_mut().insert(name.to_owned(), found);
            found
        });
        let Referred { index, is_whole } = found?;
        let resource = &self.contract.resources[index];
        // A property called like the id of the item itself chooses that id.
        let is_own = is_whole && resource.operations().any(|id| id == operation.id);
        (!is_own).then_some(index)
    }

    fn find(&self, name: &str) -> Option<Referred> {
        let words = snake_case(name);
        let mut rest = words.as_str();
        loop {
            if let Some(index) = self.ids.get(rest).copied() {
                let is_whole = rest == words;
                return Some(Referred { index, is_whole });
            }
            rest = &rest[rest.find('_')? + 1..];
        }
    }

    /// The resource of this name.
    pub(super) fn item(&self, name: &str) -> Option<usize> {
        self.items.get(&snake_case(name)).copied()
    }

    /// The places in a body whose values are ids of items, with the index of the resource.
    pub(super) fn in_body(&self, operation: &Operation, body: &Value) -> Vec<(String, usize)> {
        let mut walk = Walk {
            names: self,
            operation,
            found: Vec::new(),
        };
        walk.value("", body, &mut String::new());
        walk.found
    }

    /// Whether a value has the type of a resource's ids.
    fn fits(&self, index: usize, value: &Value) -> bool {
        let kind =
            self.types[index].get_or_init(|| id_schema(self.contract, index)?.text(Keyword::Type));
        match kind {
            Some("string") => value.is_string(),
            Some("integer" | "number") => value.is_number(),
            _ => true,
        }
    }
}

struct Walk<'w, 'a> {
    names: &'w Names<'a>,
    operation: &'w Operation,
    found: Vec<(String, usize)>,
}

impl Walk<'_, '_> {
    fn value(&mut self, name: &str, value: &Value, at: &mut String) {
        let length = at.len();
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    pointer::push(at, member);
                    self.value(member, value, at);
                    at.truncate(length);
                }
            }
            Value::Array(items) => {
                let one = singular(name);
                // A list called like a resource holds ids of its items.
                let owner = self.names.item(&one);
                for (i, item) in items.iter().enumerate() {
                    pointer::push(at, &i.to_string());
                    match owner.filter(|owner| is_scalar(item) && self.names.fits(*owner, item)) {
                        Some(owner) => self.found.push((at.clone(), owner)),
                        None => self.value(&one, item, at),
                    }
                    at.truncate(length);
                }
            }
            Value::String(_) | Value::Number(_) => {
                let referred = self.names.referred(self.operation, name);
                if let Some(index) = referred.filter(|index| self.names.fits(*index, value)) {
                    self.found.push((at.clone(), index));
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number()
}

/// How others call the id of an item: `build_sid`, `pet_id`.
fn id_names(resource: &Resource) -> Vec<String> {
    let own = resource.snake_name();
    let id = snake_case(&resource.id);
    let mut names = vec![format!("{own}_{id}")];
    names.extend(["id", "sid", "uuid"].map(|usual| format!("{own}_{usual}")));
    let parameter = snake_case(&resource.parameter);
    // `{Sid}` says nothing of what it names.
    if parameter.contains('_') && parameter != id {
        names.push(parameter);
    }
    names
}

/// The schema of the ids of a resource, as the document has it.
pub(super) fn id_schema(contract: &Contract, index: usize) -> Option<Cursor<'_>> {
    let resource = &contract.resources[index];
    let schema = Cursor::at(&contract.document, &resource.schema)?;
    schema.property(&resource.id)?.resolved()
}
