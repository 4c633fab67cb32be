//! Environments and what stands below them: deployments, variables, logs.

use std::time::Duration;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{builds, text};
use crate::emulator::reason::{Reason, Refusal};
use crate::emulator::rules::Creation;
use crate::emulator::state::{Collection, Item};

/// Limit of all values of an environment's variables together, in bytes.
pub(super) const VARIABLE_BYTES: &str = "variable_bytes_per_environment";

/// Completes a new environment: its name and its suffix are taken by no other of the service, and
/// name its domain together with the service's.
pub(super) fn create(
    creation: &Creation<'_>,
    body: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    let suffix = text(body, "domain_suffix").filter(|suffix| !suffix.is_empty());
    let suffix = suffix.map(str::to_owned);
    let is_plain = |suffix: &String| {
        suffix
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if !suffix.as_ref().is_none_or(is_plain) {
        let message = "DomainSuffix may have letters, digits and dashes only";
        return Err(Refusal::invalid(message));
    }
    let name = text(body, "unique_name");
    let mut others = siblings(creation);
    let taken = |other: &Item| {
        text(&other.body, "unique_name") == name
            || text(&other.body, "domain_suffix") == suffix.as_deref()
    };
    if others.any(taken) {
        let message = "Environment with this UniqueName or DomainSuffix already exists.";
        return Err(Refusal::new(Reason::Conflict, message));
    }
    let base = creation
        .parent
        .and_then(|service| text(&service.body, "domain_base"));
    let base = base.unwrap_or_default();
    let domain = match &suffix {
        Some(suffix) => format!("{base}-{suffix}.twil.io"),
        None => format!("{base}.twil.io"),
    };
    body.insert("domain_name".to_owned(), json!(domain));
    body.insert("domain_suffix".to_owned(), json!(suffix));
    body.insert("build_sid".to_owned(), Value::Null);
    Ok(())
}

/// Completes a new deployment, which puts a finished build of the same service into its
/// environment, or empties the environment.
pub(super) fn deploy(
    creation: &Creation<'_>,
    build_time: Duration,
    body: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    let sid = text(body, "build_sid").filter(|sid| !sid.is_empty());
    let sid = sid.map(str::to_owned);
    let environment = creation.parent;
    let live = environment.and_then(|environment| text(&environment.body, "build_sid"));
    if let Some(sid) = &sid {
        let service = environment
            .and_then(|environment| environment.path.rsplit_once("/Environments/"))
            .map_or("", |(service, _)| service);
        let Some(build) = creation.state.find(&format!("{service}/Builds"), sid) else {
            let message = format!("Build {sid} does not exist in this Service.");
            return Err(Refusal::invalid(message));
        };
        if builds::completion(build, build_time, creation.state.now()).is_none() {
            let message = format!("Build {sid} is not completed.");
            return Err(Refusal::invalid(message));
        }
    }
    if live == sid.as_deref() {
        let message = "Environment already has requested deployment.";
        return Err(Refusal::new(Reason::Conflict, message));
    }
    body.insert("build_sid".to_owned(), json!(sid));
    body.insert("date_updated".to_owned(), Value::Null);
    Ok(())
}

/// Sees that a new variable has a key of its own, and that there is room for its value.
pub(super) fn set_variable(
    creation: &Creation<'_>,
    body: &Map<String, Value>,
) -> Result<(), Refusal> {
    if let Some(variables) = creation.state.collection(creation.collection) {
        refuse_known_key(variables, None, body)?;
    }
    let Some(limit) = creation.limits.get(VARIABLE_BYTES) else {
        return Ok(());
    };
    let size = |body: &Map<String, Value>| text(body, "value").map_or(0, str::len);
    let all = siblings(creation)
        .map(|item| size(&item.body))
        .sum::<usize>()
        + size(body);
    if all as u64 > *limit {
        let message = format!("Variables are limited to {limit} bytes together");
        return Err(Refusal::invalid(message));
    }
    Ok(())
}

/// Refuses a key that another variable has.
pub(super) fn refuse_known_key(
    variables: &Collection,
    own: Option<&Item>,
    body: &Map<String, Value>,
) -> Result<(), Refusal> {
    let key = text(body, "key");
    let mut others = variables
        .newest_first()
        .filter(|item| own.is_none_or(|own| own.id != item.id));
    if others.any(|item| text(&item.body, "key") == key) {
        let message = "Variable with this Key already exists.";
        return Err(Refusal::new(Reason::Conflict, message));
    }
    Ok(())
}

/// Gives a new log entry the build and the deployment that are live, unless it names others.
pub(super) fn complete_log(creation: &Creation<'_>, body: &mut Map<String, Value>) {
    let Some(environment) = creation.parent else {
        return;
    };
    let deployments = format!("{}/Deployments", environment.path);
    let deployments = creation.state.collection(&deployments);
    let newest = deployments.and_then(|all| all.newest_first().next());
    let live = [
        ("build_sid", text(&environment.body, "build_sid")),
        (
            "deployment_sid",
            newest.map(|deployment| deployment.id.as_str()),
        ),
    ];
    for (name, sid) in live {
        if let Some(sid) = sid
            && !creation
                .known
                .iter()
                .any(|(at, _)| at.strip_prefix('/') == Some(name))
        {
            body.insert(name.to_owned(), json!(sid));
        }
    }
}

/// Whether a log entry was made in the time that a list is asked for: the last day unless told
/// otherwise.
pub(super) fn is_in_time(item: &Item, filters: &[(String, String)], now: OffsetDateTime) -> bool {
    let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let asked = |wanted: &str| {
        let (_, value) = filters.iter().find(|(name, _)| name == wanted)?;
        read(value)
    };
    let made = text(&item.body, "date_created").and_then(read);
    let made = made.unwrap_or(item.created);
    let end = asked("EndDate").unwrap_or(now);
    let start = asked("StartDate").unwrap_or(now - time::Duration::DAY);
    start <= made && made <= end
}

fn siblings<'a>(creation: &'a Creation<'_>) -> impl Iterator<Item = &'a Item> {
    let collection = creation.state.collection(creation.collection);
    collection.into_iter().flat_map(Collection::newest_first)
}
