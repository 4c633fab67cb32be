//! Requests that break the contract in one way. What is sent is read back and judged before it
//! counts as a violation.

use serde_json::{Value, json};

use super::cases::{Cases, Change, Stage, Title};
use super::request::Draft;
use super::spot::{At, Spot, has_named_members};
use super::value::{Extent, Maker};
use super::variation::{items, place_of, spelled};
use super::{number, sent, text};
use crate::contract::{ExpectedStatus, Operation};
use crate::place::pointer;
use crate::scenario::Step;
use crate::schema::{Cursor, Keyword, Violation};

/// Longest text that is sent to exceed a limit.
const LONGEST: usize = 100_000;
/// Longest list that is sent to exceed a limit.
const MOST_ITEMS: usize = 300;

/// One way to break a promise, with the changes that may do it.
struct Breach {
    slug: String,
    why: String,
    keyword: Keyword,
    changes: Vec<Change>,
}

impl Breach {
    fn new(
        slug: impl Into<String>,
        why: impl Into<String>,
        keyword: Keyword,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        Self {
            slug: slug.into(),
            why: why.into(),
            keyword,
            changes: values.into_iter().map(Change::Set).collect(),
        }
    }
}

/// The outer side of every bound.
pub(super) fn bounds<'a>(cases: &mut Cases<'a>, spots: &[Spot<'a>]) {
    for spot in spots {
        for breach in lengths(cases, spot)
            .into_iter()
            .chain(numbers(spot))
            .chain(counts(cases, spot))
            .chain(members(cases, spot))
        {
            attempt(cases, spot, breach);
        }
    }
}

/// Missing values, and values of another type, enum, pattern or format.
pub(super) fn shapes<'a>(cases: &mut Cases<'a>, spots: &[Spot<'a>]) {
    for spot in spots {
        for breach in misshapen(cases, spot) {
            attempt(cases, spot, breach);
        }
    }
}

fn lengths(cases: &Cases<'_>, spot: &Spot<'_>) -> Vec<Breach> {
    let merged = &spot.merged;
    if merged.kind() != Some("string") || merged.choices.is_some() {
        return Vec::new();
    }
    let (slug, name) = (spot.slug(), &spot.name);
    let mut random = cases.random(&format!("{slug} outside"));
    let mut of_length = |length: usize| {
        text::exactly(merged, length, &mut random)
            // No text of that length keeps the pattern: two promises are broken at once.
            .unwrap_or_else(|| "x".repeat(length))
    };
    let mut found = Vec::new();
    if let Some(least) = merged.min_length.checked_sub(1) {
        found.push(Breach::new(
            format!("{slug}_of_{least}_characters"),
            format!("minLength {} missed by one in {name}", least + 1),
            Keyword::MinLength,
            [json!(of_length(least))],
        ));
    }
    if let Some(most) = merged.max_length.filter(|most| *most < LONGEST) {
        found.push(Breach::new(
            format!("{slug}_of_{}_characters", most + 1),
            format!("maxLength {most} exceeded by one in {name}"),
            Keyword::MaxLength,
            [json!(of_length(most + 1))],
        ));
    }
    let Some(most) = merged.max_bytes.filter(|most| *most < LONGEST) else {
        return found;
    };
    let mut texts = vec![of_length(most + 1)];
    if merged.patterns.is_empty() {
        texts.push(text::of_bytes(most + 1));
    }
    for text in texts {
        let (bytes, characters) = (text.len(), text.chars().count());
        let told = format!("{bytes} bytes in {characters} characters");
        found.push(Breach::new(
            format!("{slug}_of_{told}"),
            format!(
                "{} {most} exceeded by one in {name}: {told}",
                Keyword::MaxBytes
            ),
            Keyword::MaxBytes,
            [json!(text)],
        ));
    }
    found
}

fn numbers(spot: &Spot<'_>) -> Vec<Breach> {
    let merged = &spot.merged;
    let Some(kind @ ("integer" | "number")) = merged.kind() else {
        return Vec::new();
    };
    let whole = kind == "integer";
    let (slug, name) = (spot.slug(), &spot.name);
    let mut found = Vec::new();
    for (keyword, value) in [
        (Keyword::Minimum, number::below(merged, whole)),
        (Keyword::Maximum, number::above(merged, whole)),
    ] {
        let Some(value) = value else { continue };
        let word = if keyword == Keyword::Minimum {
            "missed"
        } else {
            "exceeded"
        };
        found.push(Breach::new(
            format!("{slug}_of_{}", spelled(&value)),
            format!("{keyword} {word} by {name} = {value}"),
            keyword,
            [value],
        ));
    }
    if let Some(step) = merged.multiple_of
        && let Some(Value::Number(right)) =
            number::make(merged, whole, &mut fastrand::Rng::with_seed(1))
    {
        let wrong = right.as_f64().map(|right| right + step / 2.0);
        found.push(Breach::new(
            format!("{slug}_no_multiple"),
            format!("multipleOf {step} broken in {name}"),
            Keyword::MultipleOf,
            wrong.map(|wrong| json!(wrong)),
        ));
    }
    found
}

