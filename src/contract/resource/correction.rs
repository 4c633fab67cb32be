//! What the user says of resources where a guess is wrong.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Resource;
use crate::contract::operation::{Operation, Operations, PathTemplate};
use crate::place::Place;
use crate::spec::{Level, LoadError, Problem, nearest};

/// What an operation can be to a resource.
const ROLES: [&str; 5] = ["create", "list", "fetch", "update", "delete"];

/// A correction as it is written.
#[derive(Debug, Clone)]
pub struct ResourceOverride {
    /// Where.
    pub place: Place,
    /// Path of an item.
    pub path: String,
    /// What is said of it: false, or an object.
    pub value: Value,
}

/// What is said of the items at one path.
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
    /// Operations by what they are to the resource; none if there is none.
    operations: BTreeMap<String, Option<String>>,
}

impl Correction {
    /// What is said of the items at a path.
    pub(in crate::contract) fn of<'c>(all: &'c [Self], item_path: &str) -> Option<&'c Self> {
        all.iter().find(|correction| correction.path == item_path)
    }

    /// The operation that is this to the resource: the one that is named, or the guess.
    pub(in crate::contract) fn role<'o>(
        &self,
        role: &str,
        operations: &'o Operations,
        guess: Option<&'o Operation>,
    ) -> Option<&'o Operation> {
        match self.operations.get(role) {
            Some(id) => operations.get(id.as_ref()?),
            None => guess,
        }
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
                Some(id) => format!("no answer shows an item with the property '{id}'"),
                None => "no answer shows what the id of an item is".to_owned(),
            };
            let remedy = "say with `id` which property of an item its path names, or write `false`";
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
        operations: BTreeMap::new(),
    };
    let mut tell = |message: String, remedy: String| {
        problems.push(problem(&written.place, message, &remedy));
    };
    let outlines = operations.outlines();
    let items = outlines.filter(|o| o.path.split_item().is_some());
    let paths: Vec<String> = items.map(|operation| operation.path.to_string()).collect();
    if !paths.contains(&written.path) {
        let known = nearest(&written.path, paths.iter().map(String::as_str));
        tell(
            format!("no operation has the path of an item '{}'", written.path),
            known.unwrap_or_else(|| "write the path as the document does".to_owned()),
        );
    }
    let Value::Object(members) = &written.value else {
        if correction.is_resource {
            tell(
                "this says nothing of a resource".to_owned(),
                "write `false`, or a table".to_owned(),
            );
        }
        return correction;
    };
    for (name, value) in members {
        match (name.as_str(), value) {
            ("name", Value::String(text)) => correction.name = Some(text.clone()),
            ("id", Value::String(text)) => correction.id = Some(text.clone()),
            (role, Value::Bool(false)) if ROLES.contains(&role) => {
                correction.operations.insert(role.to_owned(), None);
            }
            (role, Value::String(id)) if ROLES.contains(&role) => {
                if let Err((message, remedy)) = fits(role, id, &written.path, operations) {
                    tell(message, remedy);
                }
                correction
                    .operations
                    .insert(role.to_owned(), Some(id.clone()));
            }
            ("name" | "id", _) => tell(format!("'{name}' must be a text"), String::new()),
            (role, _) if ROLES.contains(&role) => tell(
                format!("'{name}' must be an operationId, or false"),
                String::new(),
            ),
            _ => {
                let known = ["name", "id"].into_iter().chain(ROLES);
                tell(
                    format!("'{name}' is not known here"),
                    nearest(name, known.clone()).unwrap_or_else(|| {
                        format!("known are {}", known.collect::<Vec<_>>().join(", "))
                    }),
                );
            }
        }
    }
    correction
}

/// Whether an operation can be this to the items at a path: it names the item, or its collection.
fn fits(role: &str, id: &str, path: &str, operations: &Operations) -> Result<(), (String, String)> {
    let Some(operation) = operations.outlines().find(|outline| outline.id == id) else {
        let known = operations.outlines().map(|outline| outline.id.as_str());
        return Err((
            format!("there is no operation '{id}'"),
            nearest(id, known).unwrap_or_else(|| "`trueup inspect` lists them".to_owned()),
        ));
    };
    let parameters = operation.path.parameters().count();
    let of_item = PathTemplate::parse(path).parameters().count();
    let is_right = match role {
        "create" => parameters == of_item || parameters + 1 == of_item,
        "list" => parameters + 1 == of_item,
        _ => parameters == of_item,
    };
    if is_right {
        return Ok(());
    }
    Err((
        format!(
            "'{id}' cannot {role} items of this path: {} names others",
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
