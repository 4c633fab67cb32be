//! The user's corrections of resources that were recognised wrongly.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::role::Role;
use super::{IdSource, Resource};
use crate::contract::operation::{Operation, Operations, PathTemplate};
use crate::place::{Place, pointer};
use crate::spec::{Level, LoadError, Problem, nearest};

/// Where the id of a new item may be (`id-from`).
const ID_SOURCES: [&str; 5] = ["body", "location", "path", "request", "value"];
/// The other members of a correction.
const MEMBERS: [&str; 4] = ["name", "id", "id-from", "envelope"];

/// A correction as it is written.
#[derive(Debug, Clone)]
pub struct ResourceOverride {
    /// Where.
    pub place: Place,
    /// Path of an item.
    pub path: String,
    /// The correction: false, or an object.
    pub value: Value,
}

/// The correction of the items at one path.
#[derive(Debug)]
pub(in crate::contract) struct Correction {
    place: Place,
    path: String,
    /// Whether they are items at all.
    pub(in crate::contract) is_resource: bool,
    /// Name of one item.
    pub(in crate::contract) name: Option<String>,
    /// Property that holds the id.
    pub(in crate::contract) id: Option<String>,
    /// JSON pointer of the item in a response.
    pub(in crate::contract) envelope: Option<String>,
    /// Where the id of a new item is.
    id_from: Option<String>,
    /// Operations by their roles; an empty list if no operation has the role.
    operations: BTreeMap<Role, Vec<String>>,
}

impl Correction {
    /// The correction of the items at a path.
    pub(in crate::contract) fn of<'c>(all: &'c [Self], item_path: &str) -> Option<&'c Self> {
        all.iter().find(|correction| correction.path == item_path)
    }

    /// The operation in a role: the one that is named, or the guess.
    pub(in crate::contract) fn role<'o>(
        &self,
        role: Role,
        operations: &'o Operations,
        guess: Option<&'o Operation>,
    ) -> Option<&'o Operation> {
        match self.operations.get(&role) {
            Some(ids) => operations.get(ids.first()?),
            None => guess,
        }
    }

    /// The views that the user names, if any.
    pub(in crate::contract) fn views(&self) -> Option<Vec<String>> {
        self.operations.get(&Role::View).cloned()
    }

    /// The operations in roles of which a resource may have several, views aside.
    pub(in crate::contract) fn others(&self) -> BTreeMap<Role, Vec<String>> {
        let named = self.operations.iter();
        let others = named.filter(|(role, _)| role.is_repeatable() && **role != Role::View);
        others.map(|(role, ids)| (*role, ids.clone())).collect()
    }

    /// The roles that are settled, so that no other operation is guessed to have them.
    pub(in crate::contract) fn settled(&self) -> BTreeSet<Role> {
        self.operations.keys().copied().collect()
    }

    /// Whether the user defines where the ids of new items are.
    pub(in crate::contract) fn says_where_ids_are(&self) -> bool {
        self.id_from.is_some()
    }

    fn take_member(
        &mut self,
        name: &str,
        value: &Value,
        written: &ResourceOverride,
        operations: &Operations,
        tell: &mut dyn FnMut(String, String),
    ) {
        match (name, value) {
            ("name", Value::String(text)) => self.name = Some(text.clone()),
            ("id", Value::String(text)) => self.id = Some(text.clone()),
            ("name" | "id", _) => tell(format!("`{name}` must be a string"), String::new()),
            ("envelope", Value::String(text)) if text.is_empty() || text.starts_with('/') => {
                self.envelope = Some(text.clone());
            }
            ("envelope", _) => tell(
                "`envelope` must be a JSON pointer such as `/data`".to_owned(),
                String::new(),
            ),
            ("id-from", Value::String(text)) if ID_SOURCES.contains(&text.as_str()) => {
                self.id_from = Some(text.clone());
            }
            ("id-from", _) => tell(
                format!("`id-from` must be one of {}", ID_SOURCES.join(", ")),
                String::new(),
            ),
            (name, value) => {
                let Some(role) = Role::named(name) else {
                    let known = MEMBERS.into_iter().chain(Role::ALL.map(Role::name));
                    let remedy = nearest(name, known.clone()).unwrap_or_else(|| {
                        format!(
                            "the known members are {}",
                            known.collect::<Vec<_>>().join(", ")
                        )
                    });
                    return tell(format!("`{name}` is not a member of a resource"), remedy);
                };
                match ids(role, value) {
                    Ok(ids) => {
                        for id in &ids {
                            if let Err((message, remedy)) = fits(role, id, written, operations) {
                                tell(message, remedy);
                            }
                        }
                        self.operations.insert(role, ids);
                    }
                    Err(message) => tell(message, String::new()),
                }
            }
        }
    }

    /// Where the id of a new item is, if the user defines it.
    pub(in crate::contract) fn id_source(&self, envelope: &str, id: &str) -> Option<IdSource> {
        Some(match self.id_from.as_deref()? {
            "body" => IdSource::Body(pointer::join(envelope, id)),
            "location" => IdSource::Location,
            "path" => IdSource::Path,
            "value" => IdSource::Value,
            _ => IdSource::Request(id.to_owned()),
        })
    }
}

