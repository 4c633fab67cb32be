//! Builds: what they pack, how long they take, and what they keep from being deleted.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::{limit, text};
use crate::emulator::reason::Refusal;
use crate::emulator::rules::{Creation, Limit};
use crate::emulator::state::{Collection, Item, State, timestamp};
use crate::place::pointer;

/// The runtime of a build that asks for none.
const RUNTIME: &str = "node22";

/// One of the two kinds of things that a build packs.
pub(super) struct Packed {
    /// Property of a build and name of its versions.
    property: &'static str,
    /// Property of a version that names what it is a version of.
    owner: &'static str,
    /// Name of the resource.
    pub(super) name: &'static str,
}

pub(super) const PACKED: [Packed; 2] = [
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

const FUNCTION_VERSIONS: &str = "function_versions_per_build";
const ASSET_VERSIONS: &str = "asset_versions_per_build";
const PRIVATE_ASSET_VERSIONS: &str = "private_asset_versions_per_build";
const PER_HOUR: &str = "builds_per_hour";

/// The limits of builds.
pub(super) fn limits() -> [Limit; 4] {
    [
        limit(FUNCTION_VERSIONS, 50),
        limit(ASSET_VERSIONS, 1000),
        limit(PRIVATE_ASSET_VERSIONS, 50),
        limit(PER_HOUR, 100),
    ]
}

/// Completes a new build, which packs versions of its own service.
pub(super) fn create(
    creation: &Creation<'_>,
    body: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    let service = creation.parent.map_or("", |service| &service.path);
    let known: HashMap<&str, &Item> = creation
        .state
        .below(service)
        .map(|item| (item.id.as_str(), item))
        .collect();
    refuse_haste(creation)?;
    for packed in &PACKED {
        let at = pointer::join("", packed.property);
        let asked = creation.known.iter().filter(|(known, _)| *known == at);
        let sids: Vec<String> = asked
            .filter_map(|(_, versions)| versions.as_array())
            .flatten()
            .filter_map(|version| version.get("sid")?.as_str().map(str::to_owned))
            .collect();
        let versions = pack(packed, &sids, &known)?;
        refuse_too_many(creation, packed, &versions)?;
        body.insert(packed.property.to_owned(), Value::Array(versions));
    }
    if let Some(runtime) = creation.sent.values.get("Runtime") {
        let id = creation.schema.property("runtime");
        let runtimes = id.and_then(|id| creation.schemas.node(id).choices.as_ref());
        if runtimes.is_some_and(|all| !all.contains(runtime)) {
            let runtime = runtime.as_str().unwrap_or_default();
            return Err(Refusal::invalid(format!("unsupported runtime: {runtime}")));
        }
    } else {
        body.insert("runtime".to_owned(), json!(RUNTIME));
    }
    if !creation.sent.values.contains_key("Dependencies") {
        body.insert("dependencies".to_owned(), json!([]));
    }
    body.insert("status".to_owned(), json!("building"));
    Ok(())
}

/// Keeps the number of builds that an account makes in an hour.
fn refuse_haste(creation: &Creation<'_>) -> Result<(), Refusal> {
    let Some(limit) = creation.limits.get(PER_HOUR) else {
        return Ok(());
    };
    let hour_ago = creation.state.now() - time::Duration::HOUR;
    let is_build = |item: &&Item| item.body.contains_key("runtime") && item.created > hour_ago;
    let builds = creation.state.below("").filter(is_build).count();
    if builds as u64 >= *limit {
        return Err(Refusal::invalid(format!(
            "Builds are limited to {limit} an hour"
        )));
    }
    Ok(())
}

/// Keeps the number of versions that one build packs.
fn refuse_too_many(
    creation: &Creation<'_>,
    packed: &Packed,
    versions: &[Value],
) -> Result<(), Refusal> {
    let is_private = |version: &&Value| version.get("visibility") == Some(&json!("PRIVATE"));
    let private = versions.iter().filter(is_private).count();
    let counts = if packed.name == "Function" {
        [(FUNCTION_VERSIONS, versions.len()), (FUNCTION_VERSIONS, 0)]
    } else {
        [
            (ASSET_VERSIONS, versions.len() - private),
            (PRIVATE_ASSET_VERSIONS, private),
        ]
    };
    for (name, count) in counts {
        if let Some(limit) = creation.limits.get(name)
            && count as u64 > *limit
        {
            return Err(Refusal::invalid(format!(
                "A Build is limited to {limit} {}",
                name.trim_end_matches("_per_build").replace('_', " ")
            )));
        }
    }
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

/// The status of a build at a time, and when it came to it if it has changed since its creation.
pub(super) fn completion(
    build: &Item,
    build_time: Duration,
    now: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let build_time = time::Duration::try_from(build_time).ok()?;
    let completed = build.created.checked_add(build_time)?;
    (now >= completed).then_some(completed)
}

/// Shows a build as it is at a time.
pub(super) fn show(
    build: &Item,
    build_time: Duration,
    now: OffsetDateTime,
    body: &mut Map<String, Value>,
) {
    if let Some(completed) = completion(build, build_time, now) {
        body.insert("status".to_owned(), json!("completed"));
        body.insert("date_updated".to_owned(), json!(timestamp(completed)));
    }
}

/// Refuses to delete an asset or a function while a build packs it.
pub(super) fn refuse_while_packed(
    packed: &Packed,
    state: &State,
    item: &Item,
) -> Result<(), Refusal> {
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
    match builds.and_then(|builds| builds.newest_first().find(needs)) {
        Some(build) => Err(Refusal::invalid(format!(
            "Cannot delete {} because it's part of Build {}.",
            packed.name, build.id
        ))),
        None => Ok(()),
    }
}

/// Refuses to delete a build while an environment runs it.
pub(super) fn refuse_while_live(state: &State, build: &Item) -> Result<(), Refusal> {
    let collection = format!("/Builds/{}", build.id);
    let service = build.path.strip_suffix(&collection).unwrap_or_default();
    let environments = state.collection(&format!("{service}/Environments"));
    let is_live = environments
        .into_iter()
        .flat_map(Collection::newest_first)
        .any(|environment| text(&environment.body, "build_sid") == Some(&build.id));
    if is_live {
        let message = "Cannot delete Build because it's part of an active Deployment.";
        return Err(Refusal::invalid(message));
    }
    Ok(())
}

/// Reads the packages that a build asks for: a JSON array, also one inside another pair of quotes,
/// with the inner quotes escaped or not. A blank text asks for none.
pub(super) fn dependencies(text: &str) -> Option<Vec<Value>> {
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
