//! Which members of a description hold data rather than description.

/// Whether what stands under this name is data: references and keywords in it mean nothing.
pub(super) fn is_data(name: &str) -> bool {
    matches!(name, "example" | "examples" | "enum" | "default" | "const") || name.starts_with("x-")
}

/// Whether the members under this name are named by the author, so that their names are no
/// keywords.
pub(super) fn holds_names(name: &str) -> bool {
    matches!(
        name,
        "properties"
            | "patternProperties"
            | "$defs"
            | "definitions"
            | "dependentSchemas"
            | "schemas"
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
