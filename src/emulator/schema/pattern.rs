//! Patterns of ECMA-262 (JSON Schema 2020-12 section 6.4), translated by the emulator itself: the
//! checks use another translation, so that a fault in one of them shows.

use std::fmt;

use fancy_regex::{Regex, RegexBuilder};

/// How many steps a pattern with look-around may take before a text counts as one that does not
/// match.
const BACKTRACK_LIMIT: usize = 100_000;

/// What `\s` matches (ECMA-262, `WhiteSpace` and `LineTerminator`), inside brackets.
const SPACE: &str = r"\t\n\x0B\x0C\r \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";
/// What `\w` matches, inside brackets.
const WORD: &str = "0-9A-Za-z_";
/// What ends a line, inside brackets.
const LINE_END: &str = r"\n\r\u{2028}\u{2029}";

/// A pattern that texts are matched with.
#[derive(Clone)]
pub(in crate::emulator) struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    /// Reads a pattern, or returns `None` if it is not one of ECMA-262.
    pub(in crate::emulator) fn new(text: &str) -> Option<Self> {
        let translated = translate(text)?;
        let regex = RegexBuilder::new(&translated)
            .backtrack_limit(BACKTRACK_LIMIT)
            .build()
            .ok()?;
        Some(Self {
            text: text.to_owned(),
            regex,
        })
    }

    /// Whether a text is a pattern with the flag `u`, which JSON Schema asks for: braces and
    /// brackets that mean nothing, and needless escapes of letters, are mistakes there.
    pub(in crate::emulator) fn is_strict(text: &str) -> bool {
        Self::new(text).is_some() && !is_lax(&text.chars().collect::<Vec<_>>())
    }

    /// Whether the pattern occurs in a text.
    pub(in crate::emulator) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text).unwrap_or(false)
    }

    /// The pattern as the document writes it.
    pub(in crate::emulator) fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}

/// Whether a pattern is one of Annex B only (ECMA-262).
fn is_lax(letters: &[char]) -> bool {
    let mut in_class = false;
    let mut at = 0;
    while at < letters.len() {
        match letters[at] {
            '\\' => {
                let Some(letter) = letters.get(at + 1) else {
                    return true;
                };
                let means = letter.is_ascii_digit() || "dDwWsSbBtnrvfcxupPk".contains(*letter);
                if letter.is_alphanumeric() && !means {
                    return true;
                }
                at += 1;
                // The braces of `\u{...}` and `\p{...}`.
                if "upP".contains(*letter) && letters.get(at + 1) == Some(&'{') {
                    let rest = &letters[at..];
                    at += rest
                        .iter()
                        .position(|letter| *letter == '}')
                        .unwrap_or_default();
                }
            }
            '[' if !in_class => in_class = true,
            ']' if in_class => in_class = false,
            ']' => return true,
            '{' if !in_class && !is_quantifier(&letters[at..]) => return true,
            '}' if !in_class && !closes_quantifier(&letters[..at]) => return true,
            _ => {}
        }
        at += 1;
    }
    false
}

/// The same pattern in the syntax of the regular expressions of Rust.
fn translate(text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < letters.len() {
        match letters[at] {
            '\\' => at = escape(&letters, at, false, &mut out)?,
            '[' => at = class(&letters, at, &mut out)?,
            '.' => {
                out.push_str(&format!("[^{LINE_END}]"));
                at += 1;
            }
            '$' => {
                out.push_str(r"\z");
                at += 1;
            }
            '^' => {
                out.push_str(r"\A");
                at += 1;
            }
            // A brace that begins no quantifier stands for itself (Annex B.1.2).
            '{' if !is_quantifier(&letters[at..]) => {
                out.push_str(r"\{");
                at += 1;
            }
            '}' if !closes_quantifier(&letters[..at]) => {
                out.push_str(r"\}");
                at += 1;
            }
            ']' => {
                out.push_str(r"\]");
                at += 1;
            }
            '(' if letters[at..].starts_with(&['(', '?', '<'])
                && !matches!(letters.get(at + 3), Some('=' | '!')) =>
            {
                out.push_str("(?P<");
                at += 3;
            }
            ' ' | '#' | '&' | '~' => {
                out.push(letters[at]);
                at += 1;
            }
            other => {
                out.push(other);
                at += 1;
            }
        }
    }
    Some(out)
}

