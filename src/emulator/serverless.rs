//! What the Twilio Serverless API does beyond its contract.

mod builds;
mod environments;

use std::time::Duration;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::reason::{Reason, Refusal};
use super::rules::{Creation, Limit, Rules};
use super::state::{Collection, Item, State};
use crate::contract::Resource;
use crate::wire::Status;

/// The account of whoever signs in with an API key.
const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Longest content of an asset that anybody may see, and of one that is private, in bytes.
const ASSET_BYTES: &str = "asset_bytes";
const PRIVATE_ASSET_BYTES: &str = "private_asset_bytes";

/// The name of this profile.
pub(super) const PROFILE: &str = "twilio-serverless";

/// The rules of this API.
pub(super) struct Serverless {
    build_time: Duration,
}

impl Serverless {
    /// Rules under which a build takes so long.
    pub(super) fn new(build_time: Duration) -> Self {
        Self { build_time }
    }
}

impl Rules for Serverless {
    fn limits(&self) -> Vec<Limit> {
        let mut limits = vec![
            limit("service", 50),
            limit("environment", 25),
            limit(ASSET_BYTES, 25 * 1024 * 1024),
            limit(PRIVATE_ASSET_BYTES, 10 * 1024 * 1024),
            limit(environments::VARIABLE_BYTES, 3 * 1024),
        ];
        limits.extend(builds::limits());
        limits
    }

    fn full(&self, resource: &Resource, limit: u64) -> String {
        let name = &resource.name;
        format!("{name}s are limited to less than or equal to {limit}")
    }

    fn account(&self) -> Option<String> {
        Some(ACCOUNT.to_owned())
    }

    fn alias(&self, resource: &Resource, items: &Collection, name: &str) -> Option<String> {
        if resource.name != "Service" {
            return None;
        }
        let mut services = items.newest_first();
        let found = services.find(|service| text(&service.body, "unique_name") == Some(name));
        found.map(|service| service.id.clone())
    }

    fn read_json(&self, text: &str) -> Option<Value> {
        builds::dependencies(text).map(Value::Array)
    }

    fn create(
        &self,
        creation: &Creation<'_>,
        body: &mut Map<String, Value>,
    ) -> Result<(), Refusal> {
        match creation.resource.name.as_str() {
            "Service" => service(creation, body),
            "AssetVersion" => refuse_large(creation, body),
            "Build" => builds::create(creation, body),
            "Environment" => environments::create(creation, body),
            "Deployment" => environments::deploy(creation, self.build_time, body),
            "Variable" => environments::set_variable(creation, body),
            "Log" => {
                environments::complete_log(creation, body);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn parent_changes(&self, resource: &Resource, item: &Item) -> Vec<(&'static str, Value)> {
        if resource.name == "Deployment" {
            let build = item.body.get("build_sid").cloned();
            return vec![("build_sid", build.unwrap_or_default())];
        }
        Vec::new()
    }

    fn update(
        &self,
        resource: &Resource,
        items: &Collection,
        item: &Item,
        body: &Map<String, Value>,
    ) -> Result<(), Refusal> {
        if resource.name == "Variable" {
            return environments::refuse_known_key(items, Some(item), body);
        }
        Ok(())
    }

    fn is_listed(
        &self,
        resource: &Resource,
        item: &Item,
        filters: &[(String, String)],
        now: OffsetDateTime,
    ) -> bool {
        resource.name != "Log" || environments::is_in_time(item, filters, now)
    }

    fn delete(&self, resource: &Resource, state: &State, item: &Item) -> Result<(), Refusal> {
        if resource.name == "Build" {
            return builds::refuse_while_live(state, item);
        }
        match builds::PACKED.iter().find(|p| p.name == resource.name) {
            Some(packed) => builds::refuse_while_packed(packed, state, item),
            None => Ok(()),
        }
    }

    fn show(
        &self,
        resource: &Resource,
        item: &Item,
        now: OffsetDateTime,
        body: &mut Map<String, Value>,
    ) {
        if resource.name == "Build" {
            builds::show(item, self.build_time, now, body);
        }
    }

    fn describe(
        &self,
        refusal: &Refusal,
        path: &str,
        status: Status,
        said: &Map<String, Value>,
    ) -> Map<String, Value> {
        let code = said
            .get("code")
            .cloned()
            .unwrap_or(json!(match refusal.reason {
                Reason::Credentials => 20003,
                Reason::Unknown => 20404,
                Reason::Method => 20004,
                Reason::Conflict => 20409,
                Reason::PageSize => 20007,
                Reason::PageToken => 21481,
                Reason::Invalid
                | Reason::Constraint(_)
                | Reason::TooLarge
                | Reason::MediaType
                | Reason::Unsaved
                | Reason::SetAside => 20001,
            }));
        let message = if refusal.reason == Reason::Unknown {
            let path = path.strip_prefix("/v1").unwrap_or(path);
            format!("The requested resource {path} was not found")
        } else {
            refusal.message.clone()
        };
        let mut members = Map::new();
        let more_info = format!("https://www.twilio.com/docs/errors/{code}");
        members.insert("code".to_owned(), code);
        members.insert("message".to_owned(), json!(message));
        members.insert("more_info".to_owned(), json!(more_info));
        members.insert("status".to_owned(), json!(status));
        members
    }

    fn header(&self, name: &str) -> Option<&'static str> {
        match name.to_ascii_lowercase().strip_prefix("access-control-")? {
            "allow-origin" => Some("*"),
            "allow-methods" => Some("GET, POST, DELETE, OPTIONS"),
            "allow-headers" => Some(
                "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, \
                 If-Unmodified-Since",
            ),
            "allow-credentials" => Some("true"),
            "expose-headers" => Some("ETag"),
            _ => None,
        }
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

/// A service has a name that no other has, and a domain made of it.
fn service(creation: &Creation<'_>, body: &mut Map<String, Value>) -> Result<(), Refusal> {
    let name = text(body, "unique_name").unwrap_or_default().to_owned();
    let mut services = creation
        .state
        .collection(creation.collection)
        .into_iter()
        .flat_map(Collection::newest_first);
    if services.any(|service| text(&service.body, "unique_name") == Some(&name)) {
        let message = "Service with this UniqueName already exists.";
        return Err(Refusal::new(Reason::Conflict, message));
    }
    let number = fastrand::u16(..10_000);
    body.insert(
        "domain_base".to_owned(),
        json!(format!("{name}-{number:04}")),
    );
    Ok(())
}

/// Keeps the size of the content of an asset.
fn refuse_large(creation: &Creation<'_>, body: &Map<String, Value>) -> Result<(), Refusal> {
    let name = match text(body, "visibility") {
        Some("private") => PRIVATE_ASSET_BYTES,
        _ => ASSET_BYTES,
    };
    let size = creation.sent.files.get("Content").map_or(0, Vec::len);
    match creation.limits.get(name) {
        Some(limit) if size as u64 > *limit => {
            let message = format!("Content is limited to {limit} bytes");
            Err(Refusal::new(Reason::TooLarge, message))
        }
        _ => Ok(()),
    }
}

fn limit(name: &str, documented: u64) -> Limit {
    Limit {
        name: name.to_owned(),
        documented: Some(documented),
    }
}
