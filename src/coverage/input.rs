//! Parameters and properties of request bodies: that they are sent, both sides of their bounds, the
//! values of their enums.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::promise::Promises;
use crate::codec::Call;
use crate::contract::{Contract, Location, Operation};
use crate::outcome::Axis;
use crate::place::pointer;
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
    Value,
    Characters,
    Bytes,
    Items,
}

const BOUNDS: [(&str, Measure, Ordering); 9] = [
    ("minimum", Measure::Value, Ordering::Less),
    ("maximum", Measure::Value, Ordering::Greater),
    ("exclusiveMinimum", Measure::Value, Ordering::Less),
    ("exclusiveMaximum", Measure::Value, Ordering::Greater),
    ("minLength", Measure::Characters, Ordering::Less),
    ("maxLength", Measure::Characters, Ordering::Greater),
    ("x-trueup-max-bytes", Measure::Bytes, Ordering::Greater),
    ("minItems", Measure::Items, Ordering::Less),
    ("maxItems", Measure::Items, Ordering::Greater),
];

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
    let schema = at
        .and_then(|at| contract.document.get(at))
        .and_then(Value::as_object);
    let get = |keyword: &str| schema.and_then(|schema| schema.get(keyword));
    // `OpenAPI` 3.0 makes a bound exclusive with a flag beside it.
    let is_exclusive = |keyword| get(keyword) == Some(&Value::Bool(true));
    let mut bounds = Vec::new();
    for (keyword, measure, beyond) in BOUNDS {
        let Some(limit) = get(keyword).and_then(Value::as_f64) else {
            continue;
        };
        let excludes = match keyword {
            "minimum" => is_exclusive("exclusiveMinimum"),
            "maximum" => is_exclusive("exclusiveMaximum"),
            _ => keyword.starts_with("exclusive"),
        };
        // Nothing is shorter than nothing.
        if beyond == Ordering::Less && limit == 0.0 && !matches!(measure, Measure::Value) {
            continue;
        }
        let label = format!("{label} {keyword} {limit}");
        bounds.push(Bound {
            measure,
            beyond,
            limit,
            kept: (!excludes).then(|| promises.sent(Axis::Bounds, format!("{label} kept"))),
            broken: promises.sent(Axis::Bounds, format!("{label} broken")),
        });
    }
    let items = at
        .map(|at| pointer::join(at, "items"))
        .and_then(|items| contract.document.resolve(&items).ok())
        .and_then(|items| contract.document.get(&items));
    let own = get("enum").or_else(|| items?.get("enum"));
    let values = own
        .and_then(Value::as_array)
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
        is_array: get("type").is_some_and(|kind| kind == "array"),
        promise,
        bounds,
        values,
    }
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
            (Self::Value, Value::Number(number)) => number.as_f64(),
            (Self::Value, Value::String(text)) => text.parse().ok(),
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
