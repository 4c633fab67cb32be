//! The promises of one operation, and where each of them is recognised.

use serde_json::{Map, Value};

use super::input::{Input, inputs};
use super::output::Output;
use super::promise::{Promise, Promises};
use crate::codec::Call;
use crate::contract::{Contract, Kind, MediaType, Operation, Shapes};
use crate::outcome::Axis;
use crate::wire::{Request, Response, Status, StatusRange, media_type_essence};

/// The promises of an operation.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) operation: String,
    pub(super) promises: Vec<Promise>,
    media: Vec<(MediaType, usize)>,
    inputs: Vec<Input>,
    responses: Vec<Documented>,
    errors: Vec<(Status, Map<String, Value>, usize)>,
}

/// A documented response.
#[derive(Debug)]
struct Documented {
    status: StatusRange,
    promise: usize,
    media: Vec<(MediaType, usize, Option<Output>)>,
}

/// Whether the properties of bodies of this media type are counted.
pub(super) fn has_properties(media: &MediaType) -> bool {
    matches!(media.kind(), Kind::Json | Kind::Sequence(_))
}

impl Plan {
    pub(super) fn of(contract: &Contract, shapes: &Shapes, operation: &Operation) -> Self {
        let mut promises = Promises::default();
        let bodies = operation.body.iter().flat_map(|body| &body.media);
        let media = bodies
            .map(|media| {
                let name = format!("request {}", media.name);
                (media.clone(), promises.sent(Axis::MediaTypes, name))
            })
            .collect();
        let inputs = inputs(contract, operation, &mut promises);
        let responses = operation
            .responses
            .iter()
            .map(|response| {
                let status = response.status;
                let promise = promises.seen(Axis::Statuses, status.to_string());
                let media = response.media.iter().map(|media| {
                    let name = format!("{status} {}", media.name);
                    let promise = promises.seen(Axis::MediaTypes, name);
                    let shape = has_properties(media).then(|| shapes.of_body(media));
                    let output = shape
                        .flatten()
                        .map(|shape| Output::of(contract, shapes, shape, status, &mut promises));
                    (media.clone(), promise, output)
                });
                Documented {
                    status,
                    promise,
                    media: media.collect(),
                }
            })
            .collect();
        let errors = operation
            .errors
            .iter()
            .map(|error| {
                let promise = promises.seen(Axis::Errors, error.name.clone());
                (error.status, error.body.clone(), promise)
            })
            .collect();
        Self {
            operation: operation.id.clone(),
            promises: promises.0,
            media,
            inputs,
            responses,
            errors,
        }
    }

    /// Marks what a request has.
    pub(super) fn request(&self, call: &Call<'_>, request: &Request, mark: &mut dyn FnMut(usize)) {
        if let Some(sent) = request.headers.text("content-type") {
            let essence = media_type_essence(&sent);
            let covering = self.media.iter().find(|(media, _)| media.covers(&essence));
            if let Some((_, promise)) = covering {
                mark(*promise);
            }
        }
        for input in &self.inputs {
            input.request(call, request, mark);
        }
    }

    /// Marks what an answer has.
    pub(super) fn response(
        &self,
        call: &Call<'_>,
        response: &Response,
        body: Option<&Value>,
        mark: &mut dyn FnMut(usize),
    ) {
        let promised = call.operation.response(response.status);
        let documented = promised.and_then(|promised| {
            let mut all = self.responses.iter();
            all.find(|documented| documented.status == promised.status)
        });
        if let Some(documented) = documented {
            mark(documented.promise);
            let essence = response.media_type().unwrap_or_default();
            let covering = documented.media.iter().find(|(m, ..)| m.covers(&essence));
            if let Some((_, promise, output)) = covering {
                mark(*promise);
                if let (Some(output), Some(body)) = (output, body) {
                    output.body(body, mark);
                }
            }
        }
        for (status, members, promise) in &self.errors {
            let has = |(name, value): (&String, &Value)| {
                body.and_then(|body| body.get(name)) == Some(value)
            };
            if *status == response.status && members.iter().all(has) {
                mark(*promise);
            }
        }
    }
}
