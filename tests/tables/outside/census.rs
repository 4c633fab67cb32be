//! The parts of every `OpenAPI` 3.0 document of the corpus, counted by the crate `openapiv3`, are
//! those of the contract: that crate shares no code with the one that makes the contract.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;

use openapiv3::{OpenAPI, Parameter, PathItem, ReferenceOr, Responses};
use serde_json::Value;
use trueup::contract::{Census, build};
use trueup::spec::{Files, Reach, Source, load_within};

use super::corpus::files;
use super::{shared, trial};

/// Numbers of operations, parameters and responses.
type Counts = [usize; 3];

/// Documents that cannot be compared, and why. In all others the counts are equal.
const DIFFERENT: &[(&str, &str)] = &[
    // Many files: the description is a reference, where the standard wants a text.
    (
        "digitalocean/DigitalOcean-public.v2.yaml",
        "openapiv3 cannot read it: invalid type: map, expected a string",
    ),
    // A path item refers to what openapiv3 drops, since it does not begin with a slash.
    (
        "mermade/pass/extensionsEverywhere.yaml",
        "/thingyref refers to #/paths/x-not-a-path-but-used-in-ref",
    ),
    // A path item refers to another file.
    (
        "mermade/pass/externalPathItemRef.yaml",
        "/test refers to ../resources/include.yaml",
    ),
    // These are not good documents, and both sides say so where they can.
    (
        "mermade/pass/fiendish/ref-encoding3.yaml",
        "trueup cannot use it: the target of the reference",
    ),
    (
        "mermade/pass/server_enum_empty.yaml",
        "missing field `paths`",
    ),
    (
        "mermade/pass/server_enum_unknown.yaml",
        "missing field `paths`",
    ),
    (
        "readme/3.0/json/openapi-workshop/post.json",
        "trueup cannot use it: the operation does not document a response",
    ),
];

/// The parts of a document as `openapiv3` sees them; an error where it cannot follow a reference.
fn counted(api: &OpenAPI) -> Result<Counts, String> {
    let mut counts = [0; 3];
    for (path, item) in api.paths.iter() {
        let item = path_item(api, path, item)?;
        let shared = parameters(api, &item.parameters)?;
        for (_, operation) in item.iter() {
            let mut all = parameters(api, &operation.parameters)?;
            all.extend(shared.iter().cloned());
            let Responses {
                default, responses, ..
            } = &operation.responses;
            counts[0] += 1;
            counts[1] += all.len();
            counts[2] += usize::from(default.is_some()) + responses.len();
        }
    }
    Ok(counts)
}

fn path_item<'a>(
    api: &'a OpenAPI,
    path: &str,
    item: &'a ReferenceOr<PathItem>,
) -> Result<&'a PathItem, String> {
    match item {
        ReferenceOr::Item(item) => Ok(item),
        ReferenceOr::Reference { reference } => reference
            .strip_prefix("#/paths/")
            .map(|name| {
                name.replace("~1", "/")
                    .replace("%7B", "{")
                    .replace("%7D", "}")
            })
            .and_then(|name| api.paths.paths.get(&name)?.as_item())
            .ok_or_else(|| format!("{path} refers to {reference}")),
    }
}

/// Locations and names of parameters.
fn parameters(
    api: &OpenAPI,
    list: &[ReferenceOr<Parameter>],
) -> Result<BTreeSet<(String, String)>, String> {
    let mut found = BTreeSet::new();
    for parameter in list {
        let mut parameter = parameter;
        while let ReferenceOr::Reference { reference } = parameter {
            parameter = reference
                .strip_prefix("#/components/parameters/")
                .and_then(|name| api.components.as_ref()?.parameters.get(name))
                .ok_or_else(|| format!("a parameter refers to {reference}"))?;
        }
        let ReferenceOr::Item(parameter) = parameter else {
            continue;
        };
        let location = match parameter {
            Parameter::Query { .. } => "query",
            Parameter::Header { .. } => "header",
            Parameter::Path { .. } => "path",
            Parameter::Cookie { .. } => "cookie",
        };
        let name = parameter.parameter_data_ref().name.clone();
        found.insert((location.to_owned(), name));
    }
    Ok(found)
}

/// What differs in one document, if anything.
fn difference(root: &Path, name: &str, raw: Value) -> Option<String> {
    let api: OpenAPI = match serde_json::from_value(raw) {
        Ok(api) => api,
        Err(error) => return Some(format!("openapiv3 cannot read it: {error}")),
    };
    let theirs = match counted(&api) {
        Ok(counts) => counts,
        Err(reason) => return Some(format!("openapiv3 does not follow it: {reason}")),
    };
    let reach = Reach {
        outside: true,
        ..Reach::default()
    };
    let document = load_within(&Files::Disk(root.to_owned()), name, &[], reach);
    let contract = match document.and_then(build) {
        Ok(contract) => contract,
        Err(error) => {
            return Some(format!(
                "trueup cannot use it: {}",
                error.problems[0].message
            ));
        }
    };
    let census = Census::of_operations(&contract.operations);
    let ours = [census.operations, census.parameters, census.responses];
    (ours != theirs).then(|| format!("openapiv3 counts {theirs:?}, the contract has {ours:?}"))
}

fn counts_are_equal(root: &Path) -> Result<(), String> {
    let names = files(
        root,
        &[
            "digitalocean/DigitalOcean-public.v2.yaml",
            "github.json",
            "mermade/pass",
            "readme",
            "twilio",
        ],
    );
    let mut wrong = Vec::new();
    let mut compared = 0;
    for name in names {
        let Ok((_, raw)) = Source::read(&Files::Disk(root.to_owned()), &name) else {
            continue;
        };
        let version = raw.get("openapi").and_then(Value::as_str);
        if !version.is_some_and(|version| version.starts_with("3.0")) {
            continue;
        }
        compared += 1;
        let found = difference(root, &name, raw);
        let expected = DIFFERENT.iter().find(|(known, _)| *known == name);
        match (found, expected) {
            (None, None) => {}
            (Some(found), Some((_, words))) if found.contains(words) => {}
            (Some(found), _) => wrong.push(format!("{name}: {found}")),
            (None, Some(_)) => wrong.push(format!("{name}: the counts are equal")),
        }
    }
    assert!(compared > 100, "{compared} documents");
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

pub(super) fn trials() -> Vec<Trial> {
    let needs = || shared("corpus");
    let test = |root: PathBuf| counts_are_equal(&root);
    vec![trial("openapiv3_counts_the_same_parts", needs, test)]
}
