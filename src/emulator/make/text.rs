//! Texts of every format and length.

use crate::schema::Sampler;

/// How often a pattern is sampled for one text.
const DRAWS: usize = 48;
/// Longest text that is made for the sake of a bound, in characters.
const MAX_LENGTH: usize = 70_000;

/// What a text has to be.
#[derive(Debug, Default)]
pub(in crate::emulator) struct Wanted<'a> {
    pub(in crate::emulator) formats: Vec<&'a str>,
    pub(in crate::emulator) patterns: Vec<&'a str>,
    pub(in crate::emulator) min_length: usize,
    pub(in crate::emulator) max_length: Option<usize>,
    /// The time of the request, as `2018-11-10T20:00:00Z`.
    pub(in crate::emulator) now: &'a str,
    /// What differs between texts that must not be equal; 0 for the usual one.
    pub(in crate::emulator) salt: u64,
}

/// The first text that is accepted among those that may be what is wanted, likely ones first.
pub(in crate::emulator) fn find(
    wanted: &Wanted<'_>,
    accept: &mut dyn FnMut(&str) -> bool,
) -> Option<String> {
    let mut random = fastrand::Rng::with_seed(wanted.salt);
    let shortest = wanted.min_length.min(MAX_LENGTH);
    let longest = wanted.max_length.unwrap_or(usize::MAX);
    for pattern in &wanted.patterns {
        let mut texts = drawn(pattern, shortest, longest, wanted.salt == 0).into_iter();
        if let Some(text) = texts.find(|text| accept(text)) {
            return Some(text);
        }
    }
    let lengths = lengths(shortest, longest, wanted.salt);
    for format in &wanted.formats {
        let usual = usual_length(format).filter(|length| (shortest..=longest).contains(length));
        let mut texts = usual
            .iter()
            .chain(&lengths)
            .filter_map(|length| formatted(format, *length, wanted, &mut random));
        if let Some(text) = texts.find(|text| accept(text)) {
            return Some(text);
        }
    }
    let mut plain = lengths.iter().map(|length| plain(*length, wanted.salt));
    if let Some(text) = plain.find(|text| accept(text)) {
        return Some(text);
    }
    let guessed = guessed(shortest, longest, &mut random);
    guessed.into_iter().find(|text| accept(text))
}

/// Lengths worth trying: the shortest first, since most formats have a text that long.
fn lengths(shortest: usize, longest: usize, salt: u64) -> Vec<usize> {
    let mut lengths: Vec<usize> = (shortest..=shortest.saturating_add(40))
        .filter(|length| *length <= longest)
        .collect();
    if longest < MAX_LENGTH {
        lengths.push(longest);
    }
    if salt > 0 && lengths.len() > 8 {
        lengths.drain(..4);
    }
    lengths
}

/// The length of a text that looks like those of a format.
fn usual_length(format: &str) -> Option<usize> {
    Some(match format {
        "uri" | "iri" => 17,
        "email" | "idn-email" => 18,
        "hostname" | "idn-hostname" | "ipv4" => 9,
        "ipv6" => 3,
        _ => return None,
    })
}

/// Letters, numbered so that texts with different salts differ where they are long enough.
fn plain(length: usize, salt: u64) -> String {
    let mut text = String::with_capacity(length);
    let mut rest = salt;
    while text.len() < length {
        let letter = b'a' + u8::try_from(rest % 26).unwrap_or_default();
        text.push(char::from(letter));
        rest /= 26;
    }
    text
}