/// Reads corrections; mistakes in them are problems.
pub(in crate::contract) fn read(
    written: &[ResourceOverride],
    operations: &Operations,
    problems: &mut Vec<Problem>,
) -> Vec<Correction> {
    let corrections = written.iter();
    corrections
        .map(|written| one(written, operations, problems))
        .collect()
}

/// Sees that every correction has made a resource.
///
/// # Errors
/// All that have not.
pub(in crate::contract) fn verify(
    all: &[Correction],
    resources: &[Resource],
) -> Result<(), LoadError> {
    let made = |correction: &&Correction| {
        let mut resources = resources.iter();
        !correction.is_resource || resources.any(|r| r.item_path.to_string() == correction.path)
    };
    let problems: Vec<Problem> = all
        .iter()
        .filter(|correction| !made(correction))
        .map(|correction| {
            let message = match &correction.id {
                Some(id) => format!("no response contains an item with the property `{id}`"),
                None => "no response shows which property is the id of an item".to_owned(),
            };
            let remedy =
                "name in `id` the property that the item's path contains, or write `false`";
            problem(&correction.place, message, remedy)
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(LoadError { problems })
    }
}

fn one(
    written: &ResourceOverride,
    operations: &Operations,
    problems: &mut Vec<Problem>,
) -> Correction {
    let mut correction = Correction {
        place: written.place.clone(),
        path: written.path.clone(),
        is_resource: written.value != Value::Bool(false),
        name: None,
        id: None,
        envelope: None,
        id_from: None,
        operations: BTreeMap::new(),
    };
    let mut tell = |message: String, remedy: String| {
        problems.push(problem(&written.place, message, &remedy));
    };
    let outlines = operations.outlines();
    let mut paths: Vec<String> = outlines.map(|outline| outline.path.to_string()).collect();
    paths.dedup();
    if !paths.contains(&written.path) {
        let known = nearest(&written.path, paths.iter().map(String::as_str));
        tell(
            format!("no operation has the path `{}`", written.path),
            known.unwrap_or_else(|| "write the path exactly as in the document".to_owned()),
        );
    }
    let Value::Object(members) = &written.value else {
        if correction.is_resource {
            tell(
                "this does not describe a resource".to_owned(),
                "write `false`, or a table".to_owned(),
            );
        }
        return correction;
    };
    for (name, value) in members {
        correction.take_member(name, value, written, operations, &mut tell);
    }
    correction
}

/// The operations that a correction names for a role.
fn ids(role: Role, value: &Value) -> Result<Vec<String>, String> {
    let texts = |values: &[Value]| {
        let texts = values.iter();
        let texts: Option<Vec<String>> = texts.map(|v| v.as_str().map(str::to_owned)).collect();
        texts
    };
    let ids = match value {
        Value::Bool(false) => Some(Vec::new()),
        Value::String(id) => Some(vec![id.clone()]),
        Value::Array(values) if role.is_repeatable() => texts(values),
        _ => None,
    };
    let several = if role.is_repeatable() {
        ", a list of them"
    } else {
        ""
    };
    ids.ok_or_else(|| format!("`{role}` must be an operationId{several}, or false"))
}

/// Whether an operation can be this to the items at a path: it names the item, or its collection.
fn fits(
    role: Role,
    id: &str,
    written: &ResourceOverride,
    operations: &Operations,
) -> Result<(), (String, String)> {
    let Some(operation) = operations.outlines().find(|outline| outline.id == id) else {
        let known = operations.outlines().map(|outline| outline.id.as_str());
        return Err((
            format!("there is no operation `{id}`"),
            nearest(id, known).unwrap_or_else(|| "`trueup inspect` lists them".to_owned()),
        ));
    };
    let parameters = operation.path.parameters().count();
    let path = PathTemplate::parse(&written.path);
    let own = path.parameters().count();
    let is_of_items = path.split_item().is_some();
    let is_right = match role {
        Role::Create if is_of_items => parameters == own || parameters + 1 == own,
        Role::List if is_of_items => parameters + 1 == own,
        Role::Action | Role::Search | Role::Bulk | Role::View => parameters + 1 >= own,
        _ => parameters == own,
    };
    if is_right {
        return Ok(());
    }
    Err((
        format!(
            "`{id}` cannot {role} items of this path: its own path is {}",
            operation.path
        ),
        "name an operation with the same parameters in its path".to_owned(),
    ))
}

fn problem(place: &Place, message: String, remedy: &str) -> Problem {
    Problem {
        level: Level::Error,
        place: place.clone(),
        message,
        remedy: remedy.to_owned(),
    }
}
