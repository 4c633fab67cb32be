//! Regular expressions, and texts that match them.

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::annex_b;

/// Most repetitions drawn where a pattern sets no limit.
const UNBOUNDED: u32 = 8;

/// The regular expression that a pattern means; none if it uses what a regular language does not
/// have, such as look-around.
pub fn regex(pattern: &str) -> Option<Regex> {
    let lax = || Regex::new(&annex_b::with_unicode(pattern)?).ok();
    Regex::new(pattern).ok().or_else(lax)
}

/// Draws texts that match one pattern.
#[derive(Debug, Clone)]
pub struct Sampler(Part);

/// A part of a pattern.
#[derive(Debug, Clone)]
struct Part {
    kind: Kind,
    /// Characters of the shortest and of the longest text that matches.
    lengths: Lengths,
}

#[derive(Debug, Clone)]
enum Kind {
    Text(String),
    /// One of these characters.
    Letter(Vec<char>),
    /// A character in one of these ranges.
    Range(Vec<(u32, u32)>),
    Repeated {
        part: Box<Part>,
        least: u32,
        most: Option<u32>,
    },
    All(Vec<Part>),
    AnyOf(Vec<Part>),
}

type Lengths = (usize, Option<usize>);

impl Sampler {
    /// Reads a pattern; none if it uses what a regular language does not have, such as
    /// look-around.
    pub fn new(pattern: &str) -> Option<Self> {
        let lax = || regex_syntax::parse(&annex_b::with_unicode(pattern)?).ok();
        let read = regex_syntax::parse(pattern).ok().or_else(lax);
        read.map(|hir| Self(Part::new(&hir)))
    }

    /// A text that matches. Equal states of `random` give equal texts.
    pub fn draw(&self, random: &mut fastrand::Rng) -> String {
        let mut text = String::new();
        self.0.draw(random, &mut text);
        text
    }

    /// The shortest and the longest text that matches, in characters; no longest one where
    /// the pattern sets no limit. Not every length between need be there.
    pub fn lengths(&self) -> (usize, Option<usize>) {
        self.0.lengths
    }

    /// A text of so many characters that matches, if there is one and it is found.
    pub fn draw_exactly(&self, length: usize, random: &mut fastrand::Rng) -> Option<String> {
        let mut text = String::new();
        self.0.draw_exactly(length, random, &mut text)?;
        Some(text)
    }
}

impl Part {
    fn new(hir: &Hir) -> Self {
        let kind = match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Kind::Text(String::new()),
            HirKind::Literal(literal) => {
                Kind::Text(String::from_utf8_lossy(&literal.0).into_owned())
            }
            HirKind::Class(class) => letters(class),
            HirKind::Repetition(repetition) => Kind::Repeated {
                part: Box::new(Self::new(&repetition.sub)),
                least: repetition.min,
                most: repetition.max,
            },
            HirKind::Capture(capture) => return Self::new(&capture.sub),
            HirKind::Concat(parts) => Kind::All(parts.iter().map(Self::new).collect()),
            HirKind::Alternation(branches) => Kind::AnyOf(branches.iter().map(Self::new).collect()),
        };
        let lengths = kind.lengths();
        Self { kind, lengths }
    }

    fn holds(&self, length: usize) -> bool {
        let (least, most) = self.lengths;
        least <= length && most.is_none_or(|most| length <= most)
    }

    fn draw_exactly(
        &self,
        length: usize,
        random: &mut fastrand::Rng,
        text: &mut String,
    ) -> Option<()> {
        if !self.holds(length) {
            return None;
        }
        match &self.kind {
            Kind::Text(_) | Kind::Letter(_) | Kind::Range(_) => {
                self.draw(random, text);
                Some(())
            }
            Kind::AnyOf(branches) => {
                let fitting = branches.iter().filter(|branch| branch.holds(length));
                let fitting: Vec<&Self> = fitting.collect();
                let first = random.usize(..fitting.len().max(1));
                let before = text.len();
                (0..fitting.len()).find_map(|i| {
                    text.truncate(before);
                    let branch = fitting[(first + i) % fitting.len()];
                    branch.draw_exactly(length, random, text)
                })
            }
            Kind::Repeated { part, least, most } => {
                let (shortest, longest) = part.lengths;
                let mut left = length;
                let mut count = 0;
                while left > 0 || count < *least {
                    // As much as leaves enough for the repetitions that must follow.
                    let owed = least.saturating_sub(count + 1) as usize * shortest;
                    let room = left.saturating_sub(owed);
                    let share = longest.map_or(room, |longest| longest.min(room));
                    if share < shortest || (share == 0 && left > 0) {
                        return None;
                    }
                    part.draw_exactly(share, random, text)?;
                    left -= share;
                    count += 1;
                    if most.is_some_and(|most| count > most) {
                        return None;
                    }
                }
                Some(())
            }
            Kind::All(parts) => {
                let mut spare = length - self.lengths.0;
                for part in parts {
                    let (least, most) = part.lengths;
                    let room = most.map_or(spare, |most| (most - least).min(spare));
                    part.draw_exactly(least + room, random, text)?;
                    spare -= room;
                }
                (spare == 0).then_some(())
            }
        }
    }

    fn draw(&self, random: &mut fastrand::Rng, text: &mut String) {
        match &self.kind {
            Kind::Text(literal) => text.push_str(literal),
            Kind::Letter(letters) => text.push(letters[random.usize(..letters.len())]),
            Kind::Range(ranges) => {
                if let Some((from, to)) = ranges.get(random.usize(..ranges.len().max(1))) {
                    let most = (*to).min(from.saturating_add(25));
                    text.extend(char::from_u32(random.u32(*from..=most)));
                }
            }
            Kind::Repeated { part, least, most } => {
                let most = most.unwrap_or(least.saturating_add(UNBOUNDED));
                for _ in 0..random.u32(*least..=most.max(*least)) {
                    part.draw(random, text);
                }
            }
            Kind::All(parts) => {
                for part in parts {
                    part.draw(random, text);
                }
            }
            Kind::AnyOf(branches) => branches[random.usize(..branches.len())].draw(random, text),
        }
    }
}

