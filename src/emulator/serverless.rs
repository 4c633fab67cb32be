//! What the Twilio Serverless API does beyond its contract.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::refusal::{Reason, Refusal};
use super::rules::{Creation, Rules};
use super::state::{Collection, Item, State, timestamp};
use crate::contract::{Contract, Operation, Resource};

/// The account of whoever signs in with an API key.
const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// The runtime of a build that asks for none.
const RUNTIME: &str = "node22";

/// Whether a contract is that of this API.
pub(super) fn describes(contract: &Contract) -> bool {
    [
        "CreateService",
        "CreateAssetVersion",
        "CreateFunctionVersion",
        "CreateBuild",
    ]
    .iter()
    .all(|id| contract.operation(id).is_some())
}

/// The rules of this API.
pub(super) struct Serverless {
    build_time: Duration,
}

/// One of the two kinds of things that a build packs.
struct Packed {
    /// Property of a build and name of its versions.
    property: &'static str,
    /// Property of a version that names what it is a version of.
    owner: &'static str,
    /// In messages.
    name: &'static str,
}

const PACKED: [Packed; 2] = [
    Packed {
        property: "asset_versions",
        owner: "asset_sid",
        name: "Asset",
    },
    Packed {
        property: "function_versions",
        owner: "function_sid",
        name: "Function",
    },
];

impl Serverless {
    /// Rules under which a build takes so long.
    pub(super) fn new(build_time: Duration) -> Self {
        Self { build_time }
    }
}

