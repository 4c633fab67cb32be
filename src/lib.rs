//! trueup tells whether an HTTP API keeps the promises written in its `OpenAPI` document.
//!
//! A [`Suite`] is a contract with its cases: it is loaded from [`config::Settings`], opened as a
//! session on a target, and run. `ARCHITECTURE.md` shows the rooms and the way of the data.

pub mod check;
pub mod cli;
pub mod codec;
pub mod config;
pub mod contract;
pub mod coverage;
pub mod deviation;
pub mod emulator;
pub mod fixture;
pub mod generate;
pub mod keyword;
pub mod libtest;
pub mod outcome;
pub mod place;
pub mod report;
pub mod run;
pub mod scenario;
pub mod schema;
pub mod snapshot;
pub mod spec;
pub mod suite;
pub mod target;
pub mod wire;

pub use suite::Suite;