fn counts<'a>(cases: &Cases<'a>, spot: &Spot<'a>) -> Vec<Breach> {
    let merged = &spot.merged;
    if merged.kind() != Some("array") {
        return Vec::new();
    }
    let (slug, name) = (spot.slug(), &spot.name);
    let mut found = Vec::new();
    let fewer = merged.min_items.checked_sub(1);
    let more = merged.max_items.filter(|n| *n < MOST_ITEMS).map(|n| n + 1);
    for (keyword, count) in [(Keyword::MinItems, fewer), (Keyword::MaxItems, more)] {
        if let Some((count, items)) = count.and_then(|n| Some((n, items(cases, spot, n)?))) {
            found.push(Breach::new(
                format!("{slug}_of_{count}_items"),
                format!("{keyword} broken by one in {name}"),
                keyword,
                [items],
            ));
        }
    }
    if merged.unique_items
        && let Some(Value::Array(mut twice)) = items(cases, spot, 1)
    {
        twice.extend(twice.clone());
        found.push(Breach::new(
            format!("{slug}_with_equal_items"),
            format!("uniqueItems broken in {name}"),
            Keyword::UniqueItems,
            [Value::Array(twice)],
        ));
    }
    found
}

/// Objects with a member too few or too many.
fn members(cases: &Cases<'_>, spot: &Spot<'_>) -> Vec<Breach> {
    let At::Body(at) = &spot.at else {
        return Vec::new();
    };
    let (merged, slug, name) = (&spot.merged, spot.slug(), &spot.name);
    let told = if at.is_empty() { "the body" } else { name };
    let sample = cases.fullest().and_then(|draft| draft.body.as_ref());
    let Some((body, whole)) =
        sample.and_then(|body| Some((body, body.value.pointer(at)?.as_object()?)))
    else {
        return Vec::new();
    };
    // A form without members is no body at all, which is right where none is required.
    let may_be_gone = at.is_empty()
        && !sent::is_typed(body.media)
        && cases
            .operation
            .body
            .as_ref()
            .is_some_and(|body| !body.required);
    let fewer = merged.min_properties.checked_sub(1);
    let more = merged.max_properties.filter(|most| *most < MOST_ITEMS);
    let bounds = [
        (Keyword::MinProperties, fewer),
        (Keyword::MaxProperties, more.map(|n| n + 1)),
    ];
    let mut found = Vec::new();
    for (keyword, count) in bounds {
        let Some(count) = count.filter(|count| *count > 0 || !may_be_gone) else {
            continue;
        };
        // Required members come first, so that one promise is broken as far as that can be.
        let (mut members, rest): (Vec<_>, Vec<_>) = whole
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .partition(|(name, _)| merged.required.contains(&name.as_str()));
        members.extend(rest);
        members.extend((members.len()..count).map(|i| (format!("trueup_{i}"), json!("trueup"))));
        members.truncate(count);
        found.push(Breach::new(
            format!("{slug}_of_{count}_members"),
            format!("{keyword} broken by one in {told}"),
            keyword,
            [Value::Object(members.into_iter().collect())],
        ));
    }
    found
}

fn misshapen(cases: &Cases<'_>, spot: &Spot<'_>) -> Vec<Breach> {
    let merged = &spot.merged;
    let (slug, name) = (spot.slug(), &spot.name);
    let mut found = Vec::new();
    let is_root = spot.at == At::Body(String::new());
    if spot.required && !is_root {
        found.push(Breach {
            slug: format!("without_{slug}"),
            why: format!("missing required field {name}"),
            keyword: Keyword::Required,
            changes: vec![Change::Remove],
        });
    }
    let told = if is_root { "the body" } else { name };
    found.push(Breach::new(
        format!("{slug}_of_another_type"),
        format!("another type than that of {told}"),
        Keyword::Type,
        other_types(merged.kind(), spot.is_item()),
    ));
    if merged.kind() == Some("integer") {
        found.push(Breach::new(
            format!("{slug}_with_a_fraction"),
            format!("a fraction in {name}, which is an integer"),
            Keyword::Type,
            [json!(1.5)],
        ));
    }
    if spot.required && !is_root {
        found.push(Breach::new(
            format!("{slug}_is_null"),
            format!("null for {name}"),
            Keyword::Type,
            [Value::Null],
        ));
    }
    if merged.choices.is_some() {
        found.push(Breach::new(
            format!("{slug}_off_enum"),
            format!("a value that the enum of {name} does not have"),
            Keyword::Enum,
            [json!("trueup-no-such-value"), json!(987_654_321)],
        ));
        return found;
    }
    if merged.kind() == Some("string") {
        if let Some(pattern) = merged.patterns.first() {
            let mut random = cases.random(&format!("{slug} off pattern"));
            let right = text::make(merged, &mut random);
            found.push(Breach::new(
                format!("{slug}_off_pattern"),
                format!("pattern broken in {name}"),
                Keyword::Pattern,
                right
                    .iter()
                    .flat_map(|right| text::off_pattern(pattern, right)),
            ));
        }
        if let Some(format) = merged.format {
            found.push(Breach::new(
                format!("{slug}_off_format"),
                format!("format {format} broken in {name}"),
                Keyword::Format,
                ["trueup", "trueup !", "/trueup{", "trueup("].map(Value::from),
            ));
        }
    }
    found
}

