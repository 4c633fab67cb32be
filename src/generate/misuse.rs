//! Requests that are wrong beside their values: strangers, bodies that are none, ids that name
//! nothing, methods that the contract does not have.

use serde_json::{Value, json};

use super::cases::{Cases, Stage, Title};
use super::look_alike;
use super::reference::id_schema;
use super::request::Draft;
use super::sent;
use super::value::Extent;
use crate::contract::ExpectedStatus;
use crate::contract::{Contract, Kind, Location, Operation, SchemeKind, When, snake_case};
use crate::scenario::{Body, Credentials, Step};
use crate::schema::Keyword;

/// Methods that are tried where the contract does not have them. HEAD and OPTIONS belong to HTTP.
const METHODS: [&str; 4] = ["DELETE", "PATCH", "PUT", "POST"];

pub(super) fn add(cases: &mut Cases<'_>) {
    credentials(cases);
    bodies(cases);
    ids(cases);
    methods(cases);
}

fn title(slug: &str, why: impl Into<String>) -> Title {
    Title {
        slug: slug.to_owned(),
        why: why.into(),
        promise: String::new(),
    }
}

/// The promised error of this kind, or some refusal.
fn refusal(stage: &Stage<'_>, when: When) -> ExpectedStatus {
    let mut errors = stage.operation.errors.iter();
    match errors.find(|error| error.when == when) {
        Some(error) => ExpectedStatus::Error(error.name.clone()),
        None => ExpectedStatus::AnyClientError,
    }
}

/// Credentials that an operation must refuse: none, and wrong ones where it is known how they are
/// sent.
pub(super) fn refused_credentials(contract: &Contract, operation: &Operation) -> Vec<Credentials> {
    let is_open = operation.security.iter().any(Vec::is_empty);
    if operation.security.is_empty() || is_open {
        return Vec::new();
    }
    let is_known = |index: &usize| !matches!(contract.schemes[*index].kind, SchemeKind::Other(_));
    // Where it is not known how to send any credentials, the request that must be accepted has
    // none either.
    let mut alternatives = operation.security.iter();
    if alternatives.any(|schemes| schemes.iter().all(is_known)) {
        vec![Credentials::None, Credentials::Wrong]
    } else {
        Vec::new()
    }
}

fn credentials(cases: &mut Cases<'_>) {
    let refused = refused_credentials(cases.maker.contract(), cases.operation);
    let tries = [
        ("no_credentials", "no credentials", Credentials::None),
        ("wrong_credentials", "wrong credentials", Credentials::Wrong),
    ];
    for (slug, why, credentials) in tries {
        if !refused.contains(&credentials) {
            continue;
        }
        cases.add_refused(title(slug, why), |stage| {
            let draft = stage.request(Extent::Required)?;
            let status = refusal(stage, When::Credentials);
            Ok(Some(vec![Step {
                credentials,
                ..stage.step(&draft, status)
            }]))
        });
    }
}

fn bodies(cases: &mut Cases<'_>) {
    let operation = cases.operation;
    let Some(body) = &operation.body else { return };
    let maker = cases.maker;
    let Some(media) = body.media.iter().find(|m| super::request::is_writable(m)) else {
        return;
    };
    // Who passes over a body that it does not understand sees an empty one.
    let needs_body = body.required
        && media
            .schema
            .as_ref()
            .is_some_and(|schema| !maker.is_valid(schema, &json!({})));
    let mut tries: Vec<(&str, &str, Body)> = Vec::new();
    if needs_body {
        tries.push(("no_body", "no body, which is required", Body::Absent));
        let other = ["text/plain", "application/x-trueup"]
            .into_iter()
            .find(|name| !body.media.iter().any(|media| media.covers(name)));
        if let Some(other) = other {
            tries.push((
                "wrong_content_type",
                "a content type that the contract does not have",
                Body::Raw {
                    media: other.to_owned(),
                    text: "trueup".to_owned(),
                },
            ));
        }
    }
    if media.is_json() && (body.required || !body.properties.is_empty()) {
        tries.push((
            "malformed_body",
            "a body that is no JSON",
            Body::Raw {
                media: media.name.clone(),
                text: "{\"trueup\": ".to_owned(),
            },
        ));
    }
    if media.kind() == Kind::Multipart && needs_body {
        tries.push((
            "malformed_body",
            "a body whose only part has no end",
            Body::Raw {
                media: format!("{}; boundary=trueup", media.name),
                text: "--trueup\r\nContent-Disposition: form-data; name=\"trueup".to_owned(),
            },
        ));
    }
    for (slug, why, body) in tries {
        cases.add_refused(title(slug, why), |stage| {
            let draft = stage.request(Extent::Required)?;
            Ok(Some(vec![Step {
                body: Some(body),
                ..stage.violating(&draft, ExpectedStatus::AnyClientError)
            }]))
        });
    }
}

