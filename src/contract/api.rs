//! The contract of one API.

use std::sync::Arc;

use super::operation::{self, Operation, Operations, Scheme};
use super::resource::{Resource, Resources};
use crate::schema::{Direction, Validators};
use crate::spec::{Document, Level, LoadError, Problem};

/// The promises of one API.
#[derive(Debug)]
pub struct Contract {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// URLs of the document's servers.
    pub servers: Vec<String>,
    /// All operations, in document order. Each is read on demand.
    pub operations: Arc<Operations>,
    /// Security schemes.
    pub schemes: Vec<Scheme>,
    /// Collections and their items, parents before children. The first access recognises all of them.
    pub resources: Resources,
    /// The profile of the embedded emulator that the document names.
    pub emulator_profile: Option<String>,
    /// The document that contains the promises.
    pub document: Arc<Document>,
    /// What was noticed before any operation was read.
    pub(super) problems: Vec<Problem>,
}

impl Contract {
    /// The operation with this `operationId`.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.get(id)
    }

    /// Reads all operations.
    ///
    /// # Errors
    /// What is wrong with the document; all mistakes are named.
    pub fn read(&self) -> Result<(), LoadError> {
        self.operations.read_all();
        errors(self.problems_so_far())
    }

    /// Whether the document can be used where it speaks of all operations. One that cannot be used
    /// itself is no obstacle to the others: see [`Operations::faults`].
    ///
    /// # Errors
    /// What is wrong with it, as far as it was read.
    pub fn usable(&self) -> Result<(), LoadError> {
        let mut problems = self.problems.clone();
        problems.extend(self.document.faults());
        errors(problems)
    }

    /// Compiles schemas of operations. What is wrong with one is noted for the operations that
    /// reach it.
    ///
    /// # Errors
    /// When the schemas cannot be compiled and no single one is at fault.
    pub fn compile(
        &self,
        schemas: &[(&Operation, String)],
        direction: Direction,
    ) -> Result<Validators, LoadError> {
        let places = schemas.iter().map(|(_, place)| (place.clone(), direction));
        let validators = Validators::salvage(&self.document, places)?;
        for (operation, place) in schemas {
            let faults = validators.faults(place, direction);
            if !faults.is_empty() {
                self.operations.note(&operation.id, faults);
            }
        }
        Ok(validators)
    }

    /// What is noticed in the whole contract, all operations being read for that.
    pub fn problems(&self) -> Vec<Problem> {
        // Links may refer to any operation.
        let links = operation::mistakes(&self.document, &self.operations);
        let mut problems = self.problems_so_far();
        problems.extend(links);
        problems
    }

    fn problems_so_far(&self) -> Vec<Problem> {
        let mut problems = self.problems.clone();
        problems.extend(self.operations.problems());
        problems.extend(self.document.faults());
        problems
    }

    /// The resource of this name, in `CamelCase` or `snake_case`.
    pub fn resource(&self, name: &str) -> Option<&Resource> {
        self.resources
            .iter()
            .find(|r| r.name == name || r.snake_name() == name)
    }

    /// The resource whose item a path parameter of an operation names.
    pub fn resource_of(&self, operation: &Operation, parameter: &str) -> Option<&Resource> {
        self.resource_index_of(operation, parameter)
            .map(|index| &self.resources[index])
    }

    /// The index of the resource whose item a path parameter of an operation names.
    pub fn resource_index_of(&self, operation: &Operation, parameter: &str) -> Option<usize> {
        self.resources.of_item(&operation.path.up_to(parameter)?)
    }

    /// The resource that an operation creates, reads or changes, with its views.
    pub fn resource_served_by(&self, operation: &Operation) -> Option<&Resource> {
        self.resources.served_by(&operation.id)
    }

    /// The operation with a method and a path, with the values of the path parameters,
    /// percent-decoded. Literal segments win over parameters (`OpenAPI` 3.0.3, Paths Object).
    pub fn route(&self, method: &str, path: &str) -> Option<(&Operation, Vec<(String, String)>)> {
        let outlines = self.operations.outlines().enumerate();
        outlines
            .filter(|(_, outline)| outline.method == method)
            .filter_map(|(index, outline)| Some((index, outline.path.matches(path)?)))
            .min_by_key(|(_, values)| values.len())
            .map(|(index, values)| (&self.operations[index], values))
    }
}

/// Those that make a document unusable.
fn errors(mut problems: Vec<Problem>) -> Result<(), LoadError> {
    problems.retain(|problem| problem.level == Level::Error);
    if problems.is_empty() {
        return Ok(());
    }
    Err(LoadError { problems })
}
