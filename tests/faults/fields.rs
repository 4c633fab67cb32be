//! Every documented property of every answer, missing, null or in the company of another one. The
//! rows are made of the contract. A property that several operations show is planted in one.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trueup::contract::{Shape, Shapes};
use trueup::place::pointer;

use crate::matrix::{CONTRACT, Row, row, run};
use crate::stage::{body, keep, only, refused, remove, visit};

/// A property where an operation shows it.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) operation: &'static str,
    /// JSON pointer with `*` for items.
    pub(crate) place: &'static str,
    pub(crate) shape: Shape,
}

impl Shown {
    /// The name of a row.
    pub(crate) fn name(&self, what: &str) -> String {
        format!("{} {}: {what}", self.operation, self.place)
    }

    /// A row whose findings stand at this place.
    pub(crate) fn row(&self, what: &str, check: &'static str, edit: fn(&mut Value)) -> Row {
        let place = self.place;
        let fault = body(only(self.operation), move |_, _, body| {
            visit(body, place, &mut |value| edit(value));
        });
        row(self.name(what), &[check], fault)
            .on(self.operation)
            .place(format!("body {place}"))
    }
}

/// All documented properties of successful answers: for each, the operations that show it.
pub(crate) fn documented() -> Vec<Vec<Shown>> {
    let mut all: BTreeMap<(String, String), Vec<Shown>> = BTreeMap::new();
    for operation in CONTRACT.operations.iter() {
        let schemas: Vec<&str> = operation
            .successes()
            .flat_map(|response| &response.media)
            .filter_map(|media| media.schema.as_deref())
            .collect();
        let shapes = Shapes::compile(&CONTRACT, schemas.iter().copied());
        let operation = keep(operation.id.as_str());
        for root in schemas.iter().filter_map(|schema| shapes.at(schema)) {
            walk(&shapes, root, "", &mut |object, name, place, shape| {
                // Few fixtures list builds with these, and they are slow. Nothing creates a log.
                if place.starts_with("/builds/*/function_versions/*")
                    || place.starts_with("/builds/*/dependencies/*")
                    || place.starts_with("/logs/*")
                    || operation == "FetchLog"
                {
                    return;
                }
                let shown = Shown {
                    operation,
                    place: keep(place),
                    shape: shape.clone(),
                };
                let key = (object.pointer.clone(), name.to_owned());
                all.entry(key).or_default().push(shown);
            });
        }
    }
    all.into_values().collect()
}

/// One of the operations that show each property, not always the first.
pub(crate) fn spread(shift: usize) -> impl Iterator<Item = Shown> {
    documented()
        .into_iter()
        .enumerate()
        .map(move |(index, shown)| shown[(index + shift) % shown.len()].clone())
}

fn walk(
    shapes: &Shapes,
    shape: &Shape,
    place: &str,
    visit: &mut dyn FnMut(&Shape, &str, &str, &Shape),
) {
    if let Some(items) = shapes.items(shape) {
        walk(shapes, items, &format!("{place}/*"), visit);
    }
    let mut properties: Vec<_> = shape.properties.iter().collect();
    properties.sort();
    for (name, id) in properties {
        let place = pointer::join(place, name);
        let member = shapes.get(*id);
        visit(shape, name, &place, member);
        walk(shapes, member, &place, visit);
    }
}

fn may_be_null(shape: &Shape) -> bool {
    let schema = CONTRACT.document.get(&shape.pointer);
    schema.is_some_and(|schema| schema.get("nullable") == Some(&Value::Bool(true)))
}

#[test]
fn missing() {
    let rows = spread(0).map(|shown| {
        let place = shown.place;
        let fault = body(only(shown.operation), move |_, _, body| remove(body, place));
        row(shown.name("missing"), &["required"], fault)
            .on(shown.operation)
            .place(format!("body {place}"))
    });
    run(rows.collect());
}

#[test]
fn null() {
    let rows = spread(1)
        .filter(|shown| !may_be_null(&shown.shape))
        .map(|shown| shown.row("null", "schema", |value| *value = Value::Null));
    run(rows.collect());
}

#[test]
fn undocumented() {
    let rows = spread(3)
        .filter(|shown| !shown.shape.properties.is_empty() || shown.place.ends_with("/sid"))
        .map(|shown| {
            // Beside a SID, so in the object that it names, or in an object of its own.
            let object = shown.place.strip_suffix("/sid").unwrap_or(shown.place);
            let fault = body(only(shown.operation), move |_, _, body| {
                visit(body, object, &mut |value| {
                    if let Some(members) = value.as_object_mut() {
                        members.insert("e_tag".to_owned(), json!("W/1"));
                    }
                });
            });
            row(shown.name("with company"), &["undocumented"], fault)
                .on(shown.operation)
                .place(format!("body {object}/e_tag"))
        });
    run(rows.collect());
}

#[test]
fn of_errors() {
    let mut rows = Vec::new();
    for (operation, status, name) in [
        ("FetchAsset", 404, "code"),
        ("ListBuild", 404, "message"),
        ("CreateService", 401, "more_info"),
        ("DeleteFunction", 401, "status"),
    ] {
        let place = keep(format!("/{name}"));
        let fault = refused(only(operation), status, move |body| remove(body, place));
        let missing = format!("{operation} {status} without {name}");
        rows.push(row(missing, &["required"], fault).on(operation));
        let fault = refused(only(operation), status, move |body| {
            visit(body, place, &mut |value| *value = Value::Null);
        });
        let null = format!("{operation} {status} with {name} null");
        rows.push(row(null, &["schema"], fault).on(operation));
    }
    let fault = refused(&["FetchBuild"], 404, |body| body["detail"] = json!("none"));
    rows.push(row("FetchBuild 404 with company", &["undocumented"], fault).on("FetchBuild"));
    run(rows);
}
