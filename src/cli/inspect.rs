//! `trueup inspect`

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::args::Inspect;
use super::error::CliError;
use super::exit::Exit;
use super::settle::{say, settle_layer};
use crate::config::{Layer, Source};
use crate::contract::{
    self, Census, Contract, IdSource, Operation, Resource, ResourceKind, SchemeKind, Strength,
};
use crate::schema::unknown_formats;
use crate::spec::{Level, LoadError, Problem};
use crate::suite::open_contract;

/// What there is to say about a document that can be used.
struct Page {
    contract: Contract,
    /// None if the schemas cannot be compiled and no single one is at fault.
    strength: Option<Strength>,
    /// All problems, the worst first.
    problems: Vec<Problem>,
}

pub(super) fn run(inspect: &Inspect) -> Result<Exit, CliError> {
    // The command line names the document and its overlays; the configuration file only corrects
    // the resources.
    let named = Layer::default()
        .spec(inspect.spec.as_str())
        .overlay(Vec::new());
    let settings = settle_layer(inspect.flags.layer()?.over(named))?;
    let page = match read(&settings.source) {
        Ok((page, notes)) => {
            say(notes);
            page
        }
        Err(error) => {
            if inspect.json {
                write_json(&json!({ "problems": error.problems }));
            }
            return Err(error.into());
        }
    };
    if inspect.json {
        write_json(&as_json(&page));
    } else {
        // A reader that has gone away wants no more.
        let _ = as_text(&mut io::stdout().lock(), &page);
    }
    let broken = page.problems.iter().any(|p| p.level == Level::Error);
    Ok(if broken { Exit::NotJudged } else { Exit::Kept })
}

fn read(source: &Source) -> Result<(Page, Vec<String>), LoadError> {
    let mut notes = Vec::new();
    let contract = open_contract(source, &mut notes)?;
    let page = Page {
        problems: contract::audit(&contract),
        strength: Strength::of(&contract).ok(),
        contract,
    };
    Ok((page, notes))
}

fn write_json(value: &Value) {
    let mut out = io::stdout().lock();
    // A reader that has gone away wants no more.
    let _ = serde_json::to_writer_pretty(&mut out, value)
        .map_err(io::Error::from)
        .and_then(|()| writeln!(out));
}

fn as_json(page: &Page) -> Value {
    let contract = &page.contract;
    let operations = contract.operations.iter();
    let operations: Vec<Value> = operations.map(|one| operation(contract, one)).collect();
    let resources: Vec<Value> = contract
        .resources
        .all()
        .map(|(_, one)| resource(contract, one))
        .collect();
    let security: Vec<Value> = contract
        .schemes
        .iter()
        .map(|scheme| json!({ "name": scheme.name, "kind": kind(&scheme.kind) }))
        .collect();
    let strength = page.strength.as_ref().map(|strength| {
        json!({
            "response_bodies": strength.bodies,
            "unusable_response_bodies": strength.unusable_bodies,
            "accept_an_empty_object": strength.empty,
            "response_properties": strength.properties,
            "unusable_response_properties": strength.unusable_properties,
            "nullable_properties": strength.nullable,
            "operations_without_errors": strength.without_errors,
        })
    });
    let formats: Vec<String> = unknown_formats(&contract.document).into_keys().collect();
    json!({
        "title": contract.title,
        "version": contract.version,
        "servers": contract.servers,
        "security": security,
        "census": Census::of_operations(&contract.operations),
        "strength": strength,
        "operations": operations,
        "resources": resources,
        "unknown_formats": formats,
        "problems": page.problems,
    })
}

fn operation(contract: &Contract, operation: &Operation) -> Value {
    let statuses = operation.responses.iter().map(|r| r.status.to_string());
    let errors = operation.errors.iter().map(|e| e.name.as_str());
    let resource = contract.resources.role_of(&operation.id);
    let resource = resource.map(|(id, _)| contract.resources[id].name.as_str());
    let roles = contract.resources.roles_of(&operation.id).iter();
    json!({
        "id": operation.id,
        "method": operation.method,
        "path": operation.path.to_string(),
        "usable": contract.operations.faults(&operation.id).is_empty(),
        "resource": resource,
        "roles": roles.map(|role| role.name()).collect::<Vec<_>>(),
        "statuses": statuses.collect::<Vec<_>>(),
        "promised_errors": errors.collect::<Vec<_>>(),
    })
}

fn resource(contract: &Contract, resource: &Resource) -> Value {
    let parent = resource.parent.map(|index| &contract.resources[index].name);
    let operations: Vec<&str> = resource.operations().collect();
    let mut roles: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (role, operation) in resource.roles() {
        roles.entry(role.name()).or_default().push(operation);
    }
    let key = resource.key.iter();
    let key: Vec<&str> = key.map(|part| part.parameter.as_str()).collect();
    json!({
        "name": resource.name,
        "kind": resource_kind(resource.kind),
        "path": resource.item_path.to_string(),
        "id": resource.id,
        "key": key,
        "id_from": id_from(resource),
        "envelope": resource.envelope,
        "parent": parent,
        "operations": operations,
        "roles": roles,
    })
}

fn resource_kind(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Items => "items",
        ResourceKind::Singleton => "singleton",
        ResourceKind::Itemless => "collection",
    }
}

