//! What a rule sees.

use serde_json::{Map, Number, Value};

use super::defect::Sentences;
use super::node::Nodes;
use super::{Checker, Expectation};
use crate::codec::{Call, Reading, text};
use crate::contract::{Contract, ExpectedStatus, Kind, MediaType, Response as Promise, Shape};
use crate::outcome::{Finding, Level};
use crate::place::Place;
use crate::place::pointer;
use crate::schema::Violation;
use crate::wire::{Exchange, Response, curl};

/// Longest text of a value in a finding, in characters.
const LONGEST: usize = 300;

/// One exchange as the rules see it.
pub(super) struct View<'a> {
    pub(super) checker: &'a Checker,
    pub(super) contract: &'a Contract,
    pub(super) call: &'a Call<'a>,
    pub(super) exchange: &'a Exchange,
    /// None if there was no answer.
    pub(super) response: Option<&'a Response>,
    /// What the contract says of this status.
    pub(super) promise: Option<&'a Promise>,
    /// The media type that the body has, or should have.
    pub(super) media: Option<&'a MediaType>,
    /// What is known of the body.
    pub(super) shape: Option<&'a Shape>,
    /// What the body is read as.
    pub(super) kind: Option<Kind>,
    /// The body as a value, if it can be read as one.
    pub(super) body: Option<&'a Value>,
    /// What came of reading it.
    pub(super) reading: &'a Reading<'a>,
    /// The values in the body.
    pub(super) nodes: Nodes<'a>,
    /// How the body breaks its schema.
    pub(super) violations: Vec<Violation>,
    pub(super) expectation: &'a Expectation<'a>,
}

impl<'a> View<'a> {
    /// A finding of a promise of the document.
    pub(super) fn finding(
        &self,
        check: &'static str,
        place: impl Into<String>,
        pointer: &str,
        message: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Finding {
        let promise = (!pointer.is_empty()).then(|| self.contract.document.place(pointer));
        self.finding_at(check, place, promise, message, expected, actual)
    }

    /// A finding of a promise that stands somewhere, or nowhere.
    pub(super) fn finding_at(
        &self,
        check: &'static str,
        place: impl Into<String>,
        promise: Option<Place>,
        message: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Finding {
        Finding {
            level: Level::Failure,
            check,
            operation: self.call.operation.id.clone(),
            place: place.into(),
            promise,
            message: message.into(),
            expected: expected.into(),
            actual: actual.into(),
            curl: curl(&self.exchange.request),
        }
    }

    /// Findings of all that is not where or what the contract says; `pointer` is the place of the
    /// promise where none is named.
    pub(super) fn defects(&self, check: &'static str, pointer: &str) -> Vec<Finding> {
        let defects = self.reading.defects.iter();
        defects
            .map(|defect| {
                let Sentences {
                    message,
                    expected,
                    actual,
                } = Sentences::of(&defect.kind);
                self.finding(
                    check,
                    body_place(&defect.place),
                    defect.promise.as_deref().unwrap_or(pointer),
                    message,
                    expected,
                    actual,
                )
            })
            .collect()
    }

    /// The body's value at a pointer, as text.
    pub(super) fn seen(&self, pointer: &str) -> String {
        self.body
            .and_then(|body| body.pointer(pointer))
            .map_or_else(|| "nothing".to_owned(), show)
    }

    /// How the body begins.
    pub(super) fn beginning(&self) -> String {
        let body = self.response.map_or(&[][..], |response| &response.body);
        if body.is_empty() {
            return "no bytes".to_owned();
        }
        text::excerpt(body)
    }

    /// Whether a success came where an error was expected, or the other way round.
    pub(super) fn is_of_another_kind(&self) -> bool {
        let Some(status) = self.response.map(|response| response.status) else {
            return false;
        };
        let expected = self.expectation.status.statuses(self.call.operation);
        expected.is_some_and(|expected| expected.is_wrong_class(status))
    }

    /// Whether the request is none of the operation's, so that its answers promise nothing here.
    pub(super) fn is_foreign(&self) -> bool {
        *self.expectation.status == ExpectedStatus::NoSuchOperation
    }

    /// Whether the answer is a success.
    pub(super) fn is_success(&self) -> bool {
        self.response.is_some_and(|r| r.status.is_success())
    }

    /// The objects that describe items: the body itself, or the items of a page. With pointers.
    pub(super) fn item_objects(&self) -> Vec<(String, &'a Map<String, Value>, Option<&'a Shape>)> {
        let (Some(body), Some(shape)) = (self.body, self.shape) else {
            return Vec::new();
        };
        let shapes = self.checker.shapes();
        if let Some(paging) = &self.call.operation.paging {
            let shape = shapes
                .below(shape, &paging.items)
                .and_then(|array| shapes.items(array));
            let items = pointer::get(body, &paging.items).and_then(Value::as_array);
            return items
                .into_iter()
                .flatten()
                .enumerate()
                .filter_map(|(i, item)| {
                    let pointer = format!("{}/{i}", paging.items);
                    Some((pointer, item.as_object()?, shape))
                })
                .collect();
        }
        body.as_object()
            .map(|object| (String::new(), object, Some(shape)))
            .into_iter()
            .collect()
    }

    /// Whether a text fits the pattern of a shape, if it has one.
    pub(super) fn fits(&self, shape: &Shape, text: &str) -> bool {
        self.checker.fits(shape, text)
    }
}

/// A value as short text.
pub(super) fn show(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let cut: String = text.chars().take(LONGEST).collect();
    format!("{cut}... ({} characters)", text.chars().count())
}

/// How a place in the body is written.
pub(super) fn body_place(pointer: &str) -> String {
    if pointer.is_empty() {
        "body".to_owned()
    } else {
        format!("body {pointer}")
    }
}

/// Whether two numbers are the same, though one may be written with digits behind the point.
pub(super) fn same_number(a: &Number, b: &Number) -> bool {
    a == b || (a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64()
}

/// The RFC 3339 time that a value tells; none for others.
pub(super) fn instant(value: &Value) -> Option<time::OffsetDateTime> {
    time_of(value.as_str()?)
}

/// The RFC 3339 time that a text tells; none for others.
pub(super) fn time_of(text: &str) -> Option<time::OffsetDateTime> {
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()
}
