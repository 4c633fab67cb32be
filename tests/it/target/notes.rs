//! The notes of `notes.yaml` as an axum router, right or with a fault.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

/// What is wrong with the router.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// A note that is fetched has no text.
    NoText,
    /// Fetching a note panics.
    Panic,
    /// Fetching a note takes for ever.
    Silence,
    /// The response to fetching a note states a longer body than it has.
    LongLength,
}

#[derive(Clone)]
struct Notes {
    texts: Arc<Mutex<(u64, BTreeMap<String, String>)>>,
    fault: Fault,
}

impl Notes {
    fn with<T>(&self, act: impl FnOnce(&mut (u64, BTreeMap<String, String>)) -> T) -> T {
        act(&mut self.texts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) fn router(fault: Fault) -> Router {
    let notes = Notes {
        texts: Arc::default(),
        fault,
    };
    Router::new()
        .route("/notes", get(list).post(create))
        .route("/notes/{id}", get(fetch).delete(delete))
        .with_state(notes)
}

fn response(status: StatusCode, body: &Value) -> Response {
    Response::builder()
        .status(status)
        .header("Content-Type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn is_id(id: &str) -> bool {
    let digits = id.strip_prefix('n').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

async fn list(State(notes): State<Notes>) -> Response {
    let all = notes.with(|(_, texts)| {
        let texts = texts.iter();
        texts
            .map(|(id, text)| json!({"id": id, "text": text}))
            .collect()
    });
    response(StatusCode::OK, &Value::Array(all))
}

async fn create(State(notes): State<Notes>, request: Request) -> Response {
    let is_json = request.headers().get("content-type").is_some_and(|value| {
        value
            .to_str()
            .is_ok_and(|value| value.starts_with("application/json"))
    });
    let bytes = to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let text = body.get("text").and_then(Value::as_str);
    let text = text.filter(|text| (1..=20).contains(&text.chars().count()));
    let is_alone = body.as_object().is_some_and(|members| members.len() == 1);
    let Some(text) = text.filter(|_| is_json && is_alone) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let id = notes.with(|(count, texts)| {
        *count += 1;
        let id = format!("n{count}");
        texts.insert(id.clone(), text.to_owned());
        id
    });
    response(StatusCode::CREATED, &json!({"id": id, "text": text}))
}

async fn fetch(State(notes): State<Notes>, Path(id): Path<String>) -> Response {
    if !is_id(&id) {
        return empty(StatusCode::BAD_REQUEST);
    }
    let Some(text) = notes.with(|(_, texts)| texts.get(&id).cloned()) else {
        return empty(StatusCode::NOT_FOUND);
    };
    let note = json!({"id": id, "text": text});
    match notes.fault {
        Fault::None => response(StatusCode::OK, &note),
        Fault::NoText => response(StatusCode::OK, &json!({"id": id})),
        Fault::Panic => panic!("planted"),
        Fault::Silence => std::future::pending().await,
        Fault::LongLength => {
            let mut response = response(StatusCode::OK, &note);
            response.headers_mut().insert("content-length", 1000.into());
            response
        }
    }
}

async fn delete(State(notes): State<Notes>, Path(id): Path<String>) -> Response {
    if !is_id(&id) {
        return empty(StatusCode::BAD_REQUEST);
    }
    match notes.with(|(_, texts)| texts.remove(&id)) {
        Some(_) => empty(StatusCode::NO_CONTENT),
        None => empty(StatusCode::NOT_FOUND),
    }
}
