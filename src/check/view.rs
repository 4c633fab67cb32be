//! What a rule sees.

use serde_json::{Map, Number, Value};

use super::checker::Checker;
use super::expected::Expectation;
use super::node::Nodes;
use crate::codec::{Call, Reading, text};
use crate::contract::{Contract, ExpectedStatus, Kind, MediaType, Response as Promise, Shape};
use crate::outcome::{CheckId, Finding, FindingKind, Level, ResponsePlace, Syntax};
use crate::place::{InstancePath, Place, pointer};
use crate::schema::Violation;
use crate::wire::{Exchange, Response, curl};

/// An object that describes an item: its place, its members, its shape.
type ItemObject<'a> = (InstancePath, &'a Map<String, Value>, Option<&'a Shape>);

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
    /// A finding about a promise of the document, whose JSON pointer is given; about no written
    /// promise if that is empty.
    pub(super) fn finding(
        &self,
        check: CheckId,
        place: ResponsePlace,
        promise: &str,
        kind: FindingKind,
    ) -> Finding {
        let promise = (!promise.is_empty()).then(|| self.contract.document.place(promise));
        self.finding_at(check, place, promise, kind)
    }

    /// A finding about a promise that is written somewhere, or nowhere.
    pub(super) fn finding_at(
        &self,
        check: CheckId,
        place: ResponsePlace,
        promise: Option<Place>,
        kind: FindingKind,
    ) -> Finding {
        Finding {
            level: Level::Failure,
            check,
            operation: self.call.operation.id.clone(),
            place,
            promise,
            kind,
            curl: curl(&self.exchange.request),
        }
    }

    /// A finding if the body cannot be read, or if it is empty though it must not be.
    pub(super) fn unreadable(
        &self,
        check: CheckId,
        syntax: Syntax,
        media: &MediaType,
        allows_empty: bool,
    ) -> Option<Finding> {
        let body = self.response.map_or(&[][..], |response| &response.body);
        let fault = self.reading.fault.as_ref().map(ToString::to_string);
        if fault.is_none() && (allows_empty || !body.is_empty()) {
            return None;
        }
        let kind = FindingKind::UnreadableBody {
            syntax,
            media: media.name.clone(),
            fault,
            beginning: text::excerpt(body),
        };
        Some(self.finding(check, ResponsePlace::body(), &media.pointer, kind))
    }

    /// Findings about all parts of the body that are not where or what the document says; `promise`
    /// is the JSON pointer of the promise where a defect names none.
    pub(super) fn defects(&self, check: CheckId, promise: &str) -> Vec<Finding> {
        let defects = self.reading.defects.iter();
        defects
            .map(|defect| {
                self.finding(
                    check,
                    InstancePath::new(&defect.place).into(),
                    defect.promise.as_deref().unwrap_or(promise),
                    FindingKind::BodyDefect(defect.kind.clone()),
                )
            })
            .collect()
    }

    /// A value of the body.
    pub(super) fn value_at(&self, place: &InstancePath) -> Option<&'a Value> {
        pointer::get(self.body?, place.as_str())
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

    /// The objects that describe items: the body itself, or the items of a page.
    pub(super) fn item_objects(&self) -> Vec<ItemObject<'a>> {
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
                    let place = InstancePath::new(&paging.items).item(i);
                    Some((place, item.as_object()?, shape))
                })
                .collect();
        }
        body.as_object()
            .map(|object| (InstancePath::root(), object, Some(shape)))
            .into_iter()
            .collect()
    }

    /// Whether a text fits the pattern of a shape, if it has one.
    pub(super) fn fits(&self, shape: &Shape, text: &str) -> bool {
        self.checker.fits(shape, text)
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