/// Whether the contract says that what does not exist is not found here.
pub(super) fn promises_unknown(operation: &Operation) -> bool {
    let documents_404 = operation
        .responses
        .iter()
        .any(|response| response.status.to_string() == "404");
    documents_404 || operation.errors.iter().any(|e| e.when == When::Unknown)
}

fn ids(cases: &mut Cases<'_>) {
    let (contract, operation) = (cases.maker.contract(), cases.operation);
    let promised = promises_unknown(operation);
    let promised_error = operation.errors.iter().any(|e| e.when == When::Unknown);
    let names: Vec<&str> = operation.path.parameters().collect();
    for name in &names {
        let Some(index) = contract.resource_index_of(operation, name) else {
            continue;
        };
        malformed(cases, name);
        let resource = &contract.resources[index];
        let is_fetch = resource.fetch.as_deref() == Some(operation.id.as_str());
        // DELETE may be idempotent and PUT may create, unless the contract says otherwise.
        let is_due = match operation.method.as_str() {
            "GET" => is_fetch || promised,
            "DELETE" | "PUT" => promised_error,
            _ => promised,
        };
        if !is_due {
            continue;
        }
        let slug = snake_case(name);
        let kind = resource.snake_name();
        cases.add_refused(
            title(
                &format!("unknown_{slug}"),
                format!("a {name} that nothing has"),
            ),
            |stage| {
                let unknown = json!(format!("{{{{unknown {kind}}}}}"));
                with_id(stage, name, unknown, When::Unknown)
            },
        );
        another_kind(cases, name, index);
        look_alike(cases, name, index);
    }
    if let [.., parent, _] = names.as_slice()
        && promised
        && let Some(index) = contract.resource_index_of(operation, parent)
        && operation.method != "PUT"
    {
        another_parent(cases, parent, index);
    }
}

/// An id that its own parameter forbids.
fn malformed(cases: &mut Cases<'_>, name: &str) {
    let value = json!("trueup");
    if !has_shape(cases, name) {
        return;
    }
    let slug = format!("malformed_{}", snake_case(name));
    cases.add_refused(
        title(&slug, format!("a {name} of the wrong shape")),
        |stage| {
            let mut draft = stage.request(Extent::Required)?;
            draft.set_argument(Location::Path, name, value);
            Ok(Some(vec![
                stage.step(&draft, ExpectedStatus::AnyClientError),
            ]))
        },
    );
}

/// Whether the parameter of an id forbids what is none.
fn has_shape(cases: &Cases<'_>, name: &str) -> bool {
    let parameter = cases.operation.parameter(Location::Path, name);
    let forbids =
        |parameter| !sent::argument_violations(cases.maker, parameter, &json!("trueup")).is_empty();
    parameter.is_some_and(forbids)
}

/// A step with this value in place of an id.
fn with_id(
    stage: &mut Stage<'_>,
    name: &str,
    value: Value,
    when: When,
) -> Result<Option<Vec<Step>>, String> {
    let mut draft: Draft<'_> = stage.request(Extent::Required)?;
    draft.set_argument(Location::Path, name, value);
    let status = refusal(stage, when);
    Ok(Some(vec![stage.step(&draft, status)]))
}

