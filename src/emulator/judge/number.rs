//! Numbers, compared and divided exactly.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Beyond this no number of a document is told from the next integer.
const HUGE: f64 = 1e30;

/// Whether a number has no fraction.
pub(in crate::emulator) fn is_integer(number: &Number) -> bool {
    integer(number).is_some() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// The order of two numbers.
pub(in crate::emulator) fn compare(a: &Number, b: &Number) -> Ordering {
    let float = |number: &Number| number.as_f64().unwrap_or_default();
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => against(a, float(b)),
        (None, Some(b)) => against(b, float(a)).reverse(),
        (None, None) => float(a).total_cmp(&float(b)),
    }
}

fn integer(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

fn against(a: i128, b: f64) -> Ordering {
    if b >= HUGE {
        return Ordering::Less;
    }
    if b <= -HUGE {
        return Ordering::Greater;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the fraction is compared afterwards, and the rest fits"
    )]
    let whole = b.trunc() as i128;
    a.cmp(&whole)
        .then_with(|| 0.0_f64.partial_cmp(&b.fract()).unwrap_or(Ordering::Equal))
}

/// Whether two values are equal: `1` and `1.0` are (JSON Schema 2020-12, Core, section 4.2.2).
pub(in crate::emulator) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(a, b).is_eq(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        (a, b) => a == b,
    }
}

/// A number as an integer and the power of ten that it is multiplied with; the integer does not
/// end with a zero.
struct Decimal {
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    fn of(number: &Number) -> Option<Self> {
        let text = number.to_string();
        let text = text.trim_start_matches('-');
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let mut exponent: i64 = exponent.trim_start_matches('+').parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        exponent -= i64::try_from(fraction.len()).ok()?;
        let letters = whole.bytes().chain(fraction.bytes());
        let mut digits: Vec<u8> = letters.map(|digit| digit.wrapping_sub(b'0')).collect();
        if digits.iter().any(|digit| *digit > 9) {
            return None;
        }
        while digits.last() == Some(&0) {
            digits.pop();
            exponent += 1;
        }
        Some(Self { digits, exponent })
    }
}

/// Whether a number is a multiple of another one, as both are written in decimals.
pub(super) fn is_multiple(number: &Number, of: &Number) -> bool {
    let (Some(number), Some(of)) = (Decimal::of(number), Decimal::of(of)) else {
        return true;
    };
    if number.digits.is_empty() || of.digits.is_empty() {
        return true;
    }
    let Ok(zeros) = u32::try_from(number.exponent - of.exponent) else {
        // It has more decimals than any multiple.
        return false;
    };
    let modulus = of.digits.iter().fold(0_u128, |all, digit| {
        all.saturating_mul(10).saturating_add(u128::from(*digit))
    });
    if modulus > u128::MAX / 20 {
        return true;
    }
    let zeros = std::iter::repeat_n(0, zeros.min(700) as usize);
    let digits = number.digits.iter().copied().chain(zeros);
    digits.fold(0, |rest, digit| (rest * 10 + u128::from(digit)) % modulus) == 0
}

/// Whether a number is in the range of a format of numbers (`OpenAPI` Format Registry).
pub(super) fn in_range(format: &str, number: &Number) -> bool {
    let (least, most): (i128, i128) = match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" => (0, u64::MAX.into()),
        "double-int" => (-(1 << 53) + 1, (1 << 53) - 1),
        _ => return true,
    };
    match integer(number) {
        Some(whole) => (least..=most).contains(&whole),
        None => number
            .as_f64()
            .is_none_or(|float| against(least, float).is_le() && against(most, float).is_ge()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn number(value: &Value) -> Number {
        value.as_number().unwrap().clone()
    }

    #[test]
    fn numbers_are_compared_exactly() {
        let big = json!(9_007_199_254_740_993_i64);
        for (a, b, expected) in [
            (json!(1), json!(1.0), Ordering::Equal),
            (json!(1), json!(1.5), Ordering::Less),
            (json!(-1), json!(-1.5), Ordering::Greater),
            (big, json!(9_007_199_254_740_992.0), Ordering::Greater),
            (json!(u64::MAX), json!(i64::MIN), Ordering::Greater),
            (json!(1e300), json!(u64::MAX), Ordering::Greater),
        ] {
            assert_eq!(compare(&number(&a), &number(&b)), expected, "{a} {b}");
            assert_eq!(compare(&number(&b), &number(&a)), expected.reverse());
        }
        assert!(same(&json!({"a": [1.0]}), &json!({"a": [1]})));
        assert!(!same(&json!({"a": [1.0]}), &json!({"a": [1, 1]})));
    }

    #[test]
    fn multiples_are_exact() {
        for (value, of, expected) in [
            (json!(0.3), json!(0.1), true),
            (json!(0.35), json!(0.1), false),
            (json!(4.02), json!(0.01), true),
            (json!(1e20), json!(3), false),
            (json!(1e20), json!(0.5), true),
            (json!(-6), json!(3), true),
            (json!(0), json!(7), true),
            (json!(9_007_199_254_740_993_i64), json!(2), false),
            (json!(1e-7), json!(1e-8), true),
        ] {
            assert_eq!(
                is_multiple(&number(&value), &number(&of)),
                expected,
                "{value} {of}"
            );
        }
    }
}
