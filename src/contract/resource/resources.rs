//! The resources of a contract.

use std::fmt;
use std::ops::{Deref, Index};
use std::sync::{Arc, LazyLock};

use foldhash::HashMap;

use super::Resource;
use super::correction::{self, Correction};
use super::naming::snake_case;
use super::recognize::recognize;
use super::role::{self, ResourceId, Role};
use super::{ResourceKind, single};
use crate::contract::operation::{Operations, PathTemplate};
use crate::spec::{Document, LoadError};

/// The resources of a contract, recognised when one is first needed.
///
/// As a slice they are those whose items have paths, parents before children; [`Resources::all`]
/// has singletons and collections without item paths too.
pub struct Resources(LazyLock<Recognized, Box<dyn FnOnce() -> Recognized + Send>>);

struct Recognized {
    all: Vec<Resource>,
    /// How many have items with paths; these come first.
    with_items: usize,
    /// What operations are to resources, by `operationId`.
    roles: HashMap<String, (ResourceId, Vec<Role>)>,
    corrections: Vec<Correction>,
    /// By the shape of the item's path.
    by_item: HashMap<String, usize>,
    /// By the operations.
    by_operation: HashMap<String, usize>,
    /// By the schema of the item.
    by_schema: HashMap<String, usize>,
    /// By the properties and parameters that refer to an item.
    by_reference: HashMap<String, usize>,
}

impl Resources {
    pub(in crate::contract) fn found_in(
        (operations, document): (Arc<Operations>, Arc<Document>),
        corrections: Vec<Correction>,
    ) -> Self {
        Self(LazyLock::new(Box::new(move || {
            let mut all = recognize(&operations, &document, &corrections);
            let singles = single::recognize(&all, &operations, &document, &corrections);
            all.extend(singles);
            role::add_others(&mut all, &operations);
            Recognized::of(all, &operations, corrections)
        })))
    }

    /// Sees that every correction has made a resource.
    ///
    /// # Errors
    /// All that have not.
    pub(in crate::contract) fn verify(&self) -> Result<(), LoadError> {
        correction::verify(&self.0.corrections, &self.0.all)
    }

    /// All resources: those whose items have paths, then the others.
    pub fn all(&self) -> impl Iterator<Item = (ResourceId, &Resource)> {
        let all = self.0.all.iter().enumerate();
        all.map(|(index, resource)| (ResourceId(index), resource))
    }

    /// What an operation is to which resource. Of one that creates an item and replaces the one
    /// that is there it is the creation.
    pub fn role_of(&self, operation: &str) -> Option<(ResourceId, Role)> {
        let (resource, roles) = self.0.roles.get(operation)?;
        Some((*resource, *roles.first()?))
    }

    /// All that an operation is to its resource.
    pub fn roles_of(&self, operation: &str) -> &[Role] {
        let known = self.0.roles.get(operation);
        known.map_or(&[], |(_, roles)| roles)
    }

    /// The index of the one whose item has a path of this shape.
    pub fn of_item(&self, item: &PathTemplate) -> Option<usize> {
        self.0.by_item.get(&item.shape()).copied()
    }

    /// The one that an operation creates, reads or changes, with its views.
    pub fn served_by(&self, operation: &str) -> Option<&Resource> {
        let index = self.0.by_operation.get(operation)?;
        Some(&self.0.all[*index])
    }

    /// The one whose item has the schema at this place.
    pub(in crate::contract) fn of_schema(&self, place: &str) -> Option<&Resource> {
        let index = self.0.by_schema.get(place)?;
        Some(&self.0.all[*index])
    }

    /// The one to whose items a property or a parameter of this name refers: `service_sid`.
    pub(in crate::contract) fn named_by(&self, reference: &str) -> Option<&Resource> {
        let index = self.0.by_reference.get(reference)?;
        Some(&self.0.all[*index])
    }
}

impl Deref for Resources {
    type Target = [Resource];

    fn deref(&self) -> &[Resource] {
        &self.0.all[..self.0.with_items]
    }
}

impl Index<ResourceId> for Resources {
    type Output = Resource;

    fn index(&self, id: ResourceId) -> &Resource {
        &self.0.all[id.0]
    }
}

impl Index<usize> for Resources {
    type Output = Resource;

    fn index(&self, index: usize) -> &Resource {
        &self.0.all[index]
    }
}

impl fmt::Debug for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Recognized {
    fn of(all: Vec<Resource>, operations: &Operations, corrections: Vec<Correction>) -> Self {
        let mut by_item = HashMap::default();
        let mut by_operation = HashMap::default();
        let mut by_schema = HashMap::default();
        let mut by_reference = HashMap::default();
        let roles = role::assign(&all);
        let is_item = |resource: &&Resource| resource.kind == ResourceKind::Items;
        let with_items = all.iter().take_while(is_item).count();
        for (index, resource) in all[..with_items].iter().enumerate() {
            by_item.entry(resource.item_path.shape()).or_insert(index);
            for operation in resource.operations() {
                by_operation.entry(operation.to_owned()).or_insert(index);
            }
            by_schema.entry(resource.schema.clone()).or_insert(index);
            let own = format!("{}_{}", resource.snake_name(), snake_case(&resource.id));
            by_reference.insert(own, index);
        }
        for outline in operations.outlines() {
            for parameter in outline.path.parameters() {
                let item = outline.path.up_to(parameter).map(|item| item.shape());
                let Some(index) = item.and_then(|item| by_item.get(&item).copied()) else {
                    continue;
                };
                // `{Sid}` does not show what it names; `{ServiceSid}` does.
                let name = snake_case(parameter);
                if name != snake_case(&all[index].id) {
                    by_reference.insert(name, index);
                }
            }
        }
        Self {
            all,
            with_items,
            roles,
            corrections,
            by_item,
            by_operation,
            by_schema,
            by_reference,
        }
    }
}
