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
pub struct Sampler(Hir);

impl Sampler {
    /// Reads a pattern; none if it uses what a regular language does not have, such as
    /// look-around.
    pub fn new(pattern: &str) -> Option<Self> {
        let lax = || regex_syntax::parse(&annex_b::with_unicode(pattern)?).ok();
        let read = regex_syntax::parse(pattern).ok().or_else(lax);
        read.map(Self)
    }

    /// A text that matches. Equal states of `random` give equal texts.
    pub fn draw(&self, random: &mut fastrand::Rng) -> String {
        let mut text = String::new();
        draw(&self.0, random, &mut text);
        text
    }

    /// The shortest and the longest text that matches, in characters; no longest one where
    /// the pattern sets no limit. Not every length between need be there.
    pub fn lengths(&self) -> (usize, Option<usize>) {
        lengths(&self.0)
    }

    /// A text of so many characters that matches, if there is one and it is found.
    pub fn draw_exactly(&self, length: usize, random: &mut fastrand::Rng) -> Option<String> {
        let mut text = String::new();
        draw_exactly(&self.0, length, random, &mut text)?;
        Some(text)
    }
}

fn lengths(hir: &Hir) -> (usize, Option<usize>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, Some(0)),
        HirKind::Literal(literal) => {
            let length = String::from_utf8_lossy(&literal.0).chars().count();
            (length, Some(length))
        }
        HirKind::Class(_) => (1, Some(1)),
        HirKind::Repetition(repetition) => {
            let (least, most) = lengths(&repetition.sub);
            let times = |length: usize, count: u32| length.saturating_mul(count as usize);
            let most = match (most, repetition.max) {
                (Some(0), _) => Some(0),
                (Some(most), Some(count)) => Some(times(most, count)),
                _ => None,
            };
            (times(least, repetition.min), most)
        }
        HirKind::Capture(capture) => lengths(&capture.sub),
        HirKind::Concat(parts) => {
            parts
                .iter()
                .map(lengths)
                .fold((0, Some(0)), |(least, most), part| {
                    let most = most.zip(part.1).map(|(a, b)| usize::saturating_add(a, b));
                    (least.saturating_add(part.0), most)
                })
        }
        HirKind::Alternation(branches) => {
            let all = branches.iter().map(lengths);
            all.reduce(|a, b| (a.0.min(b.0), a.1.zip(b.1).map(|(a, b)| a.max(b))))
                .unwrap_or_default()
        }
    }
}

fn holds((least, most): (usize, Option<usize>), length: usize) -> bool {
    least <= length && most.is_none_or(|most| length <= most)
}

fn draw_exactly(
    hir: &Hir,
    length: usize,
    random: &mut fastrand::Rng,
    text: &mut String,
) -> Option<()> {
    if !holds(lengths(hir), length) {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => {
            draw(hir, random, text);
            Some(())
        }
        HirKind::Capture(capture) => draw_exactly(&capture.sub, length, random, text),
        HirKind::Alternation(branches) => {
            let fitting: Vec<&Hir> = branches
                .iter()
                .filter(|branch| holds(lengths(branch), length))
                .collect();
            let first = random.usize(..fitting.len().max(1));
            let before = text.len();
            (0..fitting.len()).find_map(|i| {
                text.truncate(before);
                let branch = fitting[(first + i) % fitting.len()];
                draw_exactly(branch, length, random, text)
            })
        }
        HirKind::Repetition(repetition) => {
            let bounds = lengths(&repetition.sub);
            let mut left = length;
            let mut count = 0;
            while left > 0 || count < repetition.min {
                // As much as leaves enough for the repetitions that must follow.
                let owed = repetition.min.saturating_sub(count + 1) as usize * bounds.0;
                let most = left.saturating_sub(owed);
                let part = bounds.1.map_or(most, |limit| limit.min(most));
                if part < bounds.0 || (part == 0 && left > 0) {
                    return None;
                }
                draw_exactly(&repetition.sub, part, random, text)?;
                left -= part;
                count += 1;
                if repetition.max.is_some_and(|most| count > most) {
                    return None;
                }
            }
            Some(())
        }
        HirKind::Concat(parts) => {
            let bounds: Vec<_> = parts.iter().map(lengths).collect();
            let mut spare = length - bounds.iter().map(|(least, _)| least).sum::<usize>();
            for (part, (least, most)) in parts.iter().zip(bounds) {
                let room = most.map_or(spare, |most| (most - least).min(spare));
                draw_exactly(part, least + room, random, text)?;
                spare -= room;
            }
            (spare == 0).then_some(())
        }
    }
}

fn draw(hir: &Hir, random: &mut fastrand::Rng, text: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(character(class, random)),
        HirKind::Repetition(repetition) => {
            let most = repetition
                .max
                .unwrap_or(repetition.min.saturating_add(UNBOUNDED));
            for _ in 0..random.u32(repetition.min..=most.max(repetition.min)) {
                draw(&repetition.sub, random, text);
            }
        }
        HirKind::Capture(capture) => draw(&capture.sub, random, text),
        HirKind::Concat(parts) => {
            for part in parts {
                draw(part, random, text);
            }
        }
        HirKind::Alternation(branches) => {
            let index = random.usize(..branches.len());
            draw(&branches[index], random, text);
        }
    }
}

/// A character of a class: lower-case letters and digits where the class has them, since ids are
/// usually written so.
fn character(class: &Class, random: &mut fastrand::Rng) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .map(|r| (r.start(), r.end()))
            .collect(),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .map(|r| (char::from(r.start()), char::from(r.end())))
            .collect(),
    };
    let plain: Vec<char> = ('0'..='9')
        .chain('a'..='z')
        .filter(|c| ranges.iter().any(|(from, to)| (from..=to).contains(&c)))
        .collect();
    if !plain.is_empty() {
        return Some(plain[random.usize(..plain.len())]);
    }
    let (from, to) = ranges.get(random.usize(..ranges.len().max(1)))?;
    let (from, to) = (u32::from(*from), u32::from(*to));
    let most = to.min(from.saturating_add(25));
    char::from_u32(random.u32(from..=most))
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
