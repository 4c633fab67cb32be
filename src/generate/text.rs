//! Texts of a format, a pattern and a length.

use super::schema::Merged;
use crate::schema::regex;

/// Length of texts that may be long: enough not to be drawn twice.
const USUAL: usize = 16;
/// What plain texts begin with, so that a person knows where they come from.
const MARK: &str = "trueup";
/// Length of a text that is not plain, and how many of its letters are drawn at least.
const LIVELY: usize = 24;
const LEAST_DRAWN: usize = 3;
/// Longest text that is not plain.
const LONGEST: usize = 20_000;
/// What is often written wrongly and read wrongly. No way of normalising Unicode changes it (UAX 15),
/// and nothing of it stands where a text is trimmed.
const SIGNS: &str = "Æ ж&+漢";
/// Words that end the names of what must often be unique.
const NAMES: [&str; 12] = [
    "name",
    "key",
    "slug",
    "title",
    "login",
    "user",
    "username",
    "label",
    "handle",
    "alias",
    "code",
    "identifier",
];

/// Letters of a text that is not plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// Capitals and small letters of ASCII.
    Ascii,
    /// Letters beyond ASCII, blanks and signs too.
    Any,
}

/// A text that keeps what is said of it; none if that is not found.
pub(super) fn make(merged: &Merged<'_>, random: &mut fastrand::Rng) -> Option<String> {
    if !merged.patterns.is_empty() {
        let sampler = merged.sampler()?;
        let (least, most) = sampler.lengths();
        let least = least.max(merged.min_length);
        let most = most.unwrap_or(usize::MAX).min(longest(merged));
        if least > most {
            return None;
        }
        let usual = USUAL.clamp(least, most);
        return sampler
            .draw_exactly(usual, random)
            .or_else(|| {
                (least..=most)
                    .take(64)
                    .find_map(|n| sampler.draw_exactly(n, random))
            })
            .or_else(|| Some(sampler.draw(random)));
    }
    if merged.returned.is_some_and(|returned| returned.is_json) {
        return Some("[]".to_owned());
    }
    if let Some(text) = merged.format.and_then(|format| of_format(format, random)) {
        return Some(text);
    }
    let length = MARK.len() + 8;
    let length = length.clamp(merged.min_length, longest(merged).max(merged.min_length));
    Some(plain(merged, length, random))
}

/// A text of just so many characters that keeps everything else.
pub(super) fn exactly(
    merged: &Merged<'_>,
    length: usize,
    random: &mut fastrand::Rng,
) -> Option<String> {
    if !merged.patterns.is_empty() {
        return merged.sampler()?.draw_exactly(length, random);
    }
    let is_plain = merged.format.is_none();
    is_plain.then(|| plain(merged, length, random))
}

/// A text in capitals, if its pattern names them beside small letters.
pub(super) fn in_capitals(merged: &Merged<'_>, random: &mut fastrand::Rng) -> Option<String> {
    let names = |range: &str| {
        merged
            .patterns
            .iter()
            .all(|pattern| pattern.contains(range))
    };
    if merged.patterns.is_empty() || merged.format.is_some() || !(names("A-Z") && names("a-z")) {
        return None;
    }
    let small = make(merged, random)?;
    let text = small.to_ascii_uppercase();
    let fits = |pattern: &&str| regex(pattern).is_some_and(|regex| regex.is_match(&text));
    (text != small && merged.patterns.iter().all(fits)).then_some(text)
}

/// A text of so many bytes in fewer characters.
pub(super) fn of_bytes(count: usize) -> String {
    "Æ".repeat(count / 2) + &"x".repeat(count % 2)
}

/// A plain text of so many characters, with what it has in front when it comes back.
fn plain(merged: &Merged<'_>, length: usize, random: &mut fastrand::Rng) -> String {
    let prefix = merged
        .returned
        .and_then(|returned| returned.prefix.as_deref());
    let prefix = prefix
        .filter(|prefix| prefix.len() < length)
        .unwrap_or_default();
    prefix.to_owned() + &of_length(length - prefix.len(), random)
}

