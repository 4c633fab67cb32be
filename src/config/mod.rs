//! From flags, environment variables and `trueup.toml` to settled values. Each source fills one
//! [`Layer`] of the same options, and the layers are folded. Below this room nothing depends on
//! where a value came from, and nothing else reads the environment.

mod credentials;
mod environment;
mod error;
mod file;
mod options;
mod origin;
mod resolve;
mod settings;
mod value;

pub use credentials::{Credentials, UnusedCredentials};
pub use environment::Environment;
pub use error::{ConfigError, ValueError};
pub use file::find;
pub use options::{Layer, OPTIONS, OptionSpec, Scope};
pub use origin::Origin;
pub use resolve::{for_document, resolve, resolve_over};
pub use settings::{
    AllowedRefs, Borrowed, EmulatorOptions, RunOptions, Select, Settings, Snapshots, Source,
    TargetOptions,
};
pub use value::{ANY, Arity, TargetChoice};

use crate::spec::Files;

/// The shipped contract with its fixtures and snapshots, as part of the program.
pub const SHIPPED: Files = Files::Bundle(include!(concat!(env!("OUT_DIR"), "/bundle.rs")));

/// Name of the configuration file.
pub const FILE_NAME: &str = "trueup.toml";
