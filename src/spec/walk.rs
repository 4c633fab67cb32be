//! Walks over all that a document describes.

use serde_json::{Map, Value};

use super::data;
use super::document::Document;
use super::problem::Problem;
use crate::keyword::Keyword;
use crate::place::pointer;

/// Visits every object that describes something, with its place. Examples, defaults and the
/// contents of extensions are data and left out.
pub fn each_object(document: &Document, visit: &mut dyn FnMut(&str, &Map<String, Value>)) {
    document.visit(&mut |at, part, names| walk(part, at, names, visit));
}

fn walk(
    node: &Value,
    at: &mut String,
    names: bool,
    visit: &mut dyn FnMut(&str, &Map<String, Value>),
) {
    let length = at.len();
    match node {
        Value::Object(members) => {
            if !names {
                visit(at, members);
            }
            for (name, value) in members {
                if !names && data::is_data(name) {
                    continue;
                }
                pointer::push(at, name);
                walk(value, at, !names && data::holds_names(name), visit);
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                pointer::push(at, &i.to_string());
                walk(item, at, false, visit);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

/// All references whose targets do not exist.
pub fn broken_references(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    each_object(
        document,
        &mut |at, members| match members.get(Keyword::Ref.name()) {
            None => {}
            Some(Value::String(_)) => {
                if let Err(error) = document.resolve(at) {
                    problems.extend(error.problems);
                }
            }
            Some(_) => problems.push(document.problem(
                super::Level::Error,
                &pointer::join(at, Keyword::Ref.name()),
                "a reference must be a string",
                "put it in quotes",
            )),
        },
    );
    problems
}
