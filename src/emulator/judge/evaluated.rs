//! The members and items that keywords have evaluated (JSON Schema 2020-12 section 11).

use std::collections::BTreeSet;

/// What the keywords of a schema, and those of the schemas that it applies, have evaluated.
#[derive(Debug)]
pub(super) struct Evaluated {
    /// Whether anybody wants to know: most documents have no keyword that does.
    is_noted: bool,
    names: BTreeSet<String>,
    items: BTreeSet<usize>,
}

impl Evaluated {
    /// Nothing yet. Without `is_noted` it stays so.
    pub(super) fn new(is_noted: bool) -> Self {
        Self {
            is_noted,
            names: BTreeSet::new(),
            items: BTreeSet::new(),
        }
    }

    pub(super) fn name(&mut self, name: &str) {
        if self.is_noted {
            self.names.insert(name.to_owned());
        }
    }

    pub(super) fn item(&mut self, index: usize) {
        if self.is_noted {
            self.items.insert(index);
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.names.extend(other.names);
        self.items.extend(other.items);
    }

    pub(super) fn has_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub(super) fn has_item(&self, index: usize) -> bool {
        self.items.contains(&index)
    }
}
