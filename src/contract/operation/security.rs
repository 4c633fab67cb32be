//! Security schemes.

use serde_json::{Map, Value};

use super::parameter::Location;
use crate::contract::reader::Reader;
use crate::place::pointer;

/// One security scheme.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// Its name among the document's components.
    pub name: String,
    /// What it needs.
    pub kind: SchemeKind,
    /// The response property in which the user name comes back (`x-trueup-user`).
    pub user_property: Option<String>,
    /// JSON pointer in the document.
    pub pointer: String,
}

/// What a scheme needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// A token in `Authorization`, behind this word: `Bearer` (RFC 6750) also for OAuth 2 and
    /// `OpenID` Connect.
    Token(String),
    /// A key.
    ApiKey {
        /// Where it travels.
        location: Location,
        /// Name of the parameter.
        name: String,
    },
    /// Something that cannot be sent.
    Other(String),
}

impl Reader<'_> {
    pub(in crate::contract) fn schemes(&mut self) -> Vec<Scheme> {
        let base = "/components/securitySchemes";
        // Some generators of documents write it so.
        if self.get(base) == Some(&Value::Null) {
            self.warn(base, "securitySchemes is null", "remove it");
            return Vec::new();
        }
        let Some(members) = self.object(base, "securitySchemes") else {
            return Vec::new();
        };
        let mut schemes = Vec::new();
        for name in members.keys() {
            let Some(place) = self.resolved(&pointer::join(base, name)) else {
                continue;
            };
            let Some(members) = self.object(&place, "a security scheme") else {
                continue;
            };
            let Some(kind) = self.scheme_kind(&place, members) else {
                continue;
            };
            schemes.push(Scheme {
                name: name.clone(),
                kind,
                user_property: members
                    .get("x-trueup-user")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
                pointer: place,
            });
        }
        schemes
    }

    fn scheme_kind(&mut self, place: &str, members: &Map<String, Value>) -> Option<SchemeKind> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let mut wrong = |name: &str, remedy: &str| {
            let message = match members.get(name) {
                Some(value) => format!("the `{name}` of a security scheme cannot be {value}"),
                None => format!("the security scheme has no `{name}`"),
            };
            self.error(&pointer::join(place, name), message, remedy);
            None
        };
        match text("type") {
            Some("http") => match text("scheme") {
                Some(scheme) if scheme.eq_ignore_ascii_case("basic") => Some(SchemeKind::Basic),
                Some(scheme) if scheme.eq_ignore_ascii_case("bearer") => {
                    Some(SchemeKind::Token("Bearer".to_owned()))
                }
                Some(scheme) => Some(SchemeKind::Token(scheme.to_owned())),
                None => wrong("scheme", "write `scheme: basic` or `scheme: bearer`"),
            },
            Some("apiKey") => {
                let location = match text("in") {
                    Some("query") => Location::Query,
                    Some("header") => Location::Header,
                    Some("cookie") => Location::Cookie,
                    _ => return wrong("in", "write `in: query`, header or cookie"),
                };
                match text("name") {
                    Some(name) => Some(SchemeKind::ApiKey {
                        location,
                        name: name.to_owned(),
                    }),
                    None => wrong("name", "name the parameter, header or cookie"),
                }
            }
            Some("oauth2" | "openIdConnect") => Some(SchemeKind::Token("Bearer".to_owned())),
            Some(other @ "mutualTLS") => Some(SchemeKind::Other(other.to_owned())),
            _ => wrong(
                "type",
                "write http, apiKey, oauth2, openIdConnect or mutualTLS",
            ),
        }
    }

    /// The alternatives of a security requirement list.
    pub(in crate::contract) fn security(
        &mut self,
        at: &str,
        schemes: &mut Vec<Scheme>,
    ) -> Option<Vec<Vec<usize>>> {
        let place = pointer::join(at, "security");
        let items = self.get(&place)?.as_array()?;
        let mut alternatives = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let mut alternative = Vec::new();
            for name in item.as_object().into_iter().flat_map(Map::keys) {
                let known = schemes.iter().position(|s| s.name == *name);
                alternative.push(known.unwrap_or_else(|| {
                    let place = pointer::join(&place, &i.to_string());
                    schemes.push(self.unknown_scheme(name, place));
                    schemes.len() - 1
                }));
            }
            alternatives.push(alternative);
        }
        Some(alternatives)
    }

    /// A scheme that is required and not defined: reported once, and never satisfied.
    fn unknown_scheme(&mut self, name: &str, place: String) -> Scheme {
        self.warn(
            &place,
            format!(
                "the security scheme `{name}` is not defined, so no credentials are sent for it"
            ),
            "define it under `components.securitySchemes`",
        );
        Scheme {
            name: name.to_owned(),
            kind: SchemeKind::Other("unknown".to_owned()),
            user_property: None,
            pointer: place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::sample;

    #[test]
    fn no_schemes_may_be_written_as_null() {
        let contract = sample(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n\
             components: {securitySchemes: null}\n",
        );
        assert!(contract.schemes.is_empty());
        assert_eq!(contract.problems().len(), 1);
    }

    #[test]
    fn an_unknown_scheme_is_reported_once_and_never_satisfied() {
        let contract = sample(
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nsecurity: [{lost: []}, {}]\npaths:\n  \
             /a:\n    get:\n      responses: {'200': {description: d}}\n    put:\n      \
             responses: {'200': {description: d}}\n",
        );
        let [get, put] = contract.operations.iter().collect::<Vec<_>>()[..] else {
            panic!("two operations");
        };
        assert_eq!(get.security, put.security);
        assert_eq!((get.security.len(), get.security[1].len()), (2, 0));
        let scheme = &contract.schemes[get.security[0][0]];
        assert!(scheme.name == "lost" && matches!(scheme.kind, SchemeKind::Other(_)));
        let told = contract
            .problems
            .iter()
            .filter(|p| p.message.contains("`lost`"));
        assert_eq!(told.count(), 1);
    }
}
