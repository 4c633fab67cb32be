//! A small API whose new items are found in an envelope, in `Location`, or where they were put.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trueup::wire::{Headers, Request, Response, Status};

use super::{answer, json_of, path};
use crate::world::server::Reply;

/// What it holds.
#[derive(Debug, Default)]
pub(crate) struct Drawers {
    boxes: BTreeMap<u64, Value>,
    /// Box and name of each lock.
    locks: Vec<(u64, String)>,
    labels: BTreeMap<String, u64>,
    /// The wall of each peg.
    pegs: BTreeMap<u64, String>,
    count: u64,
}

impl Drawers {
    /// Whether everything that was created is gone.
    pub(crate) fn is_empty(&self) -> bool {
        self.boxes.is_empty()
            && self.locks.is_empty()
            && self.labels.is_empty()
            && self.pegs.is_empty()
    }

    pub(crate) fn reply(&mut self, request: &Request) -> Reply {
        let words: Vec<&str> = path(request).split('/').collect();
        let body = json_of(&request.body);
        match (request.method.as_str(), words.as_slice()) {
            ("POST", ["boxes", ""]) => self.add_box(&body),
            ("GET", ["boxes", ""]) => answer(200, &json!(self.boxes.values().collect::<Vec<_>>())),
            (method, ["boxes", id]) => {
                let Ok(id) = id.parse() else {
                    return refuse(404);
                };
                match (method, self.boxes.contains_key(&id)) {
                    ("GET", true) => answer(200, &json!({ "data": self.boxes[&id] })),
                    ("DELETE", true) => {
                        self.boxes.remove(&id);
                        self.locks.retain(|(owner, _)| *owner != id);
                        empty(204)
                    }
                    ("GET", false) => refuse(404),
                    // The document does not say that a box which is gone is not found.
                    ("DELETE", false) => empty(204),
                    _ => refuse(405),
                }
            }
            ("POST", ["boxes", id, "locks"]) => match id.parse() {
                Ok(id) if self.boxes.contains_key(&id) => {
                    self.count += 1;
                    let name = format!("lock{}", self.count);
                    let mut headers = Headers::default();
                    headers.push("Location", format!("/boxes/{id}/locks/{name}"));
                    self.locks.push((id, name));
                    Reply::Whole(Response {
                        status: Status(201),
                        headers,
                        body: Vec::new(),
                    })
                }
                _ => refuse(404),
            },
            ("DELETE", ["boxes", id, "locks", name]) => {
                let before = self.locks.len();
                let owner = id.parse().unwrap_or(0);
                self.locks
                    .retain(|lock| *lock != (owner, (*name).to_owned()));
                if self.locks.len() < before {
                    empty(204)
                } else {
                    refuse(404)
                }
            }
            (method, ["walls", wall, "pegs", rest @ ..]) => self.peg(method, wall, rest),
            (method, ["labels", name]) => self.label(method, name, &body),
            (_, ["boxes", ..]) => refuse(405),
            _ => refuse(404),
        }
    }

    fn add_box(&mut self, body: &Value) -> Reply {
        let Some(size) = body
            .get("size")
            .and_then(Value::as_u64)
            .filter(|size| *size > 0)
        else {
            return refuse(400);
        };
        self.count += 1;
        let made = json!({ "id": self.count, "size": size });
        self.boxes.insert(self.count, made.clone());
        answer(201, &json!({ "data": made }))
    }

    /// Pegs are found at their own wall only.
    fn peg(&mut self, method: &str, wall: &str, rest: &[&str]) -> Reply {
        let shown = |id: &u64| json!({ "id": id });
        let id = rest.first().and_then(|id| id.parse().ok());
        let id = id.filter(|id| self.pegs.get(id).is_some_and(|own| own == wall));
        match (method, rest, id) {
            ("POST", [], _) if wall.len() > 6 || wall.contains(|c: char| !c.is_lowercase()) => {
                refuse(400)
            }
            ("POST", [], _) => {
                self.count += 1;
                self.pegs.insert(self.count, wall.to_owned());
                answer(201, &shown(&self.count))
            }
            ("GET", [], _) => {
                let own = self.pegs.iter().filter(|(_, own)| *own == wall);
                answer(200, &own.map(|(id, _)| shown(id)).collect())
            }
            ("GET", [_], Some(id)) => answer(200, &shown(&id)),
            ("DELETE", [_], Some(id)) => {
                self.pegs.remove(&id);
                empty(204)
            }
            ("GET" | "DELETE", [_], None) => refuse(404),
            _ => refuse(405),
        }
    }

    fn label(&mut self, method: &str, name: &str, body: &Value) -> Reply {
        let shown = |id: u64| json!({ "label": name, "box_id": id });
        match method {
            "PUT" => {
                let is_name = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
                // A label is for a box that is there.
                let id = body.get("box_id").and_then(Value::as_u64);
                let Some(id) = id.filter(|id| is_name && self.boxes.contains_key(id)) else {
                    return refuse(400);
                };
                let known = self.labels.insert(name.to_owned(), id).is_some();
                answer(if known { 200 } else { 201 }, &shown(id))
            }
            "GET" => match self.labels.get(name) {
                Some(id) => answer(200, &shown(*id)),
                None => refuse(404),
            },
            "DELETE" if self.labels.remove(name).is_some() => empty(204),
            "DELETE" => refuse(404),
            _ => refuse(405),
        }
    }
}

fn refuse(status: u16) -> Reply {
    empty(status)
}

fn empty(status: u16) -> Reply {
    Reply::Whole(Response {
        status: Status(status),
        headers: Headers::default(),
        body: Vec::new(),
    })
}
