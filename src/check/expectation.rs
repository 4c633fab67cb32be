//! The body holds what the case expects of it.

use serde_json::Value;

use super::expected::{ExpectedBody, Sample};
use super::view::{View, same_number, time_of};
use crate::contract::{Shape, Shapes, Varies};
use crate::outcome::{CheckId, Excerpt, ExpectedFrom, Finding, FindingKind, ResponsePlace};
use crate::place::{InstancePath, pointer};

/// A value that is not the expected one.
pub(super) struct Difference {
    /// JSON pointer of the value.
    pub(super) at: String,
    pub(super) expected: Excerpt,
    pub(super) actual: Excerpt,
}

impl Difference {
    fn new(at: String, expected: &Value, actual: Option<&Value>) -> Self {
        Self {
            at,
            expected: Excerpt::of(expected),
            actual: Excerpt::of_optional(actual),
        }
    }
}

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    if view.expectation.body.is_empty() || view.response.is_none() {
        return Vec::new();
    }
    let Some(body) = view.body else {
        // Why there is no body is told by other rules, unless none was promised.
        let is_promised = view.promise.is_some();
        return if is_promised && view.reading.fault.is_none() && view.media.is_none() {
            vec![view.finding_at(
                CheckId::Expectation,
                ResponsePlace::body(),
                view.expectation.place.cloned(),
                FindingKind::NoBody,
            )]
        } else {
            Vec::new()
        };
    };
    let mut findings = Vec::new();
    for expected in &view.expectation.body {
        let (differences, source) = match expected {
            ExpectedBody::Part(part) => {
                let mut found = Vec::new();
                missing(part, body, String::new(), &mut found);
                (found, ExpectedFrom::Case)
            }
            ExpectedBody::Same(sample) => (
                differences(view.checker.shapes(), view.shape, sample, body),
                ExpectedFrom::EarlierResponse,
            ),
        };
        findings.extend(differences.into_iter().map(|difference| {
            let Difference {
                at,
                expected,
                actual,
            } = difference;
            view.finding_at(
                CheckId::Expectation,
                InstancePath::new(at).into(),
                view.expectation.place.cloned(),
                FindingKind::Differs {
                    source,
                    expected,
                    actual,
                },
            )
        }));
    }
    findings
}

/// Places at which `actual` does not hold `part`.
fn missing(part: &Value, actual: &Value, at: String, found: &mut Vec<Difference>) {
    match (part, actual) {
        (Value::Object(part), Value::Object(actual)) => {
            for (name, part) in part {
                let at = pointer::join(&at, name);
                match actual.get(name) {
                    Some(actual) => missing(part, actual, at, found),
                    None => found.push(Difference::new(at, part, None)),
                }
            }
        }
        (Value::Array(part), Value::Array(actual)) if part.len() == actual.len() => {
            for (i, (part, actual)) in part.iter().zip(actual).enumerate() {
                missing(part, actual, pointer::join(&at, &i.to_string()), found);
            }
        }
        (Value::Number(part), Value::Number(actual)) if same_number(part, actual) => {}
        (part, actual) if part == actual => {}
        (part, actual) => found.push(Difference::new(at, part, Some(actual))),
    }
}

/// Whether a body holds a part.
pub(crate) fn holds(part: &Value, body: &Value) -> bool {
    let mut found = Vec::new();
    missing(part, body, String::new(), &mut found);
    found.is_empty()
}

/// Places at which two bodies disagree, in members that both have.
pub(super) fn differences(
    shapes: &Shapes,
    shape: Option<&Shape>,
    sample: &Sample<'_>,
    actual: &Value,
) -> Vec<Difference> {
    let mut found = Vec::new();
    differ(
        shapes,
        shape,
        sample.body,
        actual,
        sample.except,
        String::new(),
        &mut found,
    );
    found
}

