//! Servers and their variables.

use serde_json::Value;

use crate::contract::reader::Reader;
use crate::place::pointer;
use crate::spec::Version;

impl Reader<'_> {
    /// Server URLs of the document, a path item or an operation, variables replaced by their
    /// defaults.
    pub(in crate::contract) fn servers(&mut self, at: &str) -> Vec<String> {
        let place = pointer::join(at, "servers");
        let Some(Value::Array(items)) = self.get(&place) else {
            return Vec::new();
        };
        let mut urls = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let place = pointer::join(&place, &i.to_string());
            let Some(url) = item.get("url").and_then(Value::as_str) else {
                self.error(&place, "a server needs `url`, a string", "add its URL");
                continue;
            };
            let mut url = url.to_owned();
            let variables = item.get("variables").and_then(Value::as_object);
            for (name, variable) in variables.into_iter().flatten() {
                let place = pointer::join(&pointer::join(&place, "variables"), name);
                if let Some(default) = self.variable(&place, variable) {
                    url = url.replace(&format!("{{{name}}}"), &default);
                }
            }
            urls.push(url.trim_end_matches('/').to_owned());
        }
        urls
    }

    /// The default of a server variable.
    fn variable(&mut self, place: &str, variable: &Value) -> Option<String> {
        let Some(default) = variable.get("default").and_then(Value::as_str) else {
            self.error(
                place,
                "a server variable needs `default`, a string",
                "add the value that is used unless the user chooses one",
            );
            return None;
        };
        match variable.get("enum") {
            None => {}
            Some(Value::Array(values)) if values.iter().all(Value::is_string) => {
                // Both are demanded since 3.1 only.
                let modern = self
                    .document
                    .version()
                    .is_some_and(Version::has_json_schema);
                if modern && !values.iter().any(|value| value == default) {
                    self.error(
                        &pointer::join(place, "enum"),
                        format!(
                            "the `enum` of the variable does not contain its default `{default}`"
                        ),
                        "add it (OpenAPI 3.1.0, Server Variable Object)",
                    );
                }
            }
            Some(_) => self.error(
                &pointer::join(place, "enum"),
                "the `enum` of a server variable must be a list of strings",
                "put each value in quotes",
            ),
        }
        Some(default.to_owned())
    }
}
