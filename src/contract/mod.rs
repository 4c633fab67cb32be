//! What an API promises, as plain data that no longer depends on how the document was written.

mod audit;
mod body;
mod build;
mod census;
mod content;
mod correction;
mod counted;
mod edition;
mod extension;
mod grammar;
mod link;
mod listing;
mod media;
mod next;
mod operation;
mod operations;
mod parameter;
mod path;
mod recognize;
mod resource;
mod response;
mod security;
mod server;
mod shape;
mod strength;
mod value_encoding;
mod word;

use std::sync::Arc;

pub use audit::audit;
pub use body::{Echo, Property, RequestBody};
pub use build::{build, outline};
pub use census::Census;
pub use content::{CONTENT_MEDIA_TYPE, CONTENT_SCHEMA, content_schemas, contents};
pub use correction::Written;
pub use counted::{Begin, CountedPages};
pub use extension::{Paging, PagingParameter, PromisedError, When};
pub use link::{Link, LinkParameter, LinkTarget};
pub use media::{Framing, Kind, MediaType, RECORD_SEPARATOR, media_for};
pub use next::Next;
pub use operation::Operation;
pub use operations::{Operations, Outline};
pub use parameter::{Encoding, Location, Parameter, Serialization, Style};
pub use path::PathTemplate;
pub use resource::{Resource, Resources};
pub use response::{HeaderPromise, Response, StatusRange};
pub use security::{Scheme, SchemeKind};
pub use shape::{Identifier, Shape, ShapeId, Shapes, Varies};
pub use strength::Strength;
pub use value_encoding::{Encodings, ValueEncoding};
pub use word::{is_named, singular, snake_case};

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
    /// All operations, in document order. Each is read when somebody asks for it.
    pub operations: Arc<Operations>,
    /// Security schemes.
    pub schemes: Vec<Scheme>,
    /// Collections and their items, parents before children. Who asks for one has all recognised.
    pub resources: Resources,
    /// The document that the promises stand in.
    pub document: Arc<Document>,
    /// What was noticed before any operation was read.
    problems: Vec<Problem>,
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
        // Links lead to all operations.
        let links = link::mistakes(&self.document, &self.operations);
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

    /// The operation that answers a method and a path, with the values of the path parameters,
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

/// The contract of a document that a test writes down.
#[cfg(test)]
pub(crate) fn sample(text: &str) -> Contract {
    let files: &'static [(&str, &str)] = Box::leak(Box::new([(
        "a.yaml",
        &*Box::leak(text.to_owned().into_boxed_str()),
    )]));
    let document = crate::spec::load(&crate::spec::Files::Bundle(files), "a.yaml", &[]);
    build(document.unwrap()).unwrap()
}
