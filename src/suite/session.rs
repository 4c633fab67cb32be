//! A suite with its target, and whatever lives as long as the session.

use std::net::IpAddr;
use std::num::NonZero;
use std::sync::Arc;

use super::error::SuiteError;
use super::load::Suite;
use crate::config::{RunOptions, Settings, TargetChoice};
use crate::contract::{Contract, SchemeKind};
use crate::coverage::Coverage;
use crate::emulator;
#[cfg(feature = "emulator")]
use crate::emulator::Emulator;
use crate::outcome::{CaseOutcome, Event, Sink, Summary};
use crate::run::{self, Concurrency, Runner, Worker};
use crate::scenario::Scenario;
use crate::target::{Access, Limits, RunningTarget, Stop, Target, outside_event_loops};
use crate::wire::{BaseUrl, Secrets};

/// A suite whose target is there.
pub struct Session<'a> {
    suite: &'a Suite,
    access: Access,
    is_emulated: bool,
    workers: Vec<Worker>,
    /// Lives as long as the session.
    _running: RunningTarget,
}

impl Suite {
    /// What must not leave the program.
    pub fn secrets(&self) -> Secrets {
        let settings = &self.settings;
        self.access(
            BaseUrl::default(),
            settings.target.user.clone(),
            given(settings, &self.contract),
        )
        .secrets()
    }

    fn access(
        &self,
        base: BaseUrl,
        user: Option<(String, String)>,
        credentials: Vec<(String, String)>,
    ) -> Access {
        Access {
            base,
            user,
            credentials,
            headers: self.settings.target.headers.clone(),
        }
    }

    /// The target that the settings name.
    ///
    /// # Errors
    /// When its URL is not that of a server, or the emulator cannot be made.
    pub fn target(&self) -> Result<Target, SuiteError> {
        match &self.settings.target.choice {
            TargetChoice::Url(url) => Target::http(url).map_err(SuiteError::Target),
            TargetChoice::Command(command) => Ok(Target::command(command.clone())),
            TargetChoice::Emulator => {
                let settings = emulator_settings(&self.settings, &self.contract);
                let engine = emulator::engine(Arc::clone(&self.contract), settings);
                Ok(Target::emulator(Arc::new(engine?)))
            }
        }
    }

    /// Makes the target that the settings name ready.
    ///
    /// # Errors
    /// As [`Self::session_on`].
    pub fn session(&self) -> Result<Session<'_>, SuiteError> {
        let (_handle, stop) = Stop::new();
        self.session_on(&self.target()?, &stop)
    }

    /// Makes a target ready, unless the run is stopped meanwhile. It may be any, whatever the
    /// settings name: a service of this program, for example.
    ///
    /// # Errors
    /// When the target cannot be started, or is a server on another machine that nobody allowed to
    /// be changed.
    pub fn session_on(&self, target: &Target, stop: &Stop) -> Result<Session<'_>, SuiteError> {
        let settings = &self.settings;
        if let Some(url) = target.server_url()
            && !settings.target.allow_changes
            && !is_loopback(url.as_str())
        {
            return Err(SuiteError::ChangesNotAllowed {
                url: url.to_string(),
            });
        }
        let (user, credentials) = if target.is_emulator() {
            let emulated = emulator_settings(settings, &self.contract);
            let user = (emulated.user.clone(), emulated.secret.clone());
            (Some(user), emulated.credentials.clone())
        } else {
            (
                settings.target.user.clone(),
                given(settings, &self.contract),
            )
        };
        let running = target
            .start(limits(&settings.run), stop)
            .map_err(|error| SuiteError::Target(error.masked(&self.secrets())))?;
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let most = cores.min(settings.run.jobs).min(self.scenarios.len());
        Ok(Session {
            suite: self,
            workers: Worker::start(most, &running).map_err(SuiteError::Target)?,
            access: self.access(running.base().clone(), user, credentials),
            is_emulated: target.is_emulator(),
            _running: running,
        })
    }
}

