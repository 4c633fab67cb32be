//! Replacing what is looked for often.

use memchr::memmem::Finder;

/// The text with `by` in place of everything that is found, if anything is.
pub fn replaced(text: &str, sought: &Finder<'_>, by: &str) -> Option<String> {
    let length = sought.needle().len();
    if length == 0 || length > text.len() {
        return None;
    }
    let mut at = sought.find(text.as_bytes())?;
    let mut replaced = text.to_owned();
    loop {
        replaced.replace_range(at..at + length, by);
        let from = at + by.len();
        match sought.find(&replaced.as_bytes()[from..]) {
            Some(next) => at = from + next,
            None => return Some(replaced),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_replaced_once() {
        let find = |text, sought, by| replaced(text, &Finder::new(sought), by);
        assert_eq!(find("aba", "a", "aa").as_deref(), Some("aabaa"));
        assert_eq!(find("aba", "ab", "").as_deref(), Some("a"));
        assert_eq!(find("aba", "c", "a"), None);
        assert_eq!(find("aba", "", "a"), None);
    }
}
