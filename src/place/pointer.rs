//! JSON pointers (RFC 6901) as text.

use std::borrow::Cow;

use serde_json::Value;

/// Appends one reference token, escaped.
pub fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    if is_token(token) {
        pointer.push_str(token);
        return;
    }
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// Whether a name stands in a pointer as it is, nothing in it being escaped.
pub fn is_token(name: &str) -> bool {
    !name.bytes().any(|byte| matches!(byte, b'~' | b'/'))
}

/// The pointer with one more token.
pub fn join(pointer: &str, token: &str) -> String {
    let mut joined = pointer.to_owned();
    push(&mut joined, token);
    joined
}

/// The unescaped tokens of a pointer.
pub fn tokens(pointer: &str) -> impl Iterator<Item = String> {
    pointer
        .split('/')
        .skip(1)
        .map(|token| unescaped(token).into_owned())
}

/// A token as it stands in a pointer, unescaped.
pub fn unescaped(token: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'~', token.as_bytes()) else {
        return Cow::Borrowed(token);
    };
    let mut name = String::with_capacity(token.len());
    let mut rest = token;
    let mut next = Some(first);
    while let Some(at) = next {
        name.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = match rest.as_bytes() {
            [_, b'1', ..] => ('/', 2),
            [_, b'0', ..] => ('~', 2),
            // No pointer has this; it stands for itself.
            _ => ('~', 1),
        };
        name.push(c);
        rest = &rest[length..];
        next = memchr::memchr(b'~', rest.as_bytes());
    }
    name.push_str(rest);
    Cow::Owned(name)
}

/// The value at a pointer.
pub fn get<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    if pointer.is_empty() {
        return Some(value);
    }
    // Behind the last escape, tokens are names as they are.
    let escaped = memchr::memrchr(b'~', pointer.as_bytes()).map_or(0, |last| last + 1);
    let plain = pointer.len() - escaped;
    let mut rest = Some(pointer.strip_prefix('/')?);
    let mut value = value;
    while let Some(tokens) = rest {
        let end = memchr::memchr(b'/', tokens.as_bytes());
        let token = end.map_or(tokens, |end| &tokens[..end]);
        value = match value {
            Value::Object(members) if tokens.len() <= plain => members.get(token)?,
            Value::Object(members) => members.get(unescaped(token).as_ref())?,
            Value::Array(items) => items.get(index(token)?)?,
            _ => return None,
        };
        rest = end.map(|end| &tokens[end + 1..]);
    }
    Some(value)
}

/// The index that a token of digits is; leading zeros make it none.
fn index(token: &str) -> Option<usize> {
    if token.starts_with('+') || (token.starts_with('0') && token.len() > 1) {
        return None;
    }
    token.parse().ok()
}

/// The pointer without its last token, and that token unescaped; none for the root.
pub fn split_last(pointer: &str) -> Option<(&str, String)> {
    let (parent, token) = pointer.rsplit_once('/')?;
    Some((parent, unescaped(token).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_as_the_standard_says() {
        let value = serde_json::json!({"a/b": [{"~": 1}, 2], "": {"0": 3}});
        for place in [
            "",
            "/a~1b/0/~0",
            "/a~1b/1",
            "//0",
            "/a~1b/01",
            "/a~1b/+1",
            "/x",
            "a",
        ] {
            assert_eq!(get(&value, place), value.pointer(place), "{place}");
        }
    }

    #[test]
    fn escapes_and_back() {
        let pointer = join(&join("", "/v1/a~b"), "get");
        assert_eq!(pointer, "/~1v1~1a~0b/get");
        assert_eq!(tokens(&pointer).collect::<Vec<_>>(), ["/v1/a~b", "get"]);
        assert_eq!(split_last(&pointer), Some(("/~1v1~1a~0b", "get".into())));
    }
}