/// Values that nobody takes for one of this type.
fn other_types(kind: Option<&str>, is_item: bool) -> Vec<Value> {
    match kind {
        Some("string") => vec![json!({ "trueup": [] })],
        Some("object") if !is_item => vec![json!([]), json!("trueup")],
        Some(_) => vec![json!("trueup"), json!({ "trueup": [] })],
        None => Vec::new(),
    }
}

/// Members that nothing allows, and constraints over several members.
pub(super) fn conditions<'a>(cases: &mut Cases<'a>, spots: &[Spot<'a>]) {
    for spot in spots {
        if spot.merged.kind() != Some("object") {
            continue;
        }
        unknown_member(cases, spot);
        let At::Body(at) = &spot.at else { continue };
        for (name, _) in &spot.merged.properties {
            if at.is_empty() && !spot.merged.required.contains(name) {
                without(
                    cases,
                    spot,
                    &[name],
                    format!("all fields but {name}, which one of them needs"),
                );
            }
        }
        for names in alternatives(&spot.node) {
            let told = names.join(" and ");
            without(
                cases,
                spot,
                &names,
                format!("all fields but {told}, one of which is needed"),
            );
        }
    }
}

/// A member that nothing allows.
fn unknown_member(cases: &mut Cases<'_>, spot: &Spot<'_>) {
    const NAME: &str = "trueup_unknown";
    let at = match &spot.at {
        At::Body(at) => At::Body(pointer::join(at, NAME)),
        At::Argument(location, name)
            if cases
                .operation
                .parameter(*location, name)
                .is_some_and(has_named_members) =>
        {
            At::Member(*location, name.clone(), NAME.to_owned())
        }
        At::Argument(..) | At::Member(..) => return,
    };
    let unknown = Spot {
        at,
        name: format!("{} {NAME}", spot.name).trim().to_owned(),
        ..spot.clone()
    };
    let breach = Breach::new(
        format!("{}_with_an_unknown_member", spot.slug()),
        "a member that additionalProperties forbids",
        Keyword::AdditionalProperties,
        [json!("trueup")],
    );
    attempt(cases, &unknown, breach);
}

/// The members that the alternatives of a schema require.
fn alternatives<'a>(schema: &Cursor<'a>) -> Vec<Vec<&'a str>> {
    let mut found = Vec::new();
    for list in [Keyword::AnyOf, Keyword::OneOf] {
        let branches = schema.each(list);
        let names: Vec<&str> = branches
            .flat_map(|branch| branch.names(Keyword::Required))
            .collect();
        if !names.is_empty() {
            found.push(names);
        }
    }
    found.extend(
        schema
            .each(Keyword::AllOf)
            .flat_map(|inner| alternatives(&inner)),
    );
    found
}

/// A request with all fields but these, if that breaks the contract.
fn without(cases: &mut Cases<'_>, spot: &Spot<'_>, names: &[&str], why: String) {
    let At::Body(at) = &spot.at else { return };
    let (maker, operation) = (cases.maker, cases.operation);
    let mut sample = cases.fullest().and_then(|draft| draft.body.clone());
    for name in names {
        if let Some(Value::Object(members)) =
            sample.as_mut().and_then(|body| body.value.pointer_mut(at))
        {
            members.shift_remove(*name);
        }
    }
    if sample.is_none_or(|body| sent::body_violations(maker, &body, None).is_empty()) {
        return;
    }
    let title = Title {
        slug: format!("all_but_{}", names.join("_")),
        why,
        promise: String::new(),
    };
    cases.add_refused(title, |stage| {
        let mut draft = stage.request(Extent::Everything)?;
        for name in names {
            stage.change(
                &mut draft,
                &At::Body(pointer::join(at, name)),
                &Change::Remove,
            )?;
        }
        let Some(body) = &draft.body else {
            return Ok(None);
        };
        let violations = sent::body_violations(maker, body, None);
        Ok(refused(maker, operation, stage, &draft, &violations))
    });
}

