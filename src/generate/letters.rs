//! Texts of more than small letters, where nothing is said of their letters. Servers have rules for
//! texts that their documents leave out, so a refusal breaks no promise. A crash does, and so does an
//! answer that is not the contract's, or that shows another text than the one that was sent.

use serde_json::Value;

use super::cases::{Cases, Change, Stage, Title, is_reference};
use super::sent;
use super::spot::{At, Spot};
use super::text::{self, Letters};
use super::value::{Extent, Maker};
use crate::contract::ExpectedStatus;
use crate::contract::{Location, Style, singular, snake_case};
use crate::place::pointer;
use crate::scenario::Step;

/// Words in the names of texts that are no free ones, though no schema says so: they have a form
/// that everybody knows, and capitals in them mean the same as small letters.
const FORMED: [&str; 19] = [
    "code",
    "color",
    "colour",
    "country",
    "currency",
    "domain",
    "email",
    "host",
    "hostname",
    "language",
    "locale",
    "login",
    "mail",
    "mime",
    "phone",
    "slug",
    "tag",
    "user_name",
    "username",
];

/// Most texts that are sent by themselves.
const MOST_ALONE: usize = 20;

/// A case with such letters in all free texts of a request. If that is refused, each of them is sent
/// by itself, and if that is refused too, with letters of ASCII alone.
pub(super) fn add(cases: &mut Cases<'_>, spots: &[Spot<'_>]) {
    let free: Vec<&Spot<'_>> = spots.iter().filter(|spot| is_free(cases, spot)).collect();
    let told = match free.as_slice() {
        [] => return,
        [only] if only.name.is_empty() => "the body".to_owned(),
        [only] => only.name.clone(),
        several => format!("{} texts", several.len()),
    };
    let maker = cases.maker;
    let title = Title {
        slug: "texts_of_any_letters".to_owned(),
        why: format!("capitals, letters beyond ASCII and signs in {told}"),
        promise: String::new(),
    };
    cases.add(title, |stage| {
        let mut alone = Vec::new();
        for spot in free.iter().take(MOST_ALONE) {
            let plain = step(maker, stage, &[spot], Letters::Ascii)?;
            let Some(any) = step(maker, stage, &[spot], Letters::Any)? else {
                alone.extend(plain);
                continue;
            };
            alone.push(Step {
                instead: plain.into_iter().collect(),
                ..any
            });
        }
        if alone.len() < 2 {
            return Ok(Some(alone).filter(|steps| !steps.is_empty()));
        }
        Ok(Some(match step(maker, stage, &free, Letters::Any)? {
            Some(all) => vec![Step {
                instead: alone,
                ..all
            }],
            None => alone,
        }))
    });
}

/// Whether nothing is said of the letters of a text.
fn is_free(cases: &Cases<'_>, spot: &Spot<'_>) -> bool {
    let merged = &spot.merged;
    let says_more = merged.choices.is_some()
        || !merged.patterns.is_empty()
        || merged.format.is_some()
        || merged.content.is_some()
        || merged.returned.is_some_and(|returned| returned.is_json);
    if merged.kind() != Some("string") || says_more || is_formed(spot) {
        return false;
    }
    let operation = cases.operation;
    let is_odd = match &spot.at {
        At::Body(at) => {
            // Items are found under their ids, where other rules hold.
            let resource = cases.maker.contract().resource_served_by(operation);
            let own = resource.map(|resource| pointer::join("", &resource.id));
            own.as_ref() == Some(at) || is_divided_by_blanks(cases, spot)
        }
        At::Argument(location, name) | At::Member(location, name, _) => {
            let parameter = operation.parameter(*location, name);
            matches!(location, Location::Header | Location::Cookie)
                || parameter.is_none_or(|parameter| cases.provider.is_opaque(parameter))
        }
    };
    !is_odd && !is_reference(cases, spot)
}

/// Whether the text is one of several in a form that blanks stand between.
fn is_divided_by_blanks(cases: &Cases<'_>, spot: &Spot<'_>) -> bool {
    let body = cases.fullest().and_then(|draft| draft.body.as_ref());
    let field = spot.field();
    let encoding = body.zip(field.as_ref());
    let encoding = encoding.and_then(|(body, field)| body.media.encoding(field));
    let style = encoding.and_then(|encoding| encoding.style);
    style.is_some_and(|how| how.style == Style::SpaceDelimited)
}

/// Whether the name of a text says that it has a form.
pub(super) fn is_formed(spot: &Spot<'_>) -> bool {
    let word = spot.name.rsplit(' ').find(|word| *word != "item");
    let name = snake_case(word.unwrap_or_default());
    let mut words = name.split('_');
    FORMED.contains(&name.as_str()) || words.any(|word| FORMED.contains(&singular(word).as_str()))
}

/// The simplest request with such texts; none if it cannot have them.
fn step(
    maker: &Maker<'_>,
    stage: &mut Stage<'_>,
    spots: &[&Spot<'_>],
    letters: Letters,
) -> Result<Option<Step>, String> {
    let mut draft = stage.request(Extent::Required)?;
    let mut is_changed = false;
    for spot in spots {
        if let Some(text) = text::lively(&spot.merged, letters, &mut stage.random) {
            stage.change(&mut draft, &spot.at, &Change::Set(Value::from(text)))?;
            is_changed = true;
        }
    }
    Ok((is_changed && sent::is_valid(maker, &draft))
        .then(|| stage.step(&draft, ExpectedStatus::SuccessOrClientError)))
}
