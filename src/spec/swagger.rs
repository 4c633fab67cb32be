//! Translates a Swagger 2.0 document to `OpenAPI` 3: a skeleton whose schemas are references to
//! their places in the document. Every part of it keeps its origin.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::document::Document;
use super::problem::{LoadError, Problem};
use crate::keyword::Keyword;
use crate::place::pointer;

/// The document as `OpenAPI` 3 would structure it.
#[derive(Debug, Default)]
pub(super) struct Skeleton {
    pub(super) root: Value,
    /// Places in the document, by JSON pointer in the skeleton.
    origins: BTreeMap<String, String>,
}

impl Skeleton {
    /// The place in the document that a part comes from, or that of the nearest part around it.
    pub(super) fn origin(&self, at: &str) -> String {
        let mut around = at;
        loop {
            if let Some(from) = self.origins.get(around) {
                return format!("{from}{}", &at[around.len()..]);
            }
            match around.rfind('/') {
                Some(end) => around = &around[..end],
                None => return format!("0#{at}"),
            }
        }
    }
}

/// Reads the structure of a Swagger 2.0 document.
pub(super) fn read(document: &Document) -> (Skeleton, Vec<Problem>) {
    let mut reader = Reader {
        document,
        origins: BTreeMap::new(),
        problems: Vec::new(),
    };
    let mut root = Map::new();
    root.insert("openapi".to_owned(), json!("3.0.3"));
    for name in ["info", "security", "tags", "externalDocs"] {
        reader.copy(&mut root, name, "0#");
    }
    if let Some(servers) = reader.servers() {
        root.insert("servers".to_owned(), servers);
    }
    reader
        .origins
        .insert("/servers".to_owned(), "0#".to_owned());
    if let Some(paths) = reader.paths() {
        root.insert("paths".to_owned(), paths);
    }
    let schemes = reader.security_schemes();
    root.insert(
        "components".to_owned(),
        json!({ "securitySchemes": schemes }),
    );
    let skeleton = Skeleton {
        root: Value::Object(root),
        origins: reader.origins,
    };
    (skeleton, reader.problems)
}

struct Reader<'a> {
    document: &'a Document,
    origins: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

/// A part of the document: its members and its place.
struct Part<'a> {
    members: &'a Map<String, Value>,
    place: String,
}

impl Part<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    fn is(&self, name: &str) -> bool {
        self.members.get(name) == Some(&Value::Bool(true))
    }

    fn at(&self, name: &str) -> String {
        pointer::join(&self.place, name)
    }
}

/// A reference to a schema of the document.
fn schema_at(place: &str) -> Value {
    json!({ (Keyword::Ref.name()): place })
}

/// Bytes, which Swagger 2.0 calls `file`.
fn file_schema() -> Value {
    json!({ "type": "string", "format": "binary" })
}

