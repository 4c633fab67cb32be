//! The `x-trueup-...` extensions of an operation. `specs/EXTENSIONS.md` is their manual.

use serde_json::{Map, Value};

use super::operation::{Echo, Location, Parameter};
use super::reader::Reader;
use super::resource::Next;
use crate::place::pointer;
use crate::schema::{Cursor, Keyword};
use crate::spec::{Document, Level, Problem};
use crate::wire::Status;

/// An error that an operation promises.
#[derive(Debug, Clone, PartialEq)]
pub struct PromisedError {
    /// How fixtures name it.
    pub name: String,
    /// What causes it.
    pub when: When,
    /// The status.
    pub status: Status,
    /// Members that the body has, to the letter.
    pub body: Map<String, Value>,
    /// JSON pointer in the document.
    pub pointer: String,
}

/// What causes a promised error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Credentials are missing or wrong.
    Credentials,
    /// An item that the path names does not exist.
    Unknown,
    /// The request breaks a constraint that names this error.
    Constraint,
    /// The request does not go together with what there is.
    Conflict,
}

/// How a collection is cut into pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// JSON pointer of the array in the response.
    pub items: String,
    /// The size of a page.
    pub page_size: Option<PagingParameter>,
    /// The number of the page, from 0.
    pub page: Option<PagingParameter>,
    /// Name of the query parameter for the opaque token of a page.
    pub token: Option<String>,
    /// Pointer of the URL of this page.
    pub url: Option<String>,
    /// Pointer of the URL of the first page.
    pub first: Option<String>,
    /// Pointer of the URL of the next page; null on the last.
    pub next: Option<String>,
    /// Pointer of the URL of the previous page; null on the first.
    pub previous: Option<String>,
    /// JSON pointer of the extension in the document.
    pub pointer: String,
}

impl Paging {
    /// The names of the query parameters that choose a page.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let told = [&self.page_size, &self.page].into_iter().flatten();
        told.map(|parameter| parameter.parameter.as_str())
            .chain(self.token.as_deref())
    }
}

/// A query parameter of paging that comes back in the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagingParameter {
    /// Name of the query parameter.
    pub parameter: String,
    /// JSON pointer in the response.
    pub at: String,
    /// The value where the request has none.
    pub default: Option<u64>,
}

/// How a value comes back in the response.
const ECHO: &str = "x-trueup-echo";
/// What an item shows once others can refer to it.
pub(super) const READY: &str = "x-trueup-ready";

/// How the embedded emulator behaves beyond the document, at the root.
const EMULATOR: &str = "x-trueup-emulator";

/// The names of all extensions.
const NAMES: [&str; 17] = [
    "x-trueup-creation-time",
    ECHO,
    EMULATOR,
    "x-trueup-ends-with",
    "x-trueup-error",
    "x-trueup-errors",
    "x-trueup-http-status",
    Keyword::MaxBytes.name(),
    "x-trueup-level",
    "x-trueup-newest-first",
    Next::KEYWORD,
    "x-trueup-not-before",
    "x-trueup-paging",
    READY,
    "x-trueup-url",
    "x-trueup-user",
    "x-trueup-varies",
];

/// The name of the emulator's profile that the document asks for.
pub(super) fn emulator_profile(document: &Document) -> Option<String> {
    let profile = document.get("/x-trueup-emulator/profile")?;
    profile.as_str().map(str::to_owned)
}

/// Extensions that would be passed over in silence: misspelt ones, ones with a value that means
/// nothing, and ones beside a `$ref`.
pub(super) fn mistakes(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    if document.mentions("x-trueup-") {
        document.visit(&mut |at, part, _| find_mistakes(document, part, at, &mut problems));
    }
    problems
}