fn drawn(pattern: &str, shortest: usize, longest: usize, is_usual: bool) -> Vec<String> {
    let Some(sampler) = Sampler::new(pattern) else {
        return Vec::new();
    };
    let mut random = fastrand::Rng::new();
    let (least, most) = sampler.lengths();
    let from = shortest.max(least);
    let to = longest
        .min(most.unwrap_or(usize::MAX))
        .min(from.saturating_add(DRAWS));
    let mut texts = Vec::new();
    for _ in 0..if is_usual { 8 } else { DRAWS } {
        texts.push(sampler.draw(&mut random));
    }
    texts.retain(|text| (shortest..=longest).contains(&text.chars().count()));
    texts.extend((from..=to).filter_map(|length| sampler.draw_exactly(length, &mut random)));
    // A pattern without anchors leaves room around what it matches.
    if let Some(core) = sampler.draw_exactly(least, &mut random) {
        let missing = shortest.saturating_sub(core.chars().count());
        if missing > 0 {
            let filling = "a".repeat(missing);
            texts.push(format!("{core}{filling}"));
            texts.push(format!("{filling}{core}"));
            let apart = &filling[1..];
            texts.push(format!("{core} {apart}"));
            texts.push(format!("{apart} {core}"));
            if let Some(last) = core.chars().last() {
                texts.push(format!("{core}{}", last.to_string().repeat(missing)));
            }
        }
    }
    texts
}

/// Texts for patterns that cannot be sampled, such as those with look-around: letters of all
/// kinds.
fn guessed(shortest: usize, longest: usize, random: &mut fastrand::Rng) -> Vec<String> {
    const KINDS: [&str; 6] = ["aA1!", "a1", "A1", "Aa1-_", "1", "a"];
    let mut texts = Vec::new();
    for kind in KINDS {
        let letters: Vec<char> = kind.chars().collect();
        for length in [shortest, 1, 4, 8, 12, 16, 24, 32] {
            if (shortest..=longest).contains(&length) {
                let from = random.usize(..letters.len());
                let text = (0..length).map(|i| letters[(from + i) % letters.len()]);
                texts.push(text.collect());
            }
        }
    }
    texts
}

/// A text of a format, of so many characters if it has one.
fn formatted(
    format: &str,
    length: usize,
    wanted: &Wanted<'_>,
    random: &mut fastrand::Rng,
) -> Option<String> {
    let salt = wanted.salt;
    let day = || wanted.now.get(..10).unwrap_or("2020-01-01").to_owned();
    let pad = |before: &str, after: &str| {
        let room = length.saturating_sub(before.len() + after.len()).max(1);
        format!("{before}{}{after}", plain(room, salt))
    };
    Some(match format {
        "date-time" => {
            let whole = wanted
                .now
                .strip_suffix('Z')
                .unwrap_or("2020-01-01T00:00:00");
            let fraction = length.saturating_sub(whole.len() + 2);
            if salt > 0 {
                format!("{whole}.{salt:06}Z")
            } else if fraction == 0 {
                format!("{whole}Z")
            } else {
                format!("{whole}.{}Z", "0".repeat(fraction))
            }
        }
        "date-time-local" => format!("{}T12:00:{:02}", day(), salt % 60),
        "date" if salt == 0 => day(),
        "date" => format!(
            "20{:02}-{:02}-{:02}",
            salt / 300 % 100,
            salt / 28 % 12 + 1,
            salt % 28 + 1
        ),
        "time" => format!("{:02}:{:02}:00Z", 12 + salt / 60 % 12, salt % 60),
        "time-local" => format!("{:02}:{:02}:00", 12 + salt / 60 % 12, salt % 60),
        "duration" => {
            let digits = length.saturating_sub(2).max(1);
            format!("P{:0digits$}D", salt + 1)
        }
        "http-date" => format!("Sun, 06 Nov 1994 08:49:{:02} GMT", salt % 60),
        "email" | "idn-email" if length > 70 => {
            format!("{}@{}", plain(60, salt), host(length - 61, salt))
        }
        "email" | "idn-email" if length < 16 => pad("", "@b.c"),
        "email" | "idn-email" => pad("", "@example.com"),
        "hostname" | "idn-hostname" => host(length.max(1), salt),
        "ipv4" => ipv4(length, salt),
        "ipv6" => ipv6(length, salt),
        "byte" => base64(length, salt),
        "base64url" => base64_url(length, salt),
        "uri" | "iri" if length < 17 => pad("a:", ""),
        "uri" | "iri" if salt == 0 && length == 17 => "http://localhost/".to_owned(),
        "uri" | "iri" => pad("http://localhost/", ""),
        "json-pointer" if length == 0 => String::new(),
        "uri-reference" | "iri-reference" | "uri-template" | "json-pointer" => pad("/", ""),
        "uuid" if salt == 0 => uuid(),
        "uuid" => uuid_of(u128::from(random.u64(..)) << 64 | u128::from(salt)),
        "relative-json-pointer" if length < 2 => (salt % 10).to_string(),
        "relative-json-pointer" => pad("1/", ""),
        "regex" => plain(length.max(1), salt),
        "char" => plain(1, salt),
        _ => return None,
    })
}

