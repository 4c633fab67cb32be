//! `trueup inspect`

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Exit;
use super::args::Inspect;
use crate::contract::{self, Census, Contract, unknown_formats};
use crate::spec::{self, Files, Level};

pub(super) fn run(inspect: &Inspect) -> Result<Exit, String> {
    let folder = std::env::current_dir().map_err(|e| format!("error: no current folder: {e}"))?;
    let files = Files::Disk(folder);
    let document =
        spec::load(&files, &inspect.spec, &inspect.overlay).map_err(|e| e.to_string())?;
    let contract = contract::build(document).map_err(|e| e.to_string())?;
    let mut out = io::stdout().lock();
    // A reader that has gone away wants no more.
    let _ = if inspect.json {
        serde_json::to_writer_pretty(&mut out, &as_json(&contract))
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
    } else {
        as_text(&mut out, &contract)
    };
    Ok(Exit::Kept)
}

fn as_json(contract: &Contract) -> Value {
    let operations: Vec<Value> = contract
        .operations
        .iter()
        .map(|operation| {
            let statuses: Vec<String> = operation
                .responses
                .iter()
                .map(|response| response.status.to_string())
                .collect();
            let errors: Vec<&str> = operation.errors.iter().map(|e| e.name.as_str()).collect();
            json!({
                "id": operation.id,
                "method": operation.method,
                "path": operation.path.to_string(),
                "statuses": statuses,
                "promised_errors": errors,
            })
        })
        .collect();
    let resources: Vec<Value> = contract
        .resources
        .iter()
        .map(|resource| {
            let parent = resource.parent.map(|index| &contract.resources[index].name);
            let operations: Vec<&str> = resource.operations().collect();
            json!({
                "name": resource.name,
                "path": resource.item_path.to_string(),
                "id": resource.id,
                "parent": parent,
                "operations": operations,
            })
        })
        .collect();
    let formats: Vec<String> = unknown_formats(&contract.document).into_keys().collect();
    json!({
        "title": contract.title,
        "version": contract.version,
        "servers": contract.servers,
        "census": Census::of_operations(&contract.operations),
        "operations": operations,
        "resources": resources,
        "unknown_formats": formats,
        "problems": contract.problems,
    })
}

fn as_text(out: &mut impl Write, contract: &Contract) -> io::Result<()> {
    writeln!(out, "{} {}", contract.title, contract.version)?;
    for server in &contract.servers {
        writeln!(out, "server {server}")?;
    }
    for scheme in &contract.schemes {
        writeln!(out, "security {} ({:?})", scheme.name, scheme.kind)?;
    }
    let census = Census::of_operations(&contract.operations);
    writeln!(
        out,
        "{} operations, {} parameters, {} responses, {} response headers",
        census.operations, census.parameters, census.responses, census.headers
    )?;
    writeln!(out, "\nOperations")?;
    for operation in &contract.operations {
        writeln!(
            out,
            "  {:<28} {:<6} {}",
            operation.id, operation.method, operation.path
        )?;
    }
    writeln!(out, "\nResources")?;
    for resource in &contract.resources {
        let parent = resource.parent.map_or(String::new(), |i| {
            format!(" of {}", contract.resources[i].name)
        });
        let operations: Vec<&str> = resource.operations().collect();
        writeln!(
            out,
            "  {}{parent}, named by '{}': {}",
            resource.name,
            resource.id,
            operations.join(", ")
        )?;
    }
    let count = |level| {
        contract
            .problems
            .iter()
            .filter(|p| p.level == level)
            .count()
    };
    writeln!(
        out,
        "\n{} warnings, {} notes",
        count(Level::Warning),
        count(Level::Note)
    )?;
    for problem in &contract.problems {
        writeln!(out, "{problem}")?;
    }
    Ok(())
}
