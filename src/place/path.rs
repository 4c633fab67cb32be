//! Places in the body of a request or a response.

use std::fmt;

use super::pointer;

/// A JSON pointer into a body that was read as a value. It is not a place in the document.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstancePath(String);

impl InstancePath {
    /// The whole body.
    pub fn root() -> Self {
        Self::default()
    }

    /// The value at a JSON pointer.
    pub fn new(pointer: impl Into<String>) -> Self {
        Self(pointer.into())
    }

    /// A member of the object, or an item of the array, at this place.
    #[must_use]
    pub fn join(&self, token: &str) -> Self {
        Self(pointer::join(&self.0, token))
    }

    /// An item of the array at this place.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        self.join(&index.to_string())
    }

    /// The JSON pointer.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path with `*` in place of the index of each item.
    pub fn of_all_items(&self) -> String {
        self.steps().collect::<Vec<_>>().join("/")
    }

    /// Whether two paths differ at most in the indexes of items.
    pub fn is_same_apart_from_items(&self, other: &Self) -> bool {
        self.steps().eq(other.steps())
    }

    fn steps(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').map(|step| {
            if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
                "*"
            } else {
                step
            }
        })
    }
}

impl fmt::Display for InstancePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_list_are_alike() {
        let path = InstancePath::root().join("a/b").item(12).join("c1");
        assert_eq!(path.as_str(), "/a~1b/12/c1");
        assert_eq!(path.of_all_items(), "/a~1b/*/c1");
        let other = InstancePath::new("/a~1b/0/c1");
        assert!(path.is_same_apart_from_items(&other));
        assert!(!path.is_same_apart_from_items(&InstancePath::new("/a~1b/0/c2")));
    }
}