fn differ(
    shapes: &Shapes,
    shape: Option<&Shape>,
    expected: &Value,
    actual: &Value,
    except: &[String],
    at: String,
    found: &mut Vec<Difference>,
) {
    let varies = |what| shape.is_some_and(|shape| shape.varies.contains(&what));
    match (expected, actual) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, a) in a {
                if except.contains(name) {
                    continue;
                }
                if let Some(b) = b.get(name) {
                    let shape = shape.and_then(|shape| shapes.member(shape, name));
                    differ(shapes, shape, a, b, except, pointer::join(&at, name), found);
                }
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            let shape = shape.and_then(|shape| shapes.items(shape));
            let agree = |a: &Value, b: &Value| {
                let mut found = Vec::new();
                differ(shapes, shape, a, b, except, String::new(), &mut found);
                found.is_empty()
            };
            let same = if varies(Varies::Order) {
                let mut left: Vec<&Value> = b.iter().collect();
                a.len() == b.len()
                    && a.iter().all(|wanted| {
                        left.iter()
                            .position(|item| agree(wanted, item))
                            .map(|index| left.swap_remove(index))
                            .is_some()
                    })
            } else {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agree(a, b))
            };
            if !same {
                found.push(Difference::new(at, expected, Some(actual)));
            }
        }
        (Value::String(a), Value::String(b)) if varies(Varies::Case) => {
            if !a.eq_ignore_ascii_case(b) {
                found.push(Difference::new(at, expected, Some(actual)));
            }
        }
        (a, b) if a == b => {}
        (Value::Number(a), Value::Number(b)) if same_number(a, b) => {}
        (Value::String(a), Value::String(b)) if is_time(shape) && is_same_time(a, b) => {}
        _ => found.push(Difference::new(at, expected, Some(actual))),
    }
}

fn is_time(shape: Option<&Shape>) -> bool {
    shape.is_some_and(|shape| shape.format.as_deref() == Some("date-time"))
}

/// Whether two texts tell the same time, as far as the one with fewer digits tells it: a server may
/// keep fewer than it answers with at first.
fn is_same_time(a: &str, b: &str) -> bool {
    let (Some(first), Some(second)) = (time_of(a), time_of(b)) else {
        return false;
    };
    let digits = |text: &str| {
        let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
        fraction.bytes().take_while(u8::is_ascii_digit).count()
    };
    let coarse = digits(a).min(digits(b));
    if digits(a) == digits(b) {
        return first == second;
    }
    let unit = 10_i128.pow(9 - u32::try_from(coarse.min(9)).unwrap_or(9));
    (first - second).whole_nanoseconds().abs() < unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_may_have_fewer_digits() {
        let whole = "2018-11-10T20:00:00Z";
        for same in [
            "2018-11-10T21:00:00+01:00",
            "2018-11-10T20:00:00.412Z",
            "2018-11-10T19:59:59.6Z",
        ] {
            assert!(is_same_time(whole, same), "{same}");
        }
        for other in ["2018-11-10T20:00:01Z", "2018-11-10T20:00:01.1Z", "no time"] {
            assert!(!is_same_time(whole, other), "{other}");
        }
        assert!(!is_same_time(
            "2018-11-10T20:00:00.41Z",
            "2018-11-10T20:00:00.42Z"
        ));
    }

    #[test]
    fn parts() {
        let body = json!({"a": {"b": 1, "c": [1, 2]}, "d": null});
        assert!(holds(&json!({"a": {"b": 1}}), &body));
        assert!(holds(&json!({"a": {"c": [1, 2]}, "d": null}), &body));
        assert!(!holds(&json!({"a": {"c": [1]}}), &body));
        assert!(!holds(&json!({"e": null}), &body));
    }

    #[test]
    fn samples_agree_where_both_speak() {
        let shapes = Shapes::default();
        let sample = json!({"a": 1, "b": 2, "only": 3});
        let differ = |except: &[String], actual: Value| {
            let sample = Sample {
                body: &sample,
                except,
            };
            differences(&shapes, None, &sample, &actual).len()
        };
        assert_eq!(differ(&[], json!({"a": 1, "b": 2, "more": 0})), 0);
        assert_eq!(differ(&[], json!({"a": 1, "b": 3})), 1);
        assert_eq!(differ(&[], json!({"a": 1.0, "b": 2.5})), 1);
        assert_eq!(differ(&["b".to_owned()], json!({"a": 1, "b": 3})), 0);
    }
}
