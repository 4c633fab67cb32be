//! Where the parts of a document come from, once overlays have changed it.

use std::collections::BTreeMap;

use crate::place::pointer;

/// The file that contains a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The document itself.
    Document,
    /// The overlay of this number.
    Overlay(usize),
}

/// The parts of a document that do not come from the same place of the document's own file.
#[derive(Debug, Clone, Default)]
pub(super) struct Provenance(BTreeMap<String, (Origin, String)>);

/// The origins of a part and of the parts below it, by their places.
type Branch = Vec<(String, (Origin, String))>;

impl Provenance {
    /// Records that the part at `at` comes from that place in that file.
    pub(super) fn record(&mut self, at: &str, origin: Origin, from: &str) {
        self.forget(at);
        self.0.insert(at.to_owned(), (origin, from.to_owned()));
    }

    /// The part is gone, with all below it.
    pub(super) fn forget(&mut self, at: &str) {
        self.0.remove(at);
        for (place, _) in self.below(at) {
            self.0.remove(&place);
        }
    }

    /// An item of an array is gone: those behind it move up.
    pub(super) fn forget_item(&mut self, array: &str, index: usize, length: usize) {
        for index in index..length {
            let at = pointer::join(array, &index.to_string());
            if index + 1 == length {
                self.forget(&at);
            } else {
                let next = pointer::join(array, &(index + 1).to_string());
                self.graft(&at, self.branch(&next));
            }
        }
    }

    /// The file of a part and the place there: its own, or that of the nearest part around it.
    pub(super) fn find(&self, at: &str) -> (Origin, String) {
        let mut around = at;
        loop {
            if let Some((origin, from)) = self.0.get(around) {
                return (*origin, format!("{from}{}", &at[around.len()..]));
            }
            match around.rfind('/') {
                Some(end) => around = &around[..end],
                None => return (Origin::Document, at.to_owned()),
            }
        }
    }

    /// The origins of a part, ready to be grafted at another place.
    pub(super) fn branch(&self, at: &str) -> Branch {
        let mut branch = vec![(String::new(), self.find(at))];
        branch.extend(
            self.below(at)
                .into_iter()
                .map(|(place, known)| (place[at.len()..].to_owned(), known)),
        );
        branch
    }

    /// Records that the part at `at` is a copy of the part that the branch describes.
    pub(super) fn graft(&mut self, at: &str, branch: Branch) {
        self.forget(at);
        for (below, known) in branch {
            self.0.insert(format!("{at}{below}"), known);
        }
    }

    fn below(&self, at: &str) -> Branch {
        let below = format!("{at}/");
        self.0
            .range(below.clone()..)
            .take_while(|(place, _)| place.starts_with(&below))
            .map(|(place, known)| (place.clone(), known.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_move_up() {
        let mut provenance = Provenance::default();
        provenance.record("/a/2", Origin::Overlay(0), "/new");
        provenance.forget_item("/a", 0, 3);
        assert_eq!(
            provenance.find("/a/0/x"),
            (Origin::Document, "/a/1/x".into())
        );
        assert_eq!(
            provenance.find("/a/1/x"),
            (Origin::Overlay(0), "/new/x".into())
        );
        provenance.record("/a/1/y", Origin::Overlay(1), "/y");
        provenance.graft("/b", provenance.branch("/a/1"));
        assert_eq!(
            provenance.find("/b/y/z"),
            (Origin::Overlay(1), "/y/z".into())
        );
        assert_eq!(
            provenance.find("/b/x"),
            (Origin::Overlay(0), "/new/x".into())
        );
    }
}
