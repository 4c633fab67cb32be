//! Which version of `OpenAPI` a document is written by, and what that version demands of it.

use serde_json::Value;

use crate::contract::reader::Reader;
use crate::place::pointer;

impl Reader<'_> {
    /// Tells what keeps the document from being read at all.
    pub(in crate::contract) fn version(&mut self) {
        let Some(names) = self.document.names("") else {
            self.error(
                "",
                "the document is not an object",
                "an OpenAPI document begins with `openapi: 3.0.3`",
            );
            return;
        };
        let read = "trueup reads Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2";
        let Some(version) = self.document.version() else {
            match ["openapi", "swagger"]
                .iter()
                .find(|name| names.contains(name))
            {
                Some(name) => {
                    let place = pointer::join("", name);
                    let text = self.get(&place).map(Value::to_string).unwrap_or_default();
                    self.error(
                        &place,
                        format!("version {text} of OpenAPI is not supported"),
                        read,
                    );
                }
                None => self.error(
                    "",
                    "the member `openapi` with the version is missing",
                    "an OpenAPI document begins with `openapi: 3.0.3`",
                ),
            }
            return;
        };
        if self.document.names("/paths").is_none() {
            let optional = version.has_json_schema() && !names.contains(&"paths");
            let other = ["components", "webhooks"].iter().any(|n| names.contains(n));
            if !(optional && other) {
                self.error(
                    "",
                    "the document has no `paths`",
                    "describe at least one path",
                );
            }
        }
        if names.contains(&"webhooks") {
            self.note(
                "/webhooks",
                "webhooks are requests that the API sends; they are not checked",
                "",
            );
        }
        self.dialect();
    }

    /// Schemas are read as JSON Schema 2020-12, whatever dialect the document names.
    fn dialect(&mut self) {
        let place = "/jsonSchemaDialect";
        let Some(Value::String(dialect)) = self.get(place) else {
            return;
        };
        let known = dialect.starts_with("https://json-schema.org/draft/2020-12/schema")
            || dialect.starts_with("https://spec.openapis.org/oas/3.");
        if !known {
            self.warn(
                place,
                format!("schemas of the dialect {dialect} are read as JSON Schema 2020-12"),
                "write the schemas in JSON Schema 2020-12",
            );
        }
    }
}
