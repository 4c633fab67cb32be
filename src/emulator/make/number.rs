//! Numbers within bounds.

use serde_json::{Number, Value};

/// What a number has to be.
#[derive(Debug, Default)]
pub(super) struct Wanted<'a> {
    pub(super) integers: bool,
    /// Lower and upper bounds.
    pub(super) least: Vec<&'a Number>,
    pub(super) most: Vec<&'a Number>,
    pub(super) steps: Vec<&'a Number>,
    /// What differs between numbers that must not be equal; 0 for the usual one.
    pub(super) salt: u64,
}

/// Numbers that may be what is wanted, likely ones first.
pub(super) fn candidates(wanted: &Wanted<'_>) -> Vec<Value> {
    let mut found = Vec::new();
    let salt = i128::from(wanted.salt);
    let whole = |numbers: &[&Number], up: bool| -> Vec<i128> {
        numbers
            .iter()
            .filter_map(|number| rounded(number, up))
            .collect()
    };
    let least = whole(&wanted.least, true).into_iter().max();
    let most = whole(&wanted.most, false).into_iter().min();
    let steps = whole(&wanted.steps, true);
    let step = steps
        .into_iter()
        .filter(|step| *step != 0)
        .fold(1, |all: i128, step| least_common_multiple(all, step.abs()));
    let start = match (least, most) {
        (Some(least), _) if least > 0 => least,
        (_, Some(most)) if most < 0 => most,
        (Some(least), _) if salt > 0 => least,
        _ => 0,
    };
    // Towards the side where there is room.
    let sign = if most.is_some_and(|most| start >= most) {
        -1
    } else {
        1
    };
    for i in [0, 1, 2] {
        let count = start.div_euclid(step) + sign * (salt + i);
        found.extend(whole_value(count.saturating_mul(step)));
        found.extend(whole_value(start + sign * (salt + i)));
    }
    if !wanted.integers {
        let float = |number: &&Number| number.as_f64();
        let least = wanted
            .least
            .iter()
            .filter_map(float)
            .fold(f64::NEG_INFINITY, f64::max);
        let most = wanted
            .most
            .iter()
            .filter_map(float)
            .fold(f64::INFINITY, f64::min);
        let step = wanted.steps.iter().filter_map(float).fold(0.0, f64::max);
        let ratio = 1.0 / (2.0 + f64::from(u32::try_from(wanted.salt).unwrap_or(u32::MAX)));
        let mut floats = vec![least, most];
        if least.is_finite() && most.is_finite() {
            floats.push(least + (most - least) * ratio);
        }
        floats.extend([least + ratio, most - ratio]);
        if step > 0.0 {
            let from = if least.is_finite() { least } else { most };
            let from = if from.is_finite() {
                (from / step).floor()
            } else {
                0.0
            };
            #[expect(clippy::cast_precision_loss, reason = "counts of tries are small")]
            let counts = [0, 1, 2, -1].map(|i| from + (salt + i) as f64);
            floats.extend(counts.map(|count| multiple(count, step)));
        }
        let floats = floats.into_iter().filter_map(Number::from_f64);
        found.extend(floats.map(Value::Number));
    }
    found
}

/// A multiple as its decimals are, not as its bits are: 3 times 0.1 is 0.3.
fn multiple(count: f64, step: f64) -> f64 {
    let decimals = step
        .to_string()
        .split_once('.')
        .map_or(0, |(_, rest)| rest.len());
    format!("{:.*}", decimals, count * step)
        .parse()
        .unwrap_or(count * step)
}

fn whole_value(number: i128) -> Option<Value> {
    let signed = i64::try_from(number).map(Value::from);
    signed
        .or_else(|_| u64::try_from(number).map(Value::from))
        .ok()
}

/// The next integer above or below.
fn rounded(number: &Number, up: bool) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed
        .or_else(|| number.as_u64().map(i128::from))
        .or_else(|| {
            let float = number.as_f64()?;
            let float = if up { float.ceil() } else { float.floor() };
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the range has been looked at"
            )]
            (float.abs() < 1e30).then_some(float as i128)
        })
}

fn least_common_multiple(a: i128, b: i128) -> i128 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x.max(1)).saturating_mul(b)
}
