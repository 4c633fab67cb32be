//! A contract with its cases and its target: what the command line, `cargo test` and users' own
//! programs run.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::net::IpAddr;
use std::num::NonZero;
use std::sync::Arc;

use crate::check::{self, Checker};
use crate::config::{Settings, TargetChoice};
use crate::contract::{self, Contract, SchemeKind};
use crate::coverage::Coverage;
use crate::deviation;
use crate::emulator::{self, Emulator};
use crate::fixture;
use crate::generate::{self, Size, Wanted};
use crate::outcome::{CaseOutcome, Deviations, Sink, Summary};
use crate::run::{self, Lane, Lenience, Order, Runner, Stop, Target};
use crate::scenario::{Recipes, Scenario};
use crate::snapshot::Store;
use crate::spec::{self, Document, LoadError, Problem, nearest};
use crate::wire::Secrets;

/// The account of the emulator where nobody names one.
const EMULATOR_USER: (&str, &str) = ("ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "test-token");

/// A contract with its cases.
#[derive(Debug)]
pub struct Suite {
    settings: Settings,
    contract: Arc<Contract>,
    scenarios: Vec<Scenario>,
    checker: Checker,
    store: Option<Store>,
    deviations: Deviations,
    /// What the user should know before the run.
    pub notes: Vec<String>,
}

/// A suite whose target is there.
pub struct Session<'a> {
    suite: &'a Suite,
    target: Target,
    lanes: Vec<Lane>,
    /// Lives as long as the session, if it is the target.
    emulator: Option<Emulator>,
}

/// Why a suite cannot be run.
#[derive(Debug)]
pub enum SuiteError {
    /// A document, overlay or fixture is wrong.
    Load(LoadError),
    /// Something around it is.
    Setup(String),
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::Setup(message) => write!(f, "error: {message}"),
        }
    }
}

impl std::error::Error for SuiteError {}

impl From<LoadError> for SuiteError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

/// Loads the contract that the settings name, and reads all its operations. What is wrong with one
/// of them, [`contract::Operations::obstacle`] tells.
///
/// # Errors
/// When the document or an overlay is wrong where it speaks of all operations, or no operation can
/// be used.
pub fn load_contract(settings: &Settings) -> Result<Contract, LoadError> {
    let contract = contract::outline(load_document(settings)?, &settings.corrections)?;
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
    Ok(contract)
}

fn load_document(settings: &Settings) -> Result<Document, LoadError> {
    spec::load_within(
        &settings.files,
        &settings.spec,
        &settings.overlays,
        settings.reach,
    )
}