fn is_quantifier(rest: &[char]) -> bool {
    let Some(end) = rest.iter().position(|letter| *letter == '}') else {
        return false;
    };
    let inner: String = rest[1..end].iter().collect();
    let (least, most) = inner.split_once(',').unwrap_or((&inner, ""));
    let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

fn closes_quantifier(before: &[char]) -> bool {
    let start = before.iter().rposition(|letter| *letter == '{');
    start.is_some_and(|start| {
        let mut whole = before[start..].to_vec();
        whole.push('}');
        is_quantifier(&whole)
    })
}

/// Translates a class from its opening bracket; returns the index behind the closing one.
fn class(letters: &[char], start: usize, out: &mut String) -> Option<usize> {
    let mut at = start + 1;
    let is_negated = letters.get(at) == Some(&'^');
    at += usize::from(is_negated);
    let mut inner = String::new();
    loop {
        match *letters.get(at)? {
            ']' => break,
            '\\' => at = escape(letters, at, true, &mut inner)?,
            // What means something in a class of Rust only.
            letter @ ('[' | '&' | '~') => {
                inner.push('\\');
                inner.push(letter);
                at += 1;
            }
            '-' if is_plain_dash(letters, at) => {
                inner.push_str(r"\-");
                at += 1;
            }
            letter => {
                inner.push(letter);
                at += 1;
            }
        }
    }
    match (inner.is_empty(), is_negated) {
        // Nothing at all, and anything at all.
        (true, false) => out.push_str(r"[^\x00-\u{10FFFF}]"),
        (true, true) => out.push_str(r"[\x00-\u{10FFFF}]"),
        (false, _) => {
            let sign = if is_negated { "^" } else { "" };
            out.push_str(&format!("[{sign}{inner}]"));
        }
    }
    Some(at + 1)
}

/// Whether a dash in a class stands for itself: at either end, or beside a class such as `\d`.
fn is_plain_dash(letters: &[char], at: usize) -> bool {
    let is_set = |letter: Option<&char>| {
        matches!(letter, Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'p' | 'P'))
    };
    let before = at >= 2 && letters[at - 2] == '\\' && is_set(letters.get(at - 1));
    let after = letters.get(at + 1) == Some(&'\\') && is_set(letters.get(at + 2));
    matches!(letters.get(at + 1), Some(']') | None)
        || matches!(letters[at - 1], '[' | '^' | '}')
        || before
        || after
}

/// Translates an escape from its backslash; returns the index behind it.
fn escape(letters: &[char], start: usize, in_class: bool, out: &mut String) -> Option<usize> {
    let letter = *letters.get(start + 1)?;
    let after = start + 2;
    let mut set = |positive: &str, is_negated: bool| match (in_class, is_negated) {
        (true, false) => out.push_str(positive),
        (true, true) => out.push_str(&format!("[^{positive}]")),
        (false, _) => {
            let sign = if is_negated { "^" } else { "" };
            out.push_str(&format!("[{sign}{positive}]"));
        }
    };
    match letter {
        'd' | 'D' => set("0-9", letter == 'D'),
        'w' | 'W' => set(WORD, letter == 'W'),
        's' | 'S' => set(SPACE, letter == 'S'),
        'b' if in_class => out.push_str(r"\x08"),
        // Word boundaries of ASCII.
        'b' => out.push_str(&format!(
            "(?:(?<=[{WORD}])(?![{WORD}])|(?<![{WORD}])(?=[{WORD}]))"
        )),
        'B' => out.push_str(&format!(
            "(?:(?<=[{WORD}])(?=[{WORD}])|(?<![{WORD}])(?![{WORD}]))"
        )),
        't' | 'n' | 'r' | 'k' | '1'..='9' => out.push_str(&format!("\\{letter}")),
        'v' => out.push_str(r"\x0B"),
        'f' => out.push_str(r"\x0C"),
        '0' => out.push_str(r"\x00"),
        'c' => {
            let control = letters
                .get(after)
                .filter(|letter| letter.is_ascii_alphabetic())?;
            out.push_str(&format!("\\x{:02X}", u32::from(*control) % 32));
            return Some(after + 1);
        }
        'x' => return code(letters, after, 2, out),
        'u' if letters.get(after) == Some(&'{') => {
            let end = letters[after..].iter().position(|letter| *letter == '}')?;
            let digits: String = letters[after + 1..after + end].iter().collect();
            push_code(u32::from_str_radix(&digits, 16).ok()?, out);
            return Some(after + end + 1);
        }
        'u' => return unit(letters, after, out),
        'p' | 'P' => {
            let end = letters[after..].iter().position(|letter| *letter == '}')?;
            let name: String = letters[after..=after + end].iter().collect();
            out.push_str(&format!("\\{letter}{name}"));
            return Some(after + end + 1);
        }
        // An identity escape.
        other if other.is_ascii_alphanumeric() || !other.is_ascii() => out.push(other),
        other => {
            out.push('\\');
            out.push(other);
        }
    }
    Some(after)
}

