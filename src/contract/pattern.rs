//! Texts that match a regular expression.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Most repetitions drawn where a pattern sets no limit.
const UNBOUNDED: u32 = 8;

/// Draws texts that match one pattern.
#[derive(Debug, Clone)]
pub struct Sampler(Hir);

impl Sampler {
    /// Reads a pattern; none if it uses what a regular language does not have, such as
    /// look-around.
    pub fn new(pattern: &str) -> Option<Self> {
        regex_syntax::parse(pattern).ok().map(Self)
    }

    /// A text that matches. Equal states of `random` give equal texts.
    pub fn draw(&self, random: &mut fastrand::Rng) -> String {
        let mut text = String::new();
        draw(&self.0, random, &mut text);
        text
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
        ] {
            let regex = regex::Regex::new(pattern).unwrap();
            let sampler = Sampler::new(pattern).unwrap();
            for _ in 0..50 {
                let text = sampler.draw(&mut random);
                assert!(regex.is_match(&text), "{text} for {pattern}");
            }
        }
        assert!(Sampler::new("(?=a)b").is_none());
    }
}
