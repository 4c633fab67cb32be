//! Regular expressions that ECMA-262 allows only without the flag `u` (its Annex B.1.2), as ones
//! that mean the same with it. JSON Schema requires the flag, and authors try their patterns
//! without.

use std::iter::Peekable;
use std::str::CharIndices;

/// Characters that mean something of their own in a pattern.
const SYNTAX: &str = r"^$\.*+?()[]{}|/";

/// The same pattern for the flag `u`, if it is certain what its author means: a letter behind a
/// backslash stands for itself in ECMA-262, but for something else in other languages.
pub(super) fn with_unicode(pattern: &str) -> Option<String> {
    let mut reader = Reader {
        pattern,
        rest: pattern.char_indices().peekable(),
        out: String::new(),
    };
    while let Some((at, c)) = reader.rest.next() {
        match c {
            '\\' => {
                reader.escape("")?;
            }
            '[' => reader.class()?,
            '{' if is_quantifier(&pattern[at..])? => reader.quantifier(),
            '{' | '}' | ']' => reader.literal(c),
            _ => reader.out.push(c),
        }
    }
    Some(reader.out)
}

struct Reader<'a> {
    pattern: &'a str,
    rest: Peekable<CharIndices<'a>>,
    out: String,
}

/// What stands in a character class.
#[derive(Clone, Copy, PartialEq)]
enum Atom {
    /// One character, which may begin a range.
    One,
    /// A class such as `\d`, which cannot.
    Many,
}

impl Reader<'_> {
    fn literal(&mut self, c: char) {
        self.out.push('\\');
        self.out.push(c);
    }

    /// What follows a backslash. `more` names characters that need the backslash here too.
    fn escape(&mut self, more: &str) -> Option<Atom> {
        let (_, c) = self.rest.next()?;
        let known = "dDsSwWbBfnrtvxukpP";
        if SYNTAX.contains(c) || more.contains(c) || c.is_ascii_digit() || known.contains(c) {
            self.literal(c);
        } else if c.is_alphabetic() {
            return None;
        } else {
            self.out.push(c);
        }
        let is_many = "dDsSwWpP".contains(c);
        Some(if is_many { Atom::Many } else { Atom::One })
    }

    /// `{2}`, `{2,}` or `{2,3}`, the brace being read.
    fn quantifier(&mut self) {
        self.out.push('{');
        for (_, c) in self.rest.by_ref() {
            self.out.push(c);
            if c == '}' {
                return;
            }
        }
    }

    /// A character class, its bracket being read.
    fn class(&mut self) -> Option<()> {
        let negated = self.rest.next_if(|(_, c)| *c == '^').is_some();
        if self.rest.next_if(|(_, c)| *c == ']').is_some() {
            self.out
                .push_str(if negated { r"[\s\S]" } else { r"[^\s\S]" });
            return Some(());
        }
        self.out.push_str(if negated { "[^" } else { "[" });
        // What could begin a range, and whether a range wants its end.
        let (mut before, mut open) = (None, false);
        while let Some((at, c)) = self.rest.next() {
            let atom = match c {
                ']' => {
                    self.out.push(']');
                    return Some(());
                }
                '-' if before == Some(Atom::One) && !open && self.may_end_range(at + 1) => {
                    self.out.push('-');
                    open = true;
                    continue;
                }
                '\\' => self.escape("-")?,
                '-' | '[' => {
                    self.literal(c);
                    Atom::One
                }
                _ => {
                    self.out.push(c);
                    Atom::One
                }
            };
            // The end of one range does not begin the next.
            before = (!open).then_some(atom);
            open = false;
        }
        None
    }

    /// Whether a range can end with what stands here.
    fn may_end_range(&self, at: usize) -> bool {
        let mut rest = self.pattern[at..].chars();
        match rest.next() {
            Some('\\') => rest.next().is_some_and(|c| !"dDsSwWpP".contains(c)),
            Some(c) => c != ']',
            None => false,
        }
    }
}

/// Whether a brace begins a quantifier. `{,3}` is none, but seldom meant otherwise: who knows.
fn is_quantifier(text: &str) -> Option<bool> {
    let Some((inside, _)) = text[1..].split_once('}') else {
        return Some(false);
    };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if least.is_empty() && !most.is_empty() && is_number(most) {
        return None;
    }
    Some(!least.is_empty() && is_number(least) && is_number(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_with_the_flag() {
        for (pattern, expected) in [
            (r"^a\-b$", Some("^a-b$")),
            (r"^\_\@\.$", Some(r"^_@\.$")),
            ("^{id}{2}$", Some(r"^\{id\}{2}$")),
            ("a]}", Some(r"a\]\}")),
            (r"^[\w-.]+$", Some(r"^[\w\-.]+$")),
            (r"[a-\d]", Some(r"[a\-\d]")),
            (r"[a-z-9[]", Some(r"[a-z\-9\[]")),
            (r"[\_\-\]]", Some(r"[_\-\]]")),
            ("[^]a[]", Some(r"[\s\S]a[^\s\S]")),
            (r"\Aa\Z", None),
            ("a{,3}", None),
            ("[a", None),
        ] {
            assert_eq!(with_unicode(pattern).as_deref(), expected, "{pattern}");
        }
    }
}
