//! Security schemes.

use openapiv3::SecurityScheme as S;
use serde_json::{Map, Value};

use super::build::Reader;
use super::parameter::Location;
use crate::wire::pointer;

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
    /// A bearer token (RFC 6750).
    Bearer,
    /// A key.
    ApiKey {
        /// Where it travels.
        location: Location,
        /// Name of the parameter.
        name: String,
    },
    /// A scheme that trueup has no credentials for.
    Other(String),
}

impl Reader<'_> {
    pub(super) fn schemes(&mut self) -> Vec<Scheme> {
        let base = "/components/securitySchemes";
        let Some(members) = self.object(base, "securitySchemes") else {
            return Vec::new();
        };
        let mut schemes = Vec::new();
        for name in members.keys() {
            let Some(place) = self.resolved(&pointer::join(base, name)) else {
                continue;
            };
            let Some(value) = self.get(&place) else {
                continue;
            };
            let Some(scheme) = self.typed::<S>(&place, value.clone()) else {
                continue;
            };
            let kind = match scheme {
                S::HTTP { scheme, .. } if scheme.eq_ignore_ascii_case("basic") => SchemeKind::Basic,
                S::HTTP { scheme, .. } if scheme.eq_ignore_ascii_case("bearer") => {
                    SchemeKind::Bearer
                }
                S::HTTP { scheme, .. } => SchemeKind::Other(format!("http {scheme}")),
                S::APIKey { location, name, .. } => SchemeKind::ApiKey {
                    location: match location {
                        openapiv3::APIKeyLocation::Query => Location::Query,
                        openapiv3::APIKeyLocation::Header => Location::Header,
                        openapiv3::APIKeyLocation::Cookie => Location::Cookie,
                    },
                    name,
                },
                S::OAuth2 { .. } => SchemeKind::Other("oauth2".to_owned()),
                S::OpenIDConnect { .. } => SchemeKind::Other("openIdConnect".to_owned()),
            };
            let user_property = value
                .get("x-trueup-user")
                .and_then(Value::as_str)
                .map(str::to_owned);
            schemes.push(Scheme {
                name: name.clone(),
                kind,
                user_property,
                pointer: place,
            });
        }
        schemes
    }

    /// The alternatives of a security requirement list.
    pub(super) fn security(&mut self, at: &str) -> Option<Vec<Vec<usize>>> {
        let place = pointer::join(at, "security");
        let items = self.get(&place)?.as_array()?;
        let mut alternatives = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let mut alternative = Vec::new();
            for name in item.as_object().into_iter().flat_map(Map::keys) {
                match self.schemes.iter().position(|s| s.name == *name) {
                    Some(index) => alternative.push(index),
                    None => self.error(
                        &pointer::join(&place, &i.to_string()),
                        format!("the security scheme '{name}' is not defined"),
                        "define it under components.securitySchemes",
                    ),
                }
            }
            alternatives.push(alternative);
        }
        Some(alternatives)
    }
}
