//! Compares what the configuration says with the contract. A name that the contract does not have
//! is a mistake, unless it comes from a configuration file that is for another document: then it is
//! not used, and a note says so.

use super::error::SuiteError;
use crate::config::{Settings, Source, TargetChoice};
use crate::contract::{Contract, ResourceOverride, SchemeKind};
use crate::fixture;
use crate::outcome::Lenience;
use crate::place::pointer;
use crate::spec::{Document, nearest};

/// The folder of the fixtures, unless they are for another document and name none of the
/// operations of this one.
pub(super) fn fixtures<'s>(
    source: &'s Source,
    contract: &Contract,
    notes: &mut Vec<String>,
) -> Option<&'s str> {
    let folder = source.fixtures.as_deref()?;
    let Some(origin) = &source.borrowed.fixtures else {
        return Some(folder);
    };
    let named = fixture::operations(&source.files, folder);
    if named.iter().any(|id| contract.operation(id).is_some()) {
        return Some(folder);
    }
    notes.push(format!(
        "{origin} is not used: the fixtures in {folder} name no operation of {}",
        source.spec
    ));
    None
}

/// What the user says of resources, without the paths that another document has.
pub(super) fn resources(
    source: &Source,
    document: &Document,
    notes: &mut Vec<String>,
) -> Vec<ResourceOverride> {
    let mut resources = source.resources.clone();
    if source.borrowed.resources {
        resources.retain(|one| {
            let fits = document.get(&pointer::join("/paths", &one.path)).is_some();
            if !fits {
                let place = &one.place;
                let (path, spec) = (&one.path, &source.spec);
                notes.push(format!(
                    "{place} is not used: {spec} does not have the path '{path}'"
                ));
            }
            fits
        });
    }
    resources
}

/// Compares the credentials with the security schemes of the contract.
///
/// # Errors
/// When a flag or the file has a credential for a scheme that the contract does not have.
pub(super) fn credentials(
    settings: &Settings,
    contract: &Contract,
    notes: &mut Vec<String>,
) -> Result<(), SuiteError> {
    let schemes: Vec<&str> = contract.schemes.iter().map(|s| s.name.as_str()).collect();
    let unused = settings.target.credentials.unused(&schemes);
    let file = &settings.source.borrowed.credentials;
    let mistakes = unused.flags.iter().chain(match file {
        None => unused.file.as_slice(),
        Some(_) => &[],
    });
    if let Some(scheme) = mistakes.into_iter().next() {
        return Err(SuiteError::UnknownScheme {
            scheme: (*scheme).to_owned(),
            known: schemes.into_iter().map(str::to_owned).collect(),
        });
    }
    let spec = &settings.source.spec;
    if let Some(origin) = file {
        notes.extend(unused.file.iter().map(|scheme| {
            format!(
                "{origin}: the one for '{scheme}' is not used: {spec} has no such security scheme"
            )
        }));
    }
    notes.extend(unused.variables.iter().map(|end| {
        format!("TRUEUP_CREDENTIAL_{end} is not used: {spec} has no such security scheme")
    }));
    // The emulator takes the secret for tokens and keys too.
    let is_server = settings.target.choice != TargetChoice::Emulator;
    let mut kinds = contract.schemes.iter().map(|scheme| &scheme.kind);
    if let Some(origin) = &settings.target.user_origin
        && is_server
        && !kinds.any(|kind| *kind == SchemeKind::Basic)
    {
        notes.push(format!(
            "{origin} is not sent: {spec} has no security scheme of HTTP Basic"
        ));
    }
    Ok(())
}

/// Compares the operations that may accept invalid requests with those of the contract.
///
/// # Errors
/// When the contract does not have one of them.
pub(super) fn lenience(
    settings: &Settings,
    contract: &Contract,
    notes: &mut Vec<String>,
) -> Result<Lenience, SuiteError> {
    let Lenience::Of(operations) = &settings.run.lenience else {
        return Ok(settings.run.lenience.clone());
    };
    let (known, unknown): (Vec<String>, Vec<String>) = operations
        .iter()
        .cloned()
        .partition(|id| contract.operation(id).is_some());
    match (&settings.source.borrowed.lenience, unknown.first()) {
        (None, Some(operation)) => {
            let ids = contract.operations.outlines().map(|o| o.id.as_str());
            let remedy = nearest(operation, ids);
            Err(SuiteError::UnknownOperation {
                operation: operation.clone(),
                remedy: remedy.unwrap_or_else(|| "`trueup inspect` lists them".to_owned()),
            })
        }
        (Some(origin), Some(_)) => {
            let (unknown, spec) = (unknown.join(", "), &settings.source.spec);
            notes.push(format!(
                "{origin}: {unknown} is not used: {spec} has no such operation"
            ));
            Ok(Lenience::Of(known))
        }
        (_, None) => Ok(Lenience::Of(known)),
    }
}