fn find_mistakes(document: &Document, node: &Value, at: &mut String, problems: &mut Vec<Problem>) {
    let length = at.len();
    match node {
        Value::Object(members) => {
            for (name, value) in members {
                pointer::push(at, name);
                if name.starts_with("x-trueup-") {
                    if let Some((message, remedy)) = mistake(name, value, members, at) {
                        problems.push(document.problem(Level::Error, at, message, remedy));
                    }
                } else if !matches!(name.as_str(), "example" | "examples") {
                    find_mistakes(document, value, at, problems);
                }
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                pointer::push(at, &i.to_string());
                find_mistakes(document, item, at, problems);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

fn mistake(
    name: &str,
    value: &Value,
    beside: &Map<String, Value>,
    at: &str,
) -> Option<(String, &'static str)> {
    const MANUAL: &str = "see specs/EXTENSIONS.md";
    if !NAMES.contains(&name) {
        return Some((format!("there is no extension `{name}`"), MANUAL));
    }
    if beside
        .get(Keyword::Ref.name())
        .is_some_and(Value::is_string)
    {
        return Some((
            format!("`{name}` beside a `$ref` is ignored (OpenAPI 3.0.3, Reference Object)"),
            "write it at the target of the reference",
        ));
    }
    if name == "x-trueup-level" && !is_in_header(at) {
        return Some((
            format!("`{name}` has no meaning here"),
            "move it to a header of a response, beside `required` and `schema`",
        ));
    }
    if name == EMULATOR && at != "/x-trueup-emulator" {
        return Some((
            format!("'{name}' has no meaning here"),
            "it belongs at the root of the document",
        ));
    }
    let means_something = match name {
        "x-trueup-varies" => {
            let known = |value: &Value| {
                value
                    .as_str()
                    .is_some_and(|text| matches!(text, "value" | "null" | "order" | "case"))
            };
            match value {
                Value::Array(values) => values.iter().all(known),
                value => known(value),
            }
        }
        "x-trueup-creation-time" | "x-trueup-http-status" => value.is_boolean(),
        name if name == Keyword::MaxBytes.name() => value.is_u64(),
        Next::KEYWORD => Next::read(value).is_some(),
        "x-trueup-level" => value == "warning" || value == "failure",
        "x-trueup-errors" => value.is_array(),
        EMULATOR => value.as_object().is_some_and(|members| {
            members.len() == 1 && members.get("profile").is_some_and(Value::is_string)
        }),
        "x-trueup-paging" | READY => value.is_object(),
        // Its own reader reports the mistakes.
        ECHO => true,
        _ => value.is_string(),
    };
    (!means_something).then(|| (format!("the value of `{name}` is not valid"), MANUAL))
}

/// Whether this is the place of a member of a Header Object.
fn is_in_header(at: &str) -> bool {
    let mut steps = at.rsplit('/');
    steps.nth(2) == Some("headers")
}

impl Reader<'_> {
    /// Whether the header at this place only warns.
    pub(super) fn is_advisory(&self, header: &str) -> bool {
        self.get(&pointer::join(header, "x-trueup-level"))
            .is_some_and(|level| level == "warning")
    }

    pub(super) fn echo(&mut self, schema: &str) -> Echo {
        let schema = Cursor::at(self.document, schema);
        let parts = schema.map(|schema| schema.chain()).unwrap_or_default();
        let ruled = parts.iter().find(|part| part.value().get(ECHO).is_some());
        let Some(place) = ruled.map(|part| pointer::join(part.place(), ECHO)) else {
            return if parts.iter().any(|part| part.flag(Keyword::WriteOnly)) {
                Echo::Never
            } else {
                Echo::ByName
            };
        };
        match self.get(&place) {
            Some(Value::Bool(false)) => Echo::Never,
            Some(Value::Object(rule)) => {
                let text = |name: &str| rule.get(name).and_then(Value::as_str).map(str::to_owned);
                let known = ["to", "each", "prefix", "parse", "contains"];
                if let Some(name) = rule.keys().find(|name| !known.contains(&name.as_str())) {
                    self.error(
                        &pointer::join(&place, name),
                        format!("x-trueup-echo has no member '{name}'"),
                        "see specs/EXTENSIONS.md",
                    );
                }
                match text("to") {
                    Some(to) if to.starts_with('/') => Echo::At {
                        to,
                        each: text("each"),
                        prefix: text("prefix"),
                        parse_json: text("parse").as_deref() == Some("json"),
                        contains: rule.get("contains") == Some(&Value::Bool(true)),
                    },
                    _ => {
                        self.error(
                            &place,
                            "x-trueup-echo needs 'to', a JSON pointer",
                            "see specs/EXTENSIONS.md",
                        );
                        Echo::Never
                    }
                }
            }
            _ => {
                self.error(
                    &place,
                    "x-trueup-echo is false or an object",
                    "see specs/EXTENSIONS.md",
                );
                Echo::Never
            }
        }
    }

    pub(super) fn promised_errors(&mut self, at: &str) -> Vec<PromisedError> {
        let list = pointer::join(at, "x-trueup-errors");
        let Some(items) = self.get(&list) else {
            return Vec::new();
        };
        let mut errors = Vec::new();
        for (i, item) in items.as_array().into_iter().flatten().enumerate() {
            let place = pointer::join(&list, &i.to_string());
            let when = match item.get("when").and_then(Value::as_str) {
                Some("credentials") => Some(When::Credentials),
                Some("unknown") => Some(When::Unknown),
                Some("constraint") => Some(When::Constraint),
                Some("conflict") => Some(When::Conflict),
                _ => None,
            };
            let name = item.get("name").and_then(Value::as_str);
            let status = item
                .get("status")
                .and_then(Value::as_u64)
                .and_then(|status| u16::try_from(status).ok())
                .filter(|status| (400..600).contains(status));
            let body = item.get("body").and_then(Value::as_object);
            if let (Some(name), Some(when), Some(status)) = (name, when, status) {
                errors.push(PromisedError {
                    name: name.to_owned(),
                    when,
                    status: Status(status),
                    body: body.cloned().unwrap_or_default(),
                    pointer: place,
                });
            } else {
                self.error(
                    &place,
                    "a promised error needs 'name', 'when' (credentials, unknown, constraint or \
                     conflict) and 'status' (400 to 599)",
                    "see specs/EXTENSIONS.md",
                );
            }
        }
        errors
    }

    pub(super) fn paging(&mut self, at: &str, parameters: &[Parameter]) -> Option<Paging> {
        let place = pointer::join(at, "x-trueup-paging");
        let rule = self.object(&place, "x-trueup-paging")?;
        let known = [
            "items",
            "page-size",
            "page",
            "token",
            "url",
            "first",
            "next",
            "previous",
        ];
        if let Some(name) = rule.keys().find(|name| !known.contains(&name.as_str())) {
            self.error(
                &pointer::join(&place, name),
                format!("x-trueup-paging has no member '{name}'"),
                "see specs/EXTENSIONS.md",
            );
        }
        let text = |name: &str| rule.get(name).and_then(Value::as_str).map(str::to_owned);
        let Some(items) = text("items") else {
            self.error(
                &place,
                "x-trueup-paging needs 'items', the JSON pointer of the array",
                "see specs/EXTENSIONS.md",
            );
            return None;
        };
        Some(Paging {
            items,
            page_size: self.paging_parameter(&place, "page-size", parameters),
            page: self.paging_parameter(&place, "page", parameters),
            token: self.paging_token(&place, parameters),
            url: text("url"),
            first: text("first"),
            next: text("next"),
            previous: text("previous"),
            pointer: place,
        })
    }

    fn paging_token(&mut self, at: &str, parameters: &[Parameter]) -> Option<String> {
        let place = pointer::join(at, "token");
        let name = self.get(&place)?.as_str().unwrap_or_default().to_owned();
        self.query_parameter(&place, &name, parameters)?;
        Some(name)
    }

    /// The query parameter of this name; there being none is a mistake.
    fn query_parameter<'p>(
        &mut self,
        place: &str,
        name: &str,
        parameters: &'p [Parameter],
    ) -> Option<&'p Parameter> {
        let found = parameters
            .iter()
            .find(|p| p.location == Location::Query && p.name == name);
        if found.is_none() {
            self.error(
                place,
                format!("the operation has no query parameter '{name}'"),
                "name one that it has",
            );
        }
        found
    }

    fn paging_parameter(
        &mut self,
        at: &str,
        name: &str,
        parameters: &[Parameter],
    ) -> Option<PagingParameter> {
        let place = pointer::join(at, name);
        let rule = self.get(&place)?;
        let text = |name: &str| rule.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(wanted), Some(pointer_in_answer)) = (text("parameter"), text("at")) else {
            self.error(
                &place,
                "a paging parameter needs 'parameter' and 'at'",
                "see specs/EXTENSIONS.md",
            );
            return None;
        };
        let parameter =
            self.query_parameter(&pointer::join(&place, "parameter"), &wanted, parameters)?;
        let default = parameter
            .schema
            .as_ref()
            .and_then(|schema| Cursor::at(self.document, schema)?.count(Keyword::Default));
        Some(PagingParameter {
            parameter: wanted,
            at: pointer_in_answer,
            default,
        })
    }
}
