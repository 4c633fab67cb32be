//! What is left of a response when everything is hidden in which two correct runs differ. Values
//! are hidden only after the checks have found them right.

use std::borrow::Cow;

use foldhash::HashMap;
use memchr::memmem::Finder;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::contract::{Contract, Paging, Shape, Shapes, Varies};
use crate::wire::{Response, replaced};

/// Shortest value that is looked for inside other texts.
const SHORTEST_INSIDE: usize = 6;

/// Longest text that a snapshot shows, in characters.
const LONGEST_SHOWN: usize = 1000;

/// Names of the values that a run makes up. The same value has the same name everywhere in a
/// scenario, so that a wrong id shows.
#[derive(Debug, Default)]
pub struct Names {
    by_value: HashMap<String, String>,
    /// The values that are looked for inside other texts, the longest first, with their names.
    inside: Vec<(Finder<'static>, String)>,
    counts: HashMap<String, usize>,
}

impl Names {
    /// Names a value, unless it has a name: `<Build:1>`, `<Build:2>`.
    pub fn add(&mut self, value: &str, kind: &str) {
        if value.is_empty() || self.by_value.contains_key(value) {
            return;
        }
        let count = self.counts.entry(kind.to_owned()).or_default();
        *count += 1;
        let name = format!("<{kind}:{count}>");
        if value.len() >= SHORTEST_INSIDE {
            let longer =
                |(known, _): &(Finder<'static>, String)| known.needle().len() >= value.len();
            let at = self.inside.partition_point(longer);
            let finder = Finder::new(value).into_owned();
            self.inside.insert(at, (finder, name.clone()));
        }
        self.by_value.insert(value.to_owned(), name);
    }

    /// Whether a value has a name.
    pub fn knows(&self, value: &str) -> bool {
        self.by_value.contains_key(value)
    }

    /// Names the identifiers of a body: members in the order of their names, since servers write
    /// them in any order.
    pub fn learn(&mut self, shapes: &Shapes, shape: &Shape, body: &Value) {
        match body {
            Value::String(text) => {
                if let Some(identifier) = &shape.identifier {
                    self.add(text, &identifier.kind);
                }
            }
            Value::Array(items) => {
                if let Some(shape) = shapes.items(shape) {
                    for item in items {
                        self.learn(shapes, shape, item);
                    }
                }
            }
            Value::Object(members) => {
                for (name, value) in sorted(members) {
                    if let Some(shape) = shapes.member(shape, name) {
                        self.learn(shapes, shape, value);
                    }
                }
            }
            _ => {}
        }
    }

    /// The text with every named value in it replaced, longest first.
    pub fn replace<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if let Some(name) = self.by_value.get(text) {
            return Cow::Owned(name.clone());
        }
        let mut whole = Cow::Borrowed(text);
        for (finder, name) in &self.inside {
            if let Some(named) = replaced(&whole, finder, name) {
                whole = Cow::Owned(named);
            }
        }
        whole
    }
}

/// A response and what is known of it.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts")]
pub struct Reply<'a> {
    /// Method and URL of the request.
    pub request: (&'a str, &'a str),
    /// Whether the URL came from an earlier answer, with a query that servers write as they like.
    pub followed: bool,
    /// The response.
    pub response: &'a Response,
    /// Its body, if it is JSON.
    pub body: Option<&'a Value>,
    /// What is known of the body.
    pub shape: Option<&'a Shape>,
    /// Whether the status is one that the contract leaves open.
    pub open_status: bool,
    /// Values that are shown although they vary, because somebody promises or expects them.
    pub pinned: &'a [&'a Value],
    /// How the answer is cut into pages, if it is a page of a list.
    pub paging: Option<&'a Paging>,
    /// Whether the items are only a part of the collection, so that nobody knows which.
    pub partial: bool,
    /// Whether items that the scenario does not know are left out.
    pub only_known: bool,
    /// Base URL of the target.
    pub base: &'a str,
}

/// The normalised text of a response.
pub fn normalize(contract: &Contract, shapes: &Shapes, names: &Names, reply: &Reply<'_>) -> String {
    let hide = Hide {
        contract,
        shapes,
        names,
        base: Finder::new(reply.base),
        open_status: reply.open_status,
    };
    let (method, url) = reply.request;
    let url = match url.split_once('?') {
        Some((path, _)) if reply.followed => Cow::Owned(format!("{path}?<query>")),
        _ => Cow::Borrowed(url),
    };
    let status = reply.response.status;
    let mut text = format!("{method} {}\n\n", hide.text(&url));
    if reply.open_status {
        text.push_str(&format!("{}xx\n", status / 100));
    } else {
        text.push_str(&format!("{status}\n"));
    }
    if let Some(media_type) = reply
        .response
        .media_type()
        .filter(|_| !reply.response.body.is_empty())
    {
        text.push_str(&format!("content-type: {media_type}\n"));
    }
    let body = match reply.body {
        Some(body) => hide.body(reply, body),
        None if reply.response.body.is_empty() => return text,
        None => match std::str::from_utf8(&reply.response.body) {
            Ok(body) => hide.text(body).into_owned(),
            Err(_) => format!("<{} bytes>", reply.response.body.len()),
        },
    };
    text.push('\n');
    text.push_str(&body);
    text.push('\n');
    text
}

struct Hide<'a> {
    contract: &'a Contract,
    shapes: &'a Shapes,
    names: &'a Names,
    base: Finder<'a>,
    open_status: bool,
}

/// A value of a body, to be written without what is hidden.
struct Shown<'a> {
    hide: &'a Hide<'a>,
    value: &'a Value,
    shape: Option<&'a Shape>,
    /// Values that are shown in this place although they vary.
    pinned: Vec<&'a Value>,
}

