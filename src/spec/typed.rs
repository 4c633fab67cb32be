//! Documents typed by the crate `openapiv3`, as programs build them.

use super::document::Document;
use super::problem::LoadError;

/// The name under which reports show the document.
const NAME: &str = "openapi.json";

impl Document {
    /// The document that a program has built with the crate `openapiv3`, as services made with
    /// dropshot or progenitor do. Its name in reports is `openapi.json`.
    ///
    /// With another version of that crate, or with the type of another one, use
    /// [`Document::from_value`].
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    ///
    /// ```
    /// use openapiv3::{Info, OpenAPI, Operation, PathItem, ReferenceOr, Response, StatusCode};
    /// use trueup::contract;
    /// use trueup::spec::Document;
    ///
    /// let mut list = Operation {
    ///     operation_id: Some("listPets".to_owned()),
    ///     ..Operation::default()
    /// };
    /// let all = Response { description: "all".to_owned(), ..Response::default() };
    /// list.responses.responses.insert(StatusCode::Code(200), ReferenceOr::Item(all));
    /// let mut api = OpenAPI {
    ///     openapi: "3.0.3".to_owned(),
    ///     info: Info { title: "Pets".to_owned(), version: "1".to_owned(), ..Info::default() },
    ///     ..OpenAPI::default()
    /// };
    /// let pets = PathItem { get: Some(list), ..PathItem::default() };
    /// api.paths.paths.insert("/pets".to_owned(), ReferenceOr::Item(pets));
    ///
    /// let contract = contract::build(Document::from_openapiv3(&api)?)?;
    /// assert!(contract.operation("listPets").is_some());
    /// # Ok::<(), trueup::spec::LoadError>(())
    /// ```
    pub fn from_openapiv3(api: &openapiv3::OpenAPI) -> Result<Self, LoadError> {
        Self::from_value(NAME, api)
    }
}
