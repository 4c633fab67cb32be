//! Servers that look for items in the wrong place: below another parent, under another kind, or
//! below what was deleted.

use std::collections::HashMap;

use serde_json::Value;
use trueup::wire::{Request, Response};

use crate::stage::{Fault, Stage, empty, is_success, json_of, only, path_of, readdress};
use crate::world::server::Reply;

/// Where everything that was created stands, by id.
#[derive(Default)]
struct Places(HashMap<String, String>);

impl Places {
    fn learn(&mut self, stage: &Stage, request: &Request, response: &Response) {
        if request.method == "POST"
            && response.status == 201
            && let Some(body) = json_of(response)
            && let (Some(sid), Some(url)) = (body["sid"].as_str(), body["url"].as_str())
        {
            self.0.insert(sid.to_owned(), stage.path(url).to_owned());
        }
    }

    /// The path of a request with each item put where it really is.
    fn right(&self, path: &str) -> Option<String> {
        let segments: Vec<&str> = path.split('/').collect();
        let index = segments
            .iter()
            .rposition(|segment| self.0.contains_key(*segment))?;
        let rest = &segments[index + 1..];
        let mut right = self.0[segments[index]].clone();
        for segment in rest {
            right.push('/');
            right.push_str(segment);
        }
        (right != path).then_some(right)
    }
}

/// Finds items by their own ids alone.
pub(crate) fn by_id_alone(operation: &'static str) -> Fault {
    let mut places = Places::default();
    Box::new(move |stage, request| {
        let mut response = stage.answer(&request);
        places.learn(stage, &request, &response);
        if response.status == 404
            && stage.is(&request, only(operation))
            && let Some(path) = places.right(path_of(&request))
        {
            let mut own = request.clone();
            readdress(&mut own, &path);
            response = stage.answer(&own);
        }
        Reply::Whole(response)
    })
}

/// Finds items of the other kind too.
pub(crate) fn of_either_kind(operation: &'static str) -> Fault {
    let mut places = Places::default();
    Box::new(move |stage, request| {
        let mut response = stage.answer(&request);
        places.learn(stage, &request, &response);
        let path = path_of(&request);
        let other = if path.contains("/Assets/") {
            path.replace("/Assets/", "/Functions/")
        } else {
            path.replace("/Functions/", "/Assets/")
        };
        if response.status == 404 && stage.is(&request, only(operation)) {
            let mut own = request.clone();
            readdress(&mut own, &other);
            response = stage.answer(&own);
        }
        Reply::Whole(response)
    })
}

/// Goes on answering for what stood below a deleted item.
#[derive(Default)]
struct Ghosts {
    answers: HashMap<String, Response>,
    deleted: Vec<String>,
}

impl Ghosts {
    fn learn(&mut self, stage: &Stage, request: &Request, response: &Response) {
        let path = path_of(request);
        if !is_success(response) {
            return;
        }
        if request.method == "DELETE" {
            self.deleted.push(path.to_owned());
        }
        let Some(body) = json_of(response) else {
            return;
        };
        self.answers
            .insert(format!("{} {path}", request.method), response.clone());
        let links = body["links"].as_object();
        let links = links.into_iter().flat_map(|links| links.values());
        for url in links.chain([&body["url"]]).filter_map(Value::as_str) {
            let path = stage.path(url);
            let answer = stage.ask("GET", path);
            if is_success(&answer) {
                self.answers.insert(format!("GET {path}"), answer);
            }
        }
    }
}

/// After `delete`, `operation` answers as before for what stands below.
pub(crate) fn ghosts(delete: &'static str, operation: &'static str) -> Fault {
    let mut ghosts = Ghosts::default();
    Box::new(move |stage, request| {
        let response = stage.answer(&request);
        if response.status != 404 {
            let is_delete = request.method == "DELETE";
            if !is_delete || stage.is(&request, only(delete)) {
                ghosts.learn(stage, &request, &response);
            }
            return Reply::Whole(response);
        }
        let path = path_of(&request);
        let below = |deleted: &String| {
            path.strip_prefix(deleted.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
        };
        if stage.is(&request, only(operation)) && ghosts.deleted.iter().any(below) {
            if request.method == "DELETE" {
                return Reply::Whole(empty(204));
            }
            let key = format!("{} {path}", request.method);
            let get = format!("GET {path}");
            // An item is changed into what it was.
            let answer = ghosts
                .answers
                .get(&key)
                .or_else(|| ghosts.answers.get(&get));
            if let Some(answer) = answer {
                return Reply::Whole(answer.clone());
            }
        }
        Reply::Whole(response)
    })
}