/// Adds a case for the first change that really breaks the contract.
fn attempt(cases: &mut Cases<'_>, spot: &Spot<'_>, breach: Breach) {
    let (maker, operation) = (cases.maker, cases.operation);
    let title = Title {
        slug: breach.slug,
        why: breach.why,
        promise: place_of(&spot.node, breach.keyword),
    };
    let changes = breach.changes.iter();
    let mut changes = changes.filter(|change| can_travel(spot, change));
    let broken = changes.find_map(|change| {
        let sample = cases.sample(&spot.at, change)?;
        let violations = violations(maker, &sample, spot, change);
        let is_broken = is_missing(operation, spot, change) || !violations.is_empty();
        is_broken.then_some((change, violations))
    });
    let Some((change, of_sample)) = broken else {
        return;
    };
    cases.add_refused(title, |stage| {
        let (draft, _) = stage.changed(&spot.at, change)?;
        if is_missing(operation, spot, change) {
            return Ok(Some(vec![
                stage.violating(&draft, ExpectedStatus::AnyClientError),
            ]));
        }
        let violations = match &spot.at {
            // A parameter is judged by itself.
            At::Argument(..) => of_sample,
            At::Body(_) | At::Member(..) => violations(maker, &draft, spot, change),
        };
        Ok(refused(maker, operation, stage, &draft, &violations))
    });
}

/// Whether a change leaves a required parameter out.
fn is_missing(operation: &Operation, spot: &Spot<'_>, change: &Change) -> bool {
    let (Change::Remove, At::Argument(location, name)) = (change, &spot.at) else {
        return false;
    };
    let parameter = operation.parameter(*location, name);
    parameter.is_some_and(|parameter| parameter.required)
}

fn can_travel(spot: &Spot<'_>, change: &Change) -> bool {
    match (&spot.at, change) {
        (At::Argument(location, _), Change::Set(value)) => sent::can_travel(*location, value),
        // Without it the path is another one.
        (At::Argument(location, _), Change::Remove) => *location != crate::contract::Location::Path,
        (At::Member(..), Change::Set(value)) => !value.is_array() && sent::is_flat(value),
        (At::Body(_), _) | (At::Member(..), Change::Remove) => true,
    }
}

/// How a changed request breaks the contract as sent.
fn violations(
    maker: &Maker<'_>,
    draft: &Draft<'_>,
    spot: &Spot<'_>,
    change: &Change,
) -> Vec<Violation> {
    match (&spot.at, change) {
        (At::Body(_), _) => draft.body.as_ref().map_or_else(Vec::new, |body| {
            // A form carries members only, and each only as a text.
            if !sent::is_typed(body.media) && !matches!(&body.value, Value::Object(_)) {
                return Vec::new();
            }
            sent::body_violations(maker, body, spot.field().as_deref())
        }),
        (At::Argument(location, name), Change::Set(value)) => draft
            .operation
            .parameter(*location, name)
            .map_or_else(Vec::new, |parameter| {
                sent::argument_violations(maker, parameter, value)
            }),
        (At::Member(location, name, member), _) => {
            let parameter = draft.operation.parameter(*location, name);
            let whole = draft.argument(*location, name).and_then(Value::as_object);
            // Without any member nothing is sent.
            parameter
                .zip(whole.filter(|whole| !whole.is_empty()))
                .map_or_else(Vec::new, |(parameter, whole)| {
                    sent::member_violations(maker, parameter, whole, member)
                })
        }
        (At::Argument(..), Change::Remove) => Vec::new(),
    }
}

/// The step of a request with these violations; none if there are none.
fn refused(
    maker: &Maker<'_>,
    operation: &Operation,
    stage: &mut Stage<'_>,
    draft: &Draft<'_>,
    violations: &[Violation],
) -> Option<Vec<Step>> {
    let first = violations.first()?;
    if !first.schema.is_empty() {
        stage.place.pointer.clone_from(&first.schema);
    }
    let mut errors = violations.iter().map(|v| promised(maker, operation, v));
    let status = match errors.next().flatten() {
        Some(error) if errors.all(|other| other.as_ref() == Some(&error)) => {
            ExpectedStatus::Error(error)
        }
        _ => ExpectedStatus::AnyClientError,
    };
    Some(vec![stage.violating(draft, status)])
}

/// The error that the contract promises for a violation.
fn promised(maker: &Maker<'_>, operation: &Operation, violation: &Violation) -> Option<String> {
    let name = maker.schemas().error_around(&violation.schema)?;
    operation.error(name).map(|error| error.name.clone())
}
