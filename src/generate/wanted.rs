//! Which operations can have cases that are asked for.

use std::collections::HashSet;

use crate::contract::{Contract, Operation, Resource};

/// A text that the names of cases must contain.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a>(pub Option<&'a str>);

impl Wanted<'_> {
    /// Whether the name of a case of this operation can contain the text: `{operation}::{slug}`,
    /// where a slug is words in snake case.
    pub(super) fn may_be(self, operation: &str) -> bool {
        let Some(text) = self.0 else { return true };
        let front = format!("{operation}::");
        let mut cuts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        front.contains(text)
            || cuts.any(|at| front.ends_with(&text[..at]) && text[at..].chars().all(is_of_slug))
    }

    /// The operations whose requests may be made for the cases that are asked for: their own, those
    /// of resources that they need, and those that links lead to.
    pub(super) fn needed(self, contract: &Contract) -> Vec<&Operation> {
        let served = contract.resources.iter().flat_map(Resource::operations);
        let responses = contract.operations.iter().flat_map(Operation::successes);
        let links = responses.flat_map(|response| &response.links);
        let linked = links.filter_map(|link| link.operation(&contract.operations));
        let others: HashSet<&str> = served.chain(linked.map(|o| o.id.as_str())).collect();
        let is_needed = |o: &&Operation| self.may_be(&o.id) || others.contains(o.id.as_str());
        contract.operations.iter().filter(is_needed).collect()
    }
}

fn is_of_slug(c: char) -> bool {
    c == '_' || c.is_alphanumeric() && !c.is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_without_a_case_of_the_name() {
        for (text, may_be) in [
            ("CreatePet", true),
            ("Pet::", true),
            ("Pet::without_name", true),
            ("without_name", true),
            ("::", true),
            ("", true),
            (":na", true),
            ("CreatePets", false),
            ("Pets::", false),
            ("DeletePet::", false),
            ("CreatePet::Name", false),
            ("CreatePet::a::b", false),
        ] {
            assert_eq!(Wanted(Some(text)).may_be("CreatePet"), may_be, "{text}");
        }
        assert!(Wanted(None).may_be("CreatePet"));
    }
}