/// An address of so many characters, if there is one.
fn ipv4(length: usize, salt: u64) -> String {
    if salt == 0 && length <= 9 {
        return if length > 7 { "127.0.0.1" } else { "1.1.1.1" }.to_owned();
    }
    // One, two or three digits for each number; the last ones count.
    let room = length.clamp(7, 15) - 3;
    let mut rest = salt;
    let mut parts: Vec<String> = (0..4)
        .map(|i| {
            let digits = (room + i) / 4;
            let (from, count) = match digits {
                1 => (0, 10),
                2 => (10, 90),
                _ => (100, 150),
            };
            let part = from + rest % count;
            rest /= count;
            part.to_string()
        })
        .collect();
    parts.reverse();
    parts.join(".")
}

fn ipv6(length: usize, salt: u64) -> String {
    if salt == 0 && length <= 3 {
        return if length < 3 { "::" } else { "::1" }.to_owned();
    }
    let (high, low) = (salt / 0xffff, salt % 0xffff + 1);
    if length <= 12 {
        return format!("2001:db8::{low:x}");
    }
    format!("2001:0db8:0000:0000:0000:0000:{high:04x}:{low:04x}")
}

fn base64(length: usize, salt: u64) -> String {
    let groups = length.div_ceil(4).max(usize::from(salt > 0));
    let mut text = "AAAA".repeat(groups.saturating_sub(1));
    if groups > 0 {
        text.push_str(&base64_group(salt));
    }
    text
}

fn base64_url(length: usize, salt: u64) -> String {
    // No bytes have one letter more than whole groups.
    let length = if length % 4 == 1 { length + 1 } else { length };
    if length < 4 && salt == 0 {
        return "A".repeat(length);
    }
    format!(
        "{}{}",
        "A".repeat(length.saturating_sub(4)),
        base64_group(salt)
    )
}

/// Four letters of base64 that stand for a number.
fn base64_group(salt: u64) -> String {
    const LETTERS: &[u8; 52] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let letter = |place: u32| {
        let index = usize::try_from(salt / 52_u64.pow(place) % 52).unwrap_or_default();
        char::from(LETTERS[index])
    };
    [letter(3), letter(2), letter(1), letter(0)]
        .iter()
        .collect()
}

/// A host name of so many characters, in labels that are short enough.
fn host(length: usize, salt: u64) -> String {
    if length == 9 && salt == 0 {
        return "localhost".to_owned();
    }
    let letters = plain(length, salt);
    let mut name = String::with_capacity(length);
    for (at, letter) in letters.chars().enumerate() {
        let is_end = at + 1 == length;
        name.push(if at % 60 == 59 && !is_end {
            '.'
        } else {
            letter
        });
    }
    name
}

/// A random UUID (RFC 9562 section 5.4).
pub(in crate::emulator) fn uuid() -> String {
    uuid_of(fastrand::u128(..))
}

fn uuid_of(bits: u128) -> String {
    let bits = bits & !(0xf << 76) | (0x4 << 76);
    let bits = bits & !(0x3 << 62) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_of_version_four() {
        let id = uuid();
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert!("89ab".contains(&id[19..20]));
        assert_ne!(id, uuid());
    }
}
