//! Makes values that keep a schema, of which some parts are known.

mod leaf;
mod number;
mod run;
mod text;
mod view;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::judge::validate_answer;
use super::schema::{Schema, Schemas};
pub(super) use leaf::tells_change;
use run::Run;
pub(super) use text::uuid;

/// How often a value is made anew if it does not keep its schema.
const ATTEMPTS: u64 = 24;
/// How many of these keep all that is known.
const FAITHFUL_ATTEMPTS: u64 = 6;
/// Makes a value of which some parts are known.
pub(super) struct Maker<'a> {
    pub(super) schemas: &'a Schemas,
    /// The time that dates get.
    pub(super) now: &'a str,
    /// What is known, by JSON pointer.
    pub(super) known: HashMap<String, Value>,
    /// Pointers of optional properties that are left out.
    pub(super) omitted: HashSet<String>,
    /// Whether optional properties that are not known are left out.
    pub(super) sparse: bool,
}

impl<'a> Maker<'a> {
    /// One that knows these parts.
    pub(super) fn new(schemas: &'a Schemas, now: &'a str, known: HashMap<String, Value>) -> Self {
        Self {
            schemas,
            now,
            known,
            omitted: HashSet::new(),
            sparse: false,
        }
    }

    /// A value of a schema; null where the schema describes a URL only. What is known is kept
    /// unless the schema does not allow it.
    pub(super) fn make(&mut self, schema: &Schema) -> Value {
        let mut best: Option<(usize, Value)> = None;
        for attempt in 0..ATTEMPTS {
            let mut run = Run {
                schemas: self.schemas,
                now: self.now,
                known: &self.known,
                omitted: &self.omitted,
                sparse: self.sparse,
                attempt,
                salt: 0,
                random: fastrand::Rng::with_seed(attempt),
            };
            let value = run.value(&[schema.id], "", 0).unwrap_or_default();
            let faults = validate_answer(self.schemas, &[schema.id], &value);
            let count = faults.len();
            if count > 0 && attempt >= FAITHFUL_ATTEMPTS {
                self.known
                    .retain(|at, _| !faults.iter().any(|fault| touches(at, &fault.at)));
            }
            if best.as_ref().is_none_or(|(least, _)| count < *least) {
                best = Some((count, value));
            }
            if count == 0 {
                break;
            }
        }
        best.map(|(_, value)| value).unwrap_or_default()
    }
}

/// Whether one of two places stands in the other.
fn touches(a: &str, b: &str) -> bool {
    let inside = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    inside(a, b) || inside(b, a)
}

/// A text that has the pattern and the lengths of a schema; none if none is found.
pub(super) fn draw(schema: &Schema) -> Option<String> {
    let pattern = schema.pattern.as_ref()?;
    let wanted = text::Wanted {
        patterns: vec![pattern.as_str()],
        min_length: schema
            .min_length
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or_default(),
        max_length: schema.max_length.and_then(|n| usize::try_from(n).ok()),
        ..text::Wanted::default()
    };
    text::find(&wanted, &mut |text| {
        let length = text.chars().count();
        pattern.is_match(text)
            && length >= wanted.min_length
            && wanted.max_length.is_none_or(|most| length <= most)
    })
}
