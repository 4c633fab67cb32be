//! From flags, environment and `trueup.toml` to settled values. Below this room nobody asks where
//! a value came from, and nobody else reads the environment.

mod credentials;
mod environment;
mod file;
mod settings;

pub use credentials::Credentials;
pub use environment::Environment;
pub use settings::{ANY, AllowedRefs, Overrides, Settings, TargetChoice, reach, resolve};

use crate::spec::Files;

/// The shipped contract with its fixtures and snapshots, as part of the program.
pub const SHIPPED: Files = Files::Bundle(include!(concat!(env!("OUT_DIR"), "/bundle.rs")));

/// Name of the configuration file.
pub const FILE_NAME: &str = "trueup.toml";
