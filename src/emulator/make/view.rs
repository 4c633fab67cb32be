//! What several schemas say together of one value, once it is settled which of their branches
//! apply.

use super::super::schema::{Choice, Id, Node, Schemas, Types};

/// How many schemas one view may have.
const MAX_PARTS: usize = 200;

/// What a value has to be.
pub(super) struct View<'a> {
    /// The schemas that it has to keep.
    pub(super) ids: Vec<Id>,
    pub(super) nodes: Vec<&'a Node>,
    pub(super) types: Types,
    /// The values of discriminating properties that the branches go by.
    pub(super) pinned: Vec<(&'a str, &'a str)>,
}

/// A place where a schema leaves a choice.
pub(super) struct Fork<'a> {
    /// The schemas that each branch adds.
    pub(super) branches: Vec<Vec<Id>>,
    /// The discriminator that names the branches, if one does.
    pub(super) discriminator: Option<&'a Choice>,
}

impl<'a> View<'a> {
    /// Collects what schemas say together. Where there is a choice, `choose` is asked for the
    /// index of a branch; it is shown what is known by then.
    pub(super) fn of(
        schemas: &'a Schemas,
        ids: &[Id],
        choose: &mut dyn FnMut(&View<'a>, &Fork<'a>) -> usize,
    ) -> Self {
        let mut view = Self {
            ids: Vec::new(),
            nodes: Vec::new(),
            types: Types::ALL,
            pinned: Vec::new(),
        };
        let mut forks: Vec<Fork<'a>> = Vec::new();
        let mut waiting: Vec<(Id, bool)> = ids.iter().rev().map(|id| (*id, false)).collect();
        loop {
            let Some((id, as_base)) = waiting.pop() else {
                // What is certain comes before what is chosen.
                let Some(fork) = (!forks.is_empty()).then(|| forks.remove(0)) else {
                    break;
                };
                let index = choose(&view, &fork);
                for id in fork.branches.get(index).into_iter().flatten() {
                    waiting.push((*id, false));
                    if let Some(choice) = fork.discriminator {
                        let mut named = choice.choices.iter();
                        if let Some((name, _)) = named.find(|(_, own)| own == id) {
                            view.pinned.push((&choice.property, name));
                        }
                    }
                }
                continue;
            };
            if view.ids.contains(&id) || view.ids.len() >= MAX_PARTS {
                continue;
            }
            let node = schemas.node(id);
            view.ids.push(id);
            view.nodes.push(node);
            if let Some(types) = node.types {
                view.types = view.types.and(types);
            }
            if node.never {
                view.types = Types::NONE;
            }
            waiting.extend(
                node.all_of
                    .iter()
                    .rev()
                    .map(|branch| (branch.id, branch.as_base)),
            );
            waiting.extend(node.references.iter().rev().map(|id| (*id, as_base)));
            for (name, id) in &node.dependent_schemas {
                if node.required.iter().any(|required| required.name == *name) {
                    waiting.push((*id, false));
                }
            }
            let discriminator = node.discriminator.as_ref();
            let discriminator = discriminator.filter(|choice| !choice.choices.is_empty());
            let is_listed = discriminator.is_some_and(|choice| choice.has_list);
            if !(as_base && is_listed) {
                for list in [&node.one_of, &node.any_of] {
                    if !list.is_empty() {
                        forks.push(Fork {
                            branches: list.iter().map(|id| vec![*id]).collect(),
                            discriminator: discriminator.filter(|choice| choice.has_list),
                        });
                    }
                }
            }
            if let Some(choice) = discriminator.filter(|choice| !choice.has_list && !as_base) {
                let heirs = choice.choices.iter().map(|(_, id)| vec![*id]);
                // The schema itself may do, under a name that chooses nothing.
                forks.push(Fork {
                    branches: heirs.chain([Vec::new()]).collect(),
                    discriminator: Some(choice),
                });
            }
            if let Some(condition) = &node.condition {
                forks.push(Fork {
                    branches: vec![
                        condition.otherwise.into_iter().collect(),
                        condition.then.into_iter().chain([condition.test]).collect(),
                    ],
                    discriminator: None,
                });
            }
        }
        view
    }

    /// The schemas that the member of a name has to keep.
    pub(super) fn of_member(&self, name: &str) -> Vec<Id> {
        let mut ids = Vec::new();
        for id in self.nodes.iter().flat_map(|node| node.of_member(name)) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The schemas that the item at an index has to keep.
    pub(super) fn of_item(&self, index: usize) -> Vec<Id> {
        let mut ids = Vec::new();
        for node in &self.nodes {
            let least = node.contains.as_ref().map_or(0, |contains| contains.least);
            let wanted = node.contains.as_ref().filter(|_| (index as u64) < least);
            let own = node.prefix.get(index).copied().or(node.items);
            for id in own.into_iter().chain(wanted.map(|contains| contains.id)) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        ids
    }
}