impl Suite {
    /// Runs all cases on a target and stops it, if it was started for the run.
    ///
    /// # Errors
    /// As [`Self::session_on`].
    ///
    /// # Example
    ///
    /// A router of axum, or any other `tower::Service`, is tested without a socket:
    ///
    /// ```no_run
    /// use trueup::Suite;
    /// use trueup::config::{Environment, Layer, resolve};
    /// use trueup::outcome::{Event, Sink};
    /// use trueup::target::Target;
    ///
    /// struct Print;
    ///
    /// impl Sink for Print {
    ///     fn take(&mut self, event: Event<'_>) {
    ///         if let Event::CaseEnded(case) = event {
    ///             println!("{} {:?}", case.name, case.verdict);
    ///         }
    ///     }
    /// }
    ///
    /// let flags = Layer::of_flags([("spec", "openapi.yaml"), ("generate", "full")])?;
    /// let settings = resolve(".".as_ref(), flags, &Environment::default())?;
    /// let suite = Suite::load(settings)?;
    /// let router: axum::Router = axum::Router::new();
    /// let (summary, _) = suite.run_on(&Target::service(router), &mut Print)?;
    /// assert_eq!(summary.failed, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_on(
        &self,
        target: &Target,
        sink: &mut dyn Sink,
    ) -> Result<(Summary, Vec<CaseOutcome>), SuiteError> {
        let (_handle, stop) = Stop::new();
        Ok(self.session_on(target, &stop)?.run(sink, &stop))
    }
}

/// Starts an emulator of a contract.
///
/// # Errors
/// When the port is taken, or the settings ask for what cannot be had.
#[cfg(feature = "emulator")]
pub fn start_emulator(
    contract: Arc<Contract>,
    port: u16,
    settings: emulator::Settings,
) -> Result<Emulator, SuiteError> {
    Ok(Emulator::start(contract, port, settings)?)
}

fn limits(options: &RunOptions) -> Limits {
    Limits {
        timeout: options.timeout,
        max_body: options.max_body,
        patience: options.patience,
    }
}

/// The credentials that the settings have for the schemes of a contract.
fn given(settings: &Settings, contract: &Contract) -> Vec<(String, String)> {
    let schemes = contract.schemes.iter();
    schemes
        .filter_map(|scheme| {
            let value = settings.target.credentials.of(&scheme.name)?;
            Some((scheme.name.clone(), value.to_owned()))
        })
        .collect()
}

/// The emulator that the settings ask for. Its account is the one that is named, or the usual one;
/// its secret is the right token and key of every scheme that has no other.
pub fn emulator_settings(settings: &Settings, contract: &Contract) -> emulator::Settings {
    let account = settings.target.user.clone();
    let (user, secret) = account.unwrap_or_else(|| settings.emulator.account.clone());
    let credentials = contract.schemes.iter().filter_map(|scheme| {
        if scheme.kind == SchemeKind::Basic {
            return None;
        }
        let value = settings
            .target
            .credentials
            .of(&scheme.name)
            .unwrap_or(&secret);
        Some((scheme.name.clone(), value.to_owned()))
    });
    emulator::Settings {
        build_time: settings.emulator.build_time,
        credentials: credentials.collect(),
        ..emulator::Settings::new(user, secret.clone())
    }
}

impl Session<'_> {
    /// Base URL of the target.
    pub fn url(&self) -> &str {
        self.access.base.as_str()
    }

    /// Whether the target is the embedded emulator.
    pub fn is_emulated(&self) -> bool {
        self.is_emulated
    }

    /// Runs all cases and tells a sink what happens.
    pub fn run(&self, sink: &mut dyn Sink, stop: &Stop) -> (Summary, Vec<CaseOutcome>) {
        self.run_with(&self.runner(), sink, stop)
    }

    /// Runs all cases to their end and reports nothing meanwhile.
    pub fn run_to_end(&self) -> (Summary, Vec<CaseOutcome>) {
        struct Silent;

        impl Sink for Silent {
            fn take(&mut self, _: Event<'_>) {}
        }

        let (_handle, stop) = Stop::new();
        self.run(&mut Silent, &stop)
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
        let concurrency = Concurrency {
            jobs: self.suite.settings.run.jobs,
        };
        let cases: Vec<&Scenario> = self.suite.scenarios.iter().collect();
        run::run(runner, &self.workers, &cases, concurrency, stop, sink)
    }

    /// Runs one case. Several threads may do so at once.
    pub fn run_case(&self, scenario: &Scenario) -> CaseOutcome {
        let (_handle, stop) = Stop::new();
        let run = || self.workers[0].block_on(self.runner().run_case(scenario, &stop));
        outside_event_loops(run)
    }

    fn runner(&self) -> Runner<'_> {
        let suite = self.suite;
        Runner::new(
            &suite.contract,
            &suite.checker,
            &self.access,
            suite.store.as_ref(),
            &self.workers[0],
            suite.settings.select.seed,
        )
        .knowing(&suite.deviations)
        .lenient(&suite.settings.run.lenience)
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        let workers = std::mem::take(&mut self.workers);
        outside_event_loops(|| drop(workers));
    }
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
