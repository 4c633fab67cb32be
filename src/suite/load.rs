//! Loads a contract with its cases.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::borrowed;
use super::error::SuiteError;
use super::select::is_selected;
use crate::check::Checker;
use crate::config::{Settings, Snapshots, Source};
use crate::contract::{self, Contract};
use crate::coverage::Coverage;
use crate::deviation::{self, Deviations};
use crate::fixture;
use crate::generate::{self, Size, Wanted};
use crate::scenario::{Recipes, Scenario};
use crate::snapshot::Store;
use crate::spec::{self, Level, LoadError, Problem, Reach};
use crate::target;

/// A contract with its cases.
#[derive(Debug)]
pub struct Suite {
    pub(super) settings: Settings,
    pub(super) contract: Arc<Contract>,
    pub(super) scenarios: Vec<Scenario>,
    pub(super) checker: Checker,
    pub(super) store: Option<Store>,
    pub(super) deviations: Deviations,
    /// What the user should know before the run.
    pub notes: Vec<String>,
}

/// Loads the contract that the settings name, and reads all its operations. What is wrong with one
/// of them is reported by [`contract::Operations::obstacle`].
///
/// # Errors
/// When the document or an overlay is wrong where it describes all operations, or no operation can
/// be used.
pub fn load_contract(settings: &Settings) -> Result<Contract, LoadError> {
    load_contract_with_notes(settings).map(|(contract, _)| contract)
}

/// Like [`load_contract`], with what the user should know of the configuration.
///
/// # Errors
/// As [`load_contract`].
pub fn load_contract_with_notes(settings: &Settings) -> Result<(Contract, Vec<String>), LoadError> {
    let mut notes = settings.notes.clone();
    let contract = open_contract(&settings.source, &mut notes)?;
    let operations = &contract.operations;
    let faults: Vec<Vec<Problem>> = operations
        .iter()
        .map(|o| operations.faults(&o.id))
        .collect();
    contract.usable()?;
    if !faults.is_empty() && faults.iter().all(|faults| !faults.is_empty()) {
        let problems = faults.into_iter().flatten().collect();
        return Err(LoadError { problems });
    }
    Ok((contract, notes))
}

/// Loads the document and begins its contract, whose operations are not read yet.
///
/// # Errors
/// When the document or an overlay is wrong where it describes all operations.
pub fn open_contract(source: &Source, notes: &mut Vec<String>) -> Result<Contract, LoadError> {
    let reach = Reach {
        outside: source.allowed_refs.outside,
        remote: source.allowed_refs.remote,
        fetch: Some(target::fetch),
    };
    let document = spec::load_within(&source.files, &source.spec, &source.overlays, reach)?;
    let resources = borrowed::resources(source, &document, notes);
    contract::outline(document, &resources)
}

impl Suite {
    /// Loads contract and fixtures, and compiles the checks. Sends nothing.
    ///
    /// # Errors
    /// When a document, an overlay or a fixture is wrong: all mistakes are named.
    pub fn load(mut settings: Settings) -> Result<Self, SuiteError> {
        let mut notes = std::mem::take(&mut settings.notes);
        let contract = Arc::new(open_contract(&settings.source, &mut notes)?);
        borrowed::credentials(&settings, &contract, &mut notes)?;
        settings.run.lenience = borrowed::lenience(&settings, &contract, &mut notes)?;
        let mut scenarios = Vec::new();
        let mut recipes = Recipes::default();
        let mut store = None;
        if let Some(folder) = borrowed::fixtures(&settings.source, &contract, &mut notes) {
            let files = &settings.source.files;
            let only = settings.select.only.as_deref();
            let fixtures = fixture::load(files, folder, &contract, only)?;
            (scenarios, recipes) = (fixtures.scenarios, fixtures.recipes);
            let Snapshots { folder, mode } = &settings.snapshots;
            let folder = folder.as_deref();
            store = folder.map(|folder| Store::new(files.clone(), folder, *mode));
        }
        generate(&settings, &contract, &recipes, &mut scenarios)?;
        let deviations = known_deviations(&settings, &contract, &recipes, &scenarios)?;
        scenarios.retain(|scenario| is_selected(&settings.select, scenario));
        read_templates(&contract, &mut scenarios)?;
        let used = used(&contract, &scenarios);
        let operations = used.iter().filter_map(|id| contract.operation(id));
        let checker = Checker::compile(&contract, operations, settings.run.strict)?;
        contract.usable()?;
        notes.extend(set_aside(&contract, &mut scenarios)?);
        Ok(Self {
            settings,
            contract,
            scenarios,
            checker,
            store,
            deviations,
            notes,
        })
    }

    /// What the options say.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The contract.
    pub fn contract(&self) -> &Arc<Contract> {
        &self.contract
    }

    /// The promises of the contract, to be marked by a run.
    pub fn coverage(&self) -> Coverage {
        Coverage::plan(&self.contract, used(&self.contract, &self.scenarios))
    }

