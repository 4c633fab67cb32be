//! A fault, and who finds it.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use trueup::config::{Environment, Layer, Settings, TargetChoice, resolve};
use trueup::contract::Contract;
use trueup::generate::Size;
use trueup::suite::load_contract;

use crate::planted::misses::MISSES;
use crate::planted::unpromised::UNPROMISED;
use crate::stage::{Fault, SECRET, USER};

/// The document as it is published. It is not part of the project.
const PUBLISHED: &str = "../shared/corpus/twilio/twilio_serverless_v1.json";
/// Long enough for every answer that comes at all.
const TIMEOUT: Duration = Duration::from_secs(4);

/// How a server is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Document and overlay alone.
    Bare,
    /// With fixtures and snapshots too.
    Fixtures,
    /// The published document alone.
    Published,
}

impl Way {
    /// Settings as the command line would settle them; none where a file is absent.
    pub(crate) fn settings(self, url: &str, filter: Option<&str>) -> Option<Settings> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut flags = Layer::default()
            .user((USER.to_owned(), SECRET.to_owned()))
            .generate(Size::Full)
            .jobs(8_usize)
            .seed(1_u64)
            .timeout(TIMEOUT);
        if let Some(filter) = filter {
            flags = flags.filter(filter);
        }
        if self == Self::Published {
            if !folder.join(PUBLISHED).exists() {
                return None;
            }
            flags = flags.spec(PUBLISHED);
        }
        // In CI no snapshot is ever written.
        let environment = Environment::of([("CI", "true")]).expect("the variable is right");
        let mut settings = resolve(folder, flags, &environment).expect("the settings are right");
        if self != Self::Fixtures {
            settings.source.fixtures = None;
            settings.snapshots.folder = None;
        }
        if self == Self::Published {
            settings.source.overlays.clear();
        }
        settings.target.choice = TargetChoice::Url(url.to_owned());
        Some(settings)
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bare => "contract alone",
            Self::Fixtures => "with fixtures",
            Self::Published => "published document",
        })
    }
}

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Status,
    Headers,
    Json,
    Schema,
    Errors,
    Requests,
    State,
    Paging,
    Isolation,
    Transport,
}

impl Class {
    pub(crate) const ALL: [Self; 10] = [
        Self::Status,
        Self::Headers,
        Self::Json,
        Self::Schema,
        Self::Errors,
        Self::Requests,
        Self::State,
        Self::Paging,
        Self::Isolation,
        Self::Transport,
    ];
}

/// A fault.
pub(crate) struct Plant {
    pub(crate) class: Class,
    pub(crate) name: String,
    /// The operation that is wrong.
    pub(crate) operation: &'static str,
    /// Faults remember: each run has a new one.
    pub(crate) fault: Box<dyn Fn() -> Fault + Send + Sync>,
    /// Whether it belongs to the regular test.
    pub(crate) is_quick: bool,
}

/// A fault in what an operation does.
pub(crate) fn plant(
    class: Class,
    operation: &'static str,
    name: &str,
    fault: impl Fn() -> Fault + Send + Sync + 'static,
) -> Plant {
    Plant {
        class,
        name: format!("{operation} {name}"),
        operation,
        fault: Box::new(fault),
        is_quick: false,
    }
}

impl Plant {
    /// Belongs to the regular test.
    pub(crate) fn quick(mut self) -> Self {
        self.is_quick = true;
        self
    }

    /// Why it is not found in this way; none if it is found.
    pub(crate) fn missed(&self, way: Way) -> Option<&'static str> {
        if way == Way::Published {
            let mut known = UNPROMISED.iter();
            let (reason, _) = known.find(|(_, names)| names.contains(&self.name.as_str()))?;
            return Some(reason);
        }
        let mut known = MISSES.iter();
        let (.., reason) = known.find(|(own, name, _)| *own == way && *name == self.name)?;
        Some(reason)
    }
}

impl fmt::Debug for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.class, self.name)
    }
}

/// The contract that all servers emulate.
pub(crate) fn contract() -> &'static Arc<Contract> {
    static CONTRACT: LazyLock<Arc<Contract>> = LazyLock::new(|| {
        let settings = Way::Bare
            .settings("", None)
            .expect("the contract is shipped");
        Arc::new(load_contract(&settings).expect("the shipped contract is right"))
    });
    &CONTRACT
}
