//! What an API promises, as plain data that no longer depends on how the document was written.

mod api;
mod audit;
mod build;
mod expected_status;
mod extension;
mod operation;
mod reader;
mod resource;

pub use api::Contract;
pub use audit::{Census, Strength, audit};
pub use build::{build, outline};
pub use expected_status::ExpectedStatus;
pub use extension::{Paging, PagingParameter, PromisedError, When};
pub use operation::{
    Echo, Encoding, Encodings, Framing, HeaderPromise, Kind, Link, LinkParameter, LinkTarget,
    Location, MediaType, Operation, Operations, Outline, Parameter, PathTemplate, Property,
    RECORD_SEPARATOR, RequestBody, Response, Scheme, SchemeKind, Serialization, Style,
    ValueEncoding, content_schemas, contents, media_for,
};
pub use resource::{
    Begin, CountedPages, IdSource, Identifier, KeyPart, Next, PAGE_NUMBERS, PAGE_SIZES, Resource,
    ResourceId, ResourceKind, ResourceOverride, Resources, Role, Shape, ShapeId, Shapes, Varies,
    chooses_part, counts_pages, is_named, is_opaque_token, is_page_marker, singular, snake_case,
};

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