/// A character by a fixed number of hexadecimal digits.
fn code(letters: &[char], at: usize, count: usize, out: &mut String) -> Option<usize> {
    let digits: String = letters.get(at..at + count)?.iter().collect();
    push_code(u32::from_str_radix(&digits, 16).ok()?, out);
    Some(at + count)
}

/// A character by one code unit of UTF-16, or by two.
fn unit(letters: &[char], at: usize, out: &mut String) -> Option<usize> {
    let read = |at: usize| {
        let digits: String = letters.get(at..at + 4)?.iter().collect();
        u32::from_str_radix(&digits, 16).ok()
    };
    let first = read(at)?;
    let is_pair = letters.get(at + 4..at + 6) == Some(&['\\', 'u']);
    if (0xD800..0xDC00).contains(&first)
        && is_pair
        && let Some(second) = read(at + 6).filter(|unit| (0xDC00..0xE000).contains(unit))
    {
        push_code(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), out);
        return Some(at + 10);
    }
    push_code(first, out);
    Some(at + 4)
}

/// Half a surrogate pair occurs in no text, so that its place in a range is taken by its neighbour.
fn push_code(code: u32, out: &mut String) {
    let code = match code {
        0xD800..0xDC00 => 0xE000,
        0xDC00..0xE000 => 0xD7FF,
        other => other,
    };
    out.push_str(&format!("\\u{{{code:X}}}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_ecma_262() {
        for (pattern, good, bad) in [
            (r"^\d+$", "12", "\u{661}"),
            (r"^a.b$", "axb", "a\u{2028}b"),
            (r"^a$", "a", "a\n"),
            (r"^\w$", "_", "ä"),
            (r"^\s$", "\u{feff}", "x"),
            (r"^[^\s]$", "x", " "),
            (r"^\cJ$", "\n", "J"),
            (r"^\/\u0041\x42$", "/AB", "/ab"),
            (r"^[\w-]+$", "a-b", "a b"),
            (r"^\p{Lu}$", "Ä", "ä"),
            (r"^(?!admin).+$", "user", "admin1"),
            (r"^(?=.*[0-9])(?=.*[a-z]).{3,}$", "ab1", "abc"),
            (r"^\u{1F600}$", "😀", "x"),
            (r"^\ud83d\ude00$", "😀", "x"),
            (r"^{a}$", "{a}", "a"),
            (r"^x{2}$", "xx", "x"),
            (r"^(?<n>a)\k<n>$", "aa", "ab"),
            (r"^[a-z&&b]$", "&", "B"),
            (r"\bcat\b", "a cat", "scat"),
            ("^[]$|^a$", "a", "b"),
        ] {
            let read = Pattern::new(pattern).unwrap_or_else(|| panic!("{pattern}"));
            assert!(read.is_match(good), "{pattern} matches {good:?}");
            assert!(!read.is_match(bad), "{pattern} does not match {bad:?}");
        }
        assert!(Pattern::new("(").is_none() && Pattern::new("[a").is_none());
    }

    #[test]
    fn a_runaway_pattern_ends() {
        let pattern = Pattern::new(r"^(?=(a+)+$)(a|aa)+$").unwrap();
        assert!(!pattern.is_match(&format!("{}b", "a".repeat(60))));
    }
}
