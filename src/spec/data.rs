//! Which members of a description hold data rather than description.

use crate::keyword::Keyword;

/// Whether the value of the member with this name is data: references and keywords in it
/// have no meaning.
pub(super) fn is_data(name: &str) -> bool {
    name.starts_with("x-") || Keyword::of(name).is_some_and(Keyword::holds_data)
}

/// Whether the members under this name are named by the author, so that their names are no
/// keywords.
pub(super) fn holds_names(name: &str) -> bool {
    Keyword::of(name).is_some_and(Keyword::holds_names)
        || matches!(
            name,
            "schemas"
                | "parameters"
                | "responses"
                | "headers"
                | "requestBodies"
                | "securitySchemes"
                | "securityDefinitions"
                | "links"
                | "callbacks"
                | "pathItems"
                | "paths"
                | "webhooks"
                | "content"
                | "encoding"
                | "variables"
                | "mapping"
                | "scopes"
                | "security"
        )
}