impl Rules for Serverless {
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
        dependencies(text).map(Value::Array)
    }

    fn create(
        &self,
        creation: &Creation<'_>,
        body: &mut Map<String, Value>,
    ) -> Result<(), Refusal> {
        match creation.operation.id.as_str() {
            "CreateService" => service(creation, body),
            "CreateBuild" => build(creation, body),
            _ => Ok(()),
        }
    }

    fn delete(&self, operation: &Operation, state: &State, item: &Item) -> Result<(), Refusal> {
        let packed = PACKED
            .iter()
            .find(|packed| operation.id == format!("Delete{}", packed.name));
        let Some(packed) = packed else {
            return Ok(());
        };
        let collection = format!("/{}s/{}", packed.name, item.id);
        let service = item.path.strip_suffix(&collection).unwrap_or_default();
        let builds = state.collection(&format!("{service}/Builds"));
        let needs = |build: &&Item| {
            let versions = build.body.get(packed.property).and_then(Value::as_array);
            versions
                .into_iter()
                .flatten()
                .any(|version| version.get(packed.owner) == Some(&json!(item.id)))
        };
        let needed_by = builds.and_then(|builds| builds.newest_first().find(needs));
        match needed_by {
            Some(build) => Err(Refusal::invalid(format!(
                "Cannot delete {} because it's part of Build {}.",
                packed.name, build.id
            ))),
            None => Ok(()),
        }
    }

    fn show(&self, resource: &Resource, item: &Item, body: &mut Map<String, Value>) {
        if resource.name != "Build" || item.since.elapsed() < self.build_time {
            return;
        }
        let completed = time::Duration::try_from(self.build_time)
            .ok()
            .and_then(|build_time| item.created.checked_add(build_time))
            .unwrap_or(item.created);
        body.insert("status".to_owned(), json!("completed"));
        body.insert("date_updated".to_owned(), json!(timestamp(completed)));
    }

    fn describe(
        &self,
        refusal: &Refusal,
        path: &str,
        status: u16,
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
                Reason::Invalid | Reason::Constraint(_) | Reason::TooLarge | Reason::MediaType =>
                    20001,
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

/// A build packs versions of its own service.
fn build(creation: &Creation<'_>, body: &mut Map<String, Value>) -> Result<(), Refusal> {
    let service = creation.parent.map_or("", |service| &service.path);
    let known: HashMap<&str, &Item> = creation
        .state
        .below(service)
        .map(|item| (item.id.as_str(), item))
        .collect();
    for packed in &PACKED {
        let asked = body.get(packed.property).and_then(Value::as_array);
        let sids: Vec<String> = asked
            .into_iter()
            .flatten()
            .filter_map(|version| version.get("sid")?.as_str().map(str::to_owned))
            .collect();
        let versions = pack(packed, &sids, &known)?;
        body.insert(packed.property.to_owned(), Value::Array(versions));
    }
    if creation.sent.contains_key("Runtime") {
        let runtime = body.get("runtime").cloned().unwrap_or_default();
        let id = creation.schema.property("runtime");
        let runtimes = id.map(|id| &creation.schemas.get(id).choices);
        if runtimes.is_some_and(|all| !all.is_empty() && !all.contains(&runtime)) {
            let runtime = runtime.as_str().unwrap_or_default();
            return Err(Refusal::invalid(format!("unsupported runtime: {runtime}")));
        }
    } else {
        body.insert("runtime".to_owned(), json!(RUNTIME));
    }
    if !creation.sent.contains_key("Dependencies") {
        body.insert("dependencies".to_owned(), json!([]));
    }
    body.insert("status".to_owned(), json!("building"));
    Ok(())
}

/// The versions of one kind, as a build shows them.
fn pack(
    packed: &Packed,
    sids: &[String],
    known: &HashMap<&str, &Item>,
) -> Result<Vec<Value>, Refusal> {
    let mut by_owner: HashMap<&str, &str> = HashMap::new();
    let mut by_path: HashMap<&str, &str> = HashMap::new();
    let mut versions = Vec::new();
    for sid in sids {
        let found = known.get(sid.as_str()).map(|item| &item.body);
        let Some((version, owner)) = found.and_then(|v| Some((v, text(v, packed.owner)?))) else {
            let message = format!(
                "{} Version {sid} does not exist in this Service.",
                packed.name
            );
            return Err(Refusal::invalid(message));
        };
        match by_owner.insert(owner, sid) {
            Some(other) if other == sid => continue,
            Some(other) => {
                let name = packed.name;
                return Err(Refusal::invalid(format!(
                    "Different {name} Versions for same {name}. Conflicting SIDs: {other} and {sid}."
                )));
            }
            None => {}
        }
        let path = text(version, "path").unwrap_or_default();
        if let Some(other) = by_path.insert(path, sid) {
            return Err(Refusal::invalid(format!(
                "Different {} Versions with same Path. Conflicting SIDs: {other} and {sid}.",
                packed.name
            )));
        }
        let mut version = version.clone();
        version.retain(|name, _| name != "url" && name != "links");
        if let Some(Value::String(visibility)) = version.get_mut("visibility") {
            visibility.make_ascii_uppercase();
        }
        versions.push(Value::Object(version));
    }
    Ok(versions)
}

/// Reads the packages that a build asks for: a JSON array, also one inside another pair of quotes,
/// with the inner quotes escaped or not. A blank text asks for none.
fn dependencies(text: &str) -> Option<Vec<Value>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Vec::new());
    }
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    let value = match read(text) {
        Some(Value::String(inner)) => read(&inner),
        None => text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .and_then(read),
        value => value,
    };
    let Value::Array(packages) = value? else {
        return None;
    };
    packages
        .iter()
        .map(|package| {
            let member = |name: &str| {
                let text = package.get(name)?.as_str()?.trim();
                (!text.is_empty()).then_some(text)
            };
            Some(json!({ "name": member("name")?, "version": member("version")? }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read_in_every_form_that_clients_send() {
        let two = json!([{"name": "a", "version": "1"}, {"name": "@b/c", "version": "2.x"}]);
        for form in [
            r#"[{"name":"a","version":"1"},{"name":"@b/c","version":"2.x"}]"#,
            r#"[{"name": "a", "version": "1"}, {"name": "@b/c", "version": "2.x"}]"#,
            r#""[{"name":"a","version":"1"},{"name":"@b/c","version":"2.x"}]""#,
            r#""[{\"name\":\"a\",\"version\":\"1\"},{\"name\":\"@b/c\",\"version\":\"2.x\"}]""#,
            r#" [{"name":"a", "version":"1"}, {"name":"@b/c","version": "2.x"}] "#,
        ] {
            assert_eq!(
                dependencies(form).map(Value::Array),
                Some(two.clone()),
                "{form}"
            );
        }
        for none in ["", " ", "[]", "\"[]\""] {
            assert_eq!(dependencies(none), Some(Vec::new()));
        }
    }

    #[test]
    fn other_texts_are_no_dependencies() {
        for wrong in [
            "x",
            "{}",
            "1",
            "null",
            "\"",
            "\"\"",
            "\"x\"",
            "[1]",
            "[{}]",
            "[",
            r#"[{"name":"a"}]"#,
            r#"[{"name":"a","version":1}]"#,
            r#"[{"name":"","version":"1"}]"#,
            r#"{"name":"a","version":"1"}"#,
        ] {
            assert_eq!(dependencies(wrong), None, "{wrong}");
        }
    }
}