impl<'a> Reader<'a> {
    /// The object at a place, references followed.
    fn part(&mut self, place: &str) -> Option<Part<'a>> {
        match self.document.resolve(place) {
            Ok(place) => {
                let members = self.document.get(&place)?.as_object()?;
                Some(Part { members, place })
            }
            Err(LoadError { problems }) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    fn copy(&mut self, into: &mut Map<String, Value>, name: &str, from: &str) {
        if let Some(value) = self.document.get(&pointer::join(from, name)) {
            into.insert(name.to_owned(), value.clone());
        }
    }

    /// What means the same in both versions: descriptions, and extensions.
    fn common(part: &Part<'_>) -> Map<String, Value> {
        let same = |name: &str| {
            name.starts_with("x-")
                || matches!(
                    name,
                    "operationId" | "summary" | "description" | "tags" | "deprecated" | "security"
                )
        };
        part.members
            .iter()
            .filter(|(name, _)| same(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn texts(&self, place: &str) -> Option<Vec<String>> {
        let items = self.document.get(place)?.as_array()?;
        let texts = items.iter().filter_map(Value::as_str);
        Some(texts.map(str::to_owned).collect())
    }

    fn servers(&self) -> Option<Value> {
        let text = |place: &str| self.document.get(place).and_then(Value::as_str);
        let base = text("0#/basePath").unwrap_or_default();
        let Some(host) = text("0#/host") else {
            return (!base.is_empty()).then(|| json!([{ "url": base }]));
        };
        let schemes = self.texts("0#/schemes").unwrap_or_default();
        let schemes = if schemes.is_empty() {
            vec!["https".to_owned()]
        } else {
            schemes
        };
        let urls = schemes
            .iter()
            .map(|scheme| json!({ "url": format!("{scheme}://{host}{base}") }));
        Some(urls.collect())
    }

    fn security_schemes(&mut self) -> Value {
        let mut schemes = Map::new();
        let base = "0#/securityDefinitions";
        for name in self.document.names(base).unwrap_or_default() {
            let Some(part) = self.part(&pointer::join(base, name)) else {
                continue;
            };
            let mut scheme = part.members.clone();
            match part.text("type") {
                Some("basic") => {
                    scheme.insert("type".to_owned(), json!("http"));
                    scheme.insert("scheme".to_owned(), json!("basic"));
                }
                Some("oauth2") => {
                    let flow = match part.text("flow") {
                        Some("application") => "clientCredentials",
                        Some("accessCode") => "authorizationCode",
                        Some(flow) => flow,
                        None => "implicit",
                    };
                    let mut described = json!({ "scopes": {} });
                    for member in ["authorizationUrl", "tokenUrl", "scopes"] {
                        if let Some(value) = scheme.shift_remove(member) {
                            described[member] = value;
                        }
                    }
                    scheme.insert("flows".to_owned(), json!({ flow: described }));
                }
                _ => {}
            }
            let at = pointer::join("/components/securitySchemes", name);
            self.origins.insert(at, part.place);
            schemes.insert(name.to_owned(), Value::Object(scheme));
        }
        Value::Object(schemes)
    }

    fn paths(&mut self) -> Option<Value> {
        let mut paths = Map::new();
        for path in self.document.names("0#/paths")? {
            let at = pointer::join("/paths", path);
            let place = pointer::join("0#/paths", path);
            let item = if path.starts_with("x-") {
                self.document.get(&place).cloned()
            } else {
                self.path_item(&at, &place)
            };
            paths.insert(path.to_owned(), item.unwrap_or_default());
        }
        Some(Value::Object(paths))
    }

    fn path_item(&mut self, at: &str, place: &str) -> Option<Value> {
        let part = self.part(place)?;
        self.origins.insert(at.to_owned(), part.place.clone());
        let mut item = Self::common(&part);
        let shared = self.parameters(&part);
        let plain = self.plain_parameters(&pointer::join(at, "parameters"), &shared);
        if !plain.is_empty() {
            item.insert("parameters".to_owned(), Value::Array(plain));
        }
        for (method, operation) in part.members {
            let known = "get put post delete options head patch";
            if !known.split(' ').any(|known| known == method) {
                continue;
            }
            let at = pointer::join(at, method);
            let value = match (operation, self.part(&part.at(method))) {
                (Value::Object(_), Some(operation)) => self.operation(&at, &operation, &shared),
                _ => operation.clone(),
            };
            item.insert(method.clone(), value);
        }
        Some(Value::Object(item))
    }

    fn operation(&mut self, at: &str, part: &Part<'a>, shared: &[Part<'a>]) -> Value {
        self.origins.insert(at.to_owned(), part.place.clone());
        let mut operation = Self::common(part);
        let own = self.parameters(part);
        let plain = self.plain_parameters(&pointer::join(at, "parameters"), &own);
        if !plain.is_empty() {
            operation.insert("parameters".to_owned(), Value::Array(plain));
        }
        let key = |part: &Part<'_>| {
            let text = |name| part.text(name).map(str::to_owned);
            (text("in"), text("name"))
        };
        let inherited = shared
            .iter()
            .filter(|shared| own.iter().all(|own| key(own) != key(shared)));
        let all: Vec<&Part<'a>> = own.iter().chain(inherited).collect();
        let consumes = self
            .texts(&part.at("consumes"))
            .or_else(|| self.texts("0#/consumes"))
            .unwrap_or_default();
        if let Some(body) =
            self.request_body(&pointer::join(at, "requestBody"), part, &all, &consumes)
        {
            operation.insert("requestBody".to_owned(), body);
        }
        let produces = self
            .texts(&part.at("produces"))
            .or_else(|| self.texts("0#/produces"))
            .unwrap_or_default();
        if let Some(statuses) = part.members.get("responses") {
            let at = pointer::join(at, "responses");
            let responses = self.responses(&at, &part.at("responses"), statuses, &produces);
            operation.insert("responses".to_owned(), responses);
        }
        Value::Object(operation)
    }

    fn parameters(&mut self, part: &Part<'a>) -> Vec<Part<'a>> {
        let count = part
            .members
            .get("parameters")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let list = part.at("parameters");
        (0..count)
            .filter_map(|i| self.part(&pointer::join(&list, &i.to_string())))
            .collect()
    }

    /// The parameters that stay parameters.
    fn plain_parameters(&mut self, at: &str, parts: &[Part<'a>]) -> Vec<Value> {
        let mut parameters = Vec::new();
        for part in parts {
            if matches!(part.text("in"), Some("body" | "formData")) {
                continue;
            }
            let at = pointer::join(at, &parameters.len().to_string());
            self.origins.insert(at, part.place.clone());
            let mut parameter = Self::common(part);
            for name in ["name", "in", "required", "allowEmptyValue"] {
                if let Some(value) = part.members.get(name) {
                    parameter.insert(name.to_owned(), value.clone());
                }
            }
            parameter.extend(self.serialization(part));
            parameter.insert("schema".to_owned(), schema_at(&part.place));
            parameters.push(Value::Object(parameter));
        }
        parameters
    }

    /// `collectionFormat` as `style` and `explode`.
    fn serialization(&mut self, part: &Part<'_>) -> Map<String, Value> {
        let mut members = Map::new();
        if part.text("type") != Some("array") {
            return members;
        }
        let in_query = matches!(part.text("in"), Some("query" | "formData"));
        let (style, explode) = match part.text("collectionFormat") {
            Some("multi") if in_query => ("form", true),
            Some("ssv") if in_query => ("spaceDelimited", false),
            Some("tsv") if in_query => ("tabDelimited", false),
            Some("pipes") if in_query => ("pipeDelimited", false),
            None | Some("csv") if in_query => ("form", false),
            None | Some("csv") => ("simple", false),
            Some(other) => {
                self.problems.push(self.document.problem(
                    super::Level::Warning,
                    &part.at("collectionFormat"),
                    format!("the collectionFormat `{other}` cannot be used here"),
                    "use csv, or multi in a query",
                ));
                return members;
            }
        };
        members.insert("style".to_owned(), json!(style));
        members.insert("explode".to_owned(), json!(explode));
        members
    }

    fn request_body(
        &mut self,
        at: &str,
        operation: &Part<'a>,
        parameters: &[&Part<'a>],
        consumes: &[String],
    ) -> Option<Value> {
        let is_in = |place: &'static str| move |part: &&&Part<'a>| part.text("in") == Some(place);
        if let Some(body) = parameters.iter().find(is_in("body")) {
            self.origins.insert(at.to_owned(), body.place.clone());
            let media = self.media(at, &body.place, &schema_at(&body.at("schema")), consumes);
            let mut members = Self::common(body);
            members.insert("required".to_owned(), json!(body.is("required")));
            members.insert("content".to_owned(), media);
            return Some(Value::Object(members));
        }
        let fields: Vec<&&Part<'a>> = parameters.iter().filter(is_in("formData")).collect();
        if fields.is_empty() {
            return None;
        }
        self.origins.insert(at.to_owned(), operation.place.clone());
        Some(self.form(at, operation, &fields, consumes))
    }

    /// The fields of a form as one body.
    fn form(
        &mut self,
        at: &str,
        operation: &Part<'a>,
        fields: &[&&Part<'a>],
        consumes: &[String],
    ) -> Value {
        let mut properties = Map::new();
        let mut encoding = Map::new();
        let mut required = Vec::new();
        let mut has_file = false;
        for field in fields {
            let Some(name) = field.text("name") else {
                continue;
            };
            let is_file = field.text("type") == Some("file");
            has_file |= is_file;
            let schema = if is_file {
                file_schema()
            } else {
                schema_at(&field.place)
            };
            properties.insert(name.to_owned(), schema);
            let serialization = self.serialization(field);
            if !serialization.is_empty() {
                encoding.insert(name.to_owned(), Value::Object(serialization));
            }
            if field.is("required") {
                required.push(name.to_owned());
            }
        }
        let mut forms: Vec<String> = consumes
            .iter()
            .filter(|name| {
                name.starts_with("multipart/form-data")
                    || name.starts_with("application/x-www-form-urlencoded")
            })
            .cloned()
            .collect();
        if forms.is_empty() {
            let usual = if has_file {
                "multipart/form-data"
            } else {
                "application/x-www-form-urlencoded"
            };
            forms.push(usual.to_owned());
        }
        let is_required = !required.is_empty();
        let mut content = Map::new();
        for name in forms {
            let media = pointer::join(&pointer::join(at, "content"), &name);
            for field in fields {
                if let Some(name) = field.text("name") {
                    let property = pointer::join(&format!("{media}/schema/properties"), name);
                    self.origins.insert(property, field.place.clone());
                }
            }
            self.origins
                .insert(format!("{media}/schema"), operation.at("parameters"));
            self.origins.insert(media, operation.at("parameters"));
            content.insert(
                name,
                json!({
                    "schema": {
                        "type": "object",
                        "required": required,
                        "properties": properties,
                    },
                    "encoding": encoding,
                }),
            );
        }
        json!({ "required": is_required, "content": content })
    }

    /// The same schema under several media types.
    fn media(&mut self, at: &str, from: &str, schema: &Value, names: &[String]) -> Value {
        let usual = ["application/json".to_owned()];
        let names = if names.is_empty() { &usual } else { names };
        let mut content = Map::new();
        for name in names {
            let media = pointer::join(&pointer::join(at, "content"), name);
            let described = pointer::join(from, "schema");
            self.origins
                .insert(pointer::join(&media, "schema"), described.clone());
            self.origins.insert(media, described);
            content.insert(name.clone(), json!({ "schema": schema }));
        }
        Value::Object(content)
    }

    fn responses(&mut self, at: &str, from: &str, statuses: &Value, produces: &[String]) -> Value {
        let Value::Object(statuses) = statuses else {
            return statuses.clone();
        };
        self.origins.insert(at.to_owned(), from.to_owned());
        let mut responses = Map::new();
        for (status, response) in statuses {
            let at = pointer::join(at, status);
            let value = match self.part(&pointer::join(from, status)) {
                Some(part) if !status.starts_with("x-") => self.response(&at, &part, produces),
                _ => response.clone(),
            };
            responses.insert(status.clone(), value);
        }
        Value::Object(responses)
    }

    fn response(&mut self, at: &str, part: &Part<'a>, produces: &[String]) -> Value {
        self.origins.insert(at.to_owned(), part.place.clone());
        let mut response = Self::common(part);
        if let Some(schema) = part.members.get("schema") {
            let schema = if schema.get("type") == Some(&json!("file")) {
                file_schema()
            } else {
                schema_at(&part.at("schema"))
            };
            let mut content = self.media(at, &part.place, &schema, produces);
            let examples = part.members.get("examples").and_then(Value::as_object);
            for (name, example) in examples.into_iter().flatten() {
                if let Some(Value::Object(media)) = content.get_mut(name) {
                    media.insert("example".to_owned(), example.clone());
                }
            }
            response.insert("content".to_owned(), content);
        }
        if let Some(Value::Object(headers)) = part.members.get("headers") {
            let list = part.at("headers");
            let mut described = Map::new();
            for name in headers.keys() {
                let place = pointer::join(&list, name);
                let at = pointer::join(&pointer::join(at, "headers"), name);
                self.origins.insert(at, place.clone());
                described.insert(name.clone(), json!({ "schema": schema_at(&place) }));
            }
            response.insert("headers".to_owned(), Value::Object(described));
        }
        Value::Object(response)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Files, load};
    use serde_json::json;

    const FILES: Files = Files::Bundle(&[(
        "a.yaml",
        "swagger: '2.0'\nhost: example.com\nbasePath: /v1\nschemes: [https, http]\n\
         consumes: [application/json]\nparameters:\n  limit:\n    in: query\n    name: limit\n    \
         type: array\n    items: {type: integer}\n    collectionFormat: multi\n\
         paths:\n  /pets:\n    post:\n      parameters:\n      - $ref: '#/parameters/limit'\n      \
         - {in: body, name: pet, required: true, schema: {$ref: '#/definitions/Pet'}}\n      \
         responses:\n        200:\n          description: ok\n          schema: {$ref: '#/definitions/Pet'}\n\
         \x20 /files:\n    post:\n      consumes: [multipart/form-data]\n      parameters:\n      \
         - {in: formData, name: f, type: file, required: true}\n      responses: {}\n\
         definitions:\n  Pet:\n    type: object\n",
    )]);

    #[test]
    fn the_structure_is_that_of_openapi_3() {
        let document = load(&FILES, "a.yaml", &[]).unwrap();
        let at = |place: &str| document.get(place).cloned().unwrap_or_default();
        assert_eq!(at("/servers/1/url"), json!("http://example.com/v1"));
        let post = "/paths/~1pets/post";
        let limit = format!("{post}/parameters/0");
        assert_eq!(at(&format!("{limit}/style")), json!("form"));
        assert_eq!(at(&format!("{limit}/explode")), json!(true));
        let schema = document.resolve(&format!("{limit}/schema")).unwrap();
        assert_eq!(at(&schema)["type"], json!("array"));
        let body = format!("{post}/requestBody");
        assert_eq!(at(&format!("{body}/required")), json!(true));
        let schema = format!("{body}/content/application~1json/schema");
        assert_eq!(document.resolve(&schema).unwrap(), "0#/definitions/Pet");
        let form = at("/paths/~1files/post/requestBody/content/multipart~1form-data/schema");
        assert_eq!(form["properties"]["f"]["format"], json!("binary"));
        assert_eq!(form["required"], json!(["f"]));
    }

    #[test]
    fn places_are_those_of_the_document() {
        let document = load(&FILES, "a.yaml", &[]).unwrap();
        let place = |at: &str| document.place(at).to_string();
        assert_eq!(
            place("/paths/~1pets/post/parameters/0/style"),
            "a.yaml:7 /parameters/limit/style"
        );
        assert_eq!(
            place("/paths/~1pets/post/responses/200/content/application~1json/schema"),
            "a.yaml:22 /paths/~1pets/post/responses/200/schema"
        );
    }
}