impl Hide<'_> {
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match replaced(text, &self.base, "<target>") {
            Some(text) => Cow::Owned(self.names.replace(&text).into_owned()),
            None => self.names.replace(text),
        }
    }

    fn body(&self, reply: &Reply<'_>, body: &Value) -> String {
        let cut = reply.paging.map(|paging| {
            let mut body = body.clone();
            self.items(reply, paging, &mut body);
            body
        });
        let shown = Shown {
            hide: self,
            value: cut.as_ref().unwrap_or(body),
            shape: reply.shape,
            pinned: reply.pinned.to_vec(),
        };
        serde_json::to_string_pretty(&shown).unwrap_or_default()
    }

    /// Hides the items of a list whose place in it is left to the server.
    fn items(&self, reply: &Reply<'_>, paging: &Paging, body: &mut Value) {
        if reply.only_known {
            // How many pages there are depends on the items of others.
            for neighbour in [&paging.next, &paging.previous].into_iter().flatten() {
                if let Some(url) = body.pointer_mut(neighbour) {
                    *url = Value::from("any");
                }
            }
        }
        let Some(items) = body
            .pointer_mut(&paging.items)
            .and_then(Value::as_array_mut)
        else {
            return;
        };
        if reply.only_known {
            items.retain(|item| {
                item.as_object().is_some_and(|members| {
                    self.contract.resources.iter().any(|resource| {
                        let id = members.get(&resource.id).and_then(Value::as_str);
                        id.is_some_and(|id| self.names.knows(id))
                    })
                })
            });
        }
        if reply.partial {
            for item in items {
                *item = Value::from("<item>");
            }
        }
    }

    /// The type of a value that a correct server may choose.
    fn placeholder(&self, value: &Value, shape: Option<&Shape>) -> String {
        let listed = shape
            .and_then(|shape| self.contract.document.get(&shape.pointer))
            .and_then(|schema| schema.get("enum"))
            .and_then(Value::as_array);
        if let Some(listed) = listed {
            let texts: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
            return format!("<{}>", texts.join("|"));
        }
        if let Some(shape) = shape.filter(|shape| shape.varies.contains(&Varies::Null)) {
            let kind = shape.format.as_deref().or(shape.kind.as_deref());
            return format!("<{} or null>", kind.unwrap_or("value"));
        }
        match value {
            Value::Null => "<null>".to_owned(),
            Value::Bool(_) => "<boolean>".to_owned(),
            Value::Number(_) => "<number>".to_owned(),
            Value::String(_) => {
                let format = shape.and_then(|shape| shape.format.as_deref());
                format!("<{}>", format.unwrap_or("string"))
            }
            Value::Array(_) => "<array>".to_owned(),
            Value::Object(_) => "<object>".to_owned(),
        }
    }
}

impl Shown<'_> {
    fn varies(&self, what: Varies) -> bool {
        self.shape.is_some_and(|shape| shape.varies.contains(&what))
    }

    /// A value below this one.
    fn below<'b>(
        &'b self,
        value: &'b Value,
        shape: Option<&'b Shape>,
        pinned: impl Fn(&'b Value) -> Option<&'b Value>,
    ) -> Shown<'b> {
        Shown {
            hide: self.hide,
            value,
            shape,
            pinned: self.pinned.iter().copied().filter_map(pinned).collect(),
        }
    }

    fn string(&self, text: &str) -> String {
        let is_time = self
            .shape
            .is_some_and(|shape| shape.format.as_deref() == Some("date-time"));
        if is_time && is_rfc3339(text) {
            return "<time>".to_owned();
        }
        if self.varies(Varies::Case) {
            return self.hide.text(&text.to_lowercase()).into_owned();
        }
        if text.len() > LONGEST_SHOWN {
            let length = text.chars().count();
            if length > LONGEST_SHOWN {
                return format!("<{length} characters>");
            }
        }
        self.hide.text(text).into_owned()
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known_status =
            !self.hide.open_status && self.shape.is_some_and(|shape| shape.http_status);
        if self.varies(Varies::Value) && !known_status && !self.pinned.contains(&self.value) {
            return serializer.serialize_str(&self.hide.placeholder(self.value, self.shape));
        }
        let shapes = self.hide.shapes;
        match self.value {
            Value::String(text) => serializer.serialize_str(&self.string(text)),
            Value::Array(items) => {
                let shape = self.shape.and_then(|shape| shapes.items(shape));
                let items = items.iter().enumerate();
                let mut items: Vec<Shown<'_>> = items
                    .map(|(i, item)| self.below(item, shape, move |value| value.get(i)))
                    .collect();
                if self.varies(Varies::Order) {
                    items
                        .sort_by_cached_key(|item| serde_json::to_string(item).unwrap_or_default());
                }
                serializer.collect_seq(items)
            }
            Value::Object(members) => {
                serializer.collect_map(sorted(members).into_iter().map(|(name, value)| {
                    let shape = self.shape.and_then(|shape| shapes.member(shape, name));
                    (name, self.below(value, shape, move |value| value.get(name)))
                }))
            }
            other => other.serialize(serializer),
        }
    }
}

fn is_rfc3339(text: &str) -> bool {
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).is_ok()
}

fn sorted(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| name.as_str());
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_names() {
        let mut names = Names::default();
        names.add("ZB0001", "Build");
        names.add("ZB0002", "Build");
        names.add("ZB0001", "Id");
        assert_eq!(names.replace("ZB0002"), "<Build:2>");
        assert_eq!(
            names.replace("http://x/ZB0001/ZB0002?a=ZB0003"),
            "http://x/<Build:1>/<Build:2>?a=ZB0003"
        );
    }
}