/// The id of a parent in place of the item's, where ids of both kinds look different.
fn another_kind(cases: &mut Cases<'_>, name: &str, index: usize) {
    let (contract, operation) = (cases.maker.contract(), cases.operation);
    let Some(parent) = contract.resources[index].parent else {
        return;
    };
    let names: Vec<&str> = operation.path.parameters().collect();
    let Some(other) = names
        .iter()
        .find(|other| contract.resource_index_of(operation, other) == Some(parent))
    else {
        return;
    };
    let slug = format!("{}_of_another_kind", snake_case(name));
    let why = format!(
        "the id of a {} as {name}",
        contract.resources[parent].snake_name()
    );
    if !has_own_shape(cases, index) {
        return;
    }
    let other = (*other).to_owned();
    // What its own parameter forbids need not be looked for.
    let forbidden = has_shape(cases, name);
    cases.add_refused(title(&slug, why), |stage| {
        let draft = stage.request(Extent::Required)?;
        let Some(value) = draft.argument(Location::Path, &other).cloned() else {
            return Ok(None);
        };
        let mut draft = draft;
        draft.set_argument(Location::Path, name, value);
        let status = if forbidden {
            ExpectedStatus::AnyClientError
        } else {
            refusal(stage, When::Unknown)
        };
        Ok(Some(vec![stage.step(&draft, status)]))
    });
}

/// The id of an item of another kind beside the item, where ids of both kinds look the same.
fn look_alike(cases: &mut Cases<'_>, name: &str, index: usize) {
    let Some(other) = look_alike::of(cases.maker, index) else {
        return;
    };
    let kind = cases.maker.contract().resources[other].snake_name();
    let slug = format!("{}_of_{kind}", snake_case(name));
    let why = format!("as {name} the id of another kind that looks the same: {kind}");
    // It creates the other item first, which no other case does.
    cases.add(title(&slug, why), |stage| {
        let id = stage
            .provider
            .provide(other, &mut stage.setup, &mut stage.random)?;
        with_id(stage, name, json!(id), When::Unknown)
    });
}

/// Whether ids of a resource cannot be those of others by chance, as small numbers can.
fn has_own_shape(cases: &Cases<'_>, index: usize) -> bool {
    let schema = id_schema(cases.maker.contract(), index);
    schema.is_some_and(|schema| {
        schema.get(Keyword::Pattern).is_some() || schema.text(Keyword::Format) == Some("uuid")
    })
}

/// An item under another parent than its own.
fn another_parent(cases: &mut Cases<'_>, parent: &str, index: usize) {
    let resource = cases.maker.contract().resources[index].snake_name();
    let slug = format!("under_another_{resource}");
    let why = format!("an item under another {resource} than its own");
    cases.add_refused(title(&slug, why), |stage| {
        let mut draft = stage.request(Extent::Required)?;
        let other = stage.provider.create(
            index,
            format!("other_{resource}"),
            &mut stage.setup,
            &mut stage.random,
        )?;
        draft.set_argument(Location::Path, parent, json!(other));
        let status = refusal(stage, When::Unknown);
        Ok(Some(vec![stage.step(&draft, status)]))
    });
}

/// Methods that no operation on this path has. The first operation of a path tries them.
fn methods(cases: &mut Cases<'_>) {
    let (contract, operation) = (cases.maker.contract(), cases.operation);
    let first = contract
        .operations
        .iter()
        .find(|other| other.path.same_shape(&operation.path));
    if first.is_none_or(|first| first.id != operation.id) {
        return;
    }
    for method in METHODS {
        // A path such as `/pets/mine` is also one of `/pets/{id}`.
        let sample = operation
            .path
            .expand(|_| Some("x".into()))
            .unwrap_or_default();
        if contract.route(method, &sample).is_some() {
            continue;
        }
        let slug = format!("undocumented_method_{method}");
        cases.add_refused(
            title(
                &slug,
                format!("{method}, which the contract does not have here"),
            ),
            |stage| {
                let draft = stage.request(Extent::Required)?;
                Ok(Some(vec![Step {
                    method: Some(method.to_owned()),
                    body: Some(Body::Absent),
                    ..stage.step(&draft, ExpectedStatus::NoSuchOperation)
                }]))
            },
        );
    }
}
