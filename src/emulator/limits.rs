//! Limits that the emulator keeps if it is told to.

use std::collections::BTreeMap;

use super::StartError;
use super::rules::{Limit, Rules};
use crate::contract::Contract;

/// The word that stands for all limits at their documented figures.
const DOCUMENTED: &str = "documented";

/// The limits that somebody asked for, by name.
///
/// # Errors
/// When there is no limit of a name, or it has no documented figure to fall back on.
pub(super) fn settle(
    contract: &Contract,
    rules: &dyn Rules,
    asked: &[(String, Option<u64>)],
) -> Result<BTreeMap<String, u64>, StartError> {
    let known = known(contract, rules);
    let mut limits = BTreeMap::new();
    for (name, figure) in asked {
        if name == DOCUMENTED && figure.is_none() {
            let documented = known.iter().filter_map(|limit| {
                let figure = limit.documented?;
                Some((limit.name.clone(), figure))
            });
            limits.extend(documented);
            continue;
        }
        let Some(limit) = known.iter().find(|limit| limit.name == *name) else {
            let names: Vec<&str> = known.iter().map(|limit| limit.name.as_str()).collect();
            return Err(StartError::new(format!(
                "there is no limit '{name}'; there are {} and, for all documented figures, \
                 {DOCUMENTED}",
                names.join(", ")
            )));
        };
        let Some(figure) = figure.or(limit.documented) else {
            return Err(StartError::new(format!(
                "the limit '{name}' has no documented figure: write {name}=N"
            )));
        };
        limits.insert(name.clone(), figure);
    }
    Ok(limits)
}

/// All limits: the items that each resource may have in one collection, and those of the rules.
fn known(contract: &Contract, rules: &dyn Rules) -> Vec<Limit> {
    let mut known = rules.limits();
    for resource in contract.resources.iter() {
        let name = resource.snake_name();
        if !known.iter().any(|limit| limit.name == name) {
            known.push(Limit {
                name,
                documented: None,
            });
        }
    }
    known
}
