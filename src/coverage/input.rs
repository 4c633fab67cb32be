//! Parameters and properties of request bodies: that they are sent, both sides of their bounds, the
//! values of their enums.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::promise::Promises;
use crate::codec::Call;
use crate::contract::{Contract, Location, Operation};
use crate::outcome::Axis;
use crate::schema::{Cursor, Keyword, Limit, View};
use crate::wire::Request;

/// What a request may have under one name.
#[derive(Debug)]
pub(super) struct Input {
    name: String,
    place: Place,
    is_array: bool,
    promise: usize,
    bounds: Vec<Bound>,
    /// Values of its enum, or of that of its items.
    values: Vec<(Value, usize)>,
}

/// Where a value travels.
#[derive(Debug, Clone, Copy)]
enum Place {
    Parameter(Location),
    Body,
}

/// A bound of a value.
#[derive(Debug)]
struct Bound {
    measure: Measure,
    /// How what breaks it compares with the limit.
    beyond: Ordering,
    limit: f64,
    /// Sent at the limit, if that keeps it.
    kept: Option<usize>,
    broken: usize,
}

/// What of a value is bounded.
#[derive(Debug, Clone, Copy)]
enum Measure {
    /// The number itself; the limit may be out of bounds.
    Value {
        exclusive: bool,
    },
    Characters,
    Bytes,
    Items,
}

/// The inputs of an operation.
pub(super) fn inputs(
    contract: &Contract,
    operation: &Operation,
    promises: &mut Promises,
) -> Vec<Input> {
    let parameters = operation.parameters.iter().map(|parameter| {
        let place = Place::Parameter(parameter.location);
        (&parameter.name, place, parameter.schema.as_deref())
    });
    let properties = operation.body.iter().flat_map(|body| &body.properties);
    let properties =
        properties.map(|property| (&property.name, Place::Body, Some(property.schema.as_str())));
    parameters
        .chain(properties)
        .map(|(name, place, schema)| input(contract, name, place, schema, promises))
        .collect()
}

fn input(
    contract: &Contract,
    name: &str,
    place: Place,
    at: Option<&str>,
    promises: &mut Promises,
) -> Input {
    let label = match place {
        Place::Parameter(location) => format!("{location} {name}"),
        Place::Body => format!("body {name}"),
    };
    let promise = promises.sent(Axis::Parameters, label.clone());
    let schema = at.and_then(|at| Cursor::resolved_at(&contract.document, at));
    let view = schema
        .as_ref()
        .map(View::of_every_value)
        .unwrap_or_default();
    let bounds = limits(&view)
        .into_iter()
        .map(|(keyword, measure, beyond, limit)| {
            let excludes = matches!(measure, Measure::Value { exclusive: true });
            let label = format!("{label} {keyword} {limit}");
            Bound {
                measure,
                beyond,
                limit,
                kept: (!excludes).then(|| promises.sent(Axis::Bounds, format!("{label} kept"))),
                broken: promises.sent(Axis::Bounds, format!("{label} broken")),
            }
        });
    let bounds = bounds.collect();
    let items = view.items.as_ref().map(View::of_every_value);
    let own = choices(&view).or_else(|| choices(items.as_ref()?));
    let values = own
        .into_iter()
        .flatten()
        .map(|value| {
            let promise = promises.sent(Axis::EnumValues, format!("{label}: {value}"));
            (value.clone(), promise)
        })
        .collect();
    Input {
        name: name.to_owned(),
        place,
        is_array: view
            .types
            .as_ref()
            .is_some_and(|kinds| kinds.contains(&"array")),
        promise,
        bounds,
        values,
    }
}