impl Kind {
    fn lengths(&self) -> Lengths {
        match self {
            Self::Text(text) => {
                let length = text.chars().count();
                (length, Some(length))
            }
            Self::Letter(_) | Self::Range(_) => (1, Some(1)),
            Self::Repeated { part, least, most } => {
                let (shortest, longest) = part.lengths;
                let times = |length: usize, count: u32| length.saturating_mul(count as usize);
                let longest = match (longest, most) {
                    (Some(0), _) => Some(0),
                    (Some(longest), Some(count)) => Some(times(longest, *count)),
                    _ => None,
                };
                (times(shortest, *least), longest)
            }
            Self::All(parts) => parts.iter().fold((0, Some(0)), |(least, most), part| {
                let most = most.zip(part.lengths.1);
                let most = most.map(|(a, b)| usize::saturating_add(a, b));
                (least.saturating_add(part.lengths.0), most)
            }),
            Self::AnyOf(branches) => {
                let all = branches.iter().map(|branch| branch.lengths);
                all.reduce(|a, b| (a.0.min(b.0), a.1.zip(b.1).map(|(a, b)| a.max(b))))
                    .unwrap_or_default()
            }
        }
    }
}

/// The characters of a class: lower-case letters and digits where the class has them, since ids are
/// usually written so.
fn letters(class: &Class) -> Kind {
    let range = |from, to| (u32::from(from), u32::from(to));
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => {
            let ranges = class.ranges().iter();
            ranges.map(|r| range(r.start(), r.end())).collect()
        }
        Class::Bytes(class) => {
            let ranges = class.ranges().iter();
            ranges
                .map(|r| range(r.start().into(), r.end().into()))
                .collect()
        }
    };
    let has = |c: &char| {
        let mut ranges = ranges.iter();
        ranges.any(|(from, to)| (*from..=*to).contains(&u32::from(*c)))
    };
    let plain: Vec<char> = ('0'..='9').chain('a'..='z').filter(has).collect();
    if plain.is_empty() {
        return Kind::Range(ranges);
    }
    Kind::Letter(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_match_their_pattern() {
        let mut random = fastrand::Rng::with_seed(7);
        for pattern in [
            "^ZN[0-9a-fA-F]{32}$",
            r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$",
            "^(a|bc)+[A-Z]?x*$",
            "^/[^ ]{1,5}$",
            r"^[\w-.]+\_{$",
        ] {
            let regex = regex(pattern).unwrap();
            let sampler = Sampler::new(pattern).unwrap();
            for _ in 0..50 {
                let text = sampler.draw(&mut random);
                assert!(regex.is_match(&text), "{text} for {pattern}");
            }
        }
        assert!(Sampler::new("(?=a)b").is_none());
    }

    #[test]
    fn samples_of_one_length() {
        let mut random = fastrand::Rng::with_seed(7);
        for (pattern, length) in [
            ("^[A-Za-z0-9-]+$", 50),
            ("^[A-Za-z0-9-]+$", 1),
            ("^(ab|cde)-[0-9]{2,4}$", 7),
            (r"^\d{1,3}(,\d{3})*$", 11),
            ("^/", 1),
        ] {
            let sampler = Sampler::new(pattern).unwrap();
            let text = sampler.draw_exactly(length, &mut random).unwrap();
            assert_eq!(text.chars().count(), length, "{text} for {pattern}");
            assert!(regex(pattern).unwrap().is_match(&text));
        }
        let fixed = Sampler::new("^ZN[0-9a-f]{32}$").unwrap();
        assert_eq!(fixed.lengths(), (34, Some(34)));
        assert_eq!(fixed.draw_exactly(33, &mut random), None);
    }
}
