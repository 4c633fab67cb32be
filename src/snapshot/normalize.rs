//! What is left of a response when everything is hidden in which two correct runs differ. Values
//! are hidden only after the checks have found them right.

use std::collections::HashMap;

use memchr::memmem::Finder;
use serde_json::{Map, Value};

use crate::contract::{Contract, Paging, Shape, Shapes, Varies};
use crate::wire::Response;

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
    pub fn replace(&self, text: &str) -> String {
        if let Some(name) = self.by_value.get(text) {
            return name.clone();
        }
        let mut replaced = text.to_owned();
        for (finder, name) in &self.inside {
            let mut from = 0;
            while let Some(at) = finder.find(&replaced.as_bytes()[from..]) {
                let start = from + at;
                replaced.replace_range(start..start + finder.needle().len(), name);
                from = start + name.len();
            }
        }
        replaced
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
        base: reply.base,
        open_status: reply.open_status,
    };
    let (method, url) = reply.request;
    let url = match url.split_once('?') {
        Some((path, _)) if reply.followed => format!("{path}?<query>"),
        _ => url.to_owned(),
    };
    let mut text = format!("{method} {}\n\n", hide.text(&url));
    if reply.open_status {
        text.push_str(&format!("{}xx\n", reply.response.status / 100));
    } else {
        text.push_str(&format!("{}\n", reply.response.status));
    }
    if let Some(media_type) = reply
        .response
        .media_type()
        .filter(|_| !reply.response.body.is_empty())
    {
        text.push_str(&format!("content-type: {media_type}\n"));
    }
    let body = match reply.body {
        Some(body) => {
            let mut body = body.clone();
            hide.items(reply, &mut body);
            let body = hide.value(&body, reply.shape, reply.pinned);
            serde_json::to_string_pretty(&body).unwrap_or_default()
        }
        None if reply.response.body.is_empty() => return text,
        None => match std::str::from_utf8(&reply.response.body) {
            Ok(body) => hide.text(body),
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
    base: &'a str,
    open_status: bool,
}

impl Hide<'_> {
    fn text(&self, text: &str) -> String {
        self.names.replace(&text.replace(self.base, "<target>"))
    }

    /// Hides the items of a list whose place in it is left to the server.
    fn items(&self, reply: &Reply<'_>, body: &mut Value) {
        let Some(paging) = reply.paging else {
            return;
        };
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

    fn value(&self, value: &Value, shape: Option<&Shape>, pinned: &[&Value]) -> Value {
        let varies = |what| shape.is_some_and(|shape| shape.varies.contains(&what));
        let known_status = !self.open_status && shape.is_some_and(|shape| shape.http_status);
        if varies(Varies::Value) && !known_status && !pinned.contains(&value) {
            return Value::from(self.placeholder(value, shape));
        }
        match value {
            Value::String(text) => {
                let is_time = shape.is_some_and(|s| s.format.as_deref() == Some("date-time"));
                if is_time && is_rfc3339(text) {
                    return Value::from("<time>");
                }
                if varies(Varies::Case) {
                    return Value::from(self.text(&text.to_lowercase()));
                }
                let length = text.chars().count();
                if length > LONGEST_SHOWN {
                    return Value::from(format!("<{length} characters>"));
                }
                Value::from(self.text(text))
            }
            Value::Array(items) => {
                let shape = shape.and_then(|shape| self.shapes.items(shape));
                let mut items: Vec<Value> = items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| {
                        let pinned: Vec<&Value> =
                            pinned.iter().filter_map(|value| value.get(i)).collect();
                        self.value(item, shape, &pinned)
                    })
                    .collect();
                if varies(Varies::Order) {
                    items.sort_by_cached_key(Value::to_string);
                }
                Value::Array(items)
            }
            Value::Object(members) => {
                let members: Map<String, Value> = sorted(members)
                    .into_iter()
                    .map(|(name, value)| {
                        let shape = shape.and_then(|shape| self.shapes.member(shape, name));
                        let pinned: Vec<&Value> =
                            pinned.iter().filter_map(|value| value.get(name)).collect();
                        (name.clone(), self.value(value, shape, &pinned))
                    })
                    .collect();
                Value::Object(members)
            }
            other => other.clone(),
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
