//! Numbers within bounds.

use serde_json::{Number, Value};

use super::schema::Merged;
use crate::schema::Limit;

/// Largest number drawn where the schema sets no limit.
const USUAL: f64 = 100.0;
/// Integers up to here are exact as floating-point numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number that keeps what is said of it; none if there is no such number.
pub(super) fn make(merged: &Merged<'_>, whole: bool, random: &mut fastrand::Rng) -> Option<Value> {
    let step = step(merged, whole);
    let least = lowest(merged, step);
    let most = highest(merged, step);
    let (from, to) = match (least, most) {
        (Some(least), Some(most)) => (least, most.min(least + USUAL * step.max(1.0))),
        (Some(least), None) => (least, least + USUAL * step.max(1.0)),
        (None, Some(most)) => (most - USUAL * step.max(1.0), most),
        (None, None) => (1.0, USUAL),
    };
    if from > to {
        return None;
    }
    let drawn = from + random.f64() * (to - from);
    let drawn = match merged.multiple_of {
        _ if whole || merged.multiple_of.is_some() => (drawn / step).round() * step,
        _ => (drawn * 4.0).round() / 4.0,
    };
    number(drawn.clamp(from, to), whole)
}

/// The smallest number within bounds, if there is a bound.
pub(super) fn smallest(merged: &Merged<'_>, whole: bool) -> Option<Value> {
    number(lowest(merged, step(merged, whole))?, whole)
}

/// The largest number within bounds, if there is a bound.
pub(super) fn largest(merged: &Merged<'_>, whole: bool) -> Option<Value> {
    number(highest(merged, step(merged, whole))?, whole)
}

/// The next number below the smallest.
pub(super) fn below(merged: &Merged<'_>, whole: bool) -> Option<Value> {
    let step = step(merged, whole);
    number(lowest(merged, step)? - step, whole)
}

/// The next number above the largest.
pub(super) fn above(merged: &Merged<'_>, whole: bool) -> Option<Value> {
    let step = step(merged, whole);
    number(highest(merged, step)? + step, whole)
}

fn step(merged: &Merged<'_>, whole: bool) -> f64 {
    match merged.multiple_of {
        Some(step) if !whole || step.fract() == 0.0 => step,
        _ if whole => 1.0,
        _ => 0.25,
    }
}

fn lowest(merged: &Merged<'_>, step: f64) -> Option<f64> {
    let Limit { value, exclusive } = merged.minimum?;
    let first = (value / step).ceil() * step;
    Some(if exclusive && first <= value {
        first + step
    } else {
        first
    })
}

fn highest(merged: &Merged<'_>, step: f64) -> Option<f64> {
    let Limit { value, exclusive } = merged.maximum?;
    let last = (value / step).floor() * step;
    Some(if exclusive && last >= value {
        last - step
    } else {
        last
    })
}

fn number(value: f64, whole: bool) -> Option<Value> {
    if !whole {
        return Number::from_f64(value).map(Value::Number);
    }
    if value.fract() != 0.0 || value.abs() > EXACT {
        return None;
    }
    // Exact: it is whole and small enough.
    format!("{value:.0}").parse::<i64>().ok().map(Value::from)
}
