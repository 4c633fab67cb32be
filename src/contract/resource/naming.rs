//! The words in names.

/// `AssetVersion`, `assetVersion` and `asset-version` as `asset_version`; `HTTPServer` as
/// `http_server`.
pub fn snake_case(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let last = before.replace(c);
        if !c.is_alphanumeric() {
            if !words.is_empty() && !words.ends_with('_') {
                words.push('_');
            }
            continue;
        }
        if !c.is_uppercase() {
            words.push(c);
            continue;
        }
        let after_lower = last.is_some_and(|last| last.is_lowercase() || last.is_numeric());
        let before_lower = last.is_some_and(char::is_uppercase)
            && chars.peek().is_some_and(|next| next.is_lowercase());
        if (after_lower || before_lower) && !words.ends_with('_') {
            words.push('_');
        }
        words.extend(c.to_lowercase());
    }
    words.truncate(words.trim_end_matches('_').len());
    words
}

/// Whether a name consists of these words, as [`snake_case`] writes them.
pub fn is_named(name: &str, words: &str) -> bool {
    let first = |text: &str| text.bytes().next().filter(u8::is_ascii_alphanumeric);
    if let (Some(a), Some(b)) = (first(name), first(words))
        && !a.eq_ignore_ascii_case(&b)
    {
        return false;
    }
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(is_plain);
    // Most names are in snake case, and this runs for every member of every response.
    name == words || !name.split('_').all(is_word) && snake_case(name) == words
}

/// `asset_version` as `AssetVersion`.
pub(in crate::contract) fn camel_case(words: &str) -> String {
    words
        .split('_')
        .map(|word| {
            let mut chars = word.chars();
            chars
                .next()
                .map(|first| first.to_uppercase().chain(chars).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}

/// `cities` as `city`, `builds` as `build`, `statuses` as `status`; `access` as it is.
pub fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let is_one = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    let is_many = ["sses", "xes", "tuses"]
        .iter()
        .any(|end| word.ends_with(end));
    let end = match (is_one, is_many) {
        (true, _) => "",
        (_, true) => "es",
        _ => "s",
    };
    word.strip_suffix(end).unwrap_or(word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_styles() {
        for (name, words) in [
            ("AssetVersion", "asset_version"),
            ("ServiceSid", "service_sid"),
            ("petId", "pet_id"),
            ("HTTPServer", "http_server"),
            ("friendly-name", "friendly_name"),
            ("already_snake", "already_snake"),
            ("SID", "sid"),
        ] {
            assert_eq!(snake_case(name), words);
            assert!(is_named(name, words), "{name}");
            assert!(!is_named(name, "other"), "{name}");
        }
        assert_eq!(camel_case("asset_version"), "AssetVersion");
    }

    #[test]
    fn one_of_many() {
        for (many, one) in [
            ("cities", "city"),
            ("builds", "build"),
            ("caches", "cache"),
            ("statuses", "status"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("access", "access"),
            ("status", "status"),
            ("sheep", "sheep"),
        ] {
            assert_eq!(singular(many), one);
        }
    }
}