impl Suite {
    /// Loads contract and fixtures, and compiles the checks. Sends nothing.
    ///
    /// # Errors
    /// When a document, an overlay or a fixture is wrong: all mistakes are named.
    pub fn load(settings: Settings) -> Result<Self, SuiteError> {
        let contract = Arc::new(contract::outline(
            load_document(&settings)?,
            &settings.corrections,
        )?);
        known_schemes(&settings, &contract)?;
        known_operations(&settings, &contract)?;
        let mut notes = Vec::new();
        let mut scenarios = Vec::new();
        let mut recipes = Recipes::default();
        let mut store = None;
        if let Some(folder) = &settings.fixtures {
            let fits = !settings.borrowed_fixtures
                || fixture::operations(&settings.files, folder)
                    .iter()
                    .any(|id| contract.operation(id).is_some());
            if fits {
                let only = settings.only.as_deref();
                let fixtures = fixture::load(&settings.files, folder, &contract, only)?;
                (scenarios, recipes) = (fixtures.scenarios, fixtures.recipes);
                store = settings.snapshots.as_deref().map(|folder| {
                    Store::new(settings.files.clone(), folder, settings.snapshot_mode)
                });
            } else {
                notes.push(format!(
                    "the fixtures in {folder} are left out: they name no operation of {}",
                    settings.spec
                ));
            }
        }
        // A deviation may name any case.
        let filter = settings.filter.as_deref();
        let wanted = Wanted(filter.filter(|_| settings.deviations.is_none()));
        if let Some(size) = settings.generate {
            for mut case in generate::cases(&contract, &recipes, size, settings.seed, wanted)? {
                // A fixture keeps its name.
                if scenarios.iter().any(|known| known.name == case.name) {
                    case.name.push_str("_generated");
                }
                scenarios.push(case);
            }
        }
        let deviations = known_deviations(&settings, &contract, &recipes, &scenarios)?;
        scenarios.retain(|scenario| is_selected(&settings, scenario));
        let used = used(&contract, &scenarios);
        let operations = used.iter().filter_map(|id| contract.operation(id));
        let checker = Checker::compile(&contract, operations, settings.strict)?;
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

    /// What must not leave the program.
    pub fn secrets(&self) -> Secrets {
        let settings = &self.settings;
        self.target(
            String::new(),
            settings.user.clone(),
            given(settings, &self.contract),
        )
        .secrets()
    }

    fn target(
        &self,
        base: String,
        user: Option<(String, String)>,
        credentials: Vec<(String, String)>,
    ) -> Target {
        Target {
            base,
            user,
            credentials,
            headers: self.settings.headers.clone(),
        }
    }

    /// Makes the target ready: starts the emulator, or sees that a server may be changed.
    ///
    /// # Errors
    /// When the emulator cannot start, or the target is not on this machine and nobody said that
    /// it may be changed.
    pub fn session(&self) -> Result<Session<'_>, SuiteError> {
        let settings = &self.settings;
        let (target, emulator) = match &settings.target {
            TargetChoice::Url(url) => {
                if !settings.allow_changes && !is_loopback(url) {
                    return Err(SuiteError::Setup(format!(
                        "{url} is not on this machine, and the cases create, change and delete \
                         things there. If that is what you want, say --allow-changes, or set \
                         TRUEUP_ALLOW_CHANGES=1"
                    )));
                }
                let credentials = given(settings, &self.contract);
                let target = self.target(url.clone(), settings.user.clone(), credentials);
                (target, None)
            }
            TargetChoice::Emulator => {
                let emulated = emulator_settings(settings, &self.contract);
                let user = Some((emulated.user.clone(), emulated.secret.clone()));
                let credentials = emulated.credentials.clone();
                let emulator = start_emulator(Arc::clone(&self.contract), 0, emulated)?;
                let target = self.target(emulator.url().to_owned(), user, credentials);
                (target, Some(emulator))
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let most = cores.min(settings.jobs).min(self.scenarios.len());
        Ok(Session {
            suite: self,
            lanes: Lane::open(most, settings.limits).map_err(SuiteError::Setup)?,
            target,
            emulator,
        })
    }
}

/// Starts an emulator of a contract.
///
/// # Errors
/// When the port is taken, or the settings ask for what cannot be had.
pub fn start_emulator(
    contract: Arc<Contract>,
    port: u16,
    settings: emulator::Settings,
) -> Result<Emulator, SuiteError> {
    Emulator::start(contract, port, settings)
        .map_err(|e| SuiteError::Setup(format!("the emulator cannot start: {e}")))
}

/// A credential for a scheme that there is not is a mistake.
fn known_schemes(settings: &Settings, contract: &Contract) -> Result<(), SuiteError> {
    let schemes: Vec<&str> = contract.schemes.iter().map(|s| s.name.as_str()).collect();
    match settings.credentials.strangers(&schemes).first() {
        None => Ok(()),
        Some(name) => Err(SuiteError::Setup(format!(
            "there is a credential for '{name}', and the contract has no such security scheme; \
             it has {}",
            if schemes.is_empty() {
                "none".to_owned()
            } else {
                schemes.join(", ")
            }
        ))),
    }
}

/// Lenience for an operation that there is not is a mistake.
fn known_operations(settings: &Settings, contract: &Contract) -> Result<(), SuiteError> {
    let Lenience::Of(operations) = &settings.lenience else {
        return Ok(());
    };
    let Some(wrong) = operations
        .iter()
        .find(|id| contract.operation(id).is_none())
    else {
        return Ok(());
    };
    let known = contract.operations.outlines().map(|o| o.id.as_str());
    let meant = nearest(wrong, known);
    let meant = meant.unwrap_or_else(|| "`trueup inspect` lists them".to_owned());
    Err(SuiteError::Setup(format!(
        "`lenient` names the operation '{wrong}', which the contract does not have; {meant}"
    )))
}

/// The credentials that the settings have for the schemes of a contract.
fn given(settings: &Settings, contract: &Contract) -> Vec<(String, String)> {
    let schemes = contract.schemes.iter();
    schemes
        .filter_map(|scheme| {
            let value = settings.credentials.of(&scheme.name)?;
            Some((scheme.name.clone(), value.to_owned()))
        })
        .collect()
}

/// The emulator that the settings ask for. Its account is the one that is named, or the usual one;
/// its secret is the right token and key of every scheme that has no other.
pub fn emulator_settings(settings: &Settings, contract: &Contract) -> emulator::Settings {
    let usual = || (EMULATOR_USER.0.to_owned(), EMULATOR_USER.1.to_owned());
    let (user, secret) = settings.user.clone().unwrap_or_else(usual);
    let credentials = contract.schemes.iter().filter_map(|scheme| {
        if scheme.kind == SchemeKind::Basic {
            return None;
        }
        let value = settings.credentials.of(&scheme.name).unwrap_or(&secret);
        Some((scheme.name.clone(), value.to_owned()))
    });
    emulator::Settings {
        build_time: settings.build_time,
        credentials: credentials.collect(),
        ..emulator::Settings::new(user, secret.clone())
    }
}

impl Session<'_> {
    /// Base URL of the target.
    pub fn url(&self) -> &str {
        &self.target.base
    }

    /// Whether the target is the embedded emulator.
    pub fn is_emulated(&self) -> bool {
        self.emulator.is_some()
    }

    /// Runs all cases and tells a sink what happens.
    pub fn run(&self, sink: &mut dyn Sink, stop: &Stop) -> (Summary, Vec<CaseOutcome>) {
        self.run_with(&self.runner(), sink, stop)
    }

    /// The same, and marks what of the contract is exercised.
    pub fn run_measured(
        &self,
        coverage: &Coverage,
        sink: &mut dyn Sink,
        stop: &Stop,
    ) -> (Summary, Vec<CaseOutcome>) {
        self.run_with(&self.runner().measuring(coverage), sink, stop)
    }

    fn run_with(
        &self,
        runner: &Runner<'_>,
        sink: &mut dyn Sink,
        stop: &Stop,
    ) -> (Summary, Vec<CaseOutcome>) {
        let order = Order {
            jobs: self.suite.settings.jobs,
        };
        let cases: Vec<&Scenario> = self.suite.scenarios.iter().collect();
        run::run(runner, &self.lanes, &cases, order, stop, sink)
    }

    /// Runs one case. Several threads may do so at once.
    pub fn run_case(&self, scenario: &Scenario) -> CaseOutcome {
        let (_handle, stop) = Stop::new();
        self.lanes[0].block_on(self.runner().run_case(scenario, &stop))
    }

    fn runner(&self) -> Runner<'_> {
        let suite = self.suite;
        Runner::new(
            &suite.contract,
            &suite.checker,
            &self.target,
            suite.store.as_ref(),
            &self.lanes[0],
            suite.settings.seed,
        )
        .knowing(&suite.deviations)
        .lenient(&suite.settings.lenience)
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
    let Some(name) = &settings.deviations else {
        return Ok(Deviations::default());
    };
    let full = if settings.generate < Some(Size::Full) && settings.only.is_none() {
        generate::cases(contract, recipes, Size::Full, settings.seed, Wanted(None))?
    } else {
        Vec::new()
    };
    let cases = scenarios.iter().chain(&full);
    let cases: Vec<&str> = cases.map(|scenario| scenario.name.as_str()).collect();
    let checks: Vec<&str> = check::names().chain(run::CHECKS).collect();
    // If one case is wanted, the others were not loaded.
    let cases = settings.only.is_none().then_some(cases.as_slice());
    deviation::load(&settings.files, name, cases, &checks)
}

fn is_selected(settings: &Settings, scenario: &Scenario) -> bool {
    let named = settings
        .filter
        .as_ref()
        .is_none_or(|filter| scenario.name.contains(filter));
    // By name, so that a new case moves no other one.
    let in_shard = settings.shard.is_none_or(|(index, count)| {
        let sum = scenario.name.bytes().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(byte))
        });
        sum % count + 1 == index
    });
    named && in_shard
}

/// Whether a URL leads to this machine.
fn is_loopback(text: &str) -> bool {
    match url::Url::parse(text).ok().as_ref().and_then(url::Url::host) {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(url::Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback() {
        for (url, expected) in [
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:1/base", true),
            ("http://localhost", true),
            ("https://serverless.twilio.com", false),
            ("http://10.0.0.1", false),
            ("http://127.0.0.1.example.com", false),
        ] {
            assert_eq!(is_loopback(url), expected, "{url}");
        }
    }
}