/// A text of such letters; none where there is no room for it.
pub(super) fn lively(
    merged: &Merged<'_>,
    letters: Letters,
    random: &mut fastrand::Rng,
) -> Option<String> {
    let prefix = merged.returned.and_then(|r| r.prefix.as_deref());
    let prefix = prefix.unwrap_or_default();
    // What begins with a slash has folders.
    let folder = if prefix == "/" { "Folder/" } else { "" };
    let signs = match letters {
        Letters::Ascii => "",
        Letters::Any => SIGNS,
    };
    let mut text = format!("{prefix}{folder}T{signs}");
    let least = text.chars().count() + LEAST_DRAWN;
    let length = LIVELY.max(least).max(merged.min_length);
    let most = longest(merged);
    let room = most.checked_sub(least).map(|_| length.min(most))?;
    let count = room - (least - LEAST_DRAWN);
    text.extend(std::iter::repeat_with(|| random.alphabetic()).take(count));
    let fits = merged.max_bytes.is_none_or(|most| text.len() <= most);
    (fits && room >= merged.min_length && length <= LONGEST).then_some(text)
}

/// Texts of the same length that do not match the pattern, near to one that does.
pub(super) fn off_pattern(pattern: &str, right: &str) -> Vec<serde_json::Value> {
    let Some(regex) = regex(pattern) else {
        return Vec::new();
    };
    let right: Vec<char> = right.chars().collect();
    let mut found = Vec::new();
    for place in [right.len() / 2, right.len().saturating_sub(1), 0] {
        for strange in ['!', '_', '0', 'z'] {
            let mut wrong = right.clone();
            match wrong.get_mut(place) {
                Some(c) => *c = strange,
                None => wrong.push(strange),
            }
            let wrong: String = wrong.into_iter().collect();
            if !regex.is_match(&wrong) {
                found.push(serde_json::Value::from(wrong));
            }
        }
    }
    found.truncate(4);
    found
}

/// An example with an ending of its own, where a second item of that name might be refused.
pub(super) fn distinct(
    example: &str,
    name: &str,
    merged: &Merged<'_>,
    random: &mut fastrand::Rng,
) -> String {
    let words = crate::contract::snake_case(name);
    let last = words.rsplit('_').next().unwrap_or_default();
    if !NAMES.contains(&last) || !merged.patterns.is_empty() || merged.format.is_some() {
        return example.to_owned();
    }
    let ending = format!("-{}", letters(8, random));
    let room = longest(merged).saturating_sub(ending.len());
    let beginning: String = example.chars().take(room).collect();
    format!("{beginning}{ending}")
}

/// Most letters of ASCII that a text may have.
fn longest(merged: &Merged<'_>) -> usize {
    let limits = [merged.max_length, merged.max_bytes];
    limits.into_iter().flatten().min().unwrap_or(usize::MAX)
}

/// A plain text of so many characters: of letters only, since servers that ask for a name have
/// rules for other characters that their documents leave out.
fn of_length(length: usize, random: &mut fastrand::Rng) -> String {
    if length <= MARK.len() + 4 {
        return letters(length, random);
    }
    MARK.to_owned() + &letters(length - MARK.len(), random)
}

fn letters(count: usize, random: &mut fastrand::Rng) -> String {
    std::iter::repeat_with(|| random.lowercase())
        .take(count)
        .collect()
}

/// A text of a format (JSON Schema 2020-12 section 7.3); none for formats that say nothing here.
fn of_format(format: &str, random: &mut fastrand::Rng) -> Option<String> {
    let word = letters(8, random);
    let (day, second) = (random.u8(1..=28), random.u8(0..60));
    Some(match format {
        "date-time" => format!("2030-01-{day:02}T09:30:{second:02}Z"),
        "date" => format!("2030-01-{day:02}"),
        "time" => format!("09:30:{second:02}Z"),
        "duration" => format!("P{day}D"),
        "email" | "idn-email" => format!("trueup-{word}@example.com"),
        "hostname" | "idn-hostname" => format!("{word}.example.com"),
        "ipv4" => format!("192.0.2.{day}"),
        "ipv6" => format!("2001:db8::{day:x}"),
        "uri" | "url" | "iri" => format!("https://example.com/{word}"),
        "uri-reference" | "iri-reference" | "json-pointer" => format!("/{word}"),
        "uri-template" => format!("/{word}/{{id}}"),
        "relative-json-pointer" => "0".to_owned(),
        "regex" => format!("^{word}$"),
        "byte" => "dHJ1ZXVw".to_owned(),
        "uuid" => uuid(random),
        _ => return None,
    })
}

/// Version 4, variant 1 (RFC 9562 section 5.4).
fn uuid(random: &mut fastrand::Rng) -> String {
    let bits = (random.u128(..) & !(0xf << 76) & !(0xc << 60)) | (0x4 << 76) | (0x8 << 60);
    let hex = format!("{bits:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
