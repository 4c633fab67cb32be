//! What is left of a response when everything is hidden in which two correct runs differ. Values
//! are hidden only after the checks have found them right.

use std::borrow::Cow;

use foldhash::HashMap;
use memchr::memmem::Finder;
use serde_json::{Map, Value};

use crate::contract::{Contract, Paging, Shape, Shapes, Varies};
use crate::schema::{Cursor, Keyword};
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
                let known = members.iter().filter_map(|(name, value)| {
                    let shape = shapes.member(shape, name)?;
                    let has_more = value.is_object() || value.is_array();
                    (has_more || shape.identifier.is_some()).then_some((name, value, shape))
                });
                let mut known: Vec<_> = known.collect();
                known.sort_unstable_by_key(|(name, ..)| name.as_str());
                for (_, value, shape) in known {
                    self.learn(shapes, shape, value);
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
    let mut text = String::with_capacity(reply.response.body.len() * 2);
    text.extend([method, " ", &hide.text(&url), "\n\n"]);
    if reply.open_status {
        text.extend([&status.class().to_string(), "xx\n"]);
    } else {
        text.extend([&status.to_string(), "\n"]);
    }
    if reply.response.body.is_empty() && reply.body.is_none() {
        return text;
    }
    if let Some(media_type) = reply
        .response
        .media_type()
        .filter(|_| !reply.response.body.is_empty())
    {
        text.extend(["content-type: ", &media_type, "\n"]);
    }
    text.push('\n');
    match reply.body {
        Some(body) => hide.body(reply, body, &mut text),
        None => match std::str::from_utf8(&reply.response.body) {
            Ok(body) => text.push_str(&hide.text(body)),
            Err(_) => text.push_str(&format!("<{} bytes>", reply.response.body.len())),
        },
    }
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

/// A value of a body.
#[derive(Clone, Copy)]
struct Shown<'a> {
    value: &'a Value,
    shape: Option<&'a Shape>,
    /// Values that are shown in this place although they vary.
    pinned: &'a [&'a Value],
    /// How many objects and arrays are around it.
    depth: usize,
}

impl Hide<'_> {
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match replaced(text, &self.base, "<target>") {
            Some(text) => Cow::Owned(self.names.replace(&text).into_owned()),
            None => self.names.replace(text),
        }
    }

    fn body(&self, reply: &Reply<'_>, body: &Value, out: &mut String) {
        let cut = reply.paging.map(|paging| {
            let mut body = body.clone();
            self.items(reply, paging, &mut body);
            body
        });
        let whole = Shown {
            value: cut.as_ref().unwrap_or(body),
            shape: reply.shape,
            pinned: reply.pinned,
            depth: 0,
        };
        self.write(whole, out);
    }

    /// Writes a value as JSON, each member and item on a line of its own.
    fn write(&self, shown: Shown<'_>, out: &mut String) {
        let is_known = !self.open_status && shown.shape.is_some_and(|shape| shape.http_status);
        if shown.varies(Varies::Value) && !is_known && !shown.pinned.contains(&shown.value) {
            return push_json(out, &self.placeholder(shown.value, shown.shape));
        }
        match shown.value {
            Value::String(text) => push_json(out, &self.string(shown, text)),
            Value::Array(items) if items.is_empty() => out.push_str("[]"),
            Value::Object(members) if members.is_empty() => out.push_str("{}"),
            Value::Array(items) => {
                let shape = shown.shape.and_then(|shape| self.shapes.items(shape));
                let write_item = |i: usize, out: &mut String| {
                    let pinned = shown.pinned_below(|value| value.get(i));
                    self.write(shown.below(&items[i], shape, &pinned), out);
                };
                let mut texts = Vec::new();
                if shown.varies(Varies::Order) {
                    texts.resize(items.len(), String::new());
                    for (i, text) in texts.iter_mut().enumerate() {
                        write_item(i, text);
                    }
                    texts.sort_unstable();
                }
                out.push('[');
                for i in 0..items.len() {
                    shown.next_line(out, i);
                    if let Some(text) = texts.get(i) {
                        out.push_str(text);
                    } else {
                        write_item(i, out);
                    }
                }
                shown.last_line(out);
                out.push(']');
            }
            Value::Object(members) => {
                out.push('{');
                for (i, (name, value)) in sorted(members).into_iter().enumerate() {
                    let shape = shown
                        .shape
                        .and_then(|shape| self.shapes.member(shape, name));
                    let pinned = shown.pinned_below(|value| value.get(name));
                    shown.next_line(out, i);
                    push_json(out, name);
                    out.push_str(": ");
                    self.write(shown.below(value, shape, &pinned), out);
                }
                shown.last_line(out);
                out.push('}');
            }
            other => out.push_str(&other.to_string()),
        }
    }

    fn string<'t>(&self, shown: Shown<'_>, text: &'t str) -> Cow<'t, str> {
        let format = shown.shape.and_then(|shape| shape.format.as_deref());
        if format == Some("date-time") && is_rfc3339(text) {
            return Cow::Borrowed("<time>");
        }
        if shown.varies(Varies::Case) {
            return Cow::Owned(self.text(&text.to_lowercase()).into_owned());
        }
        if text.len() > LONGEST_SHOWN {
            let length = text.chars().count();
            if length > LONGEST_SHOWN {
                return Cow::Owned(format!("<{length} characters>"));
            }
        }
        self.text(text)
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
            .and_then(|shape| Cursor::at(&self.contract.document, &shape.pointer))
            .and_then(|schema| schema.get(Keyword::Enum)?.as_array());
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

impl<'a> Shown<'a> {
    fn varies(&self, what: Varies) -> bool {
        self.shape.is_some_and(|shape| shape.varies.contains(&what))
    }

    /// A value in this one.
    fn below<'b>(
        &self,
        value: &'b Value,
        shape: Option<&'b Shape>,
        pinned: &'b [&'b Value],
    ) -> Shown<'b> {
        Shown {
            value,
            shape,
            pinned,
            depth: self.depth + 1,
        }
    }

    /// What is pinned in a place below this one.
    fn pinned_below(&self, at: impl Fn(&'a Value) -> Option<&'a Value>) -> Vec<&'a Value> {
        self.pinned.iter().copied().filter_map(at).collect()
    }

    /// Begins the line of a member or item.
    fn next_line(&self, out: &mut String, index: usize) {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        push_indent(out, self.depth + 1);
    }

    /// Begins the line of the closing bracket.
    fn last_line(&self, out: &mut String) {
        out.push('\n');
        push_indent(out, self.depth);
    }
}

fn push_indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// Appends a text as JSON.
fn push_json(out: &mut String, text: &str) {
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    // Looking at all bytes is faster than looking whether to go on after each.
    if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&Value::from(text).to_string());
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
    fn what_nothing_is_known_of_is_written_whole() {
        let contract =
            crate::contract::sample("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n");
        let hide = Hide {
            contract: &contract,
            shapes: &Shapes::default(),
            names: &Names::default(),
            base: Finder::new("http://x"),
            open_status: false,
        };
        let body = serde_json::json!({
            "a": [], "b": {}, "c": [1, -2.5, null, true, [{"d": "e"}]],
            "f \"g": "quote \"", "h": "stroke \\", "i": ["line\n", "\u{1}", "\u{7f}ä"],
        });
        let mut text = String::new();
        let whole = Shown {
            value: &body,
            shape: None,
            pinned: &[],
            depth: 0,
        };
        hide.write(whole, &mut text);
        assert_eq!(text, serde_json::to_string_pretty(&body).unwrap());
    }

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