/// Where the id of a new item is, as `id-from` of `trueup.toml` writes it; `None` if no operation
/// creates an item that has an id.
fn id_from(resource: &Resource) -> Option<String> {
    resource.create.as_ref()?;
    if resource.kind != ResourceKind::Items {
        return None;
    }
    Some(match &resource.id_source {
        IdSource::Path => "path".to_owned(),
        IdSource::Body(at) => format!("body {at}"),
        IdSource::Location => "location".to_owned(),
        IdSource::Value => "value".to_owned(),
        IdSource::Request(_) => "request".to_owned(),
    })
}

fn kind(kind: &SchemeKind) -> String {
    match kind {
        SchemeKind::Basic => "HTTP Basic".to_owned(),
        SchemeKind::Token(word) => format!("token behind '{word}'"),
        SchemeKind::ApiKey { location, name } => format!("key in {location} '{name}'"),
        SchemeKind::Other(name) => format!("{name}, which cannot be sent"),
    }
}

fn as_text(out: &mut impl Write, page: &Page) -> io::Result<()> {
    let contract = &page.contract;
    writeln!(out, "{} {}", contract.title, contract.version)?;
    for server in &contract.servers {
        writeln!(out, "server {server}")?;
    }
    for scheme in &contract.schemes {
        writeln!(out, "security {}: {}", scheme.name, kind(&scheme.kind))?;
    }
    let census = Census::of_operations(&contract.operations);
    writeln!(
        out,
        "{} operations, {} parameters, {} responses, {} response headers",
        census.operations, census.parameters, census.responses, census.headers
    )?;
    strength(out, page)?;
    writeln!(out, "\nOperations")?;
    for operation in contract.operations.iter() {
        let statuses = operation.responses.iter().map(|r| r.status.to_string());
        let is_usable = contract.operations.faults(&operation.id).is_empty();
        writeln!(
            out,
            "  {:<28} {:<6} {}: {}{}",
            operation.id,
            operation.method,
            operation.path,
            statuses.collect::<Vec<_>>().join(" "),
            if is_usable {
                ""
            } else {
                " (set aside, see the errors)"
            }
        )?;
    }
    writeln!(out, "\nResources")?;
    for (_, resource) in contract.resources.all() {
        resource_line(out, contract, resource)?;
    }
    let count = |level| page.problems.iter().filter(|p| p.level == level).count();
    writeln!(
        out,
        "\n{} errors, {} warnings, {} notes",
        count(Level::Error),
        count(Level::Warning),
        count(Level::Note)
    )?;
    for problem in &page.problems {
        writeln!(out, "{problem}")?;
    }
    Ok(())
}

/// A resource, how its items are named, and what each operation is to it.
fn resource_line(out: &mut impl Write, contract: &Contract, resource: &Resource) -> io::Result<()> {
    let parent = resource.parent.map_or(String::new(), |index| {
        format!(" of {}", contract.resources[index].name)
    });
    let named = match resource.kind {
        ResourceKind::Items => {
            let key = resource.key.iter().map(|part| part.parameter.as_str());
            let key = key.collect::<Vec<_>>().join(", ");
            let from = id_from(resource).map_or(String::new(), |from| format!(" from {from}"));
            format!("{{{key}}} is '{}'{from}", resource.id)
        }
        ResourceKind::Singleton => format!("one at {}", resource.item_path),
        ResourceKind::Itemless => format!("listed at {} only", resource.collection_path),
    };
    writeln!(out, "  {}{parent}: {named}", resource.name)?;
    let mut roles: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut order = Vec::new();
    for (role, operation) in resource.roles() {
        if !roles.contains_key(operation) {
            order.push(operation);
        }
        roles.entry(operation).or_default().push(role.name());
    }
    for operation in order {
        writeln!(out, "    {:<28} {}", operation, roles[operation].join(", "))?;
    }
    Ok(())
}

/// How much the contract demands.
fn strength(out: &mut impl Write, page: &Page) -> io::Result<()> {
    writeln!(out, "\nStrength")?;
    let Some(strength) = &page.strength else {
        return writeln!(out, "  unknown, since a schema cannot be used: see below");
    };
    writeln!(
        out,
        "  {} of {} response bodies accept {{}}{}{}",
        strength.empty.len(),
        strength.bodies,
        named(&strength.empty),
        unusable(strength.unusable_bodies)
    )?;
    writeln!(
        out,
        "  {} of {} properties of responses may be null{}",
        strength.nullable,
        strength.properties,
        unusable(strength.unusable_properties)
    )?;
    writeln!(
        out,
        "  {} of {} operations promise no error response{}",
        strength.without_errors.len(),
        page.contract.operations.len(),
        named(&strength.without_errors)
    )?;
    let formats = unknown_formats(&page.contract.document);
    let formats: Vec<String> = formats.into_keys().collect();
    writeln!(
        out,
        "  {} unknown formats{}",
        formats.len(),
        named(&formats)
    )?;
    let unchecked = |problem: &&Problem| problem.level == Level::Warning;
    writeln!(
        out,
        "  {} promises cannot be checked: see the warnings",
        page.problems.iter().filter(unchecked).count()
    )
}

/// What is said of those whose schemas cannot be used.
fn unusable(count: usize) -> String {
    match count {
        0 => String::new(),
        count => format!("; nothing is known of {count}, whose schemas cannot be used"),
    }
}

/// The first few of some names.
fn named(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let first = names.iter().take(SHOWN).cloned().collect::<Vec<_>>();
    match names.len() {
        0 => String::new(),
        count if count > SHOWN => format!(": {} and {} more", first.join(", "), count - SHOWN),
        _ => format!(": {}", first.join(", ")),
    }
}