    /// The selected cases, in the order of their files.
    pub fn cases(&self) -> &[Scenario] {
        &self.scenarios
    }

    /// The stored snapshots, if there are any.
    pub fn snapshots(&self) -> Option<&Store> {
        self.store.as_ref()
    }
}

/// Adds the cases that are generated from the contract to those of the fixtures.
fn generate(
    settings: &Settings,
    contract: &Contract,
    recipes: &Recipes,
    scenarios: &mut Vec<Scenario>,
) -> Result<(), LoadError> {
    let Some(size) = settings.select.generate else {
        return Ok(());
    };
    // A deviation may name any case.
    let filter = settings.select.filter.as_deref();
    let wanted = Wanted(filter.filter(|_| settings.source.deviations.is_none()));
    for mut case in generate::cases(contract, recipes, size, settings.select.seed, wanted)? {
        // A fixture keeps its name.
        if scenarios.iter().any(|known| known.name == case.name) {
            case.name.push_str("_generated");
        }
        scenarios.push(case);
    }
    Ok(())
}

/// Reads the templates of all cases.
///
/// # Errors
/// The mistakes in them.
fn read_templates(contract: &Contract, scenarios: &mut [Scenario]) -> Result<(), LoadError> {
    let mistakes = scenarios.iter_mut().filter_map(|scenario| {
        let (place, error) = scenario.compile(contract).err()?;
        Some(Problem {
            level: Level::Error,
            place,
            message: format!("{}: {error}", scenario.name),
            remedy: String::new(),
        })
    });
    let problems: Vec<Problem> = mistakes.collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(LoadError { problems })
    }
}

/// The operations that cases name, in the order of the document.
fn used(contract: &Contract, scenarios: &[Scenario]) -> Vec<String> {
    let steps = scenarios
        .iter()
        .flat_map(|scenario| scenario.setup.iter().chain(&scenario.steps));
    let named: HashSet<&str> = steps.map(|step| step.operation.as_str()).collect();
    let ids = contract.operations.outlines().map(|outline| &outline.id);
    ids.filter(|id| named.contains(id.as_str()))
        .cloned()
        .collect()
}

/// Sets the cases aside that need an operation which cannot be used, and tells why.
///
/// # Errors
/// What is wrong with the operations if none that a case is about can be used.
fn set_aside(contract: &Contract, scenarios: &mut [Scenario]) -> Result<Vec<String>, LoadError> {
    let mut faulty: BTreeMap<String, Vec<Problem>> = BTreeMap::new();
    let mut is_lost = !scenarios.is_empty();
    for scenario in scenarios {
        let mut needed = vec![&scenario.operation];
        let steps = scenario.setup.iter().chain(&scenario.steps);
        needed.extend(steps.map(|step| &step.operation));
        let mut obstacle = None;
        for id in needed {
            if let Some(why) = contract.operations.obstacle(id) {
                faulty.insert(id.clone(), contract.operations.faults(id));
                obstacle.get_or_insert(why);
            }
        }
        is_lost &= faulty.contains_key(&scenario.operation);
        scenario.skip = scenario.skip.take().or(obstacle);
    }
    let mut causes: Vec<(Problem, Vec<String>)> = Vec::new();
    for (id, problems) in faulty {
        for problem in problems {
            match causes.iter_mut().find(|(known, _)| *known == problem) {
                Some((_, ids)) => ids.push(id.clone()),
                None => causes.push((problem, vec![id.clone()])),
            }
        }
    }
    if is_lost {
        let problems = causes.into_iter().map(|(problem, _)| problem).collect();
        return Err(LoadError { problems });
    }
    let note = |(problem, ids): &(Problem, Vec<String>)| {
        let place = &problem.place;
        let ids = ids.join(", ");
        format!("cases of {ids} are skipped: {} ({place})", problem.message)
    };
    Ok(causes.iter().map(note).collect())
}

/// The deviations that the settings name. Cases that are not generated this time have names all the
/// same: one file serves runs of every size.
fn known_deviations(
    settings: &Settings,
    contract: &Contract,
    recipes: &Recipes,
    scenarios: &[Scenario],
) -> Result<Deviations, LoadError> {
    let Some(name) = &settings.source.deviations else {
        return Ok(Deviations::default());
    };
    let select = &settings.select;
    let full = if select.generate < Some(Size::Full) && select.only.is_none() {
        generate::cases(contract, recipes, Size::Full, select.seed, Wanted(None))?
    } else {
        Vec::new()
    };
    let cases = scenarios.iter().chain(&full);
    let cases: Vec<&str> = cases.map(|scenario| scenario.name.as_str()).collect();
    // If one case is wanted, the others were not loaded.
    let cases = select.only.is_none().then_some(cases.as_slice());
    deviation::load(&settings.source.files, name, cases)
}