/// The limits of values, with the keywords that name them. Nothing is shorter than nothing.
#[expect(clippy::cast_precision_loss, reason = "no request is so long")]
fn limits(view: &View<'_>) -> Vec<(Keyword, Measure, Ordering, f64)> {
    use Keyword::{
        ExclusiveMaximum, ExclusiveMinimum, MaxBytes, MaxItems, MaxLength, Maximum, MinItems,
        MinLength, Minimum,
    };
    use Measure::{Bytes, Characters, Items};
    use Ordering::{Greater, Less};
    // Until 3.0 a flag beside the bound makes it exclusive.
    let has_numbers = view
        .parts
        .iter()
        .any(|part| part.version().has_json_schema());
    let number = |limit: Option<Limit>, own: Keyword, other: Keyword, beyond| {
        let Limit { value, exclusive } = limit?;
        let keyword = if exclusive && has_numbers { other } else { own };
        Some((keyword, Measure::Value { exclusive }, beyond, value))
    };
    let size = |keyword, measure, beyond, size: Option<usize>| {
        Some((keyword, measure, beyond, size? as f64))
    };
    let least = |size: usize| Some(size).filter(|size| *size > 0);
    let mut numbers = [
        number(view.minimum, Minimum, ExclusiveMinimum, Less),
        number(view.maximum, Maximum, ExclusiveMaximum, Greater),
    ];
    numbers.sort_by_key(|limit| limit.map(|(keyword, ..)| keyword));
    let sizes = [
        size(MinLength, Characters, Less, least(view.min_length)),
        size(MaxLength, Characters, Greater, view.max_length),
        size(MaxBytes, Bytes, Greater, view.max_bytes),
        size(MinItems, Items, Less, least(view.min_items)),
        size(MaxItems, Items, Greater, view.max_items),
    ];
    numbers.into_iter().chain(sizes).flatten().collect()
}

/// The values that the first `enum` lists.
fn choices<'a>(view: &View<'a>) -> Option<&'a Vec<Value>> {
    let mut parts = view.parts.iter();
    parts.find_map(|part| part.get(Keyword::Enum)?.as_array())
}

impl Input {
    /// Marks what a request has of it.
    pub(super) fn request(&self, call: &Call<'_>, request: &Request, mark: &mut dyn FnMut(usize)) {
        let Some(value) = self.value(call, request) else {
            return;
        };
        mark(self.promise);
        for bound in &self.bounds {
            let Some(measured) = bound.measure.of(&value) else {
                continue;
            };
            match measured.partial_cmp(&bound.limit) {
                Some(Ordering::Equal) => mark(bound.kept.unwrap_or(bound.broken)),
                Some(side) if side == bound.beyond => mark(bound.broken),
                _ => {}
            }
        }
        let single = std::slice::from_ref(&*value);
        for item in value.as_array().map_or(single, Vec::as_slice) {
            for (known, promise) in &self.values {
                if is_sent_as(known, item) {
                    mark(*promise);
                }
            }
        }
    }

    fn value<'v>(&self, call: &'v Call<'_>, request: &Request) -> Option<Cow<'v, Value>> {
        let pairs = match self.place {
            Place::Body => return call.fields.get(&self.name).map(Cow::Borrowed),
            Place::Parameter(Location::Header) => {
                return request
                    .headers
                    .text(&self.name)
                    .map(|t| Cow::Owned(t.into()));
            }
            Place::Parameter(Location::Cookie) => {
                let begin = format!("{}=", self.name);
                let cookies = request.headers.all("cookie");
                let sent = cookies
                    .map(crate::wire::Header::text)
                    .find(|c| c.contains(&begin))?;
                let value = sent.split(&begin).nth(1)?.split(';').next()?;
                return Some(Cow::Owned(value.into()));
            }
            Place::Parameter(Location::QueryString) => return None,
            Place::Parameter(Location::Path) => &call.path,
            Place::Parameter(Location::Query) => &call.query,
        };
        let mut values = pairs
            .iter()
            .filter(|(name, _)| *name == self.name)
            .map(|(_, value)| Value::from(value.as_str()));
        if self.is_array {
            let all: Vec<Value> = values.collect();
            return (!all.is_empty()).then(|| Cow::Owned(Value::from(all)));
        }
        values.next().map(Cow::Owned)
    }
}

impl Measure {
    #[expect(clippy::cast_precision_loss, reason = "no request is so long")]
    fn of(self, value: &Value) -> Option<f64> {
        match (self, value) {
            (Self::Value { .. }, Value::Number(number)) => number.as_f64(),
            (Self::Value { .. }, Value::String(text)) => text.parse().ok(),
            (Self::Characters, Value::String(text)) => Some(text.chars().count() as f64),
            (Self::Bytes, Value::String(text)) => Some(text.len() as f64),
            (Self::Items, Value::Array(items)) => Some(items.len() as f64),
            _ => None,
        }
    }
}

/// Whether a value is another one, perhaps written as text.
fn is_sent_as(known: &Value, sent: &Value) -> bool {
    known == sent
        || match (known, sent) {
            (Value::String(_), _) => false,
            (_, Value::String(text)) => {
                serde_json::from_str::<Value>(text).is_ok_and(|value| value == *known)
            }
            _ => false,
        }
}
