//! The names that JSON Schema gives to places: `$id`, `$anchor` and `$dynamicAnchor`
//! (JSON Schema 2020-12, sections 8.2.1 and 8.2.2).

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use url::Url;

use super::data;
use crate::keyword::Keyword;
use crate::place::pointer;

/// The named places of one file.
#[derive(Debug)]
pub(super) struct Names {
    /// Schema resources, by JSON pointer: the file itself, and every schema with an `$id`.
    resources: BTreeMap<String, Url>,
    /// JSON pointers of anchors, by the resource that they belong to and their name.
    anchors: HashMap<(String, String), String>,
}

impl Names {
    /// The names of a file without any.
    pub(super) fn none(file: &Url) -> Self {
        Self {
            resources: BTreeMap::from([(String::new(), file.clone())]),
            anchors: HashMap::new(),
        }
    }

    /// Whether a text can hold names at all.
    pub(super) fn may_stand_in(text: &str) -> bool {
        [
            Keyword::Id.name(),
            Keyword::Anchor.name(),
            Keyword::DynamicAnchor.name(),
            "$self",
        ]
        .iter()
        .any(|name| text.contains(name))
    }

    /// Adds the names in a part of the file. `named` means that the author chose the names of its
    /// members.
    pub(super) fn add(&mut self, at: &mut String, part: &Value, named: bool) {
        let resource = self.resource(at).0.to_owned();
        self.walk(part, at, &resource, named);
    }

    fn walk(&mut self, node: &Value, at: &mut String, resource: &str, names: bool) {
        let length = at.len();
        match node {
            Value::Object(members) => {
                let text = |name: &str| members.get(name).and_then(Value::as_str);
                let mut own = None;
                if !names {
                    let base = self.resources.get(resource);
                    let id = text(Keyword::Id.name()).filter(|id| !id.starts_with('#'));
                    if let Some(id) = id.and_then(|id| base?.join(id).ok()) {
                        self.resources.insert(at.clone(), without_fragment(id));
                        own = Some(at.clone());
                    }
                    let resource = own.as_deref().unwrap_or(resource);
                    for anchor in [Keyword::Anchor.name(), Keyword::DynamicAnchor.name()] {
                        if let Some(name) = text(anchor) {
                            let key = (resource.to_owned(), name.to_owned());
                            self.anchors.insert(key, at.clone());
                        }
                    }
                }
                let resource = own.as_deref().unwrap_or(resource);
                for (name, value) in members {
                    if !names && data::is_data(name) {
                        continue;
                    }
                    pointer::push(at, name);
                    self.walk(value, at, resource, !names && data::holds_names(name));
                    at.truncate(length);
                }
            }
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    pointer::push(at, &i.to_string());
                    self.walk(item, at, resource, false);
                    at.truncate(length);
                }
            }
            _ => {}
        }
    }

    /// The document names itself (`$self`, `OpenAPI` 3.2).
    pub(super) fn name_file(&mut self, uri: &str) {
        if let Some(uri) = self.resources.get("").and_then(|file| file.join(uri).ok()) {
            self.resources.insert(String::new(), without_fragment(uri));
        }
    }

    /// The schema resource that a place belongs to, and its URI.
    pub(super) fn resource<'a>(&self, place: &'a str) -> (&'a str, Option<&Url>) {
        if self.resources.len() == 1 {
            return ("", self.resources.get(""));
        }
        let mut around = place;
        loop {
            if let Some(uri) = self.resources.get(around) {
                return (around, Some(uri));
            }
            match around.rfind('/') {
                Some(end) => around = &around[..end],
                None => return ("", None),
            }
        }
    }

    /// The schema resource of this URI.
    pub(super) fn find(&self, uri: &Url) -> Option<&str> {
        let mut resources = self.resources.iter();
        resources
            .find(|(_, known)| *known == uri)
            .map(|(place, _)| place.as_str())
    }

    /// The place of an anchor.
    pub(super) fn anchor(&self, resource: &str, name: &str) -> Option<&str> {
        let key = (resource.to_owned(), name.to_owned());
        self.anchors.get(&key).map(String::as_str)
    }
}

pub(super) fn without_fragment(mut uri: Url) -> Url {
    uri.set_fragment(None);
    uri
}
